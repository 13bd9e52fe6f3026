"""Running the UPnP worker: seconds, bytes and environment are all limited, and nothing is left.

The worker is started by its file's path under `python -I -S`, with the folder of miniupnpc handed
over. `-m` would depend on the current directory or PYTHONPATH, and would run `site` (6 ms, and
whatever .pth files do); this way it is the same from a wheel, a checkout, a virtual environment
or a user's own site-packages.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

_WORKER = Path(__file__).with_name("upnp_worker.py")
_MOST_OUTPUT = 64 << 10
_STEPS = 4  # of the event loop, in which asyncio closes its end; a loop that stops sooner warns

# What an interpreter may need to start at all. Nothing else is inherited: a provider's token in
# our environment is no business of a process that reads a stranger's bytes in C.
_ENVIRONMENT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

Report = Mapping[str, object]


def library_folder() -> str | None:
    """Where miniupnpc is installed, found without importing it; None when it is not."""
    try:
        spec = find_spec("miniupnpc")
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.origin:
        return None
    place = Path(spec.origin).parent
    return str(place.parent if spec.submodule_search_locations else place)


async def run_worker(location: str, host: str, *, limit: float, folder: str) -> Report:
    """Ask the router at `location` through the worker, for at most `limit` seconds.

    Returns the worker's report, or `{"error": "timeout" | "verbose" | "crashed" | "no_process"}`.
    However it ends, by cancellation too, the worker is dead and reaped when this returns.
    """
    command = (sys.executable, "-I", "-S", str(_WORKER), location, host, folder)
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=DEVNULL,  # the C library prints there: "connect: Connection refused"
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, ValueError, NotImplementedError):  # the last: a Windows selector loop
        return {"error": "no_process"}
    try:
        async with asyncio.timeout(limit):
            output = await _read(process, _MOST_OUTPUT)
            status = await process.wait() if len(output) <= _MOST_OUTPUT else None
    except TimeoutError:
        return {"error": "timeout"}
    finally:
        await _bury(process)
    if status is None:
        return {"error": "verbose"}
    try:
        report = json.loads(output)
    except (ValueError, RecursionError):  # the latter: a thousand open brackets
        return {"error": "crashed"}
    return report if status == 0 and isinstance(report, dict) else {"error": "crashed"}


async def _read(process: Process, most: int) -> bytes:
    """What the worker prints, until it ends or has printed more than `most` bytes."""
    assert process.stdout is not None
    output = b""
    while len(output) <= most and (part := await process.stdout.read(most + 1)):
        output += part
    return output


async def _bury(process: Process) -> None:
    """Kill the worker if it lives, and wait until it is gone and its pipe is closed."""
    if process.returncode is None:
        with suppress(ProcessLookupError):  # it may end by itself between the two lines
            process.kill()
    await process.wait()
    while process.stdout is not None and await process.stdout.read(_MOST_OUTPUT):
        pass  # a paused pipe would stay open
    for _ in range(_STEPS):
        await asyncio.sleep(0)
