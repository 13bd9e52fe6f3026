"""Asking the home router for its external address by PCP alone, for an examination.

The daemon has no need of it: where a router knows PCP only, `NatPmpMethod` goes on by PCP itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from discovery import interface
from discovery.interface import Surroundings
from discovery.observation import Family, Observation, Source, Why, missed
from discovery.router import pcp
from discovery.router.datagrams import Datagrams
from discovery.router.gateway_line import PORT, map_briefly, waits, with_gateway
from discovery.router.pmp_answer import OR_DROPPED, Reader, Reply, read_pmp, refusal, unheard
from discovery.router.pmp_codec import PmpReply


@dataclass(frozen=True, slots=True, kw_only=True)
class PcpMethod:
    """The router's word over PCP (RFC 6887): an ANNOUNCE, and a short MAP for the address.

    PCP has no question for the external address, so a mapping of our own port is made and deleted
    at once. Waits are as for `NatPmpMethod`; silence costs as much.
    """

    surroundings: Callable[[], Surroundings] = interface.surroundings
    port: int = PORT
    first_wait: float = 0.25
    tries: int = 3
    nonce: Callable[[], bytes] = pcp.fresh_nonce

    source: ClassVar[Source] = "natpmp"  # the configuration's word for both protocols
    operator: ClassVar[str] = "router"

    @property
    def witness(self) -> str:
        """Who is asked, for people."""
        return "the router (PCP)"

    async def observe(self, family: Family) -> Observation:
        """Ask once.

        ====================================  ==========================================
        the gateway                           observation
        ====================================  ==========================================
        answers ANNOUNCE, then MAP            Seen, or Missed as `judge` says
        answers MAP with result 7             NO_ADDRESS: its own network has failed
        answers in NAT-PMP                    REFUSED: it knows the older protocol
        answers ANNOUNCE, is silent to MAP    REFUSED
        any other result                      REFUSED (1: UNSUPPORTED)
        ICMP port unreachable                 REFUSED, at once
        only bytes that make no sense         MALFORMED
        silence                               SILENT
        ====================================  ==========================================
        """
        if family is not Family.V4:
            return missed(self, family, Why.UNSUPPORTED, "PCP is asked for IPv4 only here")
        return await with_gateway(
            self, self.surroundings, self.port, self._converse, protocols="PCP"
        )

    async def _converse(self, line: Datagrams, gateway: str) -> Observation:
        pauses = waits(self.first_wait, self.tries)
        read = Reader()
        question = pcp.announce(line.local)
        reply: Reply | None = await line.ask(lambda _: line.send(question), read, pauses)
        if reply is None:
            return unheard(self, gateway, f"no PCP, {OR_DROPPED}", nonsense=read.nonsense)
        if not isinstance(reply, PmpReply):
            reply = await map_briefly(line, self.nonce(), pauses) or reply
        if isinstance(reply, PmpReply):
            what = "answered in NAT-PMP, the older protocol, and does not speak PCP"
            return refusal(self, Why.REFUSED, what, reply, gateway)
        return read_pmp(self, reply, gateway)
