"""Linode's API (v4), written from its reference: filters in a header, TTLs in steps."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tests.support.provider_fakes.vendor import Heard, Held, No, Vendor, route

_RECORDS = "/domains/{zone}/records"
_STEPS = (
    0,
    30,
    120,
    300,
    3600,
    7200,
    14400,
    28800,
    57600,
    86400,
    172800,
    345600,
    604800,
    1209600,
    2419200,
)


def no(status: int, reason: str, field: str = "") -> No:
    return No(status, {"errors": [{"reason": reason, **({"field": field} if field else {})}]})


class Linode(Vendor):
    base = "/v4"
    least_ttl = 120

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"Bearer {self.token}":
            raise no(401, "Invalid Token")

    @route("GET", "/domains")
    def domains(self, heard: Heard) -> object:
        only = json.loads(heard.headers.get("X-Filter", "{}"))
        self.expect(only.keys() <= {"domain", "group", "tags"}, f"X-Filter {only}")
        found = [
            {"id": int(key), "domain": zone, "type": "master", "status": "active", "ttl_sec": 0}
            for key, zone in self.zones.items()
            if only.get("domain", zone) == zone
        ]
        return self._page(heard, found)

    @route("GET", _RECORDS)
    def listed(self, heard: Heard) -> object:
        zone = self._zone(heard)
        return self._page(
            heard, [self._shown(held) for held in self.records.values() if held.zone == zone]
        )

    @route("GET", _RECORDS + "/{id}")
    def record(self, heard: Heard) -> object:
        return self._shown(self._record(heard))

    @route("POST", _RECORDS)
    def create(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        name, rtype = self.absolute(zone, body.take("name"), ""), body.take("type")
        target, ttl = body.take("target"), self._ttl(body.take("ttl_sec", int, 0))
        self._check(name, rtype, target)
        return self._shown(self.insert(zone, name, rtype, target, ttl))

    @route("PUT", _RECORDS + "/{id}")
    def change(self, heard: Heard) -> object:
        record, body = self._record(heard), heard.body()
        record.content = body.take("target", default=record.content)
        record.ttl = self._ttl(body.take("ttl_sec", int, record.ttl))
        name = self.absolute(record.zone, body.take("name", default=self.relative(record, "")), "")
        self.expect(name == record.name, f"{record.name} renamed to {name}")
        for other in ("priority", "weight", "port", "service", "protocol", "tag"):
            self.expect(body.take(other, object, None) in (None, 0), f"{other} of an address")
        self._check(name, record.rtype, record.content)
        return self._shown(record)

    @route("DELETE", _RECORDS + "/{id}")
    def delete(self, heard: Heard) -> object:
        del self.records[self._record(heard).id]
        return {}

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones:
            raise no(404, "Not found")
        return self.zones[heard.steps["zone"]]

    def _record(self, heard: Heard) -> Held:
        record = self.records.get(heard.steps["id"])
        if record is None or record.zone != self._zone(heard):
            raise no(404, "Not found")
        return record

    def _check(self, name: str, rtype: str, target: str) -> None:
        if not self.address(rtype, target):
            self.expect(False, f"{rtype} {target}")
            raise no(400, "Not a valid IP address", "target")
        if self.at(name, "CNAME"):
            raise no(400, "Record conflict - CNAMES must be unique", "name")

    def _ttl(self, ttl: int) -> int:
        return min(_STEPS, key=lambda step: abs(step - ttl))

    def _page(self, heard: Heard, rows: Sequence[object]) -> object:
        size = int(heard.query.take("page_size", default="100"))
        page = int(heard.query.take("page", default="1"))
        self.expect(25 <= size <= 500, f"page_size={size}")
        return {
            "data": rows[(page - 1) * size : page * size],
            "page": page,
            "pages": max(1, -(-len(rows) // size)),
            "results": len(rows),
        }

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": int(record.id),
            "type": record.rtype,
            "name": self.relative(record, ""),
            "target": record.content,
            "ttl_sec": record.ttl,
            "priority": 0,
            "weight": 0,
            "port": 0,
            "service": None,
            "protocol": None,
            "tag": None,
            "created": "2026-01-01T00:01:01",
            "updated": "2026-01-01T00:01:01",
        }
