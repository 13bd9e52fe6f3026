"""`upstun run`: the daemon, its signals, and reloading."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from agent import lifetime
from agent.commands.common import Refusal, complain, configured, read, state_directory, where
from agent.config.load import Loaded
from agent.daemon import Daemon
from agent.decide.exit_status import Exit
from agent.events import Trouble
from agent.sinks.fan_out import FanOut
from agent.sinks.journal import JournalSink
from agent.sinks.log import LogSink
from agent.state_file import StateError
from agent.state_lock import Occupied, state_lock
from agent.values import Config
from agent.wiring import Wiring, open_store, wall_clock
from agent.world import World


def run(arguments: argparse.Namespace) -> int:
    """Run until told to stop; being told to is a healthy end."""
    try:
        config = configured(arguments.config)
        with state_lock(state_directory(config)):
            lifetime.run(_live(where(arguments.config), config))
    except Refusal as refusal:
        return complain(refusal)
    except (Occupied, StateError) as reason:
        return complain(Refusal(str(reason)))
    return Exit.HEALTHY


async def _live(path: Path, config: Config) -> None:
    emit = FanOut(LogSink(sys.stderr, config.log))
    store = open_store(
        state_directory(config), lambda text: emit(Trouble(at=wall_clock(), text=text))
    )
    emit.add(JournalSink(store))
    try:
        async with Wiring(store, emit, contact=config.contact) as wiring:
            daemon = Daemon(wiring.world(config), config, _reloading(path, config, wiring))
            _listen(daemon)
            await daemon.run()
    finally:
        store.close()


def _reloading(
    path: Path, started_with: Config, wiring: Wiring
) -> Callable[[], tuple[Config, World] | tuple[str, ...]]:
    def reload() -> tuple[Config, World] | tuple[str, ...]:
        loaded = read(path)
        if not isinstance(loaded, Loaded):
            return tuple(str(problem) for problem in loaded)
        if loaded.config.state != started_with.state:
            return (f"{path}: [agent] state: another state directory needs a restart",)
        return loaded.config, wiring.world(loaded.config)

    return reload


def _listen(daemon: Daemon) -> None:
    """Signals: TERM and INT stop, HUP reloads, USR1 looks now. Windows knows the first two."""
    loop = asyncio.get_running_loop()

    def on(name: str, do: Callable[[], None]) -> None:
        number = getattr(signal, name, None)
        if number is None:
            return
        with contextlib.suppress(ValueError):  # not in the main thread
            try:
                loop.add_signal_handler(number, do)
            except NotImplementedError:  # Windows: by the interpreter, at its next step
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(do))

    on("SIGTERM", lambda: daemon.stop("SIGTERM"))
    on("SIGINT", lambda: daemon.stop("interrupted by the keyboard"))
    on("SIGBREAK", lambda: daemon.stop("SIGBREAK"))
    on("SIGHUP", daemon.reload)
    on("SIGUSR1", lambda: daemon.nudge("SIGUSR1"))
