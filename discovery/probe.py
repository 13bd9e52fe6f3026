"""The only deadline and the only exception firewall around a discovery method."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from discovery.observation import Family, Method, Observation, Why, missed


async def probe(
    method: Method, family: Family, *, limit: float, strict: bool = False
) -> Observation:
    """Ask `method` once, within `limit` seconds of the event loop's own time.

    Always returns an observation, stamped with the time it took. An exception that the adapter
    did not expect becomes `Why.BROKEN`, naming its class only: its text might hold anything.
    With `strict` (tests) it is raised instead. Cancellation from outside propagates.
    """
    loop = asyncio.get_running_loop()
    start = loop.time()
    try:
        async with asyncio.timeout(limit):
            observation = await method.observe(family)
    except TimeoutError:
        sentence = f"{method.witness} did not answer within {limit:g} s"
        observation = missed(method, family, Why.SILENT, sentence)
    except Exception as fault:
        if strict:
            raise
        sentence = f"asking {method.witness} failed inside upstun ({type(fault).__name__})"
        observation = missed(method, family, Why.BROKEN, sentence)
    return replace(observation, elapsed=loop.time() - start)
