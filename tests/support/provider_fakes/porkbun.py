"""Porkbun's API v3, written from its documentation and from answers that its users have shown."""

from __future__ import annotations

import json
from typing import ClassVar

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Fields, Heard, Held, No, Settings, Vendor, route


def no(message: str, code: str = "") -> No:
    coded = {"code": code} if code else {}  # there since version 3.3
    return No(400, {"status": "ERROR", "message": message, **coded})


class Porkbun(Vendor):
    base = "/api/json/v3"
    least_ttl = 600
    token: ClassVar[str] = "pk1_7d119e3f656b"
    secret: ClassVar[str] = "sk1_5299b57125c8"

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.closed: set[str] = set()  # zones whose owner has not switched on API access

    def settings(self) -> Settings:
        return {"api_key": Secret(self.token), "secret_key": Secret(self.secret)}

    def wrong_key(self) -> Settings:
        return {"secret_key": Secret("sk1_of-somebody-else")}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return path.startswith(("/dns/create/", "/dns/edit/", "/dns/delete/"))

    def authorise(self, heard: Heard) -> None:
        keys = json.loads(heard.raw)
        if (keys.get("apikey"), keys.get("secretapikey")) != (self.token, self.secret):
            raise no("Invalid API key. (001)", "INVALID_API_KEYS_001")

    @route("POST", "/ping")
    def ping(self, heard: Heard) -> object:
        self._body(heard)
        return {"status": "SUCCESS", "yourIp": "203.0.113.1"}

    @route("POST", "/domain/getNs/{zone}")
    def name_servers(self, heard: Heard) -> object:
        self._zone(heard)
        self._body(heard)
        return {"status": "SUCCESS", "ns": ["curitiba.ns.porkbun.com", "salvador.ns.porkbun.com"]}

    @route("POST", "/dns/retrieve/{zone}")
    def retrieve(self, heard: Heard) -> object:
        zone = self._zone(heard)
        self._body(heard)
        held = [record for record in self.records.values() if record.zone == zone]
        records = [self._shown(record) for record in held]
        return {"status": "SUCCESS", "cloudflare": "enabled", "records": records}

    @route("POST", "/dns/create/{zone}")
    def create(self, heard: Heard) -> object:
        name, rtype, content, ttl = self._wanted(heard)
        twin = content in self.held(name, rtype)
        if twin or self.at(name, "CNAME") or self.at(name, "ALIAS"):
            raise no("Create error: We were unable to create the DNS record.")
        record = self.insert(self._zone(heard), name, rtype, content, ttl)
        return {"status": "SUCCESS", "id": record.id}

    @route("POST", "/dns/edit/{zone}/{id}")
    def edit(self, heard: Heard) -> object:
        record = self._record(heard)
        wanted = self._wanted(heard)
        if wanted == (record.name, record.rtype, record.content, record.ttl):
            raise no("Edit error: We were unable to edit the DNS record.")
        record.name, record.rtype, record.content, record.ttl = wanted
        return {"status": "SUCCESS"}

    @route("POST", "/dns/delete/{zone}/{id}")
    def delete(self, heard: Heard) -> object:
        self._body(heard)
        del self.records[self._record(heard).id]
        return {"status": "SUCCESS"}

    def _wanted(self, heard: Heard) -> tuple[str, str, str, int]:
        zone, body = self._zone(heard), self._body(heard)
        rtype, content = body.take("type"), body.take("content")
        name = self.absolute(zone, body.take("name", default=""), apex="")
        ttl = int(body.take("ttl", object, "600"))
        self.expect(ttl >= 600, f"ttl {ttl}")
        if not self.address(rtype, content):
            self.expect(False, f"{rtype} {content}")
            raise no("Create error: We were unable to create the DNS record.")
        return name, rtype, content, ttl

    def _zone(self, heard: Heard) -> str:
        zone = heard.steps["zone"]
        if zone not in self.zones.values():
            raise no("Invalid domain.", "INVALID_DOMAIN")
        if zone in self.closed:
            raise no("Domain is not opted in to API access.")
        return zone

    def _record(self, heard: Heard) -> Held:
        record = self.records.get(heard.steps["id"])
        if record is None or record.zone != self._zone(heard):
            raise no("Invalid record ID.", "INVALID_RECORD_ID")
        return record

    def _body(self, heard: Heard) -> Fields:
        body = heard.body()
        body.take("apikey")
        body.take("secretapikey")
        return body

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": record.id,
            "name": record.name,
            "type": record.rtype,
            "content": record.content,
            "ttl": str(record.ttl),
            "prio": "0",
            "notes": "",
        }
