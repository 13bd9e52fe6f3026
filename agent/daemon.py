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
from agent.world import World, fault_name

Reload = Callable[[], "tuple[Config, World] | tuple[str, ...]"]
"""Read the configuration again: what to go on with, or every problem in one sentence each."""


@dataclass(slots=True)
class _Requests:
    """What others asked for since the daemon last looked, each with its reason."""

    nudge: str = ""
    reload: bool = False
    stop: str | None = None


class Daemon:
    """The agent's life. `nudge`, `reload` and `stop` are the only ways in; events the only way out.

    All three may be called from the event loop's thread at any time. Each ends the wait for an
    answer that is on its way to be served: the next round takes that up again.
    """

    def __init__(self, world: World, config: Config, reload: Reload | None = None) -> None:
        """Prepare; nothing happens before `run`."""
        self._world = world
        self._config = config
        self._reload = reload
        self._asked = _Requests()
        self._wake = asyncio.Event()
        self._round: asyncio.Task[Report] | None = None
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
        self._wake.set()
        if self._round is not None:
            self._round.cancel()

    async def run(self) -> None:
        """Live until `stop`."""
        world, config = self._world, self._config
        world.emit(Started(at=world.wall(), config=config.source, records=len(config.records)))
        number, because = 1, "start"
        while self._asked.stop is None:
            wait = await self._one_round(number, because)
            if self._asked.stop is None:
                because = await self._sleep(wait)
            number += 1
        self._world.emit(Stopping(at=self._world.wall(), because=self._asked.stop))

    async def _one_round(self, number: int, because: str) -> float:
        """Run a round, cut short by `stop`; say how long to wait for the next."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        story = run_round(
            self._world, self._config, number=number, because=because, hurry=self._wake
        )
        self._round = asyncio.create_task(story)
        try:
            await asyncio.wait((self._round,))
        finally:
            self._round.cancel()
        report = self._report_of(self._round)
        if report is None and self._asked.stop is not None:
            return 0.0
        status, settled = (report.exit, report.settled) if report else (Exit.INTERNAL, False)
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
        """The round's report; None when it has none. A fault of ours must not end the agent.

        A cancellation that leaked out of an adapter is such a fault too, unless `stop` wanted it.
        """
        try:
            return round_.result()
        except (Exception, asyncio.CancelledError) as fault:  # noqa: BLE001  told as trouble
            if self._asked.stop is None:
                self._own_fault("a round", fault, "it will be tried again")
            return None

    def _own_fault(self, what: str, fault: BaseException, then: str) -> None:
        if self._world.strict:
            raise fault
        text = f"{what} failed inside upstun ({fault_name(fault)}); {then}."
        self._world.emit(Trouble(at=self._world.wall(), text=text))

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
        try:
            read = self._reload()
        except Exception as fault:  # noqa: BLE001  told as trouble
            self._own_fault("reading the configuration again", fault, "the old one goes on")
            return
        match read:
            case (Config() as config, World() as world):
                self._config, self._world = config, world
                records = len(config.records)
                world.emit(ConfigReloaded(at=world.wall(), config=config.source, records=records))
            case problems:
                texts = tuple(str(problem) for problem in problems)
                self._world.emit(ConfigRejected(at=self._world.wall(), problems=texts))
