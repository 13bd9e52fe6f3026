"""DigitalOcean's API, written from its OpenAPI description, by which every exchange is checked."""

from __future__ import annotations

from tests.support.provider_fakes.vendor import Heard, Held, No, Said, Vendor, route

_RECORDS = "/domains/{zone}/records"
_ABSENT = {"id": "not_found", "message": "The resource you were accessing could not be found."}


class DigitalOcean(Vendor):
    base = "/v2"
    described = ("digitalocean.json", "https://api.digitalocean.com")

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"Bearer {self.token}":
            raise No(401, {"id": "unauthorized", "message": "Unable to authenticate you"})

    @route("GET", "/domains/{zone}")
    def domain(self, heard: Heard) -> object:
        zone = self._zone(heard)
        return {"domain": {"name": zone, "ttl": 1800, "zone_file": f"$ORIGIN {zone}.\n"}}

    @route("GET", _RECORDS)
    def list(self, heard: Heard) -> object:
        zone = self._zone(heard)
        name, rtype = heard.query.take("name", default=""), heard.query.take("type", default="")
        size = int(heard.query.take("per_page", default="20"))
        page = int(heard.query.take("page", default="1"))
        self.expect(1 <= size <= 200, f"per_page={size}")
        self.expect(f".{name or zone}".endswith(f".{zone}"), f"name={name}: the FQDN is wanted")
        found = [
            self._shown(record)
            for record in self.records.values()
            if record.zone == zone and name in ("", record.name) and rtype in ("", record.rtype)
        ]
        shown = found[(page - 1) * size : page * size]
        return {"domain_records": shown, "links": {}, "meta": {"total": len(found)}}

    @route("POST", _RECORDS)
    def create(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        rtype, content = body.take("type"), body.take("data")
        name = self.absolute(zone, body.take("name"))
        self._check(rtype, content)
        if self.at(name, "CNAME"):
            raise No(422, {"id": "unprocessable_entity", "message": "CNAME conflicts"})
        record = self.insert(zone, name, rtype, content, body.take("ttl", int, 1800))
        return Said(201, {"domain_record": self._shown(record)})

    @route("PATCH", _RECORDS + "/{id}")
    @route("PUT", _RECORDS + "/{id}")
    def change(self, heard: Heard) -> object:
        record, body = self._record(heard), heard.body()
        self.expect(body.take("type") == record.rtype, "the type of a record cannot change")
        if "name" in body:
            record.name = self.absolute(record.zone, body.take("name"))
        record.content = body.take("data", default=record.content)
        record.ttl = body.take("ttl", int, record.ttl)
        self._check(record.rtype, record.content)
        return {"domain_record": self._shown(record)}

    @route("DELETE", _RECORDS + "/{id}")
    def delete(self, heard: Heard) -> None:
        del self.records[self._record(heard).id]

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones.values():
            raise No(404, _ABSENT)
        return heard.steps["zone"]

    def _record(self, heard: Heard) -> Held:
        zone = self._zone(heard)
        record = self.records.get(heard.steps["id"])
        if record is None or record.zone != zone:
            raise No(404, _ABSENT)
        return record

    def _check(self, rtype: str, content: str) -> None:
        if not self.address(rtype, content):
            self.expect(False, f"{rtype} {content}")
            raise No(422, {"id": "unprocessable_entity", "message": "Data is invalid"})

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": int(record.id),
            "type": record.rtype,
            "name": self.relative(record),
            "data": record.content,
            "priority": None,
            "port": None,
            "ttl": record.ttl,
            "weight": None,
            "flags": None,
            "tag": None,
        }
