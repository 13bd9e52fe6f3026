"""What to do about one RRset: keep, push, ask the API, or hold. Pure.

Read from the top; the first row that fits decides. A provider is called by the last row and by
the API rows alone. "Recently" means within the grace that name servers get to serve a change.

===========================  ==========================================  ========================
address                      live DNS and memory                         decision
===========================  ==========================================  ========================
unknown, disputed, held      anything                                    Hold (the verdict's code)
settled                      intercepted                                 Hold dns_intercepted
settled                      unreadable                                  Hold dns_unknown
settled                      a CNAME                                     Hold dns_cname
settled                      all servers agree                           Keep
settled                      proxied, API confirmed this address lately  Keep
settled                      some servers agree                          Hold dns_partial
settled                      none; this address was accepted recently    Hold dns_waiting
settled                      account or record locked                    Hold locked
settled                      the account must wait                       Hold paced
settled                      proxied                                     Ask (read, then write)
settled                      none, or absent                             Push
===========================  ==========================================  ========================
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from agent.decide.agreement import Agreement, State
from agent.values import Ask, Decision, Hold, Keep, Push, Record, Settled, Verdict
from discovery.observation import Address
from providers.engine.limits import Go, Lock, Locked, Permit, Wait

GRACE_S = 600.0
"""How long an accepted change may take to be served before the provider is told again."""

API_RECHECK_S = 6 * 3600.0
"""How long the API's word on a proxied record is taken without asking again."""


PublicationState = Literal["sending", "accepted", "served"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What memory holds about one RRset. Times are wall seconds.

    ``sending``: written down before the call; an answer is not known.
    ``accepted``: the provider said yes, or may have. ``served``: seen at the authorities, or
    confirmed by the API.
    """

    address: Address
    state: PublicationState
    at: float


def plan(
    record: Record,
    verdict: Verdict,
    agreement: Agreement,
    memory: Publication | None,
    permit: Permit,
    *,
    now: float,
) -> Decision:
    """Decide about one RRset of `record`. See the module's table. `now` is wall seconds."""
    if not isinstance(verdict, Settled):
        return Hold(code=verdict.code, because=verdict.because)
    address = verdict.address
    opaque = agreement.state is State.OPAQUE
    by_api = record.verify == "api" or (opaque and agreement.proxied)
    if stop := _unreadable(agreement, by_api=by_api):
        return stop
    if not by_api and agreement.state is State.ALL:
        return Keep(because=agreement.because)
    if by_api and memory is not None and _confirmed_lately(memory, address, now):
        return Keep(because=f"{record.name} is proxied; the provider's API confirmed {address}")
    if not by_api and (wait := _still_spreading(agreement, memory, address, now)):
        return wait
    match permit:
        case Locked(lock=lock):
            return Hold(code="locked", because=_stopped(lock, record.account))
        case Wait(until=until, why=why):
            return Hold(code="paced", because=f"waiting until {_clock(until)}: {why}", until=until)
        case Go():
            pass
    if by_api:
        return Ask(address=address, because=agreement.because)
    return Push(address=address, because=agreement.because)


def _unreadable(agreement: Agreement, *, by_api: bool) -> Hold | None:
    if agreement.state is State.INTERCEPTED:
        return Hold(code="dns_intercepted", because=agreement.because)
    if agreement.state is State.UNREADABLE:
        return Hold(code="dns_unknown", because=agreement.because)
    if agreement.state is State.OPAQUE and not by_api:
        return Hold(
            code="dns_cname",
            because=f"{agreement.because}; remove the alias, or configure the name it points to.",
        )
    return None


def _confirmed_lately(memory: Publication, address: Address, now: float) -> bool:
    fresh = 0.0 <= now - memory.at < API_RECHECK_S
    return memory.state == "served" and memory.address == address and fresh


def _still_spreading(
    agreement: Agreement, memory: Publication | None, address: Address, now: float
) -> Hold | None:
    if agreement.state is State.SOME:
        return Hold(code="dns_partial", because=agreement.because)
    if memory is None or memory.state != "accepted" or memory.address != address:
        return None
    if not 0.0 <= now - memory.at < GRACE_S:  # a clock that jumped cannot prolong the wait
        return None
    return Hold(
        code="dns_waiting",
        because=f"the provider accepted {address} at {_clock(memory.at)}; {agreement.because}",
        until=memory.at + GRACE_S,
    )


def _stopped(lock: Lock, account: str) -> str:
    return (
        f"{lock.text.rstrip('.')}. Stopped since {_clock(lock.since)}; "
        f"once that is mended, run: upstun unlock {account}"
    )


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
