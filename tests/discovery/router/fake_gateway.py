"""A gateway on loopback that speaks NAT-PMP and PCP as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import IPv4Address

from discovery.interface import Surroundings
from discovery.observation import Family, Method, Observation

NONCE = bytes(range(12))
MAPPED = bytes(10) + b"\xff\xff"
GOOD = bytes.fromhex("0080000000000487510245a0")
Answer = Callable[[bytes], list[bytes]]
UNHURRIED = 10.0  # seconds between tries, where no second try is expected
HURRIED = 0.02  # where silence has to pass


def home() -> Surroundings:
    return Surroundings(
        local=IPv4Address("127.0.0.1"), gateway=IPv4Address("127.0.0.1"), has_route=True
    )


class Gateway(asyncio.DatagramProtocol):
    transport: asyncio.DatagramTransport

    def __init__(self, answer: Answer) -> None:
        self.asked: list[bytes] = []
        self._answer = answer
        self.deleted = asyncio.Event()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked.append(data)
        if len(data) == 60 and data[4:8] == bytes(4):
            self.deleted.set()
        for part in self._answer(data):
            self.transport.sendto(part, addr)


def converse(make: Callable[[int], Method], answer: Answer) -> tuple[Observation, list[bytes]]:
    """What the method made for a port observes, and what the gateway there was asked.

    Where a mapping was made, this waits for its deletion.
    """

    async def main() -> tuple[Observation, list[bytes]]:
        loop = asyncio.get_running_loop()
        transport, gateway = await loop.create_datagram_endpoint(
            lambda: Gateway(answer), local_addr=("127.0.0.1", 0)
        )
        gateway.transport = transport
        try:
            method = make(transport.get_extra_info("sockname")[1])
            observation = await method.observe(Family.V4)
            if any(len(data) == 60 for data in gateway.asked):
                await asyncio.wait_for(gateway.deleted.wait(), 10)
            return observation, gateway.asked
        finally:
            transport.close()
            await asyncio.sleep(0)

    return asyncio.run(main())


def pcp_answer(question: bytes, result: int = 0, address: str = "81.2.69.160") -> bytes:
    head = bytes((2, question[1] | 0x80, 0, result)) + question[4:8] + bytes.fromhex("00000487")
    if len(question) < 60:
        return head + bytes(12)
    body = question[24:44] + MAPPED + IPv4Address(address).packed
    return head + bytes(12) + body


def pcp_only(question: bytes) -> list[bytes]:
    """As RFC 6887 appendix A says: a NAT-PMP question is answered in version 2, result 1."""
    if question[0] == 0:
        return [bytes((2, 0x80, 0, 1)) + bytes(20)]
    return [pcp_answer(question)]
