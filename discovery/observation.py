"""What one witness said when it was asked for this home's public address.

Every method of discovery, whatever it speaks (UPnP, NAT-PMP, STUN, HTTP), ends in one of two
frozen values: `Seen`, which can only hold a publishable address, or `Missed`, which says why
there is none. Nothing here raises for network trouble, and nothing here decides what to publish.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Literal, Protocol

from discovery.address import Scope, publishable, scope

Source = Literal["upnp", "natpmp", "stun", "http", "interface"]
Address = IPv4Address | IPv6Address


class Family(IntEnum):
    """An address family; the number is the IP version."""

    V4 = 4
    V6 = 6


class Why(StrEnum):
    """Why a witness gave no publishable address, named by what would help next."""

    SILENT = "silent"  # no answer within the deadline: blocked, asleep, or not there
    REFUSED = "refused"  # it answered "no": port closed, ICMP unreachable, protocol error code
    MALFORMED = "malformed"  # it answered bytes that the protocol does not allow
    OVERSIZED = "oversized"  # it answered more than any honest answer needs
    SPOOFED = "spoofed"  # an answer from the wrong host, or with the wrong transaction id
    NOT_PUBLIC = "not_public"  # a well-formed address that must never be published
    NO_ADDRESS = "no_address"  # the router answered and says it has no address (empty, 0.0.0.0)
    DOWN = "down"  # the router says its internet line is not connected
    FOREIGN = "foreign"  # a device that is not this home's gateway claims to be the router
    CAPTIVE = "captive"  # a web page where an address was expected: a login page in between
    WRONG_FAMILY = "wrong_family"  # an IPv6 address where IPv4 was asked, or the reverse
    NO_ROUTE = "no_route"  # this machine has no way out in this family
    UNRESOLVED = "unresolved"  # the witness's own name could not be looked up
    UNSUPPORTED = "unsupported"  # this method cannot work here (missing library, wrong family)
    BROKEN = "broken"  # our own fault: an exception that no adapter expected


@dataclass(frozen=True, slots=True, kw_only=True)
class IgdEvidence:
    """What a UPnP Internet Gateway Device told besides the address."""

    location: str
    control_url: str = ""
    status: str = ""  # ConnectionStatus, as the router spells it
    connection_type: str = ""
    uptime_s: int | None = None
    last_error: str = ""
    reported: str = ""  # NewExternalIPAddress exactly as sent, cut to 64 characters


@dataclass(frozen=True, slots=True, kw_only=True)
class PmpEvidence:
    """What a NAT-PMP (RFC 6886) or PCP (RFC 6887) gateway told besides the address."""

    gateway: str
    protocol: Literal["nat-pmp", "pcp"]
    result: int  # the protocol's result code; 0 is success
    epoch_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StunEvidence:
    """What a STUN Binding response (RFC 8489) told besides the address."""

    server: str  # "address:port" that really answered
    transport: Literal["udp", "tcp"]
    local: str  # our own address on that socket
    mapped_port: int
    rewritten: str = ""  # MAPPED-ADDRESS where it differs from XOR-MAPPED (RFC 5780 §3.6): an ALG
    software: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoEvidence:
    """How an HTTP echo service answered."""

    url: str  # without query or userinfo
    status: int
    authenticated: bool  # over TLS with a verified certificate
    date: float | None = None  # the server's own clock, seconds since the epoch; if authenticated


@dataclass(frozen=True, slots=True, kw_only=True)
class DohEvidence:
    """How a DNS server answered "who am I" over HTTPS (RFC 8484)."""

    url: str  # without query or userinfo
    status: int
    authenticated: bool  # over TLS with a verified certificate


Evidence = IgdEvidence | PmpEvidence | StunEvidence | EchoEvidence | DohEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A witness named a publishable address.

    `operator` is whom one has to trust: two answers of one operator are one witness.
    `elapsed` is seconds, stamped by `discovery.probe.probe`.
    Raises ValueError when constructed with an address outside publishable space.
    """

    source: Source
    witness: str
    operator: str
    family: Family
    address: Address
    evidence: Evidence | None = None
    elapsed: float = 0.0

    def __post_init__(self) -> None:
        """Hold promise 1 at the door: no unpublishable address ever becomes a sighting."""
        if not publishable(self.address) or self.address.version != self.family:
            raise ValueError(f"{self.address} is not a publishable IPv{self.family:d} address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A witness was asked and named no publishable address.

    `detail` is one sentence for people, without a final secret or a traceback. `reported` is the
    unpublishable address that it did name, where it named one (100.64.0.5, 10.0.0.7, 0.0.0.0).
    """

    source: Source
    witness: str
    operator: str
    family: Family
    why: Why
    detail: str
    reported: Address | None = None
    evidence: Evidence | None = None
    elapsed: float = 0.0


Observation = Seen | Missed


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Why an answer yields no address, as the pure readers say it, before a witness is named.

    `detail` completes the sentence "<witness> …": "answered with a web page".
    """

    why: Why
    detail: str


class Method(Protocol):
    """One question to one witness."""

    @property
    def source(self) -> Source:
        """The kind of witness, as the configuration spells it."""
        ...

    @property
    def witness(self) -> str:
        """Who is asked, for people: a URL without secrets, a host, an address."""
        ...

    @property
    def operator(self) -> str:
        """Who would have to lie: `"router"` for everything the home's gateway says."""
        ...

    async def observe(self, family: Family) -> Observation:
        """Ask once. Never raises for network trouble; cancellation cleans up and propagates."""
        ...


def judge(
    method: Method, family: Family, reported: Address, evidence: Evidence | None = None
) -> Observation:
    """Turn an address as reported into `Seen`, or into `Missed` with the reason it cannot be one.

    An IPv4-mapped IPv6 address is unwrapped first and judged as IPv4.
    """
    address = reported
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.version != family:
        why, what = Why.WRONG_FAMILY, f"answered {address}, but IPv{family:d} was asked"
    elif address.is_unspecified:
        why, what = Why.NO_ADDRESS, f"answered {address}: it has no address at the moment"
    elif scope(address) is not Scope.PUBLIC:
        why, what = Why.NOT_PUBLIC, f"answered {address}, {scope(address).sentence}"
    else:
        return Seen(
            source=method.source,
            witness=method.witness,
            operator=method.operator,
            family=family,
            address=address,
            evidence=evidence,
        )
    return missed(
        method, family, why, f"{method.witness} {what}", reported=address, evidence=evidence
    )


def missed(
    method: Method,
    family: Family,
    why: Why,
    detail: str,
    *,
    reported: Address | None = None,
    evidence: Evidence | None = None,
) -> Missed:
    """Build a `Missed` in the name of `method`; `detail` is one whole sentence for people."""
    return Missed(
        source=method.source,
        witness=method.witness,
        operator=method.operator,
        family=family,
        why=why,
        detail=detail,
        reported=reported,
        evidence=evidence,
    )


def flawed(method: Method, family: Family, flaw: Flaw, evidence: Evidence | None = None) -> Missed:
    """Put the name of the witness to a flaw that a pure reader found."""
    sentence = f"{method.witness} {flaw.detail}"
    return missed(method, family, flaw.why, sentence, evidence=evidence)
