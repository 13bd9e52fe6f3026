"""bunny.net's DNS API, written from its reference."""

from __future__ import annotations

from typing import ClassVar

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Heard, Held, No, Said, Settings, Vendor, route

_ZONE = "/dnszone/{zone}"
_RECORD = _ZONE + "/records/{id}"
TYPES = {"A": 0, "AAAA": 1, "CNAME": 2, "TXT": 3, "Flatten": 6, "PullZone": 7}
_OPTIONS = {"Accelerated": bool, "AutoSslIssuance": bool, "Comment": str, "MonitorType": int}


def no(status: int, key: str, field: str, message: str) -> No:
    return No(status, {"ErrorKey": key, "Field": field, "Message": message})


class Bunny(Vendor):
    most_of_a_page: ClassVar[int] = 1000

    def settings(self) -> Settings:
        return {"key": Secret(self.token)}

    def wrong_key(self) -> Settings:
        return {"key": Secret("wrong-key-of-somebody")}

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("AccessKey") != self.token:
            raise No(401, {"Message": "Authorization has been denied for this request."})

    @route("GET", "/dnszone")
    def zones_like(self, heard: Heard) -> object:
        word = heard.query.take("search", default="")
        page, size = (int(heard.query.take(name, default="0")) for name in ("page", "perPage"))
        self.expect(size == 0 or 5 <= size <= 1000, f"perPage={size}")
        size, page = min(size or 1000, self.most_of_a_page), page or 1
        found = [(key, name) for key, name in self.zones.items() if word in name]
        shown = found[(page - 1) * size : page * size]
        return {
            "CurrentPage": page,
            "TotalItems": len(found),
            "HasMoreItems": page * size < len(found),
            "Items": [{"Id": int(key), "Domain": name, "Records": []} for key, name in shown],
        }

    @route("GET", _ZONE)
    def zone(self, heard: Heard) -> object:
        zone = self._zone(heard)
        held = [self._shown(record) for record in self.records.values() if record.zone == zone]
        return {"Id": int(heard.steps["zone"]), "Domain": zone, "Records": held}

    @route("PUT", _ZONE + "/records")
    def add(self, heard: Heard) -> object:
        zone = self._zone(heard)
        name, rtype, value, ttl, more = self._wanted(heard)
        if self.at(name, "CNAME"):
            raise no(400, "dnszone.record.conflict", "Name", "A CNAME record exists at this name.")
        return Said(201, self._shown(self.insert(zone, name, rtype, value, ttl, **more)))

    @route("POST", _RECORD)
    def change(self, heard: Heard) -> None:
        record = self._record(heard)
        name, rtype, record.content, record.ttl, more = self._wanted(heard)
        self.expect((name, rtype) == (record.name, record.rtype), "a record that moves")
        record.more = more  # what is not said is gone, for all that the reference says

    @route("DELETE", _RECORD)
    def delete(self, heard: Heard) -> None:
        del self.records[self._record(heard).id]

    def _wanted(self, heard: Heard) -> tuple[str, str, str, int, dict[str, object]]:
        zone, body = self._zone(heard), heard.body()
        kind, ttl = body.take("Type", int), body.take("Ttl", int, 300)
        rtype = {number: name for name, number in TYPES.items()}.get(kind, "")
        name, value = self.absolute(zone, body.take("Name"), apex=""), body.take("Value")
        more = {key: body.take(key, form) for key, form in _OPTIONS.items() if key in body}
        self.expect(ttl >= 60, f"Ttl {ttl}")
        if not self.address(rtype, value):
            self.expect(False, f"{rtype} {value}")
            raise no(400, "validation_error", "Value", "The value is not valid for this type.")
        return name, rtype, value, ttl, more

    def _zone(self, heard: Heard) -> str:
        zone = self.zones.get(heard.steps["zone"])
        if zone is None:
            raise no(404, "dnszone.not_found", "Id", "The requested DNS zone was not found.")
        return zone

    def _record(self, heard: Heard) -> Held:
        zone, record = self._zone(heard), self.records.get(heard.steps["id"])
        if record is None or record.zone != zone:
            raise no(404, "dnszone.record.not_found", "Id", "The requested record was not found.")
        return record

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "Id": int(record.id),
            "Type": TYPES[record.rtype],
            "Ttl": record.ttl,
            "Value": record.content,
            "Name": self.relative(record, ""),
            "Weight": record.more.get("Weight", 100),
            "Priority": 0,
            "Accelerated": record.more.get("Accelerated", False),
            "MonitorType": 0,
            "SmartRoutingType": record.more.get("SmartRoutingType", 0),
            "Disabled": record.more.get("Disabled", False),
            "Comment": record.more.get("Comment"),
            "AutoSslIssuance": True,
        }
