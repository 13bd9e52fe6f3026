"""NameSilo's API, written from its reference; in JSON and in XML, as the caller asks for."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Heard, Held, No, Said, Settings, Vendor, route

_DUPLICATE = "could not add resource record to domain since it already exists (duplicate)"


class NameSilo(Vendor):
    base = "/api"
    least_ttl = 3600
    token = "5f4dcc3b5aa765d61d8327de"

    def settings(self) -> Settings:
        return {"key": Secret(self.token)}

    def wrong_key(self) -> Settings:
        return {"key": Secret("0123456789abcdef01234567")}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return path.startswith(("/dnsAdd", "/dnsUpdate", "/dnsDelete"))

    def authorise(self, heard: Heard) -> None:
        self._xml = heard.query.take("type") == "xml"
        if heard.query.take("version") != "1":
            raise self._no(heard, 103, "Invalid API version")
        if heard.query.take("key") != self.token:
            raise self._no(heard, 110, "Invalid API Key")

    @route("GET", "/getDomainInfo")
    def domain(self, heard: Heard) -> object:
        self._zone(heard)
        return self._said(heard, status="Active", locked="Yes")

    @route("GET", "/dnsListRecords")
    def list(self, heard: Heard) -> object:
        zone = self._zone(heard)
        held = [self._shown(record) for record in self.records.values() if record.zone == zone]
        # Of a single one the list is left out, as it happens where XML becomes JSON.
        found: object = held[0] if len(held) == 1 else held
        return self._said(heard, **({"resource_record": found} if held else {}))

    @route("GET", "/dnsAddRecord")
    def add(self, heard: Heard) -> object:
        zone, rtype = self._zone(heard), heard.query.take("rrtype")
        name, value, ttl = self._wanted(heard, zone, rtype)
        if value in self.held(name, rtype):
            raise self._no(heard, 280, _DUPLICATE)
        if self.at(name, "CNAME"):
            raise self._no(heard, 280, "could not add resource record: a CNAME is in the way")
        return self._said(heard, record_id=self.insert(zone, name, rtype, value, ttl).id)

    @route("GET", "/dnsUpdateRecord")
    def update(self, heard: Heard) -> object:
        record = self._record(heard)
        name, value, ttl = self._wanted(heard, record.zone, record.rtype)
        del self.records[record.id]
        return self._said(
            heard, record_id=self.insert(record.zone, name, record.rtype, value, ttl).id
        )

    @route("GET", "/dnsDeleteRecord")
    def delete(self, heard: Heard) -> object:
        del self.records[self._record(heard).id]
        return self._said(heard)

    def _zone(self, heard: Heard) -> str:
        zone: str = heard.query.take("domain")
        if zone not in self.zones.values():
            raise self._no(heard, 200, "Domain is not active, or does not belong to this user")
        return zone

    def _record(self, heard: Heard) -> Held:
        zone, record = self._zone(heard), self.records.get(heard.query.take("rrid"))
        if record is None or record.zone != zone:
            raise self._no(heard, 280, "could not find the resource record")
        return record

    def _wanted(self, heard: Heard, zone: str, rtype: str) -> tuple[str, str, int]:
        name = self.absolute(zone, heard.query.take("rrhost", default=""), apex="")
        value, ttl = heard.query.take("rrvalue"), int(heard.query.take("rrttl", default="7207"))
        self.expect(3600 <= ttl <= 2592001, f"rrttl {ttl}")
        if not self.address(rtype, value):
            self.expect(False, f"{rtype} {value}")
            raise self._no(heard, 280, "could not add resource record: invalid value")
        return name, value, ttl

    def _no(self, heard: Heard, code: int, detail: str) -> No:
        said = self._document(heard, {"code": code, "detail": detail})
        return No(said.status, said.document, **dict(said.headers))

    def _said(self, heard: Heard, **more: object) -> Said:
        return self._document(heard, {"code": "300", "detail": "success", **more})

    def _document(self, heard: Heard, reply: dict[str, Any]) -> Said:
        request = {"operation": heard.path.strip("/"), "ip": "203.0.113.1"}
        if not self._xml:
            return Said(200, {"request": request, "reply": reply})
        root = ET.Element("namesilo")
        for name, part in (("request", request), ("reply", reply)):
            _fill(ET.SubElement(root, name), part)
        return Said(200, ET.tostring(root), {"Content_Type": "text/xml"})

    def _shown(self, record: Held) -> dict[str, str]:
        return {
            "record_id": record.id,
            "type": record.rtype,
            "host": record.name,
            "value": record.content,
            "ttl": str(record.ttl),
            "distance": "0",
        }


def _fill(element: ET.Element, values: dict[str, Any]) -> None:
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            child = ET.SubElement(element, name)
            if isinstance(one, dict):
                _fill(child, one)
            else:
                child.text = str(one)
