"""The machine itself as a witness: without a NAT in between, it holds its own IPv6 address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv6Address

from discovery.ipv6.absence import absence
from discovery.ipv6.survey import survey_ipv6
from discovery.ipv6.view import Ipv6View
from discovery.observation import (
    Family,
    Method,
    Observation,
    Source,
    Why,
    flawed,
    judge,
    missed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceMethod:
    """Asks the system for its addresses and names the one that lasts (`discovery.ipv6.choice`).

    `interface` names the only link to use; else it is chosen. `current` is the address that is
    published now; it is kept on a tie.
    """

    interface: str = ""
    current: IPv6Address | None = None

    @property
    def source(self) -> Source:
        """The kind of witness, as the configuration spells it."""
        return "interface"

    @property
    def witness(self) -> str:
        """Who is asked."""
        return "this machine"

    @property
    def operator(self) -> str:
        """Whom one has to trust."""
        return "machine"

    async def observe(self, family: Family) -> Observation:
        """Name the lasting address. Sends nothing to the network.

        IPv4 is not asked of the machine: behind a home router it has a private address, and one
        without a router in front is seen by every witness outside.
        """
        if family is not Family.V6:
            sentence = "this machine is asked for its own address over IPv6 alone"
            return missed(self, family, Why.UNSUPPORTED, sentence)
        view = await survey_ipv6(interface=self.interface, current=self.current)
        return observation(self, view)


def observation(method: Method, view: Ipv6View) -> Observation:
    """Put a view as what a witness says. Pure."""
    flaw = absence(view)
    if flaw is None:
        assert view.chosen is not None, "absence() explains every view without a chosen address"
        return judge(method, Family.V6, view.chosen)
    found = flawed(method, Family.V6, flaw)
    if flaw.why is not Why.NOT_PUBLIC:
        return found
    held = (one.held.address for one in view.candidates)
    beyond = (one for one in held if not (one.is_loopback or one.is_link_local))
    return replace(found, reported=next(beyond, None))
