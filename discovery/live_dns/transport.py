"""Asking one DNS server: UDP from a fresh port, once more when it is silent, TCP when cut short.

Written by hand on asyncio because dnspython's own exchange takes its deadlines from the wall
clock, which a simulated event loop cannot move and a clock step upsets.

Whoever forges an answer has to guess the id and the port (RFC 5452 §9). So each question gets a
socket of its own, whose port the system chooses, and an id of its own, even where many questions
go to one server at a time: one socket for all would leave the port to be guessed once. The letters
of the name are left as they are, for not every server gives them back (draft-vixie-dnsext-dns0x20).
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache

import dns.flags
import dns.message
import dns.rcode

from discovery.hosts import literal
from discovery.live_dns.question import Question, UnusableError
from discovery.live_dns.server import Server
from discovery.live_dns.slots import SilenceError, Slots

_STRAYS = 32  # unusable datagrams after which a flood is taken for what it is
_LARGEST = 65535  # octets of a datagram


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


class Transport:
    """Asks servers with one measure of patience."""

    def __init__(self, slots: Slots, patience: Patience) -> None:
        """Nothing is opened before the first question."""
        self._slots = slots
        self._patience = patience

    async def ask(self, server: Server, question: Question) -> Reply:
        """Ask and return an answer that is whole. Raises `NoReplyError`, and nothing else.

        The id is drawn anew, so one question may be put to many servers.
        """
        attempts = self._patience.attempts
        async with self._bounded(server):
            reply = await _ask(server, question.renumbered(), attempts)
            if reply.message.rcode() == dns.rcode.FORMERR:
                reply = await _ask(server, question.plain(), attempts)
            return reply

    async def over_tcp(self, server: Server, question: Question) -> Reply:
        """Ask over TCP from the start, to compare it with UDP. Raises `NoReplyError`."""
        async with self._bounded(server):
            return await _whole(server, question)

    @asynccontextmanager
    async def _bounded(self, server: Server) -> AsyncIterator[None]:
        """Wait for a slot, hold the time limit, and say each trouble as a sentence."""
        limit = self._patience.limit
        try:
            async with self._slots.one(server) as door:
                try:
                    async with asyncio.timeout(limit):
                        yield
                except (TimeoutError, _SilentError):
                    door.unheard()
                    raise
                except UnusableError:
                    door.heard()
                    raise
                door.heard()
        except TimeoutError:
            problem = f"did not answer within {limit:g} s"
        except SilenceError:
            problem = "was not asked, since it answered none of the questions before this one"
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


class _SilentError(UnusableError):
    """Not even something unusable came back."""


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
    loop = asyncio.get_running_loop()
    strays: list[UnusableError] = []
    with await _connected(server) as peer:
        for wait in attempts:
            await loop.sock_sendall(peer, question.wire)
            try:
                async with asyncio.timeout(wait):
                    return await _answer(peer, question, strays)
            except TimeoutError:
                continue
    silent = _SilentError(f"did not answer within {sum(attempts):g} s")
    raise strays[-1] if strays else silent


async def _answer(
    peer: socket.socket, question: Question, strays: list[UnusableError]
) -> dns.message.Message:
    """Wait for the answer; a stray is passed over, since anybody can forge one."""
    loop = asyncio.get_running_loop()
    while len(strays) < _STRAYS:
        datagram = await loop.sock_recv(peer, _LARGEST)
        try:
            return question.read(datagram)
        except UnusableError as stray:
            strays.append(stray)
    raise UnusableError(f"was drowned out by {_STRAYS} datagrams that are no answer")


@lru_cache(64)
def _is_address(host: str) -> bool:
    return literal(host) is not None


async def _connected(server: Server) -> socket.socket:
    """A UDP socket that hears this address and port alone; the system drops everything else."""
    host, port = server.address, server.port
    if not _is_address(host):
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        host = str(found[0][4][0])
    peer = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        peer.setblocking(False)
        peer.connect((host, port))
    except BaseException:
        peer.close()
        raise
    return peer


async def _over_tcp(server: Server, question: Question) -> dns.message.Message:
    reader, writer = await asyncio.open_connection(server.address, server.port)
    try:
        writer.write(len(question.wire).to_bytes(2) + question.wire)
        size = int.from_bytes(await reader.readexactly(2))
        return question.read(await reader.readexactly(size))
    finally:
        writer.transport.abort()  # close() would wait for a server that reads nothing
