"""`run`: rounds for years. Wakes by the safety poll or a nudge, reloads, and stops when told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from agent.decide.cadence import next_in
from agent.decide.exit_status import Exit
from agent.events import ConfigRejected, ConfigReloaded, RoundEnded, Started, Stopping, Trouble
from agent.report import Report
from agent.round import run_round
from agent.values import Config
from agent.world import World

Reload = Callable[[], "tuple[Config, World] | tuple[str, ...]"]
"""Read the configuration again: what to go on with, or every problem in one sentence each."""


@dataclass(slots=True)
class _Requests:
    """What others asked for since the daemon last looked."""

    nudge: str = ""
    reload: bool = False
    stop: str = ""


class Daemon:
    """The agent's life. `nudge`, `reload` and `stop` are the only ways in; events the only way out.

    All three may be called from the event loop's thread at any time.
    """

    def __init__(self, world: World, config: Config, reload: Reload | None = None) -> None:
        """Prepare; nothing happens before `run`."""
        self._world = world
        self._config = config
        self._reload = reload
        self._asked = _Requests()
        self._wake = asyncio.Event()
        self._stopped = asyncio.Event()
        self._streak: tuple[Exit, int] = (Exit.HEALTHY, 0)

    def nudge(self, because: str) -> None:
        """Look now. The reason is told, never a value: no signal is believed."""
        self._asked.nudge = self._asked.nudge or because
        self._wake.set()

    def reload(self) -> None:
        """Read the configuration again; a bad one keeps the old one."""
        self._asked.reload = True
        self._wake.set()

    def stop(self, because: str) -> None:
        """End soon: a round under way is cut short, which memory on disk is made for."""
        self._asked.stop = because
        self._stopped.set()
        self._wake.set()

    async def run(self) -> None:
        """Live until `stop`."""
        world, config = self._world, self._config
        world.emit(Started(at=world.wall(), config=config.source, records=len(config.records)))
        number, because = 1, "start"
        while not self._asked.stop:
            wait = await self._one_round(number, because)
            if self._asked.stop:
                break
            because = await self._sleep(wait)
            number += 1
        self._world.emit(Stopping(at=self._world.wall(), because=self._asked.stop))

    async def _one_round(self, number: int, because: str) -> float:
        """Run a round, cut short by `stop`; say how long to wait for the next."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        round_ = asyncio.create_task(
            run_round(self._world, self._config, number=number, because=because)
        )
        stopped = asyncio.create_task(self._stopped.wait())
        await asyncio.wait((round_, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not round_.done():
            round_.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await round_
            return 0.0
        report = self._report_of(round_)
        status, settled = (
            (report.exit, report.settled) if report is not None else (Exit.INTERNAL, False)
        )
        wait = self._pause(status, report)
        self._world.emit(
            RoundEnded(
                at=self._world.wall(),
                round=number,
                exit=status,
                settled=settled,
                took=loop.time() - start,
                next_in=wait,
            )
        )
        return wait

    def _report_of(self, round_: asyncio.Task[Report]) -> Report | None:
        """The round's report. A fault of ours must not end an agent that runs for years."""
        try:
            return round_.result()
        except Exception as fault:
            if self._world.strict:
                raise
            text = f"a round failed inside upstun ({_root(fault)}); it will be tried again."
            self._world.emit(Trouble(at=self._world.wall(), text=text))
            return None

    def _pause(self, status: Exit, report: Report | None) -> float:
        before, streak = self._streak
        streak = streak + 1 if status is before else 0
        self._streak = (status, streak)
        until = report.until if report is not None else None
        return next_in(
            status,
            poll=self._config.poll,
            streak=streak,
            held_for=None if until is None else until - self._world.now(),
            jitter=self._world.rng.random(),
        )

    async def _sleep(self, wait: float) -> str:
        """Wait for the next round's time, a nudge, a reload or the stop; say which it was."""
        because = "safety poll"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._wake.wait()
        if self._asked.reload:
            self._asked.reload = False
            self._read_again()
            because = "configuration reloaded"
        if self._asked.nudge:
            because, self._asked.nudge = self._asked.nudge, ""
        self._wake.clear()
        return because

    def _read_again(self) -> None:
        if self._reload is None:
            return
        match self._reload():
            case (Config() as config, World() as world):
                self._config, self._world = config, world
                records = len(config.records)
                world.emit(ConfigReloaded(at=world.wall(), config=config.source, records=records))
            case problems:
                texts = tuple(str(problem) for problem in problems)
                self._world.emit(ConfigRejected(at=self._world.wall(), problems=texts))


def _root(fault: BaseException) -> str:
    """The class name of what really happened, inside any exception groups."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return type(fault).__name__
