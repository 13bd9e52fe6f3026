"""Ask WebRTC where this runs, by `python ask_here.py QUESTION`; writes JSON.

It tells what `ask_ice` said, and what was left behind in the process: tasks, threads, sockets, and
whatever reached the loop's exception handler. Garbage is collected before the end, so that an
object that was not closed complains on stderr. The question "bare" runs the stack in this loop,
where nothing cleans up behind it; "cold" leaves it to `ask_ice` to load the library.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from discovery.webrtc.opinion import ask_ice
from discovery.webrtc.timing import DEFAULT, Timing
from discovery.webrtc.view import IceView

_PATIENCE = 2000  # looks of 5 ms until a state that never comes fails the test


async def ask(question: dict[str, Any]) -> dict[str, Any]:
    complaints: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(str(context)))
    timing = Timing(**question["timing"]) if "timing" in question else DEFAULT
    limit = question.get("limit", 5.0)
    if not question.get("cold"):
        # On a busy machine the load alone may take longer than a test's short limits.
        importlib.import_module("discovery.webrtc.peers")
    if "bare" in question:
        from discovery.webrtc.peers import rehearse

        asking = rehearse(question["bare"], name="bare", limit=limit, timing=timing)
    else:
        asking = ask_ice(question["servers"], limit=limit, timing=timing)
    asked = asyncio.ensure_future(asking)
    told: dict[str, Any] = {"view": None}
    if "cancel_when" in question:
        await until(_MOMENTS[question["cancel_when"]])
        asked.cancel()
    with suppress(asyncio.CancelledError):
        told["view"] = plain(await asked)
    told["tasks"] = len(asyncio.all_tasks()) - 1
    told["sockets"] = sockets()
    told["aside"] = asides()
    gc.collect()
    told["complaints"] = complaints
    return told


def plain(view: IceView) -> dict[str, Any]:
    return {
        "available": view.available,
        "server": view.server,
        "host": [str(c.address) for c in view.candidates if c.kind == "host"],
        "srflx": [[str(c.address), c.base] for c in view.candidates if c.kind == "srflx"],
        "data_channel": view.data_channel,
        "note": view.note,
    }


def sockets() -> int:
    """How many UDP sockets this process has open."""
    rows = Path("/proc/self/net/udp").read_text().splitlines()[1:]
    mine = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile, by the other thread or by iterdir
            mine.add(str(descriptor.readlink()))
    return sum(f"socket:[{row.split()[9]}]" in mine for row in rows)


def asides() -> int:
    return sum(thread.name.startswith("aside") for thread in threading.enumerate())


_MOMENTS: dict[str, Callable[[], bool]] = {
    "at once": lambda: True,
    "the thread runs": lambda: asides() == 1,
    "sockets are open": lambda: sockets() > 0,
    "both peers have gathered": lambda: sockets() > 2,
}


async def until(moment: Callable[[], bool]) -> None:
    for _ in range(_PATIENCE):
        if moment():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("the moment to cancel never came")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(ask(json.loads(sys.argv[1])))))
