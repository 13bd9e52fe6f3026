"""What to do about one RRset: keep, push, ask the API, or hold. Pure.

Read from the top; the first row that fits decides. A provider is called by the last row and by
the API rows alone.

===========================  ==========================================  ========================
address                      live DNS and memory                         decision
===========================  ==========================================  ========================
unknown, disputed, held      anything                                    Hold (the verdict's code)
settled                      intercepted                                 Hold dns_intercepted
settled                      unreadable                                  Hold dns_unknown
settled                      a CNAME                                     Hold dns_cname
settled                      all servers agree                           Keep
settled                      by API, which confirmed this address        Keep
settled                      some agree, and we sent no other address    Hold dns_partial
settled                      none; this address was accepted             Hold dns_waiting
settled                      another address was sent lately             Hold flapping
settled                      account or record locked                    Hold locked
settled                      the account must wait                       Hold paced
settled                      by API                                      Ask (read, then write)
settled                      anything else                               Push
===========================  ==========================================  ========================

Lately is ten seconds, unless configured: that keeps a flapping line from becoming a stream of
calls. The newest address is sent when they are over.

"By API" are records that live DNS cannot show: proxied ones, and those with `verify = "api"`. What
an API confirmed is asked again after six hours; where the API cannot be read, its yes stands.

Servers that still show the wanted address, although we sent another one since, are no sign of a
change on its way: they lag behind, and will lose it. "Accepted" holds for ten minutes, and then for
as long as the address has been sent in vain already, up to a day: a service that publishes once an
hour, or never, gets a few calls more and no stream of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from agent.decide.agreement import Agreement, State
from agent.values import Ask, Decision, Hold, Keep, Push, Record, Settled, Verdict
from discovery.observation import Address
from providers.engine.limits import Go, Lock, Locked, Permit, Wait
from providers.engine.outcome import Cause

GRACE_S = 600.0
"""How long an accepted change may take to be served before the provider is told again."""

LONGEST_GRACE_S = 86400.0
"""The same after many attempts in vain."""

API_RECHECK_S = 6 * 3600.0
"""How long the API's word on a proxied record is taken without asking again."""


PublicationState = Literal["sending", "accepted", "served"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What memory holds about one RRset. Times are wall seconds.

    ``sending``: written down before the call; no answer is known, or none that settles it.
    ``accepted``: the provider said yes. ``served``: seen at the authorities, or confirmed by the
    API. `at` is when it came to this state, `since` when this address was first sent.
    """

    address: Address
    state: PublicationState
    at: float
    since: float


def plan(
    record: Record,
    verdict: Verdict,
    agreement: Agreement,
    memory: Publication | None,
    permit: Permit,
    *,
    now: float,
    readable: bool = True,
    calm: float = 10.0,
) -> Decision:
    """Decide about one RRset of `record`. See the module's table.

    `now` is wall seconds, `calm` the seconds between two addresses. `readable` says that the
    provider's API can tell what it holds.
    """
    if not isinstance(verdict, Settled):
        return Hold(code=verdict.code, because=verdict.because)
    address = verdict.address
    api = by_api(record, agreement)
    if stop := _unreadable(agreement, api=api):
        return stop
    if not api and agreement.state is State.ALL:
        return Keep(because=agreement.because)
    if api and _confirmed(memory, now, readable=readable) == address:
        return Keep(because=f"the provider confirmed {address}, and DNS does not decide here")
    if not api and (wait := _still_spreading(agreement, memory, address, now)):
        return wait
    if stop := _flapping(memory, address, now, calm) or withheld(permit, record.account):
        return stop
    if api:
        return Ask(address=address, because=agreement.because)
    return Push(address=address, because=agreement.because)


def left_alone_with(
    record: Record, agreement: Agreement, memory: Publication | None, *, now: float, readable: bool
) -> frozenset[Address] | None:
    """The addresses for which `plan` sends nothing about this RRset; None: it never would.

    Such an address may be settled on one witness's word, for nothing follows from it.
    """
    api = by_api(record, agreement)
    if _unreadable(agreement, api=api):
        return None
    if api:
        confirmed = _confirmed(memory, now, readable=readable)
        return frozenset() if confirmed is None else frozenset({confirmed})
    agreed = agreement.agreed or frozenset()
    return agreed if len(agreed) == 1 else frozenset()


def withheld(permit: Permit, account: str) -> Hold | None:
    """Why the account may not be called now, as a decision; None when it may."""
    match permit:
        case Locked(lock=lock):
            return Hold(code="locked", because=_stopped(lock, account), cause=lock.cause)
        case Wait(until=until, why=why, shut=shut):
            because = f"waiting until {_clock(until)}: {why}"
            cause = Cause.BLOCKED if shut else None
            return Hold(code="paced", because=because, until=until, cause=cause)
        case Go():
            return None


def time_left(
    memory: Publication | None, address: Address | None, within: float, *, now: float
) -> float:
    """Seconds left of `within` for an address that was sent and not seen to be served; else 0."""
    if memory is None or memory.state == "served" or memory.address != address:
        return 0.0
    gone = now - memory.at
    return within - gone if 0.0 <= gone < within else 0.0  # a clock that jumped cannot prolong it


def by_api(record: Record, agreement: Agreement) -> bool:
    """Whether the provider's API decides about this record, because live DNS cannot show it."""
    proxied = agreement.state is State.OPAQUE and agreement.proxied
    return record.verify == "api" or proxied


def _unreadable(agreement: Agreement, *, api: bool) -> Hold | None:
    if agreement.state is State.INTERCEPTED:
        return Hold(code="dns_intercepted", because=agreement.because)
    if agreement.state is State.UNREADABLE:
        return Hold(code="dns_unknown", because=agreement.because)
    if agreement.state is State.OPAQUE and not api:
        return Hold(
            code="dns_cname",
            because=f"{agreement.because}; remove the alias, or configure the name it points to.",
        )
    return None


def _confirmed(memory: Publication | None, now: float, *, readable: bool) -> Address | None:
    if memory is None or memory.state != "served":
        return None
    fresh = 0.0 <= now - memory.at < API_RECHECK_S
    return memory.address if fresh or not readable else None


def _still_spreading(
    agreement: Agreement, memory: Publication | None, address: Address, now: float
) -> Hold | None:
    ours = memory is None or memory.address == address
    if agreement.state is State.SOME and ours:
        return Hold(code="dns_partial", because=agreement.because)
    if memory is None or memory.state != "accepted":
        return None
    grace = min(max(GRACE_S, memory.at - memory.since), LONGEST_GRACE_S)
    if not time_left(memory, address, grace, now=now):
        return None
    return Hold(
        code="dns_waiting",
        because=f"the provider accepted {address} at {_clock(memory.at)}; {agreement.because}",
        until=memory.at + grace,
    )


def _flapping(memory: Publication | None, address: Address, now: float, calm: float) -> Hold | None:
    if memory is None or memory.address == address or not 0.0 <= now - memory.since < calm:
        return None
    return Hold(
        code="flapping",
        because=(
            f"{memory.address} was sent less than {calm:g} s ago; {address} follows after that"
        ),
        until=memory.since + calm,
    )


def _stopped(lock: Lock, account: str) -> str:
    return (
        f"{lock.text.rstrip('.')}. Stopped since {_clock(lock.since)}; "
        f"once that is mended, run: upstun unlock {account}"
    )


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
