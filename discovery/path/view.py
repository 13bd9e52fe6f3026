"""What was measured of the path from this machine to the internet: values, and nothing else.

Everywhere None or "unknown" means "not measured or not to be told", never "no"; the note beside it
says why in one sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from discovery.observation import Address
from discovery.path.port_set import restricted

Mapping = Literal["eim", "adm", "apdm", "unknown"]
"""Endpoint-independent, address-dependent, address-and-port-dependent (RFC 4787 §4.1)."""

Filtering = Literal["eif", "adf", "apdf", "unknown"]
"""The same three for packets that come in (RFC 4787 §5)."""

Transport = Literal["udp", "tcp"]
Grade = Literal["proved", "likely", "refuted", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the NATs on the path map and filter UDP (RFC 5780 §4.3, §4.4).

    `server` is who was asked; empty where no server offers the second address that the test needs
    (OTHER-ADDRESS), and then `mapping` and `filtering` are "unknown" and `note` says so.
    `translated` is false when the server saw our own socket: there is no NAT for it.
    """

    server: str = ""
    mapping: Mapping = "unknown"
    filtering: Filtering = "unknown"
    translated: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """One fresh socket, and as what a STUN server saw it."""

    local_port: int
    address: Address
    port: int
    server: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """Many fresh sockets, and as what servers outside saw each of them.

    `rewritten` are MAPPED-ADDRESS values that differ from XOR-MAPPED-ADDRESS (an ALG).
    """

    mapped: tuple[Mapped, ...] = ()
    rewritten: tuple[str, ...] = ()
    note: str = ""

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every public address seen, the most frequent first."""
        seen = [one.address for one in self.mapped]
        return tuple(sorted(dict.fromkeys(seen), key=seen.count, reverse=True))

    @property
    def lines(self) -> tuple[Address, ...]:
        """The public addresses between which this home alternates; one, or none, if it does not.

        Only a server that itself saw several counts: two servers that each see another address
        may be two lines, or one server that lies.
        """
        seen: dict[str, set[Address]] = {}
        for one in self.mapped:
            seen.setdefault(one.server, set()).add(one.address)
        several = {address for some in seen.values() if len(some) > 1 for address in some}
        return tuple(address for address in self.addresses if address in several)

    @property
    def port_preserved(self) -> bool | None:
        """Whether ports keep their numbers outside; None without a sighting."""
        if not self.mapped:
            return None
        return all(one.port == one.local_port for one in self.mapped)

    @property
    def shared_ports(self) -> bool | None:
        """Whether the most seen address is shared by port, so that only some ports are ours.

        True on the signs of a port set (`discovery.path.port_set`), which needs eight sightings of
        that one address; None when the sightings cannot tell.
        """
        if not self.mapped:
            return None
        ours = [one for one in self.mapped if one.address == self.addresses[0]]
        return restricted([one.port for one in ours], [one.local_port for one in ours])


@dataclass(frozen=True, slots=True, kw_only=True)
class Hairpin:
    """Whether a packet sent to our own public address comes back in (RFC 4787 §6).

    `tcp` tells, for each TCP port that was tried, whether a connection from inside to the public
    address was accepted: false says nothing about callers from outside.
    """

    udp: bool | None = None
    tcp: tuple[tuple[int, bool], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Can a stranger reach this port of this machine? `because` is one sentence.

    "proved" only where an unsolicited packet of a stranger arrived, "refuted" only where it was
    sent and did not.
    """

    transport: Transport
    port: int
    grade: Grade
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A router on the way that answered for a packet which had run out of hops."""

    distance: int
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The first routers on the way out, as far as they told; the first is the home's own.

    `supported` is false where this system does not tell who answered.
    """

    hops: tuple[Hop, ...] = ()
    supported: bool = True
    note: str = ""


Owner = Literal["router", "beyond", "machine", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Who has this address: the home's router, something beyond it, or this machine.

    Found with a packet to the address that may travel one hop only: a router answers for its own
    addresses whatever the number of hops, and says "time exceeded" for everybody else's.
    """

    address: Address
    owner: Owner
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PathView:
    """Everything measured of the path, over IPv4."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    scatter: Scatter = field(default_factory=Scatter)
    hairpin: Hairpin = field(default_factory=Hairpin)
    reaches: tuple[Reach, ...] = ()
    trail: Trail = field(default_factory=Trail)
    ownership: tuple[Ownership, ...] = ()
