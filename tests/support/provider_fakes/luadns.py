"""LuaDNS' API, written from its page and from the answers recorded with its own Go client."""

from __future__ import annotations

import base64

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Heard, Held, No, Settings, Vendor, route

_RECORDS = "/zones/{zone}/records"


def no(status: int, title: str, message: str) -> No:
    return No(status, {"status": title, "request_id": "apollo/Bcz2-000001", "message": message})


def invalid(field: str, message: str) -> No:
    return No(400, [{"fieldNames": [field], "message": message}])


class LuaDns(Vendor):
    base = "/v1"
    least_ttl = 300
    email = "joe@example.com"

    def settings(self) -> Settings:
        return {"email": self.email, "token": Secret(self.token)}

    def authorise(self, heard: Heard) -> None:
        self.expect("json" in heard.headers.get("Accept", ""), "Accept lacks application/json")
        pair = base64.b64encode(f"{self.email}:{self.token}".encode()).decode()
        if heard.headers.get("Authorization") != f"Basic {pair}":
            raise no(401, "Unauthorized", "Invalid credentials.")

    @route("GET", "/zones")
    def list_zones(self, heard: Heard) -> object:
        shared = {"template_id": 0, "synced": False, "queries_count": 0, "records": None}
        return [{"id": int(key), "name": name, **shared} for key, name in self.zones.items()]

    @route("GET", _RECORDS)
    def list_records(self, heard: Heard) -> object:
        zone = self._zone(heard)
        return [self._shown(row) for row in self.records.values() if row.zone == zone]

    @route("POST", _RECORDS)
    def create(self, heard: Heard) -> object:
        zone = self._zone(heard)
        name, rtype, content, ttl = self._said(heard, zone)
        if self.at(name, "CNAME"):
            raise invalid("name", "CNAME record exists for this name")
        return self._shown(self.insert(zone, name, rtype, content, ttl))

    @route("PUT", _RECORDS + "/{id}")
    def change(self, heard: Heard) -> object:
        record = self._record(heard)
        record.name, rtype, record.content, record.ttl = self._said(heard, record.zone)
        self.expect(rtype == record.rtype, f"an {record.rtype} record was to become {rtype}")
        return self._shown(record)

    @route("DELETE", _RECORDS + "/{id}")
    def delete(self, heard: Heard) -> object:
        return self._shown(self.records.pop(self._record(heard).id))

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones:
            raise no(404, "Not Found", "Zone not found.")
        return self.zones[heard.steps["zone"]]

    def _record(self, heard: Heard) -> Held:
        zone = self._zone(heard)
        record = self.records.get(heard.steps["id"])
        if record is None or record.zone != zone:
            raise no(404, "Not Found", "Record not found.")
        self.expect(not record.more.get("generated"), "a generated record was to be changed")
        return record

    def _said(self, heard: Heard, zone: str) -> tuple[str, str, str, int]:
        """The whole record, as every write gives it."""
        body = heard.body()
        name, rtype, content = (body.take(key) for key in ("name", "type", "content"))
        if not f".{name}".endswith(f".{zone}."):
            self.expect(False, f"the name {name}, where an FQDN with its final dot is wanted")
            raise invalid("name", "invalid name")
        if not self.address(rtype, content):
            self.expect(False, f"{rtype} {content}")
            raise invalid("content", "invalid IPv4 address")
        ttl = body.take("ttl", int)
        self.expect(ttl >= self.least_ttl, f"ttl {ttl}")
        return name.removesuffix("."), rtype, content, ttl

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": int(record.id),
            "name": f"{record.name}.",
            "type": record.rtype,
            "content": record.content,
            "ttl": record.ttl,
            "zone_id": next(int(key) for key, name in self.zones.items() if name == record.zone),
            "generated": record.more.get("generated", False),
            "created_at": "2023-08-25T09:07:17Z",
            "updated_at": "2023-08-25T09:07:17Z",
        }
