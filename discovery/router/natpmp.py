"""Asking the home router for its external address by NAT-PMP, or by PCP where it knows only that.

The cheapest and fastest witness there is: 2 bytes out, 12 bytes back, under a millisecond.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from discovery import interface
from discovery.interface import Surroundings
from discovery.observation import Family, Observation, Source, Why, missed
from discovery.router import pcp, pmp_codec
from discovery.router.datagrams import Datagrams
from discovery.router.gateway_line import PORT, map_briefly, waits, with_gateway
from discovery.router.pmp_answer import OR_DROPPED, Reader, Reply, read_pmp, refusal, unheard
from discovery.router.pmp_codec import PmpReply


@dataclass(frozen=True, slots=True, kw_only=True)
class NatPmpMethod:
    """The router's word over NAT-PMP (RFC 6886) and PCP (RFC 6887).

    Tries are `first_wait` seconds apart, doubling (RFC 6886 §3.1 asks for 250 ms and nine tries;
    on a home's own link three are plenty: silence costs 1.75 s). `alone` leaves PCP out, for an
    examination that asks each protocol by itself.
    """

    surroundings: Callable[[], Surroundings] = interface.surroundings
    port: int = PORT
    first_wait: float = 0.25
    tries: int = 3
    nonce: Callable[[], bytes] = pcp.fresh_nonce
    alone: bool = False

    source: ClassVar[Source] = "natpmp"
    operator: ClassVar[str] = "router"

    @property
    def witness(self) -> str:
        """Who is asked, for people."""
        return "the router (NAT-PMP)"

    async def observe(self, family: Family) -> Observation:
        """Ask once.

        ====================================  ======================================
        the gateway                           observation
        ====================================  ======================================
        answers NAT-PMP with an address       Seen, or Missed as `judge` says
        result 3 (network failure)            NO_ADDRESS: line down, or CGNAT
        result 1, or an answer in version 2   asked again by PCP; alone, REFUSED
        any other result                      REFUSED
        ICMP port unreachable                 REFUSED, at once
        only bytes that make no sense         MALFORMED
        silence, to PCP too                   SILENT
        ====================================  ======================================
        """
        if family is not Family.V4:
            return missed(
                self, family, Why.UNSUPPORTED, "NAT-PMP tells an external address for IPv4 only"
            )
        protocols = "NAT-PMP" if self.alone else "NAT-PMP and PCP"
        return await with_gateway(
            self, self.surroundings, self.port, self._converse, protocols=protocols
        )

    async def _converse(self, line: Datagrams, gateway: str) -> Observation:
        """Ask by NAT-PMP; in silence also by PCP, and go on with the protocol that answers."""
        pauses = waits(self.first_wait, self.tries)
        read = Reader()

        def send(attempt: int) -> None:
            line.send(pmp_codec.request())
            if attempt and not self.alone:
                line.send(pcp.announce(line.local))

        reply: Reply | None = await line.ask(send, read, pauses)
        if reply is None:
            lacks = f"no NAT-PMP, {OR_DROPPED}" if self.alone else "neither NAT-PMP nor PCP"
            return unheard(self, gateway, lacks, nonsense=read.nonsense)
        speaks = isinstance(reply, PmpReply) and reply.result != pmp_codec.UNSUPPORTED_VERSION
        if speaks:
            return read_pmp(self, reply, gateway)
        if self.alone:
            what = "answered that it does not speak NAT-PMP; it may speak PCP, the successor"
            return refusal(self, Why.REFUSED, what, reply, gateway)
        return read_pmp(self, await map_briefly(line, self.nonce(), pauses) or reply, gateway)
