"""The pretend home with one hostile part, and the real command run in it as a process.

A `Fault` is a row of a table: how to arrange it, and how `upstun once --json` and `upstun ip
--json` must end. Every row has a name of its own in the pretend zone, so that many can be tried
side by side in one home.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from agent.demo.pretend.home import KEY_NAME
from tests.support import peak
from tests.support.calm import assert_calm
from tests.support.pretend import Pretend, pretend_home
from tests.support.typed import as_at_home

T = TypeVar("T")
HOME = "81.2.69.142"
PASSWORD = "correct-horse-battery"
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Whom one configuration names. `account` are the lines of `[account.home]`."""

    location: str
    stun: tuple[str, ...]
    urls: tuple[str, ...]
    authority: tuple[str, ...]
    account: str
    order: tuple[str, ...] = ("upnp", "stun", "http")


class Ran(NamedTuple):
    """How a command ended. `peak` is the most memory it ever had, in bytes."""

    status: int
    stdout: str
    stderr: str
    peak: int

    @property
    def json(self) -> Any:
        assert self.stdout, self
        return json.loads(self.stdout)


class Bench:
    """The home, and where the files of each row lie."""

    def __init__(self, home: Pretend, folder: Path) -> None:
        self.home = home
        self._folder = folder
        self._honest = Scene(
            location=home.home.location,
            stun=home.home.stun,
            urls=(home.home.echo_url,),
            authority=home.home.authority,
            account=self.rfc2136(home.home.authority[0]),
        )

    def scene(self, **changes: Any) -> Scene:
        """Everybody honest but for the changes."""
        return replace(self._honest, **changes)

    def rfc2136(self, server: str) -> str:
        """An account at this server, with the key of the home's own."""
        return (
            f'provider = "rfc2136"\nserver = "{server}"\n'
            f'key_name = "{KEY_NAME}"\nkey_secret = "{self.home.home.key_secret}"\n'
        )

    @contextmanager
    def enter(self, door: AbstractAsyncContextManager[T]) -> Iterator[T]:
        """Open a server in the thread of the home's own servers."""
        opened = self._await(door.__aenter__)
        try:
            yield opened
        finally:
            self._await(lambda: door.__aexit__(None, None, None))

    def served(self, name: str) -> frozenset[str]:
        """What the home's primary name server has for the name."""
        return self.home.on_loop(lambda: self.home.home.primary.zone.values(name, "A"))

    def write(self, name: str, scene: Scene) -> Path:
        """Write a configuration that keeps `name`; it gets a folder of its own."""
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        config = folder / "config.toml"
        config.write_text(
            f"""
[agent]
state = "state"
settle = "1s"
[discovery]
ipv4 = {json.dumps(scene.order)}
[discovery.upnp]
location = "{scene.location}"
[discovery.stun]
servers = {json.dumps(scene.stun)}
[discovery.http]
urls = {json.dumps(scene.urls)}
[dns]
authority = {json.dumps(scene.authority)}
[account.home]
{scene.account}
[[record]]
name = "{name}"
account = "home"
""",
            encoding="utf-8",
        )
        config.chmod(0o600)
        return config

    def run(self, config: Path, *arguments: str) -> Ran:
        """Run the command to its end. No output may hold a traceback, the key or the password."""
        report = config.with_name("peak")
        done = subprocess.run(
            [
                *(sys.executable, "-I", "-S", peak.__file__, str(report)),
                *(sys.executable, "-m", "agent", "--config", str(config), *arguments),
            ],
            cwd=config.parent,
            env=as_at_home(),
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        assert_calm(done.stdout, done.stderr, secrets=[self.home.home.key_secret, PASSWORD])
        return Ran(done.returncode, done.stdout, done.stderr, int(report.read_text("ascii")))

    def _await(self, step: Callable[[], Any]) -> Any:
        async def do() -> Any:
            return await step()

        return asyncio.run_coroutine_threadsafe(do(), self.home.loop).result(_PATIENCE)


@contextmanager
def open_bench(folder: Path) -> Iterator[Bench]:
    """A pretend home of its own, for one module's tests."""
    with pretend_home(folder) as home:
        yield Bench(home, folder)


Arrange = Callable[[Bench], AbstractContextManager[Scene]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One row. Empty words stand for null; `ip` is None where `upstun ip` does not meet the fault.

    `says` stands in the reason of the record, and `why` in that of the address. `slow`: it takes
    seconds of waiting, and is begun before the others.
    """

    name: str
    arrange: Arrange = field(repr=False)
    status: int
    action: str
    outcome: str = ""
    code: str = ""
    verdict: str = "single_nat"
    says: str = ""
    why: str = ""
    serves: str = ""
    ip: int | None = None
    slow: bool = False
    again: str = ""  # the code of the hold that keeps the next run from calling the provider
    memory: int = 120  # MiB, of the command and of the helper processes that it waits for

    @property
    def record(self) -> str:
        """The name that this row is to publish."""
        letters = "".join(c if c.isalnum() else "-" for c in self.name.lower())
        return f"{letters}.example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What became of one row."""

    once: Ran
    ip: Ran | None
    again: Ran | None
    served: frozenset[str]


def endure(bench: Bench, fault: Fault) -> Ended:
    """Arrange the fault, run the command against it, and ask the name server."""
    with fault.arrange(bench) as scene:
        config = bench.write(fault.record, scene)
        once = bench.run(config, "once", "--json")
        ip = bench.run(config, "ip", "--json") if fault.ip is not None else None
        again = bench.run(config, "once", "--json") if fault.again else None
        return Ended(once=once, ip=ip, again=again, served=bench.served(fault.record))
