"""IONOS' DNS API for hosting, written from its reference."""

from __future__ import annotations

from typing import ClassVar

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import (
    Fields,
    Heard,
    Held,
    No,
    Said,
    Settings,
    Vendor,
    route,
)

_ZONE = "/zones/{zone}"
_RECORD = _ZONE + "/records/{id}"


def no(status: int, code: str, message: str) -> No:
    return No(status, [{"code": code, "message": message}])


class Ionos(Vendor):
    base = "/dns/v1"
    token: ClassVar[str] = "1a2b3c4d5e6f.Zm9yLW5vYm9keXMtZXllcw"

    def settings(self) -> Settings:
        return {"key": Secret(self.token)}

    def wrong_key(self) -> Settings:
        return {"key": Secret("1a2b3c4d5e6f.b2Ytc29tZWJvZHktZWxzZQ")}

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("X-API-Key") != self.token:
            raise no(401, "UNAUTHORIZED", "The customer is not authorized to do this operation.")

    @route("GET", "/zones")
    def all_zones(self, heard: Heard) -> object:
        zones = self.zones.items()
        return [{"name": name, "id": f"11af-{key}", "type": "NATIVE"} for key, name in zones]

    @route("GET", _ZONE)
    def zone(self, heard: Heard) -> object:
        zone = self._zone(heard)
        name, rtype = (heard.query.take(key, default="") for key in ("recordName", "recordType"))
        self.expect(f".{name or zone}".endswith(f".{zone}"), f"recordName={name}: no FQDN")
        held = [
            self._shown(record)
            for record in self.records.values()
            if record.zone == zone and name in ("", record.name) and rtype in ("", record.rtype)
        ]
        return {"name": zone, "id": heard.steps["zone"], "type": "NATIVE", "records": held}

    @route("POST", _ZONE + "/records")
    def create(self, heard: Heard) -> object:
        zone, rows = self._zone(heard), heard.document
        self.expect(isinstance(rows, list) and len(rows) > 0, f"no list of records: {rows}")
        return Said(201, [self._created(zone, heard.fields("record", row)) for row in rows])

    @route("PUT", _RECORD)
    def change(self, heard: Heard) -> object:
        record, body = self._record(heard), heard.body()
        record.content, record.ttl, record.more["disabled"] = self._wanted(record.rtype, body)
        return self._shown(record)

    @route("DELETE", _RECORD)
    def delete(self, heard: Heard) -> object:
        del self.records[self._record(heard).id]
        return Said(200)

    def _created(self, zone: str, row: Fields) -> object:
        name, rtype = row.take("name"), row.take("type")
        content, ttl, disabled = self._wanted(rtype, row)
        if not f".{name}".endswith(f".{zone}"):
            self.expect(False, f"{name} is no FQDN in {zone}")
            raise no(400, "INVALID_RECORD", "Record is invalid.")
        if content in self.held(name, rtype):
            raise no(400, "RECORD_ALREADY_EXISTS", "Record already exists.")
        if self.at(name, "CNAME"):
            raise no(400, "INVALID_RECORD", "Record is invalid.")
        return self._shown(self.insert(zone, name, rtype, content, ttl, disabled=disabled))

    def _wanted(self, rtype: str, row: Fields) -> tuple[str, int, bool]:
        content, ttl = row.take("content"), row.take("ttl", int, 3600)
        self.expect(row.take("prio", int, 0) == 0, "a priority of an address")
        self.expect(ttl >= 60, f"ttl {ttl}")
        if not self.address(rtype, content):
            self.expect(False, f"{rtype} {content}")
            raise no(400, "INVALID_RECORD", "Record is invalid.")
        return content, ttl, row.take("disabled", bool, False)

    def _zone(self, heard: Heard) -> str:
        zone = self.zones.get(heard.steps["zone"].removeprefix("11af-"))
        if zone is None:
            raise no(404, "ZONE_NOT_FOUND", "Zone does not exist.")
        return zone

    def _record(self, heard: Heard) -> Held:
        zone, record = self._zone(heard), self.records.get(heard.steps["id"])
        if record is None or record.zone != zone:
            raise no(404, "RECORD_NOT_FOUND", "Record does not exist.")
        return record

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": record.id,
            "name": record.name,
            "rootName": record.zone,
            "type": record.rtype,
            "content": record.content,
            "changeDate": "2026-03-01T03:00:00.000Z",
            "ttl": record.ttl,
            "disabled": record.more.get("disabled", False),
        }
