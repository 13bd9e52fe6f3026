"""The part of the fault table of a server for DNS UPDATE: it breaks off, babbles, or refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import dns.message
import dns.rcode

from agent.demo.pretend.doors import HOST, tcp_door
from tests.support.dns_liar import framed
from tests.support.fault_bench import Arrange, Bench, Fault, Scene
from tests.support.tools import free_port

Answer = Callable[[bytes], bytes]
_LONG = 100.0  # seconds; longer than the agent's patience
_PAGE = b"HTTP/1.1 400 Bad Request\r\n\r\n<!DOCTYPE html><html><body>no</body></html>"
_FLOOD = 300 << 20


def _server(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> Arrange:
    @contextmanager
    def arrange(bench: Bench) -> Iterator[Scene]:
        visits = 0

        async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal visits
            visits += 1
            await talk(reader, writer)

        with bench.enter(tcp_door(visit, patience=_LONG)) as port:
            yield bench.scene(account=bench.rfc2136(f"{HOST}:{port}"))
        assert visits

    return arrange


def _answering(answer: Answer) -> Arrange:
    """Read one whole message and answer with these octets."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = int.from_bytes(await reader.readexactly(2))
        writer.write(answer(await reader.readexactly(size)))
        await writer.drain()

    return _server(talk)


async def _silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()  # until the other side hangs up
    await asyncio.sleep(_LONG)


async def _hang_up(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Close at once."""


async def _flood(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    piece = b"\xff" * 65536
    for _ in range(_FLOOD // len(piece)):
        writer.write(piece)
        await writer.drain()


def _unsigned(octets: bytes) -> dns.message.Message:
    asked = dns.message.from_wire(octets, keyring=False)
    asked.tsig = None
    return dns.message.make_response(asked)


def _saying(rcode: str) -> Answer:
    """A plain answer without a signature, as anybody on the way could send it."""

    def answer(octets: bytes) -> bytes:
        reply = _unsigned(octets)
        reply.set_rcode(dns.rcode.from_text(rcode))
        return framed(reply)

    return answer


def _wrong_id(octets: bytes) -> bytes:
    reply = _unsigned(octets)
    reply.id ^= 1
    return framed(reply)


@contextmanager
def _nobody_there(bench: Bench) -> Iterator[Scene]:
    yield bench.scene(account=bench.rfc2136(f"{HOST}:{free_port()}"))


def _ended(
    name: str,
    arrange: Arrange,
    outcome: str,
    says: str,
    *,
    status: int = 1,
    slow: bool = False,
) -> Fault:
    return Fault(
        name=f"update {name}",
        arrange=arrange,
        status=status,
        action="push",
        outcome=outcome,
        says=says,
        slow=slow,
    )


FAULTS = (
    _ended("silent", _server(_silence), "unconfirmed", "did not answer within", slow=True),
    _ended("not there", _nobody_there, "refused", "cannot be reached", slow=True),
    _ended("closes at once", _server(_hang_up), "unconfirmed", "", slow=True),
    _ended(
        "junk",
        _answering(lambda _: framed(b"\xff" * 300)),
        "unconfirmed",
        "not a DNS message",
        slow=True,
    ),
    _ended(
        "HTML", _answering(lambda _: _PAGE), "unconfirmed", "before its answer was whole", slow=True
    ),
    _ended("empty", _answering(lambda _: b"\0\0"), "unconfirmed", "not a DNS message", slow=True),
    _ended(
        "cut",
        _answering(lambda octets: b"\2\0" + octets[:40]),
        "unconfirmed",
        "before its answer was whole",
        slow=True,
    ),
    _ended("300 MB", _server(_flood), "unconfirmed", "not a DNS message", slow=True),
    _ended("wrong id", _answering(_wrong_id), "unconfirmed", "another question", slow=True),
    _ended("unsigned yes", _answering(_saying("NOERROR")), "refused", "without the signature"),
    _ended("unsigned REFUSED", _answering(_saying("REFUSED")), "refused", "without the signature"),
    _ended(
        "unsigned SERVFAIL", _answering(_saying("SERVFAIL")), "refused", "without the signature"
    ),
)
"""After each of these the name server has never heard of the name."""
