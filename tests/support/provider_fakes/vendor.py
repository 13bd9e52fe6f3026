"""A kit for fakes of DNS vendors' HTTP APIs: stateful, and strict about every word they hear.

A subclass names its routes and keeps `records`. What a client may not say is a violation, also
where the vendor would let it pass: unknown paths, parameters and members that nobody asked for,
bodies of another type than documented::

    class Vendor1(Vendor):
        base = "/v1"

        def authorise(self, heard: Heard) -> None:
            if heard.headers.get("Authorization") != f"Bearer {self.token}":
                raise No(401, {"message": "unauthorized"})

        @route("GET", "/domains/{zone}/records")
        def list(self, heard: Heard) -> object:
            return {"records": [self.shown(record) for record in self.records.values()]}

A handler returns a JSON document, None for 204, or `Said`. It takes every parameter by `take`, and
what it has not taken when it returns is a violation. A handler that raises `No` changes nothing.
"""

from __future__ import annotations

import copy
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from providers.engine.wire import Secret
from tests.support.openapi import Exchange, description

ADDRESSES = {"A": IPv4Address, "AAAA": IPv6Address}
_MISSING = object()
Handler = Callable[[Any, "Heard"], object]
Settings = Mapping[str, str | Secret | int | bool]


class No(Exception):
    """The vendor refuses, in its own words: `document` is JSON, or text where it is a `str`."""

    def __init__(self, status: int, document: object, **headers: str) -> None:
        super().__init__(status, document)
        self.said = Said(status, document, headers)


@dataclass
class Said:
    """An answer. `document` is JSON; text where it is a `str`, octets as they are, None nothing."""

    status: int
    document: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in self.headers.items()}
        match self.document:
            case None:
                return web.Response(status=self.status, headers=named)
            case bytes():
                return web.Response(status=self.status, body=self.document, headers=named)
            case str():
                return web.Response(status=self.status, text=self.document, headers=named)
            case _:
                return web.json_response(self.document, status=self.status, headers=named)


class Fields:
    """Parameters of a query, a form or an object: each must be taken, or it was one too many."""

    def __init__(
        self, what: str, values: Mapping[str, Any], complain: Callable[[str], None]
    ) -> None:
        self.left = dict(values)
        self._what, self._complain = what, complain

    def __contains__(self, name: str) -> bool:
        return name in self.left

    def take(self, name: str, kind: type = str, default: Any = _MISSING) -> Any:
        """The value; a violation where it is missing without a default, or of another type."""
        value = self.left.pop(name, default)
        if value is _MISSING:
            self._complain(f"{self._what} lacks {name}")
            raise No(400, {"message": f"{name} is missing"})
        if value is not default and (
            not isinstance(value, kind) or (kind is int and isinstance(value, bool))
        ):
            self._complain(f"{self._what}: {name} is {value!r}, not {kind.__name__}")
            raise No(400, {"message": f"{name} is wrong"})
        return value

    def rest(self) -> dict[str, Any]:
        """Take whatever is left."""
        left, self.left = self.left, {}
        return left


@dataclass
class Heard:
    """One request, as a handler sees it."""

    method: str
    path: str  # below `base`
    steps: Mapping[str, str]  # what stands for {names} of the route
    headers: Mapping[str, str]
    query: Fields
    raw: bytes
    complain: Callable[[str], None]
    parts: list[Fields] = field(default_factory=list)

    @property
    def document(self) -> Any:
        """The body as JSON; a violation when it is none."""
        if "json" not in self.headers.get("Content-Type", ""):
            self.complain(f"{self.method} {self.path}: a body that is not declared as JSON")
        try:
            return json.loads(self.raw)
        except ValueError:
            self.complain(f"{self.method} {self.path}: a body that is not JSON")
            raise No(400, {"message": "not JSON"}) from None

    def body(self) -> Fields:
        """The body as a JSON object, to be taken apart."""
        document = self.document
        if not isinstance(document, dict):
            self.complain(f"{self.method} {self.path}: a body that is no JSON object")
            raise No(400, {"message": "no object"})
        return self.fields("body", document)

    def form(self) -> Fields:
        """The body as a form, to be taken apart."""
        if self.headers.get("Content-Type", "") != "application/x-www-form-urlencoded":
            self.complain(f"{self.method} {self.path}: a body that is not declared as a form")
        pairs = parse_qsl(self.raw.decode(), keep_blank_values=True)
        return self.fields("form", dict(pairs))

    def fields(self, what: str, values: Mapping[str, Any]) -> Fields:
        """Something within the body, to be taken apart just as strictly."""
        part = Fields(f"{self.method} {self.path}: {what}", values, self.complain)
        self.parts.append(part)
        return part


@dataclass
class Held:
    """One record in the vendor's database. `name` is the FQDN; `more` is the vendor's own."""

    id: str
    zone: str
    name: str
    rtype: str
    content: str
    ttl: int = 300
    more: dict[str, Any] = field(default_factory=dict)


def route(method: str, path: str) -> Callable[[Handler], Handler]:
    """Mark a method of a `Vendor` as the handler of this method and path; `{name}` is one step."""

    def mark(handler: Handler) -> Handler:
        shape = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
        vars(handler).setdefault("routes", []).append((method, re.compile(shape)))
        return handler

    return mark


class Vendor:
    """One account with some zones. `seed` and `held` look past the API."""

    base: ClassVar[str] = ""
    described: ClassVar[tuple[str, str] | None] = None  # file of the description, host
    undescribed: ClassVar[tuple[str, ...]] = ()  # paths that the description leaves out
    token: ClassVar[str] = "right-token-of-mine"
    first_id: ClassVar[int] = 1000
    least_ttl: ClassVar[int] = 60  # what records are seeded with, unless another one is said

    def __init__(self, *zones: str) -> None:
        self.zones = {str(number): zone for number, zone in enumerate(zones, start=71)}  # by id
        self.records: dict[str, Held] = {}
        self.heard: list[tuple[str, str, bytes]] = []  # method, path with query, body; in order
        self.violations: list[str] = []
        self.before_write: Callable[[], None] = lambda: None  # somebody else, just before a write
        self._ids = itertools.count(self.first_id)
        self.description = description(*self.described) if self.described else None
        self.exchanges: list[Exchange] = []  # those that succeeded, where they are described
        self._runner: web.AppRunner | None = None

    # ---- what a subclass says -------------------------------------------------------------------

    def authorise(self, heard: Heard) -> None:
        """Raise `No` for wrong credentials."""
        raise NotImplementedError

    def settings(self) -> Settings:
        """The account's right settings, without its endpoint."""
        return {"token": Secret(self.token)}

    def found_at(self, endpoint: str) -> Settings:
        """The settings that say where it listens: at `endpoint`, or at what stands before it."""
        return {"endpoint": endpoint}

    def wrong_key(self) -> Settings:
        """What to replace in them for credentials that are refused."""
        return {"token": Secret("wrong-token-of-somebody")}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        """Whether such a request is to change something; `path` is below `base`, with its query."""
        return method != "GET"

    # ---- past the API ---------------------------------------------------------------------------

    def seed(self, name: str, rtype: str, *values: str, **more: Any) -> list[Held]:
        """Make exactly these values the RRset, as a person would by hand."""
        for old in self.at(name, rtype):
            del self.records[old.id]
        ttl = more.pop("ttl", self.least_ttl)
        return [
            self.insert(self.zone_of(name), name, rtype, value, ttl, **more) for value in values
        ]

    def held(self, name: str, rtype: str) -> list[str]:
        """The contents at a name and type, sorted; equal ones as often as they are held."""
        return sorted(record.content for record in self.at(name, rtype))

    def at(self, name: str, rtype: str | None = None) -> list[Held]:
        """The records at a name, of this type or of all."""
        return [
            record
            for record in self.records.values()
            if record.name == name and rtype in (None, record.rtype)
        ]

    def insert(self, zone: str, name: str, rtype: str, content: str, ttl: int, **more: Any) -> Held:
        """Put a record into the database under a new id."""
        record = Held(str(next(self._ids)), zone, name, rtype, content, ttl, more)
        self.records[record.id] = record
        return record

    def zone_of(self, name: str) -> str:
        """The name of the longest zone that holds `name`."""
        return max(
            (zone for zone in self.zones.values() if f".{name}".endswith(f".{zone}")), key=len
        )

    def relative(self, record: Held, apex: str = "@") -> str:
        """The record's name below its zone."""
        return record.name.removesuffix(record.zone).removesuffix(".") or apex

    def absolute(self, zone: str, name: str, apex: str = "@") -> str:
        """The FQDN of a relative name, as a client said it; anything else is a violation."""
        self.expect(name != "" or apex == "", f"an empty name, where the apex is {apex!r}")
        self.expect(not name.endswith("."), f"{name!r} with a final dot, where names are relative")
        inside = name == zone or name.endswith(f".{zone}")
        self.expect(not inside, f"{name!r} with its zone, where names are relative")
        return zone if name in ("", apex) else f"{name}.{zone}"

    def expect(self, truth: bool, violation: str) -> None:
        """Write down what no client may say, though the vendor may let it pass."""
        if not truth:
            self.violations.append(violation)

    def address(self, rtype: str, content: str) -> bool:
        """Whether `content` is an address of the type, in its one proper spelling."""
        try:
            return str(ADDRESSES[rtype](content)) == content
        except (KeyError, ValueError):
            return False

    @property
    def calls(self) -> list[str]:
        """All calls: "PATCH /zones/…", in order."""
        return [f"{method} {path}" for method, path, _ in self.heard]

    @property
    def writes(self) -> list[str]:
        """The calls that were to change something."""
        return [
            f"{method} {path}"
            for method, path, body in self.heard
            if self.is_write(method, path, body)
        ]

    # ---- serving --------------------------------------------------------------------------------

    @property
    def port(self) -> int:
        assert self._runner is not None
        port: int = self._runner.addresses[0][1]
        return port

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.base}"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        raw_path, _, query = request.raw_path.partition("?")
        self.heard.append((request.method, request.raw_path.removeprefix(self.base), raw))
        pairs = parse_qsl(query, keep_blank_values=True)
        said = self._answer(request, raw_path.removeprefix(self.base), dict(pairs), raw)
        described = request.path not in self.undescribed
        if self.description and described and said.status < 400:
            exchange = Exchange(
                method=request.method,
                path=request.path,
                query=dict(pairs),
                headers=dict(request.headers),
                body=raw,
            )
            body = b"" if said.document is None else json.dumps(said.document).encode()
            answer = (said.status, body) if body else None
            self.violations += self.description.violations(exchange, answer)
            self.exchanges.append(exchange)
        return said.response()

    def _answer(
        self, request: web.Request, path: str, query: Mapping[str, str], raw: bytes
    ) -> Said:
        method = request.method
        found = list(self._routes(method, path))
        if not found or not request.raw_path.startswith(self.base):
            self.violations.append(f"{method} {request.raw_path}: no such call")
            return Said(404, {"message": "no such route"})
        handler, steps = found[0]
        fields = Fields(f"{method} {path}: query", query, self.violations.append)
        heard = Heard(
            method, path, steps, request.headers, fields, raw, self.violations.append, [fields]
        )
        before = copy.deepcopy(self.records)
        try:
            self.authorise(heard)
            if self.is_write(method, request.raw_path.removeprefix(self.base), raw):
                self.before_write()
                before = copy.deepcopy(self.records)
            answer = handler(self, heard)
        except No as no:
            self.records = before
            return no.said
        for part in heard.parts:
            for name, value in part.left.items():
                self.violations.append(f"{part._what}: nobody asked for {name}={value!r}")
        if isinstance(answer, Said):
            return answer
        return Said(204) if answer is None else Said(200, answer)

    def _routes(self, method: str, path: str) -> Iterator[tuple[Handler, dict[str, str]]]:
        for kind in type(self).__mro__:
            for handler in vars(kind).values():
                for verb, shape in getattr(handler, "routes", ()):
                    match = shape.fullmatch(path) if verb == method else None
                    if match:
                        steps = {name: unquote(step) for name, step in match.groupdict().items()}
                        yield handler, steps
