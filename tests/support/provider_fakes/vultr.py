"""Vultr's API (v2), written from its reference: cursors, and no filter for names."""

from __future__ import annotations

from uuid import UUID

from tests.support.provider_fakes.vendor import Heard, Held, No, Said, Vendor, route

_RECORDS = "/domains/{zone}/records"


def no(status: int, error: str) -> No:
    return No(status, {"error": error, "status": status})


class Vultr(Vendor):
    base = "/v2"
    least_ttl = 120

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"Bearer {self.token}":
            raise no(401, "Invalid API token.")

    @route("GET", "/domains")
    def domains(self, heard: Heard) -> object:
        found = [self._domain(zone) for zone in self.zones.values()]
        return {"domains": found, "meta": {"total": len(found), "links": {"next": "", "prev": ""}}}

    @route("GET", "/domains/{zone}")
    def domain(self, heard: Heard) -> object:
        return {"domain": self._domain(self._zone(heard))}

    @route("GET", _RECORDS)
    def records_of(self, heard: Heard) -> object:
        zone = self._zone(heard)
        size, start = int(heard.query.take("per_page", default="100")), 0
        self.expect(1 <= size <= 500, f"per_page={size}")
        if "cursor" in heard.query:
            start = int(heard.query.take("cursor").removeprefix("bmV4dF9f"))
        rows = [self._shown(record) for record in self.records.values() if record.zone == zone]
        end = start + size
        links = {"next": f"bmV4dF9f{end}" if end < len(rows) else "", "prev": ""}
        return {"records": rows[start:end], "meta": {"total": len(rows), "links": links}}

    @route("GET", _RECORDS + "/{id}")
    def record(self, heard: Heard) -> object:
        return {"record": self._shown(self._record(heard))}

    @route("POST", _RECORDS)
    def create(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        name, rtype = self.absolute(zone, body.take("name"), ""), body.take("type")
        data, ttl = body.take("data"), body.take("ttl", int, 300)
        self.expect(body.take("priority", int, 0) == 0, "a priority of an address")
        self._check(name, rtype, data, ttl)
        if data in self.held(name, rtype):
            raise no(400, "Unable to add record: Duplicate record")
        return Said(201, {"record": self._shown(self.insert(zone, name, rtype, data, ttl))})

    @route("PATCH", _RECORDS + "/{id}")
    def change(self, heard: Heard) -> None:
        record, body = self._record(heard), heard.body()
        name = body.take("name", default=self.relative(record, ""))
        self.expect(self.absolute(record.zone, name, "") == record.name, f"a new name: {name}")
        record.content = body.take("data", default=record.content)
        record.ttl = body.take("ttl", int, record.ttl)
        self._check(record.name, record.rtype, record.content, record.ttl)

    @route("DELETE", _RECORDS + "/{id}")
    def delete(self, heard: Heard) -> None:
        del self.records[self._record(heard).id]

    def insert(self, zone: str, name: str, rtype: str, content: str, ttl: int, **more: str) -> Held:
        record = super().insert(zone, name, rtype, content, ttl, **more)
        del self.records[record.id]
        record.id = str(UUID(int=int(record.id)))
        self.records[record.id] = record
        return record

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones.values():
            raise no(404, "Invalid domain.")
        return heard.steps["zone"]

    def _record(self, heard: Heard) -> Held:
        record = self.records.get(heard.steps["id"])
        if record is None or record.zone != self._zone(heard):
            raise no(404, "Invalid record.")
        return record

    def _check(self, name: str, rtype: str, data: str, ttl: int) -> None:
        self.expect(ttl >= self.least_ttl, f"ttl={ttl}")
        if not self.address(rtype, data):
            self.expect(False, f"{rtype} {data}")
            raise no(400, "Invalid data")
        if self.at(name, "CNAME"):
            raise no(400, "Unable to add record: A CNAME record already exists")

    def _domain(self, zone: str) -> object:
        return {"domain": zone, "date_created": "2026-01-01T00:01:01+00:00", "dns_sec": "disabled"}

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": record.id,
            "type": record.rtype,
            "name": self.relative(record, ""),
            "data": record.content,
            "priority": -1,
            "ttl": record.ttl,
        }
