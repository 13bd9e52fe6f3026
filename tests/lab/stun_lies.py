"""A STUN server that names another address than the one it sees; its lies are whole messages."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

from tests.lab.places import LIE
from tests.lab.plan import StunLie
from tests.support.stun_liar import Lie, naming, silent

STUN_LIES: Mapping[StunLie, Lie] = {
    "silent": silent,
    "wrong": naming(LIE),
    "private": naming("10.6.6.6"),
}
_BINDING_REQUEST = b"\x00\x01"
_COOKIE = b"\x21\x12\xa4\x42"


class StunLiar:
    """Answers Binding requests over UDP with what `lie` makes of them, and nothing else."""

    def __init__(self) -> None:
        self.lie: Lie = silent
        self.port = 0
        self._transport: asyncio.BaseTransport | None = None

    async def serve(self, address: str, port: int = 3478) -> None:
        """Listen, until `close`."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Requests(self), local_addr=(address, port)
        )
        self.port = self._transport.get_extra_info("sockname")[1]

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class _Requests(asyncio.DatagramProtocol):
    def __init__(self, liar: StunLiar) -> None:
        self._liar = liar
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        whole = len(data) >= 20 and len(data) == 20 + int.from_bytes(data[2:4])
        if whole and data[:2] == _BINDING_REQUEST and data[4:8] == _COOKIE:
            for answer in self._liar.lie(data):
                cast(asyncio.DatagramTransport, self._transport).sendto(answer, address)
