"""Everything that one examination brought, before anything is concluded from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from agent.decide.agreement import Agreement
from agent.values import Account, Record, Verdict
from discovery.interface import Surroundings
from discovery.ipv6.view import Ipv6View
from discovery.live_dns.exam import DnsExam, Port53
from discovery.observation import Family, Observation
from discovery.path.view import PathView, Transport
from discovery.router.view import RouterView
from discovery.signals.view import Signal, SignalName
from discovery.webrtc.view import IceView
from providers.engine.outcome import Cause, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordExam:
    """One configured RRset: what DNS says everywhere, compared with what it should say."""

    record: Record
    exam: DnsExam
    agreement: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountExam:
    """One account: what its provider says of the credentials, and what holds it back.

    `proof` is None when the provider has no way to tell without a write, or nothing to ask about,
    and where the account is held back: it is not asked then. `locked` is the cause of a lock that
    only the user lifts, `locked_names` the records that it is about (none: the whole account);
    `locked_until` is when a wait ends, in wall seconds. `locked_text` says why, in one sentence.
    """

    account: Account
    proof: Outcome | None = None
    locked: Cause | None = None
    locked_names: tuple[str, ...] = ()
    locked_until: float | None = None
    locked_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticing:
    """How soon a running agent notices that the home has a new address. Times are seconds.

    `seconds` is how soon the signal `by` tells; None is the next round, which comes anyway.
    `latest_s` is when it is noticed even if whatever is sent unasked gets lost.
    """

    by: SignalName | None
    seconds: float
    latest_s: float


_BY_ROUNDS: Final = Noticing(by=None, seconds=360.0, latest_s=360.0)  # the default safety poll


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One examination.

    `took` is seconds. `configured` is false where nobody wrote a configuration. `port` is the
    port that was asked about (`--port`). `witnesses` are the router and all who were asked through
    the link that faces it; where a VPN has the default route, `through_vpn` are the same outside
    ones asked the way that ordinary traffic goes. `noticing` is how soon a running agent notices a
    new address. `clock_skew_s` is this machine's clock minus that of an authenticated web service.
    `ice_differs` is a sentence where the WebRTC stack saw something else than the STUN witnesses
    did. `unmeasured` says of a measurement that brought nothing why, in one sentence, by its name.
    """

    at: datetime
    took: float
    version: str
    configured: bool
    around: Surroundings
    port: tuple[Transport, int] | None = None
    witnesses: tuple[Observation, ...] = ()
    through_vpn: tuple[Observation, ...] = ()
    verdicts: Mapping[Family, Verdict] = field(default_factory=dict)
    router: RouterView | None = None
    path: PathView = field(default_factory=PathView)
    ipv6: Ipv6View = field(default_factory=Ipv6View)
    ice: IceView | None = None
    ice_differs: str = ""
    port53: Port53 | None = None
    records: tuple[RecordExam, ...] = ()
    accounts: tuple[AccountExam, ...] = ()
    signals: tuple[Signal, ...] = ()
    noticing: Mapping[Family, Noticing] = field(
        default_factory=lambda: dict.fromkeys(Family, _BY_ROUNDS)
    )
    clock_skew_s: float | None = None
    unmeasured: Mapping[str, str] = field(default_factory=dict)
