"""Asking a complete WebRTC stack, aiortc, what it sees of this home.

It is a second opinion, not a witness: it uses one STUN server, IPv4 alone, and does not look who
answers. What it adds is the view of an application: the candidates that a browser or a game would
offer, and whether two of them in the same home could meet through the public address.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Sequence
from functools import partial
from types import ModuleType

from discovery.hosts import endpoint
from discovery.observation import Family, Flaw
from discovery.stun_address import parse_server
from discovery.stun_lookup import Destination, SrvLookup, look_up
from discovery.webrtc.side_loop import run_aside
from discovery.webrtc.timing import DEFAULT, Timing
from discovery.webrtc.view import IceView

_STACK = "discovery.webrtc.peers"
_TOO_LATE = "The time was up before WebRTC had begun, so nothing can be said about it."


async def ask_ice(
    servers: Sequence[str],
    *,
    limit: float = 5.0,
    srv: SrvLookup | None = None,
    timing: Timing = DEFAULT,
) -> IceView:
    """Gather candidates, and open a data channel over the server-reflexive ones alone.

    aiortc asks one server only: the first of `servers` that has an IPv4 address. Put one there
    that is known to answer. `srv` looks up "auto:" entries, which are passed over without it.

    Takes `limit` seconds at most, and one more to close everything. Never raises, whatever the
    network or the library does; `note` then says what is missing. Nothing survives the call,
    also when it is cancelled, but a load of the library that has begun, which ends by itself.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limit
    try:
        async with asyncio.timeout_at(deadline):
            stack, chosen = await asyncio.gather(_load(), _choose(servers, srv))
    except TimeoutError:
        return IceView(note=_TOO_LATE)
    if isinstance(stack, str):
        return IceView(available=False, note=stack)
    if isinstance(chosen, str):
        return IceView(note=chosen)
    left = max(0.0, deadline - loop.time())
    return await _rehearse(stack, chosen, left, timing)


async def _load() -> ModuleType | str:
    # In a thread: it takes a third of a second on a fast machine, and everything else goes on.
    try:
        return await asyncio.to_thread(importlib.import_module, _STACK)
    except ImportError as error:
        return _missing(f"is not installed ({error.name})" if error.name else "cannot be loaded")
    except Exception as error:  # noqa: BLE001 - C libraries that do not fit raise what they like
        return _missing(f"cannot be loaded ({type(error).__name__})")


def _missing(problem: str) -> str:
    return f"The WebRTC library aiortc {problem}; this second opinion alone needs it."


async def _choose(servers: Sequence[str], srv: SrvLookup | None) -> Destination | str:
    """Find the first server with an IPv4 address, or say why there is none."""
    problem = "none is configured"
    for text in servers:
        server = parse_server(text)
        if isinstance(server, str):
            problem = server.rstrip(".")
            continue
        found = await look_up(server, Family.V4, srv)
        if isinstance(found, Flaw):
            problem = f"{server} {found.detail}"
            continue
        # Never empty, and UDP comes first; a domain may offer STUN over TCP alone.
        if found[0].transport == "udp":
            return found[0]
        problem = f"{server} can be asked over TCP only"
    return f"WebRTC had no STUN server to ask: {problem}."


async def _rehearse(stack: ModuleType, server: Destination, left: float, timing: Timing) -> IceView:
    # As an address: aioice would look the name up in a thread that nobody can cancel.
    url = f"stun:{server}"
    name = endpoint(server.host, server.port)
    work = partial(stack.rehearse, url, name=name, limit=left, timing=timing)
    try:
        view: IceView = await run_aside(work, limit=left + timing.closing)
    except TimeoutError:
        return IceView(server=name, note=stack.TIME_WAS_UP)
    except Exception as error:  # noqa: BLE001 - a bug in aiortc must not cost the diagnosis
        return IceView(
            server=name, note=f"The WebRTC library aiortc failed ({type(error).__name__})."
        )
    return view
