"""OVHcloud's API, written from its console; refusals as its own client tells them apart."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable

from providers.engine.wire import Secret
from tests.support.provider_fakes import signatures
from tests.support.provider_fakes.vendor import Heard, Held, No, Said, Settings, Vendor, route

_ZONE = "/domain/zone/{zone}"
_HOST = "https://eu.api.ovh.com"  # what a client signs that does not know where it is sent to
_REASONS = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


def no(status: int, code: str, message: str) -> No:
    document = {"httpCode": f"{status} {_REASONS.get(status, '')}", "message": message}
    return No(status, {"errorCode": code, **document} if code else document)


class Ovh(Vendor):
    base = "/1.0"
    app_key, token, consumer = "AKexample", "right-secret-of-mine", "right-consumer-of-mine"
    first_id = 5_200_000_000

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.now: Callable[[], float] = time.time
        self.published: dict[str, Held] = {}

    def settings(self) -> Settings:
        return {
            "application_key": self.app_key,
            "application_secret": Secret(self.token),
            "consumer_key": Secret(self.consumer),
        }

    def wrong_key(self) -> Settings:
        return {"application_secret": Secret("wrong-secret-of-somebody")}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method != "GET" and not path.endswith("/refresh")

    def authorise(self, heard: Heard) -> None:
        if heard.path == "/auth/time":
            return
        headers, (_, target, body) = heard.headers, self.heard[-1]
        stamp, consumer = headers.get("X-Ovh-Timestamp", ""), headers.get("X-Ovh-Consumer", "")
        if headers.get("X-Ovh-Application") != self.app_key:
            raise no(403, "INVALID_KEY", "This application key is invalid")
        if consumer != self.consumer:
            raise no(403, "INVALID_CREDENTIAL", "This credential is not valid")
        if abs(self.now() - int(stamp or "0")) > 30:
            raise no(400, "QUERY_TIME_OUT", "Query out of time")
        wanted = {
            signatures.ovh_v1(
                self.token, consumer, heard.method, f"{host}{self.base}{target}", body, stamp
            )
            for host in (f"http://{headers['Host']}", _HOST)
        }
        if headers.get("X-Ovh-Signature") not in wanted:
            raise no(400, "INVALID_SIGNATURE", "Invalid signature")

    @route("GET", "/auth/time")
    def clock(self, heard: Heard) -> object:
        return int(self.now())

    @route("GET", "/domain/zone/")
    def list_zones(self, heard: Heard) -> object:
        return list(self.zones.values())

    @route("GET", _ZONE)
    def one_zone(self, heard: Heard) -> object:
        return {"name": self._zone(heard), "hasDnsAnycast": False, "nameServers": []}

    @route("GET", _ZONE + "/status")
    def status(self, heard: Heard) -> object:
        self._zone(heard)
        return {"isDeployed": True, "errors": [], "warnings": []}

    @route("POST", _ZONE + "/refresh")
    def refresh(self, heard: Heard) -> object:
        self._zone(heard)
        self.published = copy.deepcopy(self.records)
        return Said(200, b"null", {"Content-Type": "application/json"})

    @route("GET", _ZONE + "/record")
    def list_records(self, heard: Heard) -> object:
        zone, take = self._zone(heard), heard.query.take
        rtype, sub = take("fieldType", default=""), take("subDomain", default=None)
        name = None if sub is None else self.absolute(zone, sub, "")
        return [
            int(record.id)
            for record in self.records.values()
            if record.zone == zone and rtype in ("", record.rtype) and name in (None, record.name)
        ]

    @route("GET", _ZONE + "/record/{id}")
    def one_record(self, heard: Heard) -> object:
        return self._shown(self._record(heard))

    @route("POST", _ZONE + "/record")
    def create(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        name = self.absolute(zone, body.take("subDomain", default=""), "")
        rtype, target, ttl = body.take("fieldType"), body.take("target"), body.take("ttl", int, 0)
        self._check(name, rtype, target, ttl)
        return self._shown(self.insert(zone, name, rtype, target, ttl))

    @route("PUT", _ZONE + "/record/{id}")
    def change(self, heard: Heard) -> object:
        record, body = self._record(heard), heard.body()
        name = self.absolute(
            record.zone, body.take("subDomain", default=self.relative(record, "")), ""
        )
        target, ttl = body.take("target", default=record.content), body.take("ttl", int, record.ttl)
        self._check(name, record.rtype, target, ttl, record)
        record.name, record.content, record.ttl = name, target, ttl
        return Said(200, b"null", {"Content-Type": "application/json"})

    @route("DELETE", _ZONE + "/record/{id}")
    def delete(self, heard: Heard) -> object:
        del self.records[self._record(heard).id]
        return Said(200, b"null", {"Content-Type": "application/json"})

    def _zone(self, heard: Heard) -> str:
        zone = heard.steps["zone"]
        if zone not in self.zones.values():
            raise no(404, "", f"The requested object (zoneName = {zone}) does not exist")
        return zone

    def _record(self, heard: Heard) -> Held:
        zone, record = self._zone(heard), self.records.get(heard.steps["id"])
        if record is None or record.zone != zone:
            raise no(404, "", f"The requested object (id = {heard.steps['id']}) does not exist")
        return record

    def _check(self, name: str, rtype: str, target: str, ttl: int, own: Held | None = None) -> None:
        if not self.address(rtype, target) or (ttl != 0 and ttl < 60):
            self.expect(False, f"{rtype} {target} {ttl}")
            raise no(400, "", "Invalid target")
        others = [record for record in self.at(name) if record is not own]
        if any(record.rtype == "CNAME" for record in others):
            raise no(400, "", f"A CNAME record already exists at {name}")
        if any((record.rtype, record.content) == (rtype, target) for record in others):
            raise no(409, "", "This record already exists")

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": int(record.id),
            "zone": record.zone,
            "fieldType": record.rtype,
            "subDomain": self.relative(record, ""),
            "target": record.content,
            "ttl": record.ttl,
        }
