"""The IPv6 addresses of this machine, with everything that decides whether one is published."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One IPv6 address of this machine, as the system tells it.

    Lifetimes are seconds from now; None is for ever, or not told. The flags are Linux's (RFC 4862
    §2, RFC 8981, RFC 7217); other systems tell some of them.
    """

    address: IPv6Address
    prefix: int
    device: str
    temporary: bool = False
    deprecated: bool = False
    tentative: bool = False
    duplicated: bool = False  # duplicate address detection failed
    permanent: bool = False  # set by hand, or by something that keeps it
    stable: bool = False  # made from the prefix and kept: EUI-64, stable-privacy, mngtmpaddr
    leased: bool = False  # handed out by a DHCPv6 server, where the system says so (not Linux)
    tunnel: bool = False  # the system itself calls the link a tunnel (Windows)
    preferred_s: int | None = None
    valid_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address with the judgement on it; `reason` is a clause: "it is temporary, …".

    `passing` says that the reason against it is one of a change under way: the address is still
    being checked, or it is on its way out while its successor is on its way in.
    """

    held: Held
    kept: bool
    reason: str
    passing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ipv6View:
    """The judgement on all addresses. `chosen` is the one to publish; None when there is none.

    `supported` is false where this system's flags cannot be read: then nothing is chosen, because
    a temporary address could not be told from a stable one. `has_route` says that there is a
    default route for IPv6, be it into a tunnel; `device` is the link of the one that does not lead
    into a tunnel. `nat64` is the prefix that the network's resolver gives away (RFC 7050), empty
    when it gives none; `nat64_known` is false when the resolver did not say. `note` says in one
    sentence why nothing is chosen.
    """

    candidates: tuple[Candidate, ...] = ()
    chosen: IPv6Address | None = None
    has_route: bool = False
    gateway: str = ""
    supported: bool = True
    nat64: str = ""
    nat64_known: bool = False
    device: str = ""
    note: str = ""
