"""Infomaniak's API, version 2, written from its reference and from Infomaniak's own Go clients."""

from __future__ import annotations

from tests.support.provider_fakes.vendor import Heard, Held, No, Said, Vendor, route

_RECORDS = "/zones/{zone}/records"


def no(status: int, code: str, description: str) -> No:
    return No(status, {"result": "error", "error": {"code": code, "description": description}})


def success(data: object) -> dict[str, object]:
    return {"result": "success", "data": data}


class Infomaniak(Vendor):
    base = "/2"
    least_ttl = 300

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"Bearer {self.token}":
            raise no(401, "not_authorized", "Authorization required")

    @route("GET", "/zones/{zone}/exists")
    def exists(self, heard: Heard) -> object:
        return success(heard.steps["zone"] in self.zones.values())

    @route("GET", _RECORDS)
    def list(self, heard: Heard) -> object:
        zone = self._zone(heard)
        return success([self._shown(row) for row in self.records.values() if row.zone == zone])

    @route("POST", _RECORDS)
    def create(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        name, rtype = self.absolute(zone, body.take("source"), "."), body.take("type")
        content, ttl = body.take("target"), body.take("ttl", int)
        self._check(rtype, content, ttl)
        if any(old.content == content for old in self.at(name, rtype)) or self.at(name, "CNAME"):
            raise no(422, "dns_record_already_exists", "This record already exists")
        return Said(201, success(self._shown(self.insert(zone, name, rtype, content, ttl))))

    @route("PUT", _RECORDS + "/{id}")
    def change(self, heard: Heard) -> object:
        record, body = self._record(heard), heard.body()
        content, ttl = body.take("target"), body.take("ttl", int)
        self._check(record.rtype, content, ttl)
        record.content, record.ttl = content, ttl
        return success(self._shown(record))

    @route("DELETE", _RECORDS + "/{id}")
    def delete(self, heard: Heard) -> object:
        del self.records[self._record(heard).id]
        return success(True)

    def absolute(self, zone: str, name: str, apex: str = "@") -> str:
        return zone if name == apex else super().absolute(zone, name, apex)

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones.values():
            raise no(404, "object_not_found", "Object not found")
        return heard.steps["zone"]

    def _record(self, heard: Heard) -> Held:
        zone = self._zone(heard)
        record = self.records.get(heard.steps["id"])
        if record is None or record.zone != zone:
            raise no(404, "object_not_found", "Object not found")
        self.expect(not record.more.get("dyndns_id"), "a record of their dynamic DNS was changed")
        return record

    def _check(self, rtype: str, content: str, ttl: int) -> None:
        if not self.address(rtype, content) or ttl < self.least_ttl:
            self.expect(False, f"{rtype} {content} with TTL {ttl}")
            raise no(422, "validation_failed", "Validation failed")

    def _shown(self, record: Held) -> dict[str, object]:
        source = self.relative(record, ".")
        return {
            "id": int(record.id),
            "source": source,
            "source_idn": record.name,
            "type": record.rtype,
            "ttl": record.ttl,
            "target": record.content,
            "updated_at": 1767225600,
            "dyndns_id": record.more.get("dyndns_id"),
        }
