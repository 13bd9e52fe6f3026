"""When the name servers began to serve an address, seen by asking them all the time."""

from __future__ import annotations

import os
import select
import socket
import struct
import threading
import time
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import NamedTuple, Self

import dns.message
import dns.rcode

from tests.support.namespaces import Inside, Namespace

_EVERY = 0.002  # seconds between two questions to one server; light for BIND and for this machine


class Seen(NamedTuple):
    """From a moment (monotonic) on, a server answered with these values, sorted."""

    at: float
    server: str
    values: tuple[str, ...]


class Served:
    """Watches one RRset at some servers while its `with` block lasts."""

    def __init__(self, world: Namespace, servers: Sequence[str], name: str, rtype: str) -> None:
        self._servers, self._about = tuple(servers), f"{name} {rtype}"
        query = dns.message.make_query(name, rtype)
        query.flags = 0
        self._query = query.to_wire()[2:]
        self._history: list[Seen] = []
        self._latest: dict[str, tuple[str, ...]] = {}
        self._news, self._over = threading.Condition(), False
        inside = Inside(world)
        try:
            self._sockets = {s: inside.make(partial(_connected, s)) for s in self._servers}
        finally:
            inside.close()
        self._thread = threading.Thread(target=self._watch, name="served", daemon=True)

    @property
    def history(self) -> tuple[Seen, ...]:
        """Every change of an answer so far, beginning with each server's first one."""
        with self._news:
            return tuple(self._history)

    def moment(self, *values: str, since: float = 0.0, patience: float = 30.0) -> float:
        """Wait until every server serves exactly these values; give the moment when all did first.

        `since` is when to begin to look (monotonic), such as what `Lab.flip` gave.
        """
        deadline = time.monotonic() + patience
        with self._news:
            while (found := _first(self._history, self._servers, values, since)) is None:
                left = deadline - time.monotonic()
                assert left > 0, f"not all serve {self._about} {values}: {self._history[-8:]}"
                self._news.wait(left)
        return found

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over = True
        self._thread.join()
        for client in self._sockets.values():
            client.close()

    def _watch(self) -> None:
        waiting = select.poll()
        by_number = {client.fileno(): server for server, client in self._sockets.items()}
        for number in by_number:
            waiting.register(number, select.POLLIN)
        last: dict[str, bytes] = {}
        number = int.from_bytes(os.urandom(2), "big")
        while not self._over:
            number = (number + 1) & 0xFFFF
            due = time.monotonic() + _EVERY
            for server in self._servers:
                _send(self._sockets[server], struct.pack("!H", number) + self._query)
            while (left := due - time.monotonic()) > 0:
                for ready, _ in waiting.poll(max(1, round(left * 1000))):
                    server = by_number[ready]
                    reply = _receive(self._sockets[server])
                    if reply[2:] and reply[2:] != last.get(server):
                        last[server] = reply[2:]
                        self._note(time.monotonic(), server, reply)

    def _note(self, moment: float, server: str, reply: bytes) -> None:
        message = dns.message.from_wire(reply)
        if message.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
            return
        values = tuple(sorted(str(item) for rrset in message.answer for item in rrset))
        if values == self._latest.get(server):  # BIND varies the order of what is around them
            return
        self._latest[server] = values
        with self._news:
            self._history.append(Seen(moment, server, values))
            self._news.notify_all()


def _first(
    history: Sequence[Seen], servers: tuple[str, ...], values: tuple[str, ...], since: float
) -> float | None:
    """The first moment, not before `since`, at which every server served exactly `values`."""
    wanted, now = tuple(sorted(values)), dict[str, tuple[str, ...]]()
    for index, seen in enumerate(history):
        now[seen.server] = seen.values
        ends = history[index + 1].at if index + 1 < len(history) else float("inf")
        if ends > since and all(now.get(server) == wanted for server in servers):
            return max(since, seen.at)
    return None


def _connected(server: str) -> socket.socket:
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.setblocking(False)
    client.connect((server, 53))
    return client


def _send(client: socket.socket, query: bytes) -> None:
    try:
        client.send(query)
    except OSError:  # a server that does not run refuses; it may run again later
        return


def _receive(client: socket.socket) -> bytes:
    try:
        return client.recv(4096)
    except OSError:
        return b""
