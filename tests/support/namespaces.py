"""Network namespaces with names of their own, that are gone afterwards whatever happens.

Names are `up-<pid>-<number>-<role>`: whoever finds one can tell whether its maker still lives.
What a killed run left behind is removed by the next one (`sweep`). Everything is addressed by
name or by process id; nothing outside these namespaces is ever touched.
"""

from __future__ import annotations

import asyncio
import atexit
import ctypes
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from tests.support.tools import need

T = TypeVar("T")

_NAME = re.compile(r"up-(?P<pid>\d+)-\d+-[a-z]+")
_RUN_DIR = Path("/run/netns")
_ETC = Path("/etc/netns")  # `ip netns exec` shows these files in place of those in /etc
_TEMP = Path(tempfile.gettempdir())
_CLONE_NEWNET = 0x40000000
_number = itertools.count(1)
_alive: dict[str, Namespace] = {}


class Namespace:
    """One network namespace with loopback up. Removed by `close`, or at exit.

    IPv6 is off unless a test asks for it: its own chatter would stand among what it counts.
    """

    def __init__(self, role: str, *, ipv6: bool = False) -> None:
        self.name = f"up-{os.getpid()}-{next(_number)}-{role}"
        _ip("netns", "add", self.name)
        _alive[self.name] = self
        off = f"net.ipv6.conf.all.disable_ipv6={0 if ipv6 else 1}"
        self.run("sysctl", "-qw", off, "net.ipv4.ip_forward=1")
        self.ip("link", "set", "lo", "up")

    def ip(self, *arguments: str) -> None:
        """Run `ip` on this namespace."""
        _ip("-n", self.name, *arguments)

    def batch(self, *commands: str) -> None:
        """Run many `ip` commands on this namespace as one process, each over IPv4 if it matters."""
        _ip("-4", "-n", self.name, "-batch", "-", text="\n".join(commands))

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs `arguments` in here."""
        return [need("ip"), "netns", "exec", self.name, need(arguments[0]), *arguments[1:]]

    def run(self, *arguments: str, text: str | None = None, timeout: float = 15) -> str:
        """Run a program in here to its end and give its output; raises with what it complained."""
        done = subprocess.run(
            self.command(*arguments),
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def resolver(self, address: str) -> None:
        """Let programs started in here look names up at `address`."""
        folder = _ETC / self.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "resolv.conf").write_text(f"nameserver {address}\noptions timeout:1 attempts:2\n")

    def close(self) -> None:
        """End every process in here, and remove the namespace with its interfaces."""
        _alive.pop(self.name, None)
        _remove(self.name)


class Inside:
    """An event loop in a thread that lives in a namespace: every socket it makes is there.

    Only the thread moves (setns(2) works per thread), so the test keeps the objects that its
    pretend servers are made of in reach: it reads their counters and changes their minds.
    """

    def __init__(self, namespace: Namespace) -> None:
        self._path = _RUN_DIR / namespace.name
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._live, name=namespace.name, daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            raise self._error

    def call(self, coroutine: Coroutine[Any, Any, T], timeout: float = 15) -> T:
        """Run a coroutine in the namespace and give its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout)

    def make(self, build: Callable[[], T]) -> T:
        """Call a plain function in the namespace, to make a socket or to ask a server there.

        It runs beside the loop (a thread inherits the namespace of the one that starts it), so a
        function that waits does not stop the servers of the loop.
        """
        return self.call(asyncio.to_thread(build))

    def close(self) -> None:
        """Cancel what still runs, and end the thread."""
        self.call(self._cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _cancel_all(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    def _live(self) -> None:
        try:
            _enter(self._path)
        except OSError as error:
            self._error = error
            return
        finally:
            self._ready.set()
        self._loop.run_forever()


def cable(one: Namespace, device: str, other: Namespace, other_device: str) -> None:
    """Join two namespaces by a pair of virtual Ethernet interfaces, both up."""
    peer = ("peer", "name", other_device, "netns", other.name)
    one.ip("link", "add", device, "type", "veth", *peer)
    one.ip("link", "set", device, "up")
    other.ip("link", "set", other_device, "up")


def workshop() -> Path:
    """A temporary folder that `sweep` knows: `up-<pid>-<number>-files`. Remove it when done."""
    folder = _TEMP / f"up-{os.getpid()}-{next(_number)}-files"
    folder.mkdir(mode=0o700)
    return folder


def sweep() -> list[str]:
    """Remove what runs of this project left behind whose process is dead; give the names."""
    folders = [folder for folder in (_RUN_DIR, _ETC, _TEMP) if folder.is_dir()]
    names = {path.name for folder in folders for path in folder.iterdir()}
    stale = []
    for name in sorted(names):
        found = _NAME.fullmatch(name)
        if found and not Path("/proc", found["pid"]).exists():
            _remove(name)
            stale.append(name)
    return stale


def packet_socket(device: str) -> socket.socket:
    """A socket that sees every frame of an interface; made inside a namespace by `Inside.make`."""
    every_protocol = 0x0003  # ETH_P_ALL
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(every_protocol))
    # A burst must not be lost while the test is busy; root may exceed the usual limit.
    wire.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_RCVBUFFORCE", 33), 64 << 20)
    wire.bind((device, every_protocol))
    wire.setblocking(False)
    return wire


def _ip(*arguments: str, text: str = "") -> None:
    done = subprocess.run(
        [need("ip"), *arguments], input=text, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()} {text}")


def _pids(name: str) -> list[int]:
    done = subprocess.run(
        [need("ip"), "netns", "pids", name], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in done.stdout.split()]


def _remove(name: str) -> None:
    for pid in _pids(name):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    if (_RUN_DIR / name).exists():
        _ip("netns", "delete", name)
    for folder in (_ETC, _TEMP):
        shutil.rmtree(folder / name, ignore_errors=True)


def _enter(path: Path) -> None:
    """Move the calling thread into a namespace: setns(2), which Python has since 3.12 only."""
    libc = ctypes.CDLL(None, use_errno=True)
    with path.open("rb") as handle:
        if libc.setns(handle.fileno(), _CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(path))


def _close_all() -> None:
    for namespace in list(_alive.values()):
        namespace.close()


atexit.register(_close_all)
