"""ClouDNS' API, written from the articles of its wiki (57, 58, 59, 60) and of its API help."""

from __future__ import annotations

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Fields, Heard, Held, No, Settings, Vendor, route

DAYS = (1, 2, 3, 7, 14, 30)
TTLS = {60, 300, 900, 1800, 3600, 21600, 43200, *(days * 86400 for days in DAYS)}
WRITES = ("/add-record.json", "/mod-record.json", "/delete-record.json")


def failed(said: str) -> No:
    return No(200, {"status": "Failed", "statusDescription": said})


def success(said: str, **more: object) -> dict[str, object]:
    return {"status": "Success", "statusDescription": said, **more}


class ClouDns(Vendor):
    base = "/dns"
    auth_id = "1234"

    def settings(self) -> Settings:
        return {"auth_id": self.auth_id, "auth_password": Secret(self.token)}

    def wrong_key(self) -> Settings:
        return {"auth_password": Secret("wrong-password-of-somebody")}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return path.startswith(WRITES)

    def authorise(self, heard: Heard) -> None:
        """Nothing yet: the credentials are among the parameters."""

    @route("GET", "/get-zone-info.json")
    @route("POST", "/get-zone-info.json")
    def zone_info(self, heard: Heard) -> object:
        zone, _ = self._asked(heard)
        return {"name": zone, "type": "master", "zone": "domain", "status": "1"}

    @route("GET", "/records.json")
    @route("POST", "/records.json")
    def list(self, heard: Heard) -> object:
        zone, asked = self._asked(heard)
        host, rtype = asked.take("host", default=""), asked.take("type", default="")
        found = {
            record.id: self._shown(record)
            for record in self.records.values()
            if record.zone == zone
            and host in ("", self.relative(record, ""))
            and rtype in ("", record.rtype)
        }
        return found or []

    @route("POST", "/add-record.json")
    def create(self, heard: Heard) -> object:
        zone, asked = self._asked(heard)
        rtype = asked.take("record-type")
        name, content, ttl = self._said(zone, rtype, asked)
        if any(old.content == content for old in self.at(name, rtype)) or self.at(name, "CNAME"):
            raise failed("The record already exists.")
        record = self.insert(zone, name, rtype, content, ttl)
        return success("The record was added successfully.", data={"id": int(record.id)})

    @route("POST", "/mod-record.json")
    def change(self, heard: Heard) -> object:
        zone, asked = self._asked(heard)
        record = self._record(zone, asked)
        record.name, record.content, record.ttl = self._said(zone, record.rtype, asked)
        return success("The record was modified successfully.")

    @route("POST", "/delete-record.json")
    def delete(self, heard: Heard) -> object:
        zone, asked = self._asked(heard)
        del self.records[self._record(zone, asked).id]
        return success("The record was deleted successfully.")

    def _asked(self, heard: Heard) -> tuple[str, Fields]:
        asked = heard.query if heard.method == "GET" else heard.form()
        sub = "sub-" if "auth-id" not in asked else ""
        who = next(key for key in ("auth-id", "sub-auth-id", "sub-auth-user") if key in asked)
        if (asked.take(who), asked.take("auth-password")) != (self.auth_id, self.token):
            names = "sub-auth-id, sub-auth-user" if sub else "auth-id"
            asked.rest()
            raise failed(f"Invalid authentication, incorrect {names} or auth-password.")
        zone = asked.take("domain-name")
        if zone not in self.zones.values():
            raise failed("Missing domain-name")
        return zone, asked

    def _record(self, zone: str, asked: Fields) -> Held:
        record = self.records.get(asked.take("record-id"))
        if record is None or record.zone != zone:
            raise failed("Invalid record-id param.")
        return record

    def _said(self, zone: str, rtype: str, asked: Fields) -> tuple[str, str, int]:
        name = self.absolute(zone, asked.take("host"), "")
        content, ttl = asked.take("record"), int(asked.take("ttl"))
        if not self.address(rtype, content) or ttl not in TTLS:
            self.expect(False, f"{rtype} {content} with TTL {ttl}")
            raise failed("Invalid TTL or record")
        return name, content, ttl

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": record.id,
            "type": record.rtype,
            "host": self.relative(record, ""),
            "record": record.content,
            "dynamicurl_status": 0,
            "failover": "0",
            "ttl": str(record.ttl),
            "status": record.more.get("status", 1),
            **{key: value for key, value in record.more.items() if key.startswith("geodns")},
        }
