"""Asking one DNS server: UDP from a fresh port, once more when it is silent, TCP when cut short.

Written by hand on asyncio because dnspython's own exchange takes its deadlines from the wall
clock, which a simulated event loop cannot move and a clock step upsets.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import dns.flags
import dns.message
import dns.rcode

from discovery.live_dns.question import Question, UnusableError
from discovery.live_dns.server import Server

_IN_FLIGHT = 64  # macOS lets a process have 256 files open
_STRAYS = 32  # unusable datagrams after which a flood is taken for what it is


class NoReplyError(Exception):
    """Nothing usable came back. The text is a sentence that names the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A message that answers the question, and whether it came over TCP."""

    message: dns.message.Message
    tcp: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait, in seconds: for each UDP attempt, and for all together with TCP."""

    attempts: tuple[float, ...]
    limit: float


class Slots(asyncio.Semaphore):
    """Bounds the sockets that are open at a time, over all transports that share it."""

    def __init__(self) -> None:
        """As many as every platform lets a process open by default, with room to spare."""
        super().__init__(_IN_FLIGHT)


class Transport:
    """Asks servers with one measure of patience."""

    def __init__(self, slots: Slots, patience: Patience) -> None:
        """Nothing is opened before the first question."""
        self._slots = slots
        self._patience = patience

    async def ask(self, server: Server, question: Question) -> Reply:
        """Ask and return an answer that is whole. Raises `NoReplyError`, and nothing else."""
        attempts = self._patience.attempts
        async with self._bounded(server):
            reply = await _ask(server, question, attempts)
            if reply.message.rcode() == dns.rcode.FORMERR:
                reply = await _ask(server, question.plain(), attempts)
            return reply

    async def over_tcp(self, server: Server, question: Question) -> Reply:
        """Ask over TCP from the start, to compare it with UDP. Raises `NoReplyError`."""
        async with self._bounded(server):
            return await _whole(server, question)

    @asynccontextmanager
    async def _bounded(self, server: Server) -> AsyncIterator[None]:
        """Hold the time limit, and say each trouble as a sentence about the server."""
        limit = self._patience.limit
        async with self._slots:
            try:
                async with asyncio.timeout(limit):
                    yield
            except TimeoutError:
                problem = f"did not answer within {limit:g} s"
            except EOFError:
                problem = "closed the connection before its answer was whole"
            except UnusableError as error:
                problem = str(error)
            except OSError as error:
                why = os.strerror(error.errno) if error.errno else type(error).__name__
                problem = f"cannot be reached ({why})"
            except UnicodeError:
                problem = "has a name that cannot be looked up"
            else:
                return
        raise NoReplyError(f"{server} {problem}")


async def _ask(server: Server, question: Question, attempts: Sequence[float]) -> Reply:
    message = await _over_udp(server, question, attempts)
    if not message.flags & dns.flags.TC:
        return Reply(message=message, tcp=False)
    return await _whole(server, question)


async def _whole(server: Server, question: Question) -> Reply:
    message = await _over_tcp(server, question)
    if message.flags & dns.flags.TC:
        raise UnusableError("cut its answer short although it came over TCP")
    return Reply(message=message, tcp=True)


async def _over_udp(
    server: Server, question: Question, attempts: Sequence[float]
) -> dns.message.Message:
    # A connected socket hears this address and port alone; the system drops everything else.
    transport, mailbox = await asyncio.get_running_loop().create_datagram_endpoint(
        _Mailbox, remote_addr=(server.address, server.port)
    )
    try:
        for wait in attempts:
            transport.sendto(question.wire)
            try:
                async with asyncio.timeout(wait):
                    return await mailbox.answer_to(question)
            except TimeoutError:
                continue
    finally:
        transport.close()
    raise mailbox.stray or UnusableError(f"did not answer within {sum(attempts):g} s")


async def _over_tcp(server: Server, question: Question) -> dns.message.Message:
    reader, writer = await asyncio.open_connection(server.address, server.port)
    try:
        writer.write(len(question.wire).to_bytes(2) + question.wire)
        size = int.from_bytes(await reader.readexactly(2))
        return question.read(await reader.readexactly(size))
    finally:
        writer.transport.abort()  # close() would wait for a server that reads nothing


class _Mailbox(asyncio.DatagramProtocol):
    """Datagrams and ICMP errors in the order of their arrival."""

    def __init__(self) -> None:
        self._arrivals: asyncio.Queue[bytes | Exception] = asyncio.Queue()
        self._unusable = 0
        self.stray: UnusableError | None = None

    def datagram_received(self, data: bytes, _addr: object) -> None:
        if self._arrivals.qsize() < _STRAYS:
            self._arrivals.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self._arrivals.put_nowait(exc)

    async def answer_to(self, question: Question) -> dns.message.Message:
        """Wait for the answer; a stray is passed over, since anybody can forge one."""
        while self._unusable < _STRAYS:
            arrival = await self._arrivals.get()
            if isinstance(arrival, Exception):
                raise arrival
            try:
                return question.read(arrival)
            except UnusableError as stray:
                self.stray = stray
                self._unusable += 1
        raise UnusableError(f"was drowned out by {_STRAYS} datagrams that are no answer")
