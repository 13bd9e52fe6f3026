"""A home router on loopback that miniupnpc really talks to, honest or hostile as a test wants."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

MUSEUM = Path(__file__).parents[2] / "museum" / "igd"

Body = bytes | Callable[[socket.socket, threading.Event], None]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that depends on the request's body."""

    make: Callable[[str], bytes | tuple[int, bytes]]


Answer = Body | Reply | tuple[int, bytes]


def exhibit(name: str) -> bytes:
    """One file of the museum."""
    return (MUSEUM / f"{name}.xml").read_bytes()


class FakeIgd:
    """Serves a description at any GET, and an answer to each SOAP action.

    A body that is a function gets the connected socket and the event that says "stop", and may
    then misbehave as it likes. `requests` lists what was asked: "GET /path", "POST action".
    """

    def __init__(
        self,
        description: Body,
        answers: Mapping[str, Answer],
        host: str = "127.0.0.1",
    ) -> None:
        self.description, self._answers = description, dict(answers)
        self._stop = threading.Event()
        self._listener = socket.create_server((host, 0))
        self._threads: list[threading.Thread] = []
        self.host, self.port = host, int(self._listener.getsockname()[1])
        self.location = f"http://{host}:{self.port}/rootDesc.xml"
        self.requests: list[str] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=10)
            assert not thread.is_alive(), "a fake router did not end"

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            head, words, body = self._read(connection)
            if head.startswith("POST"):
                action = words.get("soapaction", "").strip('"').rpartition("#")[2]
                path = head.split()[1]
                self.requests.append(f"POST {path} {action}")
                answer = self._answer_to(action, path)
            else:
                self.requests.append(" ".join(head.split()[:2]))
                answer = self._describe()
            if isinstance(answer, Reply):
                answer = answer.make(body.decode())
            if callable(answer):
                answer(connection, self._stop)
            else:
                status, text = answer if isinstance(answer, tuple) else (200, answer)
                connection.sendall(_response(status, text))

    def _describe(self) -> Answer:
        return self.description

    def _answer_to(self, action: str, path: str) -> Answer:
        refusal = (500, exhibit("fault_action_failed"))
        named = self._answers.get(action, refusal)
        return self._answers.get(f"{path} {action}", named)

    @staticmethod
    def _read(connection: socket.socket) -> tuple[str, dict[str, str], bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            part = connection.recv(4096)
            if not part:
                break
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        words = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        while len(body) < int(words.get("content-length", "0")):
            body += connection.recv(4096)
        return first, words, body


def _response(status: int, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} Whatever\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\nConnection: close\r\n\r\n" + body


def drip(connection: socket.socket, stop: threading.Event) -> None:
    """One byte every tenth of a second, for ever: miniupnpc alone would wait a minute and more."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
    while not stop.wait(0.1):
        connection.sendall(b" ")


def flood(size: int) -> Callable[[socket.socket, threading.Event], None]:
    """A body of `size` bytes, as fast as it is taken."""

    def send(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
        block = b" " * (1 << 20)
        for _ in range(size >> 20):
            connection.sendall(block)

    return send


def honest(**answers: Answer) -> dict[str, Answer]:
    """The SOAP answers of a router in order, some of them replaced."""
    return {
        "GetExternalIPAddress": exhibit("address_public"),
        "GetStatusInfo": exhibit("status_connected"),
        "GetConnectionTypeInfo": (500, exhibit("fault_action_failed")),
        **answers,
    }
