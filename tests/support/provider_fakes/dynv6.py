"""dynv6's REST API, written from its OpenAPI description (dynv6.github.io/api-spec)."""

from __future__ import annotations

from tests.support.provider_fakes.vendor import Heard, Held, No, Vendor, route

_RECORDS = "/zones/{zone}/records"


class Dynv6(Vendor):
    base = "/api/v2"

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"Bearer {self.token}":
            raise No(401, "")

    @route("GET", "/zones/by-name/{name}")
    def zone_by_name(self, heard: Heard) -> object:
        for key, name in self.zones.items():
            if name == heard.steps["name"]:
                return {
                    "name": name,
                    "ipv4address": "",
                    "ipv6prefix": "",
                    "id": int(key),
                    "createdAt": "2024-11-27T14:24:02+01:00",
                    "updatedAt": "2024-11-27T14:24:02+01:00",
                }
        raise No(404, "")

    @route("GET", _RECORDS)
    def list_records(self, heard: Heard) -> object:
        zone = self._zone(heard)
        return [self._shown(row) for row in self.records.values() if row.zone == zone]

    @route("POST", _RECORDS)
    def create(self, heard: Heard) -> object:
        zone = self._zone(heard)
        name, rtype, data = self._said(heard, zone)
        if self.at(name, "CNAME"):
            raise No(422, {"errors": {"name": ["is taken by a CNAME"]}})
        return self._shown(self.insert(zone, name, rtype, data, 60))

    @route("PATCH", _RECORDS + "/{id}")
    def change(self, heard: Heard) -> object:
        record = self._record(heard)
        record.name, rtype, record.content = self._said(heard, record.zone)
        record.more.pop("data", None)
        self.expect(rtype == record.rtype, f"an {record.rtype} record was to become {rtype}")
        return self._shown(record)

    @route("DELETE", _RECORDS + "/{id}")
    def delete(self, heard: Heard) -> None:
        del self.records[self._record(heard).id]

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones:
            raise No(404, "")
        return self.zones[heard.steps["zone"]]

    def _record(self, heard: Heard) -> Held:
        record = self.records.get(heard.steps["id"])
        if record is None or record.zone != self._zone(heard):
            raise No(404, "")
        return record

    def _said(self, heard: Heard, zone: str) -> tuple[str, str, str]:
        body = heard.body()
        name = self.absolute(zone, body.take("name"), apex="")
        rtype, data = body.take("type"), body.take("data")
        if not self.address(rtype, data):
            self.expect(False, f"{rtype} {data}")
            raise No(422, {"errors": {"data": ["is invalid"]}})
        return name, rtype, data

    def _shown(self, record: Held) -> dict[str, object]:
        """The record; `data` may be the host's part of an address that `expandedData` shows."""
        return {
            "type": record.rtype,
            "name": self.relative(record, apex=""),
            "data": record.more.get("data", record.content),
            "expandedData": record.content,
            "id": int(record.id),
            "zoneID": next(int(key) for key, name in self.zones.items() if name == record.zone),
        }
