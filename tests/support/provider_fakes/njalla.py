"""Njalla's API, written from its page and from recorded answers of the real one."""

from __future__ import annotations

import json
from typing import Any

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Fields, Heard, Held, No, Settings, Vendor, route

TTLS = (60, 300, 900, 3600, 10800, 21600, 86400)
WRITES = ("add-record", "edit-record", "remove-record")


def no(code: int, message: str) -> No:
    return No(200, {"error": {"code": code, "message": message}, "jsonrpc": "2.0"})


class Njalla(Vendor):
    base = "/api/1"

    def wrong_key(self) -> Settings:
        return {"token": Secret("wrong-key-of-somebody")}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        try:
            return json.loads(body)["method"] in WRITES
        except (ValueError, KeyError, TypeError):
            return False

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"Njalla {self.token}":
            raise no(403, "Invalid token.")

    @route("POST", "/")
    def call(self, heard: Heard) -> object:
        body = heard.body()
        method = body.take("method")
        params = heard.fields(method, body.take("params", dict))
        zone = params.take("domain")
        if zone not in self.zones.values():
            raise no(403, "permission denied")
        actions = {
            "get-domain": self._domain,
            "list-records": self._list,
            "add-record": self._add,
            "edit-record": self._edit,
            "remove-record": self._remove,
        }
        self.expect(method in actions, f"{method}: no such method")
        return {"result": actions[method](zone, params), "jsonrpc": "2.0"}

    def _domain(self, zone: str, _: Fields) -> Any:
        return {"name": zone, "status": "active", "expiry": "2031-06-29T23:53:03Z"}

    def _list(self, zone: str, _: Fields) -> Any:
        return {"records": [self._shown(row) for row in self.records.values() if row.zone == zone]}

    def _add(self, zone: str, params: Fields) -> Any:
        name, rtype = self._relative(zone, params.take("name")), params.take("type")
        content, ttl = self._said(rtype, params, 10800)
        if self.at(name, "CNAME"):
            raise no(400, "CNAME record can not coexist with other records")
        return self._shown(self.insert(zone, name, rtype, content, ttl))

    def _edit(self, zone: str, params: Fields) -> Any:
        record = self._record(zone, params)
        record.content, record.ttl = self._said(record.rtype, params, record.ttl)
        return self._shown(record)

    def _remove(self, zone: str, params: Fields) -> Any:
        del self.records[self._record(zone, params).id]
        return {}

    def _relative(self, zone: str, name: str) -> str:
        """The FQDN of what was said; a full name is cut to its relative part, as Njalla does."""
        full = self.absolute(zone, name)
        return name if f".{name}".endswith(f".{zone}") else full

    def _record(self, zone: str, params: Fields) -> Held:
        record = self.records.get(str(params.take("id", int)))
        if record is None or record.zone != zone:
            raise no(404, "record not found")
        return record

    def _said(self, rtype: str, params: Fields, ttl: int) -> tuple[str, int]:
        content, ttl = params.take("content"), params.take("ttl", int, ttl)
        if not self.address(rtype, content) or ttl not in TTLS:
            self.expect(False, f"{rtype} {content} with TTL {ttl}")
            raise no(400, "invalid content")
        return content, ttl

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": int(record.id),
            "name": self.relative(record),
            "type": record.rtype,
            "content": record.content,
            "ttl": record.ttl,
        }
