"""When each authoritative server first served an address under a name, to a few milliseconds.

The servers are asked over and over in their own namespace, so no question passes the home's line.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Self

import dns.message

from tests.support.namespaces import Inside, Namespace

_ANSWER = re.compile(rb"\xc0\x0c\x00\x01\x00\x01.{4}\x00\x04(.{4})", re.DOTALL)
_EAGER, _EASY = 0.003, 0.05  # seconds between two rounds of questions
_EAGER_FOR = 5.0  # seconds after the change, in which milliseconds matter


class Watch:
    """Asks `servers` for `names`, as long as the block lasts.

    `expect` says which address is waited for from now on, `seen` who serves it since when.
    """

    def __init__(
        self,
        world: Namespace,
        servers: Sequence[str],
        names: Iterable[str],
        *,
        eager: float = _EAGER,
    ) -> None:
        """`eager` is the pause between two rounds of questions soon after a change, in seconds."""
        self._eager = eager
        self._inside = Inside(world)
        self._names = list(names)
        self._queries = [_query(number, name) for number, name in enumerate(self._names)]
        self._sockets = {s: self._inside.make(partial(_ask, s)) for s in servers}
        self._change = threading.Condition()
        self._wanted, self._since = b"", 0.0
        self._seen: dict[str, dict[str, float]] = {}
        self._closing = False
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def expect(self, address: str) -> None:
        """Forget what was seen, and wait for this address."""
        with self._change:
            self._wanted, self._since = socket.inet_aton(address), time.monotonic()
            self._seen = {}
            self._change.notify_all()

    def seen(self) -> Mapping[str, Mapping[str, float]]:
        """By name and server: when the expected address was first served there (monotonic)."""
        with self._change:
            return {name: dict(servers) for name, servers in self._seen.items()}

    def everywhere(self) -> Mapping[str, float]:
        """By name: when the last of the servers began to serve it, of those that all serve."""
        return {
            name: max(servers.values())
            for name, servers in self.seen().items()
            if len(servers) == len(self._sockets)
        }

    def wait(self, seconds: float, names: Iterable[str] | None = None) -> bool:
        """Wait until all servers serve the expected address under these names, or under all."""
        wanted = set(self._names if names is None else names)
        until = time.monotonic() + seconds
        with self._change:
            while wanted - {n for n, s in self._seen.items() if len(s) == len(self._sockets)}:
                if not self._change.wait(until - time.monotonic()):
                    return False
        return True

    def close(self) -> None:
        """Ask no more."""
        with self._change:
            self._closing = True
            self._change.notify_all()
        self._thread.join()
        for one in self._sockets.values():
            one.close()
        self._inside.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _live(self) -> None:
        while not self._closing:
            wanted = self._wanted
            if not self._ask_for_the_rest():
                with self._change:
                    while self._wanted == wanted and not self._closing:
                        self._change.wait()
                continue
            early = time.monotonic() - self._since < _EAGER_FOR
            time.sleep(self._eager if early else max(self._eager, _EASY))
            self._read_answers()

    def _ask_for_the_rest(self) -> bool:
        asked = False
        for server, one in self._sockets.items():
            for number, name in enumerate(self._names):
                if self._wanted and server not in self._seen.get(name, {}):
                    _send(one, self._queries[number])
                    asked = True
        return asked

    def _read_answers(self) -> None:
        for server, one in self._sockets.items():
            for reply in _replies(one):
                number = int.from_bytes(reply[:2])
                if number < len(self._names):
                    self._note(self._names[number], server, _ANSWER.findall(reply))

    def _note(self, name: str, server: str, addresses: list[bytes]) -> None:
        with self._change:
            if self._wanted in addresses:
                self._seen.setdefault(name, {}).setdefault(server, time.monotonic())
                self._change.notify_all()


def _query(number: int, name: str) -> bytes:
    """The question for a name's A records; its place in the list is the message's ID."""
    message = dns.message.make_query(name, "A", id=number)
    return message.to_wire()


def _ask(server: str) -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    one.setblocking(False)
    one.connect((server, 53))
    return one


def _send(one: socket.socket, query: bytes) -> None:
    try:
        one.send(query)
    except OSError:
        return  # a server that is just being restarted; it is asked again


def _replies(one: socket.socket) -> list[bytes]:
    replies = []
    while True:
        try:
            replies.append(one.recv(4096))
        except BlockingIOError:
            return replies
        except OSError:
            continue  # connection refused, told once for each question
