"""Whom the NATs and firewalls on the path let in (RFC 5780 §4.4)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from discovery.observation import Flaw, Why
from discovery.path.alternate import TwoFaced
from discovery.path.exchange import Exchange, Peer, Reply
from discovery.path.line import Line
from discovery.path.timing import Tries
from discovery.path.view import Filtering

# CHANGE-REQUEST's two bits (RFC 5780 §7.2): answer from the other address, from the other port.
_OTHER_ADDRESS_AND_PORT = 6
_OTHER_PORT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """What a fresh socket heard from A2, to which it had written nothing, and a control of that.

    `first` is the socket as A1:P1 saw it. `both` and `port` say whether the answers that A1:P1 was
    asked to give from A2:P2 and from A1:P2 came in: true, false for silence, None where the server
    did something else.

    The control is another socket, which writes to A2:P2 before: A1:P1 sees it as `met`, A2:P2 sees
    it as `opened`, and `control` says whether the answer asked for from A2:P2 came in there. It
    cannot be the same socket: a Linux NAT that has just turned away a packet of A2:P2 gives a
    packet to A2:P2 another public port, because the first one is remembered as a flow of its own.
    """

    first: Peer | None = None
    both: bool | None = None
    port: bool | None = None
    met: Peer | None = None
    opened: Peer | None = None
    control: bool | None = None
    trouble: str = ""  # why nothing was tested, in one sentence


def read_filtering(seen: Sifted) -> tuple[Filtering, str]:
    """Decide who is let in, and say in a sentence what is not known.

    ======  ======  ==========  =======  =========================================
    both    port    opened      control  filtering
    ======  ======  ==========  =======  =========================================
    came    any     any         any      "eif"
    other   any     any         any      "unknown": the server cannot
    silent  other   any         any      "unknown": the server cannot
    silent  came    heard       came     "adf"
    silent  silent  heard       came     "apdf"
    silent  as is   not `met`   silent   the same two, with a note
    silent  as is   as `met`    silent   "unknown": nothing was sent, perhaps
    silent  as is   not heard   any      "unknown": nobody is there, perhaps
    ======  ======  ==========  =======  =========================================

    Silence alone is no proof: a server may announce a second address and send nothing from it. A
    NAT that gives a socket another port towards A2:P2 makes the control impossible; then the
    server is taken at its word, as RFC 5780 does.
    """
    if seen.first is None:
        return "unknown", seen.trouble or "The server fell silent."
    if seen.both:
        return "eif", ""
    if seen.both is None or seen.port is None:
        return "unknown", "The server does not answer from its second address when asked to."
    if seen.opened is None:
        return "unknown", "Nothing came from the server's second address, which may be down."
    silence: Filtering = "adf" if seen.port else "apdf"
    if seen.control:
        return silence, ""
    if seen.control is None or seen.opened == seen.met:
        return "unknown", (
            "Nothing came from the server's second address even where it had to be let in, "
            "so its silence elsewhere says nothing."
        )
    return silence, (
        "With this NAT it cannot be checked that the server sent its test packets; "
        "that none came in fits the filtering named."
    )


async def sift(line: Line, server: TwoFaced) -> Sifted:
    """Test from a fresh port, and control from another. Never raises for network trouble."""
    try:
        async with line.open() as sieve, line.open() as control:
            return await _sift(line, server, sieve, control)
    except OSError as error:
        return Sifted(trouble=line.refusal(error))


async def _sift(line: Line, server: TwoFaced, sieve: Exchange, control: Exchange) -> Sifted:
    silence = line.timing.silence

    async def other_port() -> bool | None:
        await line.turn(server.target)
        return await _heard_from(server.other_port, sieve, server, silence, change=_OTHER_PORT)

    async def strangers() -> tuple[Peer | None, bool | None, bool | None]:
        first = await introduce(line, sieve, server)
        if first is None:
            return None, None, None
        return first, *await asyncio.gather(knock(line, sieve, server, silence), other_port())

    async def acquaintance() -> tuple[Peer | None, Peer | None, bool | None]:
        met = await introduce(line, control, server)
        await line.turn(server.target)
        opened = await control.ask(server.other, line.timing.answer)
        if met is None or isinstance(opened, Flaw):
            return met, None, None
        return met, opened.mapped, await knock(line, control, server, line.timing.answer)

    (first, both, port), (met, opened, came) = await asyncio.gather(strangers(), acquaintance())
    return Sifted(first=first, both=both, port=port, met=met, opened=opened, control=came)


async def introduce(line: Line, exchange: Exchange, server: TwoFaced) -> Peer | None:
    """Write to A1:P1 alone; gives our socket as it saw it, None when it did not answer."""
    reply = await line.ask(exchange, server.target)
    return None if isinstance(reply, Flaw) else reply.mapped


async def knock(line: Line, exchange: Exchange, server: TwoFaced, tries: Tries) -> bool | None:
    """Ask A1:P1 to answer from A2:P2: whether that came in, or None if it did something else."""
    await line.turn(server.target)
    return await _heard_from(server.other, exchange, server, tries, change=_OTHER_ADDRESS_AND_PORT)


async def _heard_from(
    face: Peer, exchange: Exchange, server: TwoFaced, tries: Tries, *, change: int
) -> bool | None:
    answer = await exchange.ask(
        server.primary, tries, change=change, sources=(face, server.primary)
    )
    if isinstance(answer, Reply):
        # From A1:P1 itself it is a server that ignores the request; that tells nothing of a NAT.
        return True if answer.source == face else None
    return False if answer.why is Why.SILENT else None
