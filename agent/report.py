"""What a round found and did, as one frozen value; `once --json` is its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from agent.decide.agreement import Agreement
from agent.decide.exit_status import HELD_BY, Exit, worst
from agent.decide.plan import Publication, by_api
from agent.values import (
    Ask,
    Decision,
    Disputed,
    Hold,
    Keep,
    OutOfReach,
    Push,
    Record,
    Settled,
    Unknown,
    Verdict,
)
from discovery.live_dns.view import DnsView, RType
from discovery.observation import Address, Family
from providers.engine.limits import SHUT_S
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed

EXIT_OF_CAUSE: Mapping[Cause, Exit] = {
    Cause.CREDENTIALS: Exit.PROVIDER,
    Cause.BLOCKED: Exit.PROVIDER,
    Cause.NOT_FOUND: Exit.USER_MUST_ACT,
    Cause.REJECTED: Exit.USER_MUST_ACT,
    Cause.RATE_LIMITED: Exit.HEALING,
    Cause.TRANSIENT: Exit.HEALING,
    Cause.CONFUSED: Exit.HEALING,
    Cause.CONFLICT: Exit.HEALING,
}
"""The exit status of each way in which a provider refuses."""

_USER_ENDS = {Exit.HEALTHY, Exit.USER_MUST_ACT, Exit.UNREACHABLE, Exit.PROVIDER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One RRset in one round: what was seen, decided, done, and whether it is served.

    `before` is the comparison that the decision was made from, `after` the last one made.
    """

    record: Record
    rtype: RType
    view: DnsView
    verdict: Verdict
    before: Agreement
    after: Agreement
    memory: Publication | None
    decision: Decision
    outcome: Outcome | None = None
    verified: bool = False

    @property
    def wanted(self) -> Address | None:
        """The address that this RRset is to have; None while it is not settled."""
        return self.verdict.address if isinstance(self.verdict, Settled) else None

    @property
    def zone(self) -> str:
        """The zone's apex, as configured or as live DNS showed it; empty when unknown."""
        return self.record.zone or self.view.zone

    @property
    def by_api(self) -> bool:
        """Whether the provider's API decides about this RRset, not live DNS."""
        return by_api(self.record, self.before)

    @property
    def live(self) -> frozenset[Address] | None:
        """What the primary must hold, for a compare-and-set; None when that cannot be told.

        After a call without a yes, what DNS shows need not be what the primary holds: a secondary
        that hangs would otherwise make every attempt a conflict.
        """
        unsure = self.memory is not None and self.memory.state == "sending"
        return None if unsure else self.after.agreed

    @property
    def exit(self) -> Exit:
        """The exit status of this RRset alone."""
        if self.verified:
            return Exit.DNS_FAULT if self.after.lame else Exit.HEALTHY
        match self.outcome, self.decision:
            case Refused(cause=Cause.RATE_LIMITED, wait=float() as wait), _ if wait >= SHUT_S:
                return Exit.PROVIDER
            case (Refused(cause=cause), _) | (None, Hold(cause=Cause() as cause)):
                return EXIT_OF_CAUSE[cause]
            case None, Hold(code=code):
                return HELD_BY[code]
            case _:
                return Exit.HEALING

    @property
    def reason(self) -> str:
        """One sentence for people: why it is as it is."""
        match self.outcome:
            case Changed() | Unchanged() | Unconfirmed() if self.verified:
                return f"updated; {self.after.because}"
            case Refused(text=text) | Unconfirmed(text=text):
                return text
            case Changed() | Unchanged():
                return f"the provider accepted it; {self.after.because}"
            case None:
                return self.decision.because

    def as_json(self) -> dict[str, Any]:
        """The entry of this RRset in `once --json`."""
        live = None if self.before.live is None else sorted(map(str, self.before.live))
        return {
            "name": self.record.name,
            "type": self.rtype,
            "wanted": None if self.wanted is None else str(self.wanted),
            "live": live,
            "servers": {"asked": self.before.asked, "agreeing": self.before.agreeing},
            "action": self.action,
            "code": self.decision.code if isinstance(self.decision, Hold) else None,
            "outcome": None if self.outcome is None else type(self.outcome).__name__.lower(),
            "reason": self.reason,
            "served_by": {"asked": self.after.asked, "agreeing": self.after.agreeing},
            "verified": self.verified,
        }

    @property
    def action(self) -> str:
        """What was done, in the words of the interface: keep, push or hold."""
        match self.decision:
            case Keep():
                return "keep"
            case Push():
                return "push"
            case Ask():
                return "keep" if isinstance(self.outcome, Unchanged) else "push"
            case Hold():
                return "hold"
            case _:
                assert_never(self.decision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole round."""

    addresses: Mapping[Family, Verdict]
    rows: tuple[Row, ...]

    @property
    def exit(self) -> Exit:
        """The status that wins over all rows; without rows, what the addresses alone say."""
        if self.rows:
            return worst(row.exit for row in self.rows)
        return worst(exit_of(verdict) for verdict in self.addresses.values())

    @property
    def settled(self) -> bool:
        """Whether waiting would change nothing: all is right, or somebody else has to act."""
        return all(row.verified or row.exit in _USER_ENDS for row in self.rows)

    @property
    def until(self) -> float | None:
        """The earliest wall time for which something is held, when any is."""
        times = [
            row.decision.until
            for row in self.rows
            if isinstance(row.decision, Hold) and row.decision.until is not None
        ]
        return min(times, default=None)

    def as_json(self, *, dry_run: bool = False) -> dict[str, Any]:
        """The document of `once --json`."""
        document: dict[str, Any] = {
            "schema": "upstun.once/1",
            "settled": self.settled,
            "exit": int(self.exit),
            "addresses": addresses_json(self.addresses),
            "records": [row.as_json() for row in self.rows],
        }
        return {**document, "dry_run": True} if dry_run else document


def exit_of(verdict: Verdict) -> Exit:
    """The exit status of a verdict by itself."""
    return Exit.HEALTHY if isinstance(verdict, Settled) else HELD_BY[verdict.code]


def addresses_json(addresses: Mapping[Family, Verdict]) -> dict[str, Any]:
    """Both families as `ip --json` and `once --json` show them; null where none was asked for."""
    return {
        "ipv4": _verdict_json(addresses.get(Family.V4)),
        "ipv6": _verdict_json(addresses.get(Family.V6)),
    }


def _verdict_json(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    address = verdict.address if isinstance(verdict, Settled | OutOfReach) else None
    return {
        "address": None if address is None else str(address),
        "verdict": verdict.code,
        "sources": [] if isinstance(verdict, Unknown) else list(verdict.sources),
        "caveats": list(verdict.caveats),
        "candidates": list(map(str, verdict.candidates)) if isinstance(verdict, Disputed) else [],
        "reason": verdict.because,
    }
