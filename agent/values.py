"""The nouns of the agent: what is configured, what was judged, what is planned. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Network
from typing import Literal

from discovery.live_dns.view import RType
from discovery.observation import Address, Family, Source
from discovery.signals.view import EVERY_SIGNAL, SignalName
from providers.engine.outcome import Cause
from providers.engine.spec import Provider
from providers.engine.wire import Text

# ---- configuration ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One login at one DNS service. `fingerprint` changes when any of its settings does."""

    name: str
    provider: Provider
    settings: Mapping[str, Text | int | bool]
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One name to keep right. `ipv6` may be a host part to combine with the home's prefix.

    `verify` is `"dns"` (live DNS decides) or `"api"` (the provider's API, for proxied records).
    """

    name: str
    account: str
    ipv4: bool = True
    ipv6: bool | str = False
    ttl: int | None = 60
    zone: str = ""
    verify: Literal["dns", "api"] = "dns"


Confirm = Literal["never", "change", "always"]
Unreachable = Literal["hold", "publish"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """`[discovery]`: who is asked, in which order, what is believed, and what is listened to.

    `stun_own` are STUN servers of the user's own: they may be asked every second.
    """

    ipv4: tuple[Source, ...] = ("upnp", "natpmp", "stun", "http")
    ipv6: tuple[Source, ...] = ("interface", "stun", "http")
    interface: str = ""
    confirm: Confirm = "change"
    unreachable: Unreachable = "hold"
    prefer_outside: bool = False
    signals: tuple[SignalName, ...] = EVERY_SIGNAL
    upnp_location: str = ""
    stun_servers: tuple[str, ...] = ()
    stun_own: tuple[str, ...] = ()
    http_urls: tuple[str, ...] = ()
    doh_whoami: tuple[str, ...] = ()  # asked by an examination alone
    allow_http: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dns:
    """`[dns]`: explicit authoritative servers and resolvers, each `"host:port"`.

    `public` resolvers and `doh` servers (URLs) are asked by an examination alone: what others see.
    """

    authority: tuple[str, ...] = ()
    resolvers: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    doh: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A whole, valid configuration. Durations are seconds. `source` is the file it came from."""

    source: str
    poll: float = 300.0
    state: str = ""
    log: Literal["text", "json"] = "text"
    settle: float = 60.0  # how long to wait for a published answer to be served
    calm: float = 10.0  # how long after one address another one for the same RRset is held
    contact: str = ""  # for the User-Agent, where a service demands one
    discovery: Discovery = field(default_factory=Discovery)
    dns: Dns = field(default_factory=Dns)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    records: tuple[Record, ...] = ()


# ---- verdict: what the observations mean --------------------------------------------------------

Code = Literal[
    "direct",
    "single_nat",
    "router_only",
    "upstream_nat",
    "double_nat",
    "nat_1to1",
    "cgnat",
    "cgnat_likely",
    "ds_lite",
    "stun_agrees",
    "http_agrees",
    "one_witness",
    "witnesses_disagree",
    "liar",
    "alg",
    "udp_blocked",
    "wan_down",
    "captive",
    "foreign_igd",
    "offline",
    "no_address",
    "unsupported",
    "vpn_active",
    "multi_wan",
    "shared_ipv4",
    "nat64",
    "v6_direct",
    "v6_unconfirmed",
    "v6_nat66_or_vpn",
    "v6_waiting",
    "v6_none",
    "v6_absent",
    "v6_no_prefix",
]
"""Verdict and caveat codes of discovery; stable words, never renamed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The address is known well enough to publish. Only this can lead to a `Push`.

    `network` is the prefix of the home's link, from which other machines have their IPv6
    addresses; None where it is not known, and with IPv4.
    """

    family: Family
    address: Address
    code: Code
    sources: tuple[Source, ...]
    because: str
    caveats: tuple[Code, ...] = ()
    network: IPv6Network | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfReach:
    """The address is known, but nobody can reach this home by it, and the policy is to hold."""

    family: Family
    address: Address
    code: Code
    sources: tuple[Source, ...]
    because: str
    caveats: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """Witnesses name different addresses; none may be published."""

    family: Family
    candidates: tuple[Address, ...]
    code: Code
    sources: tuple[Source, ...]
    because: str
    caveats: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """No address can be named now; records are left alone."""

    family: Family
    code: Code
    because: str
    caveats: tuple[Code, ...] = ()


Verdict = Settled | OutOfReach | Disputed | Unknown


# ---- plan: what is to be done about one RRset ---------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Live DNS is right; nothing is sent."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Live DNS is wrong, and the provider is to be told `address`."""

    address: Address
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Live DNS cannot show this record (proxied, flattened): the provider's API has to say."""

    address: Address
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Nothing may be sent now. `code` is a stable word.

    `until` is wall seconds, where the end is known; `cause` is what locked the account or record.
    """

    code: str
    because: str
    until: float | None = None
    cause: Cause | None = None


Decision = Keep | Push | Ask | Hold

RRsetKey = tuple[str, RType]
FAMILY_OF: Mapping[RType, Family] = {"A": Family.V4, "AAAA": Family.V6}
