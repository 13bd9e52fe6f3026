"""Whether a stranger's packet reaches a UDP port of this machine, proved from inside.

The test of filtering (RFC 5780 §4.4) is done from the very port in question: a STUN server's second
address, which that port has never written to, sends to it.
"""

from __future__ import annotations

import asyncio
import errno
from dataclasses import dataclass

from discovery.path.alternate import Choice, TwoFaced
from discovery.path.exchange import Exchange, Peer
from discovery.path.filtering import Sifted, introduce, knock, read_filtering
from discovery.path.line import Line
from discovery.path.once import Once
from discovery.path.view import Grade, Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Knocked:
    """What the port in question heard.

    `seen` is the port as the server saw it; `stranger` whether the packet of the server's second
    address came in, None where the server did not do as asked. `others` is the same test from a
    fresh port, with its control, and `translated` whether there is a NAT at all.
    """

    seen: Peer | None
    stranger: bool | None
    others: Sifted
    translated: bool | None


async def measure(line: Line, choice: Choice, sifted: Once[Sifted], port: int) -> Reach:
    """Test one UDP port of this machine; `sifted` is the same with a fresh port.

    From the port itself only A1:P1 is written to, so that the test can be repeated at once: a NAT
    remembers for minutes whom a port has written to. Never raises for network trouble.
    """
    grade, because = await _measure(line, choice, sifted, port)
    return Reach(transport="udp", port=port, grade=grade, because=because)


async def _measure(
    line: Line, choice: Choice, sifted: Once[Sifted], port: int
) -> tuple[Grade, str]:
    if choice.server is None:
        return "unknown", choice.note
    try:
        async with line.open(port) as door:
            (seen, stranger), others = await asyncio.gather(
                _knock(line, door, choice.server), sifted()
            )
    except OSError as error:
        return "unknown", unopened(error, port) or line.refusal(error)
    return read_knock(
        port, Knocked(seen=seen, stranger=stranger, others=others, translated=choice.translated)
    )


async def _knock(line: Line, door: Exchange, server: TwoFaced) -> tuple[Peer | None, bool | None]:
    seen = await introduce(line, door, server)
    if seen is None:
        return None, None
    return seen, await knock(line, door, server, line.timing.silence)


def read_knock(port: int, heard: Knocked) -> tuple[Grade, str]:
    """Decide whether strangers reach the port, and say why in one sentence.

    ==============  ========  ==================================  =========================
    seen as         stranger  from a fresh port                   grade
    ==============  ========  ==================================  =========================
    not at all      any       any                                 "unknown"
    another port    any       any                                 "unknown": went elsewhere
    the same port   did else  any                                 "unknown"
    the same port   came      silent, or there is no NAT          "proved"
    the same port   came      came                                "proved", while it sends
    the same port   silent    came, or came once it was let in    "refuted"
    the same port   silent    silent even then                    "unknown": never sent?
    ==============  ========  ==================================  =========================
    """
    if heard.seen is None:
        return "unknown", f"The STUN server did not answer a packet from UDP port {port}."
    if heard.seen.port != port:
        return "unknown", (
            f"The router sends UDP port {port} out as port {heard.seen.port}, so the test packet "
            f"went to that port, and nothing is known of {port}."
        )
    if heard.stranger is None:
        return "unknown", "The STUN server does not answer from its second address when asked to."
    if heard.stranger:
        return "proved", _proof(port, heard)
    if heard.others.both or heard.others.control:
        return "refuted", (
            f"A stranger's packet was sent to UDP port {port} and did not arrive: the router, or "
            "a firewall on this machine, dropped it."
        )
    _, note = read_filtering(heard.others)
    return "unknown", note or "It cannot be checked that the stranger's packet was sent."


def _proof(port: int, heard: Knocked) -> str:
    arrived = f"A packet arrived at UDP port {port} from a host that it had never written to"
    if heard.others.both and heard.translated is not False:
        return (
            f"{arrived}; but the router lets everybody in to every port that has sent something "
            "before, so this is proof only while a program keeps sending from the port."
        )
    return f"{arrived}."


def unopened(error: OSError, port: int) -> str:
    """Say why the port itself could not be had; empty when something else is wrong."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"A program on this machine uses UDP port {port}; it must be stopped for the proof, "
            "which is done from that port."
        )
    if isinstance(error, PermissionError):
        return f"The proof is done from UDP port {port}, which needs administrator rights here."
    return ""
