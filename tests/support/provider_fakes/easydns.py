"""easyDNS's REST API, written from its reference, as it really answers: numbers as text."""

from __future__ import annotations

from base64 import b64encode

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Heard, Held, No, Said, Settings, Vendor, route

_RECORDS = "/zones/records"


def no(status: int, message: str) -> No:
    return No(status, {"error": {"code": status, "message": message}})


class EasyDns(Vendor):
    key = "right-key-of-mine"
    least_ttl = 300

    def settings(self) -> Settings:
        return {"token": Secret(self.token), "key": Secret(self.key)}

    def authorise(self, heard: Heard) -> None:
        pair = b64encode(f"{self.token}:{self.key}".encode()).decode()
        if heard.headers.get("Authorization") != f"Basic {pair}":
            raise no(401, "Unauthorized")
        self.expect(heard.query.take("format", default="") == "json", "format=json is missing")

    @route("GET", "/domain/{zone}")
    def domain(self, heard: Heard) -> object:
        zone = heard.steps["zone"]
        if zone not in self.zones.values():
            return self._ok({"domain": zone, "exists": "N"})
        return self._ok({"id": zone, "domain": zone, "exists": "Y", "service": "dns"})

    @route("GET", _RECORDS + "/all/{zone}")
    def listed(self, heard: Heard) -> object:
        zone = self._zone(heard)
        start = int(heard.query.take("start", default="0"))
        most = int(heard.query.take("max", default="1000"))
        self.expect(1 <= most <= 1000, f"max={most}")
        rows = [self._shown(record) for record in self.records.values() if record.zone == zone]
        page = rows[start : start + most]
        paging = {"count": len(page), "total": len(rows), "start": start, "max": most}
        return {**self._ok(page), **paging}

    @route("PUT", _RECORDS + "/add/{zone}/{type}")
    def add(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        name, rtype = self.absolute(zone, body.take("host")), heard.steps["type"]
        self.expect(body.take("domain", default=zone) == zone, "another domain")
        self.expect(body.take("type", default=rtype) == rtype, "another type")
        rdata, ttl = body.take("rdata"), body.take("ttl", int, 600)
        for other in ("prio", "geozone_id"):
            self.expect(body.take(other, int, 0) == 0, f"{other} of an address")
        self._check(name, rtype, rdata, ttl)
        record = self.insert(zone, name, rtype, rdata, ttl)
        return Said(201, {**self._ok(self._shown(record)), "status": 201})

    @route("POST", _RECORDS + "/{id}")
    def change(self, heard: Heard) -> object:
        if heard.steps["id"] not in self.records:
            raise no(404, "Record not found")
        record, body = self.records[heard.steps["id"]], heard.body()
        name = self.absolute(record.zone, body.take("host"))
        self.expect(name == record.name, f"a new name: {name}")
        self.expect(body.take("type") == record.rtype, "another type")
        self.expect(body.take("domain", default=record.zone) == record.zone, "another domain")
        record.content, record.ttl = body.take("rdata"), body.take("ttl", int, record.ttl)
        for other in ("prio", "geozone_id"):
            self.expect(body.take(other, int, 0) == 0, f"{other} of an address")
        self._check(name, record.rtype, record.content, record.ttl)
        return self._ok(self._shown(record))

    @route("DELETE", _RECORDS + "/{zone}/{id}")
    def delete(self, heard: Heard) -> object:
        zone, number = self._zone(heard), heard.steps["id"]
        if number not in self.records or self.records[number].zone != zone:
            raise no(404, "Record not found")
        del self.records[number]
        return self._ok({"id": number})

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones.values():
            raise no(403, "Access denied")
        return heard.steps["zone"]

    def _check(self, name: str, rtype: str, rdata: str, ttl: int) -> None:
        self.expect(300 <= ttl <= 86400, f"ttl {ttl}")
        if not self.address(rtype, rdata):
            self.expect(False, f"{rtype} {rdata}")
            raise no(400, "Invalid rdata")
        if self.at(name, "CNAME"):
            raise no(400, "A CNAME stands at this host")

    def _ok(self, data: object) -> dict[str, object]:
        return {"tm": 1772334000, "data": data, "status": 200}

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": record.id,
            "domain": record.zone,
            "host": self.relative(record),
            "ttl": str(record.ttl),
            "prio": "0",
            "type": record.rtype,
            "rdata": record.content,
            "geozone_id": record.more.get("geozone_id", "0"),
            "last_mod": "2026-01-01 01:01:01",
        }
