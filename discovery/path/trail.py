"""The first routers on the way out, found like traceroute finds them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack

from discovery.path import short_lived
from discovery.path.exchange import Peer, binding
from discovery.path.icmp_note import Word
from discovery.path.line import Line
from discovery.path.short_lived import send_short_lived
from discovery.path.view import Hop, Trail


async def measure(line: Line, most: int) -> Trail:
    """Send questions to a STUN server that end after 1 to `most` hops.

    Never raises for network trouble.
    """
    if not short_lived.SUPPORTED:
        return Trail(supported=False, note=short_lived.UNSUPPORTED)
    targets = await line.targets()
    if not targets:
        return Trail(note="No STUN server could be looked up, so there was nowhere to send to.")
    try:
        words = await follow(line, targets[0].peer, most)
    except OSError as error:
        return Trail(note=line.refusal(error))
    return read_trail(words)


async def follow(line: Line, to: Peer, most: int) -> list[Word | None]:
    """What became of a question to `to` that may travel 1, 2, … `most` hops. Raises OSError.

    They take no turn in the pace of the server: hardly one of them ever gets there.
    """
    with ExitStack() as stack:
        sockets = [stack.enter_context(line.socket()) for _ in range(most)]
        return await asyncio.gather(
            *(
                send_short_lived(
                    sock, to, binding(line.new_id()), hops=hops, tries=line.timing.hops
                )
                for hops, sock in enumerate(sockets, 1)
            )
        )


def read_trail(words: Sequence[Word | None]) -> Trail:
    """Name the routers that said "time exceeded", by their distance."""
    hops = tuple(
        Hop(distance=distance, address=word.sender)
        for distance, word in enumerate(words, 1)
        if word is not None and word.kind == "expired"
    )
    return Trail(hops=hops, note="" if hops else "No router on the way out tells that it is there.")
