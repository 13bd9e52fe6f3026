"""Asking the home router for its external address by NAT-PMP, or by PCP where it knows only that.

The cheapest and fastest witness there is: 2 bytes out, 12 bytes back, under a millisecond.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from discovery import interface
from discovery.interface import Surroundings
from discovery.observation import (
    Family,
    Missed,
    Observation,
    PmpEvidence,
    Source,
    Why,
    judge,
    missed,
)
from discovery.router import pcp, pmp_codec
from discovery.router.datagrams import Datagrams
from discovery.router.pcp import PcpReply
from discovery.router.pmp_codec import PmpReply

PORT: Final = 5351

Reply = PmpReply | PcpReply

# Long enough to arrive, short enough to be gone soon if the packet that deletes it is lost.
# Gateways may make it 120 s, the least that RFC 6887 §15 recommends.
_MAPPING_S = 60

_WHY_PMP = {1: Why.UNSUPPORTED, pmp_codec.NETWORK_FAILURE: Why.NO_ADDRESS}
_WHY_PCP = {1: Why.UNSUPPORTED, pcp.NETWORK_FAILURE: Why.NO_ADDRESS}


@dataclass(frozen=True, slots=True, kw_only=True)
class NatPmpMethod:
    """The router's word over NAT-PMP (RFC 6886) and PCP (RFC 6887).

    Tries are `first_wait` seconds apart, doubling (RFC 6886 §3.1 asks for 250 ms and nine tries;
    on a home's own link three are plenty: silence costs 1.75 s).
    """

    surroundings: Callable[[], Surroundings] = interface.surroundings
    port: int = PORT
    first_wait: float = 0.25
    tries: int = 3
    nonce: Callable[[], bytes] = pcp.fresh_nonce

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
        result 1, or an answer in version 2   asked again by PCP
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
        around = await asyncio.to_thread(self.surroundings)
        if around.gateway is None:
            return self._miss(
                Why.NO_ROUTE, "no home router was found to ask: there is no physical default route"
            )
        gateway = str(around.gateway)
        try:
            async with Datagrams(around.gateway, self.port) as line:
                return await self._converse(line, gateway)
        except ConnectionError:  # refused on Unix, reset on Windows
            sentence = f"{self.witness} at {gateway} has NAT-PMP and PCP switched off"
            return self._miss(Why.REFUSED, sentence)
        except OSError as fault:
            sentence = f"{self.witness} at {gateway} cannot be reached ({fault.strerror or fault})"
            return self._miss(Why.NO_ROUTE, sentence)

    async def _converse(self, line: Datagrams, gateway: str) -> Observation:
        """Ask by NAT-PMP; in silence also by PCP, and go on with the protocol that answers."""
        nonsense = False

        def send(attempt: int) -> None:
            line.send(pmp_codec.request())
            if attempt:
                line.send(pcp.announce(line.local))

        def read(data: bytes) -> Reply | None:
            nonlocal nonsense
            reply = pmp_codec.read_reply(data) or pcp.read_reply(data)
            nonsense = nonsense or reply is None
            return reply

        reply: Reply | None = await line.ask(send, read, self._waits())
        if reply is not None and (
            isinstance(reply, PcpReply) or reply.result == pmp_codec.UNSUPPORTED_VERSION
        ):
            reply = await self._map(line) or reply
        if reply is not None:
            return self._judge(reply, gateway)
        if nonsense:
            sentence = f"{self.witness} at {gateway} answered bytes that are no NAT-PMP and no PCP"
            return self._miss(Why.MALFORMED, sentence)
        sentence = f"{self.witness} at {gateway} did not answer; it has neither NAT-PMP nor PCP"
        return self._miss(Why.SILENT, sentence)

    async def _map(self, line: Datagrams) -> Reply | None:
        """Make a short mapping of our own port for the address in its answer, and delete it.

        However this ends, the deletion is sent; a socket needs no waiting for that.
        """
        nonce = self.nonce()
        mapping = partial(pcp.map_udp, line.local, line.local_port, nonce=nonce)

        def read(data: bytes) -> Reply | None:
            late = pmp_codec.read_reply(data)
            if late is not None and late.result == pmp_codec.SUCCESS:
                return late
            reply = pcp.read_reply(data)
            return reply if reply and reply.opcode == pcp.MAP and reply.nonce == nonce else None

        try:
            return await line.ask(
                lambda _: line.send(mapping(lifetime_s=_MAPPING_S)), read, self._waits()
            )
        finally:
            line.send(mapping(lifetime_s=0))

    def _judge(self, reply: Reply, gateway: str) -> Observation:
        by_pcp = isinstance(reply, PcpReply)
        evidence = PmpEvidence(
            gateway=gateway,
            protocol="pcp" if by_pcp else "nat-pmp",
            result=reply.result,
            epoch_s=reply.epoch_s,
        )
        address = reply.external if isinstance(reply, PcpReply) else reply.address
        if reply.result == 0 and address is not None:
            return judge(self, Family.V4, address, evidence)
        if reply.result == 0:  # an ANNOUNCE was answered, a MAP was not
            why, what = Why.REFUSED, "speaks PCP but would not tell an address"
        else:
            known, whys = (pcp.RESULTS, _WHY_PCP) if by_pcp else (pmp_codec.RESULTS, _WHY_PMP)
            why = whys.get(reply.result, Why.REFUSED)
            what = f"answered {known.get(reply.result, f'with the error code {reply.result}')}"
        return missed(self, Family.V4, why, f"{self.witness} {what}", evidence=evidence)

    def _waits(self) -> list[float]:
        return [self.first_wait * 2**attempt for attempt in range(self.tries)]

    def _miss(self, why: Why, sentence: str) -> Missed:
        return missed(self, Family.V4, why, sentence)
