"""The part of the fault table of DNS services that speak HTTP: dyndns2 words, and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from tests.support.fault_bench import PASSWORD, Arrange, Bench, Fault, Scene
from tests.support.provider_fakes.dyndns2 import FakeDyndns2
from tests.support.provider_fakes.service import FLOOD, FakeService

_USER = "me"


def _dyndns2(mischief: str = "", says: str = "") -> Arrange:
    """A service that knows the user and one other host, and is to be called once in all."""

    @contextmanager
    def arrange(bench: Bench) -> Iterator[Scene]:
        service = FakeDyndns2("other.example.com", logins={(_USER, PASSWORD)})
        service.mischief, service.says = mischief, says
        with bench.enter(service):
            yield bench.scene(
                account=f'provider = "dyndns2"\nendpoint = "{service.url("/nic/update")}"\n'
                f'username = "{_USER}"\npassword = "{PASSWORD}"\n'
            )
        assert len(service.requests) == 1, service.requests
        assert service.violations == []
        assert service.poured < FLOOD, "the whole flood was taken"

    return arrange


class _Mumbler(FakeService):
    """Says the same to everything, as JSON."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self._body = body

    async def answer(self, request: web.Request) -> web.Response:
        return web.Response(body=self._body, content_type="application/json")


def _cloudflare(body: bytes) -> Arrange:
    @contextmanager
    def arrange(bench: Bench) -> Iterator[Scene]:
        with bench.enter(_Mumbler(body)) as service:
            yield bench.scene(
                account=f'provider = "cloudflare"\nendpoint = "{service.url("/client/v4")}"\n'
                f'token = "{PASSWORD}"\n'
            )
        assert service.requests

    return arrange


def _ended(
    name: str,
    arrange: Arrange,
    says: str,
    *,
    status: int = 1,
    outcome: str = "refused",
    again: str = "",
    slow: bool = False,
) -> Fault:
    return Fault(
        name=f"http {name}",
        arrange=arrange,
        status=status,
        action="push",
        outcome=outcome,
        says=says,
        again=again,
        slow=slow,
    )


def _unsure(name: str, mischief: str, says: str, *, slow: bool = False) -> Fault:
    """The answer is lost, the change may have been made: it is looked for, and not sent again."""
    return _ended(name, _dyndns2(mischief), says, outcome="unconfirmed", slow=slow)


_JUNK = {
    "list": b"[]",
    "text": b'"yes"',
    "number": b"7",
    "null": b"null",
    "success that is a word": b'{"success": "yes", "result": [], "errors": []}',
    "result that is a number": b'{"success": true, "result": 7, "errors": []}',
    "result of nulls": b'{"success": true, "result": [null], "errors": []}',
    "ids that are lists": b'{"success": true, "result": [{"id": [], "name": {}}]}',
    "10,000 brackets": b"[" * 10_000,
    "number of 10,000 digits": b"9" * 10_000,
    "half": b'{"success": true, "result": [{"id',
    "not UTF-8": b'{"success": \xff}',
}

FAULTS = (
    _unsure("silent", "hang", "within 30 s", slow=True),
    _unsure("silent in its answer", "hang in the body", "within 30 s", slow=True),
    _unsure("closes at once", "silent close", "may have been made"),
    _unsure("cut", "cut", "may have been made"),
    _unsure("300 MB", "flood", "was not read further"),
    _unsure("not HTTP", "not http", "may have been made"),
    _unsure("HTTP 502", "502", "HTTP 502"),
    _unsure("HTTP 504", "504", "HTTP 504"),
    _ended("junk", _dyndns2("nul bytes"), "no dyndns2 reply"),
    _ended("HTML", _dyndns2("html"), "no dyndns2 reply"),
    _ended("empty", _dyndns2("empty"), "nothing at all"),
    _ended("redirect", _dyndns2("redirect"), "redirects are never followed"),
    _ended("HTTP 401", _dyndns2("401"), "not accept these credentials", status=8, again="locked"),
    _ended("HTTP 403", _dyndns2("403 long ago"), "The clock here is", status=8, again="locked"),
    _ended("HTTP 404", _dyndns2("404"), "does not know this zone", status=3, again="locked"),
    _ended(
        "HTTP 429",
        _dyndns2("429 in seconds"),
        "called too often; it says to wait 120 s",
        again="paced",
    ),
    _ended("HTTP 500", _dyndns2("500"), "trouble of its own (HTTP 500"),
    _ended("HTTP 503", _dyndns2("503 for an hour"), "trouble of its own (HTTP 503", again="paced"),
    _ended(
        "badauth",
        _dyndns2(says="badauth"),
        "does not accept the user name",
        status=8,
        again="locked",
    ),
    _ended(
        "abuse", _dyndns2(says="abuse"), "has blocked this host for abuse", status=8, again="locked"
    ),
    _ended("nohost", _dyndns2(), "does not know this host", status=3, again="locked"),
    _ended("911", _dyndns2(says="911"), "down or under maintenance", again="paced"),
    _ended("an unknown word", _dyndns2(says="goodbye"), "no dyndns2 reply: goodbye"),
    _ended(
        "yes without a deed",
        _dyndns2(says="good 81.2.69.142"),
        "the provider accepted it",
        outcome="changed",
    ),
    *(_ended(f"JSON {kind}", _cloudflare(body), "Cloudflare") for kind, body in _JUNK.items()),
)
"""After each of these the name server has never heard of the name."""
