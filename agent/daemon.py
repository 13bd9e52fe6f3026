"""`run`: rounds for years. Listens for signals, glances and looks, reloads, and stops when told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

from agent.decide.attention import (
    Attention,
    Due,
    Glance,
    alarmed,
    begun,
    demanded,
    ended,
    glanced,
    is_stale,
    next_due,
    restarted,
)
from agent.decide.cadence import next_in
from agent.decide.exit_status import Exit
from agent.decide.hurried import glances_at, hurried
from agent.decide.verdict6 import soon
from agent.events import ConfigRejected, ConfigReloaded, RoundEnded, Started, Stopping, Trouble
from agent.glance import glance
from agent.hurry import Hurry, Verdicts
from agent.report import Report
from agent.round import run_round
from agent.values import Config, Discovery
from agent.world import Signals, World, fault_name

Reload = Callable[[], "tuple[Config, World] | tuple[str, ...]"]
"""Read the configuration again: what to go on with, or every problem in one sentence each."""


@dataclass(slots=True)
class _Requests:
    """What others asked for since the daemon last looked."""

    reload: bool = False
    stop: str | None = None


class Daemon:
    """The agent's life. Events are the only way out.

    The ways in are `look_now` (a signal), `nudge` (a person), `reload` and `stop`; all may be
    called from the event loop's thread at any time. Each ends the wait for an answer that is on its
    way to be served, a signal only where it turns out to be news: the next round takes it up again.
    """

    def __init__(self, world: World, config: Config, reload: Reload | None = None) -> None:
        """Prepare; nothing happens before `run`."""
        self._world = world
        self._config = config
        self._reload = reload
        self._asked = _Requests()
        self._wake = asyncio.Event()
        self._attention = Attention()
        self._signals: Signals = {}
        self._settled: Verdicts | None = None
        self._round: asyncio.Task[Report] | None = None
        self._number = 0
        self._is_warm = False
        self._streak: tuple[Exit, int] = (Exit.HEALTHY, 0)

    def look_now(self, why: str) -> None:
        """Take a signal in. The reason is told, never a value: no signal is believed."""
        busy = self._round is not None
        self._attention = alarmed(self._attention, why, now=_now(), busy=busy)
        self._wake.set()

    def nudge(self, because: str) -> None:
        """Look now, and thoroughly."""
        self._attention = demanded(self._attention, because, now=_now())
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
        self._attention = Attention(round_at=_now())
        while self._asked.stop is None:
            async with self._world.listen(self.look_now) as self._signals:
                await self._live()
        self._world.emit(Stopping(at=self._world.wall(), because=self._asked.stop))

    async def _live(self) -> None:
        """Do what is due, until the end or a new configuration."""
        while self._asked.stop is None:
            self._wake.clear()
            if self._asked.reload and self._read_again():
                return
            due = next_due(self._attention)
            if await self._woken_before(due.at):
                continue
            if due.glance:
                await self._glance(self._settled)
            else:
                await self._look(due)

    async def _woken_before(self, at: float) -> bool:
        """Wait until that time of the loop's; true when something came up sooner."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(None if at == inf else at):
                await self._wake.wait()
        return self._wake.is_set()

    # ---- a glance --------------------------------------------------------------------------------

    async def _glance(self, settled: Verdicts | None) -> None:
        """See whether the last verdicts still hold; without any, a round is worth it."""
        seen = Glance(words=("nothing is known",), news=True)
        if settled is not None:
            try:
                seen = await glance(self._world, self._in_hurry, settled)
            except Exception as fault:  # noqa: BLE001  told as trouble
                self._own_fault("a glance", fault, "the next round comes all the same")
                seen = Glance()
        self._attention = glanced(self._attention, seen, now=_now())

    @property
    def _in_hurry(self) -> Discovery:
        return hurried(self._config.discovery, self._signals)

    # ---- a round ---------------------------------------------------------------------------------

    async def _look(self, due: Due) -> None:
        """Make a round, and listen meanwhile; then say when the next one is due."""
        start, hurry = _now(), Hurry(self._wake.set)
        self._number += 1
        self._attention = begun(self._attention, due, now=start)
        config = self._config
        if due.hurried:
            config = replace(config, discovery=self._in_hurry)
        story = run_round(
            self._world,
            config,
            number=self._number,
            because=due.because,
            noticed=due.noticed,
            hurry=hurry,
            eager=due.hurried,
        )
        self._round = asyncio.create_task(story)
        minding = asyncio.create_task(self._mind(self._round, hurry))
        try:
            await asyncio.wait((self._round,))
        finally:
            for task in (minding, self._round):
                task.cancel()
        given_up = minding.done() and not minding.cancelled() and minding.result()
        round_, self._round = self._round, None
        if given_up and round_.cancelled():
            self._attention = restarted(self._attention, due, now=_now())
        elif (report := self._report_of(round_)) is not None or self._asked.stop is None:
            self._ended(due, report, took=_now() - start)

    async def _mind(self, round_: asyncio.Task[Report], hurry: Hurry) -> bool:
        """Hear signals while a round is under way; true when it was given up for one.

        While it asks, nothing has been sent, and it may begin anew; when it goes by an answer, a
        glance tells whether that still holds.
        """
        heard = self._attention.alarmed_at
        while True:
            self._wake.clear()
            if hurry.verdicts is None:
                await self._wake.wait()
                if self._attention.alarmed_at > heard and is_stale(self._attention, now=_now()):
                    round_.cancel()
                    return True
                continue
            due = next_due(self._attention)
            if self._asked.reload or (not due.glance and due.at <= _now()):
                hurry.call_away()
                return False
            if not await self._woken_before(due.at):
                await self._glance(hurry.verdicts)

    def _ended(self, due: Due, report: Report | None, *, took: float) -> None:
        status, settled = (report.exit, report.settled) if report else (Exit.INTERNAL, False)
        wait = self._pause(status, report)
        self._settled = report.addresses if report else None
        self._attention = ended(
            self._attention,
            due,
            status,
            now=_now(),
            wait=wait,
            held=report is not None and report.until is not None,
            fruitful=report is not None and any(row.outcome for row in report.rows),
            outside=glances_at(self._in_hurry, None) == "stun",
        )
        if status is Exit.HEALTHY and not self._is_warm:
            self._is_warm = True
            self._world.warm()
        self._world.emit(
            RoundEnded(
                at=self._world.wall(),
                round=self._number,
                exit=status,
                settled=settled,
                took=took,
                next_in=self._attention.round_at - _now(),
            )
        )

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
            soon=report is not None and any(map(soon, report.addresses.values())),
            jitter=self._world.rng.random(),
        )

    def _read_again(self) -> bool:
        """Read the configuration; true when a new one is in force. A look follows in any case."""
        self._asked.reload = False
        self._attention = demanded(self._attention, "configuration reloaded", now=_now())
        try:
            read = self._reload() if self._reload is not None else None
        except Exception as fault:  # noqa: BLE001  told as trouble
            self._own_fault("reading the configuration again", fault, "the old one goes on")
            return False
        match read:
            case None:
                return False
            case (Config() as config, World() as world):
                self._config, self._world = config, world
                records = len(config.records)
                world.emit(ConfigReloaded(at=world.wall(), config=config.source, records=records))
                return True
            case problems:
                texts = tuple(str(problem) for problem in problems)
                self._world.emit(ConfigRejected(at=self._world.wall(), problems=texts))
                return False


def _now() -> float:
    return asyncio.get_running_loop().time()
