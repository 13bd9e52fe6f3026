"""The pretend home of the demo, for tests of the real command: servers in a thread."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from agent.demo.pretend.home import KEY_NAME, Home, open_home
from tests.support.calm import assert_calm

ROOT = Path(__file__).parents[2]
RECORD = "home.example.com"
T = TypeVar("T")


class Ran(NamedTuple):
    """How a command ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


@dataclass
class Pretend:
    """A running pretend home, and a folder with a configuration for it."""

    home: Home
    loop: asyncio.AbstractEventLoop
    folder: Path

    def on_loop(self, do: Callable[[], T]) -> T:
        """Do something in the servers' own thread, and wait for it."""

        async def step() -> T:
            return do()

        return asyncio.run_coroutine_threadsafe(step(), self.loop).result(timeout=10)

    def flip(self, address: str) -> None:
        """The line comes back with another address."""
        self.on_loop(lambda: self.home.line.reconnect(IPv4Address(address)))

    @property
    def updates(self) -> int:
        """How many DNS UPDATE messages have come, whatever was answered."""
        return self.on_loop(lambda: self.home.primary.updates)

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def write(self, *, secret: str = "", extra: str = "", record: str = "", **agent: str) -> Path:
        """Write a configuration; `agent` are further lines of `[agent]`."""
        further = "".join(f'{key} = "{value}"\n' for key, value in agent.items())
        self.config.write_text(
            f"""
[agent]
state = "{self.folder / "state"}"
settle = "5s"
{further}
calm = "0s"
[discovery]
signals = []
ipv4 = ["upnp", "stun"]
[discovery.upnp]
location = "{self.home.location}"
[discovery.stun]
servers = {json.dumps(self.home.stun)}
[dns]
authority = {json.dumps(self.home.authority)}
[account.home]
provider = "rfc2136"
server = "{self.home.authority[0]}"
key_name = "{KEY_NAME}"
key_secret = "{secret or self.home.key_secret}"
[[record]]
name = "{RECORD}"
account = "home"
{record}
{extra}
""",
            encoding="utf-8",
        )
        self.config.chmod(0o600)
        return self.config

    def command(self, *arguments: str) -> list[str]:
        """The command line of the installed command, for this configuration."""
        return [sys.executable, "-m", "agent", "--config", str(self.config), *arguments]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command and leave it running."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> Ran:
        """Run the command to its end; no output may hold a traceback or the key."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert_calm(done.stdout, done.stderr, secrets=[self.home.key_secret])
        return Ran(done.returncode, done.stdout, done.stderr)


def environment() -> dict[str, str]:
    """Our own, with the source tree on the path and without anything that configures upstun."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("UPSTUN")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error::ResourceWarning"}


@contextmanager
def pretend_home(folder: Path, address: str = "81.2.69.142") -> Iterator[Pretend]:
    """Open the home's servers in a thread of their own; closed at the end of the block."""
    loop = asyncio.new_event_loop()
    opened = threading.Event()
    box: list[tuple[Home, asyncio.Event]] = []

    async def serve() -> None:
        over = asyncio.Event()
        async with open_home(IPv4Address(address)) as home:
            box.append((home, over))
            opened.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert opened.wait(10), "the pretend home did not open"
    home, over = box[0]
    try:
        yield Pretend(home, loop, folder)
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()
