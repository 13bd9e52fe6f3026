"""Netlify's API, written from its description, by which every exchange is checked."""

from __future__ import annotations

from tests.support.provider_fakes.vendor import Heard, No, Said, Vendor, route

_RECORDS = "/dns_zones/{zone}/dns_records"


def no(status: int, message: str) -> No:
    return No(status, {"code": status, "message": message})


class Netlify(Vendor):
    base = "/api/v1"
    described = ("netlify.json", "https://api.netlify.com")

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"Bearer {self.token}":
            raise no(401, "Access Denied")

    @route("GET", "/dns_zones")
    def dns_zones(self, heard: Heard) -> object:
        return [
            {"id": key, "name": zone, "supported_record_types": ["A", "AAAA"], "records": []}
            for key, zone in self.zones.items()
        ]

    @route("GET", _RECORDS)
    def listed(self, heard: Heard) -> object:
        zone = self._zone(heard)
        return [self._shown(record.id) for record in self.records.values() if record.zone == zone]

    @route("POST", _RECORDS)
    def create(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        name, rtype = body.take("hostname"), body.take("type")
        value, ttl = body.take("value"), body.take("ttl", int, 3600)
        self.expect(f".{name}".endswith(f".{zone}"), f"hostname {name}: the FQDN is wanted")
        if not self.address(rtype, value):
            self.expect(False, f"{rtype} {value}")
            raise no(422, "value is invalid")
        if value in self.held(name, rtype) or self.at(name, "CNAME"):
            raise no(422, f"{rtype} record already exists with that hostname and value")
        return Said(201, self._shown(self.insert(zone, name, rtype, value, ttl).id))

    @route("DELETE", _RECORDS + "/{id}")
    def delete(self, heard: Heard) -> None:
        zone, number = self._zone(heard), heard.steps["id"]
        if number not in self.records or self.records[number].zone != zone:
            raise no(404, "Not Found")
        del self.records[number]

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones:
            raise no(404, "Not Found")
        return self.zones[heard.steps["zone"]]

    def _shown(self, number: str) -> dict[str, object]:
        record = self.records[number]
        return {
            "id": number,
            "hostname": record.name,
            "type": record.rtype,
            "value": record.content,
            "ttl": record.ttl,
            "dns_zone_id": "71",
            "managed": record.more.get("managed", False),
        }
