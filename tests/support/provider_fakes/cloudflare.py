"""Cloudflare's API with a memory, written from its description: strict, and as picky as it is.

Every request (and every answer given here) is checked against the vendor's own description where
that is at hand; `violations` must stay empty.
"""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.support.openapi import Exchange, description

Record = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_BASE = "/client/v4"
_ADDRESSES = ("A", "AAAA")


class _No(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        self.status, self.code, self.message = status, code, message


class Cloudflare:
    """One account with some zones. `seed` and `held` look past the API."""

    def __init__(self, *zones: str, token: str = "right-token", owner: str = "user") -> None:
        self.token = token
        self.owner = owner  # "account": its tokens are unknown to /user/tokens/verify
        self.shows_zones = True  # whether the token has Zone Read
        self.filters_zones = True  # whether the filter of /zones by name still works
        self.zones = {f"{number:032x}": zone for number, zone in enumerate(zones, start=0xA0)}
        self.records: dict[str, Record] = {}
        self.calls: list[str] = []  # "PATCH /zones/…", in order
        self.violations: list[str] = []
        self.before_write: Callable[[], None] = lambda: None  # somebody else, just before a write
        self._ids = itertools.count(0x1000)
        self._description = description("cloudflare.json", "https://api.cloudflare.com")
        self._runner: web.AppRunner | None = None

    # ---- past the API ---------------------------------------------------------------------------

    def seed(self, name: str, rtype: str, content: str, **more: Any) -> Record:
        """Put a record in place as a person would in the dashboard."""
        zone = next(id_ for id_, zone in self.zones.items() if f".{name}".endswith(f".{zone}"))
        return self._insert(zone, {"name": name, "type": rtype, "content": content, **more})

    def held(self, name: str, rtype: str) -> list[str]:
        """The contents at a name and type, sorted; equal ones are shown twice."""
        found = self.records.values()
        return sorted(r["content"] for r in found if (r["name"], r["type"]) == (name, rtype))

    @property
    def writes(self) -> list[str]:
        return [call for call in self.calls if not call.startswith("GET")]

    # ---- serving --------------------------------------------------------------------------------

    @property
    def port(self) -> int:
        assert self._runner is not None
        port: int = self._runner.addresses[0][1]
        return port

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}{_BASE}"

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._envelope])
        zone = f"{_BASE}/zones/{{zone}}/dns_records"
        app.router.add_get(f"{_BASE}/user/tokens/verify", self._verify)
        app.router.add_get(f"{_BASE}/zones", self._list_zones)
        app.router.add_get(zone, self._list)
        app.router.add_post(zone, self._post)
        app.router.add_post(f"{zone}/batch", self._batch)
        app.router.add_patch(f"{zone}/{{record}}", self._patch)
        app.router.add_delete(f"{zone}/{{record}}", self._delete)
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

    @web.middleware
    async def _envelope(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        exchange = Exchange(
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers=dict(request.headers),
            body=await request.read(),
        )
        self.calls.append(f"{request.method} {request.path.removeprefix(_BASE)}")
        before = copy.deepcopy(self.records)
        try:
            self._let_in(request)
            if request.method != "GET":
                self.before_write()
                before = copy.deepcopy(self.records)
            response = await handler(request)
        except _No as no:
            self.records = before
            error = {"code": no.code, "message": no.message}
            answer = {"success": False, "errors": [error], "messages": [], "result": None}
            response = web.json_response(answer, status=no.status)
        except web.HTTPNotFound:
            error = {"code": 7000, "message": "No route for that URI"}
            answer = {"success": False, "errors": [error], "messages": [], "result": None}
            response = web.json_response(answer, status=404)
        if self._description is not None:
            assert isinstance(response, web.Response)
            body = response.body
            assert isinstance(body, bytes)
            # Refusals are told apart by their codes; the description calls every one of them 4XX.
            reply = (response.status, body) if response.status == 200 else None
            self.violations += self._description.violations(exchange, reply)
        return response

    def _let_in(self, request: web.Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or len(token) < 8:
            raise _No(400, 6003, "Invalid request headers")
        if token != self.token:
            raise _No(403, 9109, "Invalid access token")

    async def _verify(self, request: web.Request) -> web.Response:
        if self.owner == "account":
            raise _No(401, 1000, "Invalid API Token")
        return _ok({"id": "ed17574386854bf78a67040be0a770b0", "status": "active"})

    async def _list_zones(self, request: web.Request) -> web.Response:
        asked = request.query.get("name")
        shown = [
            _zone(id_, name)
            for id_, name in self.zones.items()
            if self.shows_zones and (asked in (None, name) or not self.filters_zones)
        ]
        return _page(request, shown, most=50)

    async def _list(self, request: web.Request) -> web.Response:
        zone = self._zone_of(request)
        asked = {key: request.query[key] for key in ("type",) if key in request.query}
        if "name.exact" in request.query:
            asked["name"] = request.query["name.exact"]
        shown = [
            {key: value for key, value in record.items() if key != "zone"}
            for record in self.records.values()
            if record["zone"] == zone and asked.items() <= record.items()
        ]
        return _page(request, shown, most=5_000_000)

    async def _post(self, request: web.Request) -> web.Response:
        return _ok(self._create(self._zone_of(request), await request.json()))

    async def _patch(self, request: web.Request) -> web.Response:
        self._zone_of(request)
        return _ok(self._change(request.match_info["record"], await request.json()))

    async def _delete(self, request: web.Request) -> web.Response:
        self._zone_of(request)
        return _ok(self._remove(request.match_info["record"]))

    async def _batch(self, request: web.Request) -> web.Response:
        zone, body = self._zone_of(request), await request.json()
        if sum(map(len, body.values())) > 200:
            raise _No(400, 1004, "DNS Validation Error")
        return _ok(
            {
                "deletes": [self._remove(one["id"]) for one in body.get("deletes", ())],
                "patches": [self._change(one.pop("id"), one) for one in body.get("patches", ())],
                "posts": [self._create(zone, one) for one in body.get("posts", ())],
            }
        )

    # ---- the zone's own rules -------------------------------------------------------------------

    def _zone_of(self, request: web.Request) -> str:
        zone = request.match_info["zone"]
        if zone not in self.zones:
            raise _No(404, 7003, "Could not route to the zone, perhaps your object identifier is")
        return zone

    def _create(self, zone: str, body: Record) -> Record:
        origin = self.zones[zone]
        name = body["name"].lower()
        if not f".{name}".endswith(f".{origin}"):
            name = f"{name}.{origin}"  # the trap: no error, another name
        return self._shown(self._insert(zone, body | {"name": name}))

    def _insert(self, zone: str, body: Record) -> Record:
        record: Record = {
            "id": f"{next(self._ids):032x}",
            "zone": zone,
            "proxied": False,
            "proxiable": True,
            "ttl": 1,
            "comment": None,
            "tags": [],
            "meta": {"auto_added": False, "managed_by_apps": False},
            **body,
        }
        if record["comment"] is None:
            del record["comment"]
        self._check(record)
        self.records[record["id"]] = record
        return record

    def _change(self, record: str, body: Record) -> Record:
        changed = self._mine(record) | body
        self._check(changed)
        self.records[record] = changed
        return self._shown(changed)

    def _remove(self, record: str) -> Record:
        self._mine(record)
        return self._shown(self.records.pop(record))

    def _mine(self, record: str) -> Record:
        if record not in self.records:
            raise _No(404, 81044, "Record does not exist.")
        if self.records[record]["meta"].get("read_only"):
            raise _No(400, 1046, "This record is managed by a Cloudflare service.")
        return self.records[record]

    def _check(self, record: Record) -> None:
        if record["type"] in _ADDRESSES:
            version = ip_address(record["content"]).version
            if version != (4 if record["type"] == "A" else 6):
                raise _No(400, 9005, "Content for A record must be a valid IPv4 address.")
        if record["proxied"]:
            record["ttl"] = 1
        if record["ttl"] != 1 and not 60 <= record["ttl"] <= 86400:
            raise _No(400, 9021, "Invalid TTL. Must be between 60 and 86400 seconds, or 1.")
        for other in self.records.values():
            if other["id"] == record["id"] or other["name"] != record["name"]:
                continue
            if {other["type"], record["type"]} > {"CNAME"} and {
                other["type"],
                record["type"],
            } & set(_ADDRESSES):
                raise _No(400, 81053, "An A, AAAA, or CNAME record with that host already exists.")
            if (other["type"], other["content"]) == (record["type"], record["content"]):
                raise _No(400, 81058, "An identical record already exists.")

    @staticmethod
    def _shown(record: Record) -> Record:
        return {key: value for key, value in record.items() if key != "zone"}


def _zone(id_: str, name: str) -> Record:
    return {
        "id": id_,
        "name": name,
        "status": "active",
        "account": {"id": "0" * 32, "name": "Home"},
        "activated_on": None,
        "created_on": "2014-01-01T05:20:00.12345Z",
        "modified_on": "2014-01-01T05:20:00.12345Z",
        "development_mode": 0,
        "meta": {},
        "name_servers": ["a.ns.cloudflare.com", "b.ns.cloudflare.com"],
        "original_dnshost": None,
        "original_name_servers": None,
        "original_registrar": None,
        "owner": {},
    }


def _ok(result: Any, **more: Any) -> web.Response:
    answer = {"success": True, "errors": [], "messages": [], "result": result, **more}
    return web.Response(body=json.dumps(answer).encode(), content_type="application/json")


def _page(request: web.Request, rows: list[Record], *, most: int) -> web.Response:
    page, size = int(request.query.get("page", 1)), int(request.query.get("per_page", 20))
    if not 1 <= size <= most:
        raise _No(400, 9207, "per_page is out of range")
    shown = rows[(page - 1) * size : page * size]
    info = {"page": page, "per_page": size, "count": len(shown), "total_count": len(rows)}
    return _ok(shown, result_info=info)
