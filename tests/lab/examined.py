"""Situations examined in several labs side by side: an examination mostly waits.

with Labs(2) as labs:
    told = [labs.examine(situation, arguments, room) for situation in SITUATIONS]
    for one in told:
        print(one.result().document)
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, NamedTuple, Self

from tests.lab.lab import Lab
from tests.lab.situations import Situation


class Told(NamedTuple):
    """What three tools said of one home; the last two are None where DNS is what it is about."""

    document: Any
    status: int
    netcheck: Any = None
    upnpc: Any = None


class Labs:
    """Some labs, each of which takes the next situation when it is done with the one before."""

    def __init__(self, number: int) -> None:
        self._free: SimpleQueue[Lab] = SimpleQueue()
        with ExitStack() as stack:
            for _ in range(number):
                self._free.put(stack.enter_context(Lab()))
            self._workers = ThreadPoolExecutor(number)
            stack.callback(self._workers.shutdown, cancel_futures=True)
            self._stack = stack.pop_all()

    def examine(self, situation: Situation, arguments: Sequence[str], room: Path) -> Future[Told]:
        """Examine a situation when its turn comes; `room` is an empty folder for its files."""

        def turn() -> Told:
            lab = self._free.get()
            try:
                return _examined(lab, situation, arguments, room)
            finally:
                self._free.put(lab)

        return self._workers.submit(turn)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End with what is under way, leave the rest, and take the labs down."""
        self._stack.close()


def _examined(lab: Lab, situation: Situation, arguments: Sequence[str], room: Path) -> Told:
    lab.arrange(situation.plan, room)
    lab.config(**situation.config)
    if situation.topic == "dns":  # the other tools do not look there
        ran = lab.upstun("diagnose", "--json", *arguments)
        return Told(ran.json, ran.status)
    with ThreadPoolExecutor(1) as beside:
        # It waits up to eight seconds for a router that is silent.
        upnpc = beside.submit(_asked, lab, "like_upnpc")
        ran = lab.upstun("diagnose", "--json", *arguments)
        return Told(ran.json, ran.status, _asked(lab, "like_netcheck"), upnpc.result())


def _asked(lab: Lab, tool: str) -> Any:
    return json.loads(lab.topology.home.run(sys.executable, "-m", f"tests.lab.{tool}", timeout=60))
