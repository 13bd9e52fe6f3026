"""One question to one STUN server: its addresses and transports race, the first answer wins."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from discovery.observation import Flaw, Why
from discovery.stun_address import StunServer
from discovery.stun_lookup import Destination, SrvLookup, look_up
from discovery.stun_paths import Failed, Heard, Path, silence

# Reasons that come from bytes somebody sent, and so say more than silence on another path.
_TELLING = (Why.SPOOFED, Why.MALFORMED, Why.OVERSIZED)


async def ask(server: StunServer, path: Path, srv: SrvLookup | None) -> Heard | Flaw:
    """Look the server up and ask it. Never raises for network trouble."""
    destinations = await look_up(server, path.family, srv)
    if isinstance(destinations, Flaw):
        return destinations
    return await _race(destinations, path)


async def _race(destinations: Sequence[Destination], path: Path) -> Heard | Flaw:
    """Ask one destination after another without waiting for the first to give up (RFC 8305 §5).

    The next one starts when the last one started long enough ago, or at once when one failed.
    """
    loop = asyncio.get_running_loop()
    waiting = deque(destinations)
    running: dict[asyncio.Task[Heard | Failed], Destination] = {}
    flaws: dict[Destination, Flaw] = {}  # of everybody asked so far, in that order
    start_next = loop.time()
    deadline = start_next + path.timing.total
    try:
        while (waiting or running) and loop.time() < deadline:
            if waiting and (loop.time() >= start_next or not running):
                destination = waiting.popleft()
                running[asyncio.create_task(path.ask(destination))] = destination
                flaws[destination] = silence(destination.transport)
                start_next = loop.time() + _headstart(destination, waiting, path)
                continue
            wake = min(start_next, deadline) if waiting else deadline
            done, _ = await asyncio.wait(
                running, timeout=wake - loop.time(), return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                destination = running.pop(task)
                outcome = task.result()
                if isinstance(outcome, Heard):
                    return outcome
                if outcome.final:
                    return outcome.flaw
                flaws[destination] = outcome.flaw
                start_next = loop.time()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return _together(list(flaws.values()))


def _headstart(destination: Destination, waiting: Sequence[Destination], path: Path) -> float:
    """Say how long `destination` is alone before the next in line starts beside it, seconds."""
    if waiting and waiting[0].transport != destination.transport:
        return path.timing.patience
    return path.timing.next_address


def _together(flaws: Sequence[Flaw]) -> Flaw:
    """Sum up why every path failed: the most telling reason, and all of the sentences."""
    telling = [flaw for flaw in flaws if flaw.why in _TELLING]
    details = dict.fromkeys(flaw.detail for flaw in flaws)
    return Flaw(why=(telling or flaws)[0].why, detail=", and ".join(details))
