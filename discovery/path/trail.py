"""The first routers on the way out, found like traceroute finds them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import IPv4Address

from discovery.path import short_lived
from discovery.path.exchange import binding
from discovery.path.icmp_note import Word
from discovery.path.line import Line
from discovery.path.short_lived import send_short_lived
from discovery.path.view import Hop, Trail

USUAL = 4  # hops; a home's own routers and the provider's first ones are among them


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """What became of questions to the STUN server `far` that could travel 1, 2, … hops.

    `note` says in one sentence why none could be sent.
    """

    far: IPv4Address | None = None
    words: Sequence[Word | None] = (None,) * USUAL
    note: str = ""


async def walk(line: Line, most: int = USUAL) -> WayOut:
    """Send questions to a STUN server that end after 1 to `most` hops.

    Never raises for network trouble. They take no turn in the pace of the server, for hardly one
    of them ever gets there.
    """
    if not short_lived.SUPPORTED:
        return WayOut(note=short_lived.UNSUPPORTED)
    targets = await line.targets()
    if not targets:
        return WayOut(note="No STUN server could be looked up, so there was nowhere to send to.")
    to = targets[0].peer
    try:
        with ExitStack() as stack:
            sockets = [stack.enter_context(line.socket()) for _ in range(most)]
            words = await asyncio.gather(
                *(
                    send_short_lived(
                        sock, to, binding(line.new_id()), hops=hops, tries=line.timing.near
                    )
                    for hops, sock in enumerate(sockets, 1)
                )
            )
    except OSError as error:
        return WayOut(note=line.refusal(error))
    return WayOut(far=to.address, words=words)


def read_trail(way: WayOut, most: int = USUAL) -> Trail:
    """Name the routers that said "time exceeded", by their distance, up to `most` hops away."""
    hops = tuple(
        Hop(distance=distance, address=word.sender)
        for distance, word in enumerate(way.words[:most], 1)
        if word is not None and word.kind == "expired"
    )
    silence = "" if hops else "No router on the way out tells that it is there."
    return Trail(hops=hops, supported=short_lived.SUPPORTED, note=way.note or silence)
