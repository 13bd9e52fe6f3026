"""Dynu's REST API, written from its OpenAPI page and from recorded answers.

The first A and AAAA at the apex are the domain's own addresses, and no records.
"""

from __future__ import annotations

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import (
    Fields,
    Heard,
    Held,
    No,
    Settings,
    Vendor,
    route,
)

_RECORDS = "/dns/{zone}/record"
_RECORD = _RECORDS + "/{id}"
_ADDRESS = {"A": "ipv4Address", "AAAA": "ipv6Address"}
_SWITCH = {"A": "ipv4", "AAAA": "ipv6"}
_WHEN = "2026-03-01T03:00:00.123"


def no(status: int, kind: str, message: str = "Invalid.") -> No:
    return No(status, {"statusCode": status, "type": f"{kind} Exception", "message": message})


class DynuApi(Vendor):
    """`quota` is how many A and AAAA records the account may have."""

    base = "/v2"
    least_ttl = 60
    quota = 100

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.about: dict[str, object] = {"group": "office", "ipv4WildcardAlias": True}

    def settings(self) -> Settings:
        return {"api_key": Secret(self.token)}

    def wrong_key(self) -> Settings:
        return {"api_key": Secret("wrong-key-of-somebody")}

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("API-Key") != self.token:
            raise no(401, "Authentication", "Failed.")

    @route("GET", "/dns")
    def domains(self, heard: Heard) -> object:
        return _ok(domains=[self._domain(number) for number in self.zones])

    @route("GET", "/dns/getroot/{host}")
    def root(self, heard: Heard) -> object:
        name = heard.steps["host"]
        zones = {zone: number for number, zone in self.zones.items()}
        zone = self.zone_of(name)
        node = name.removesuffix(zone).removesuffix(".")
        return _ok(id=int(zones[zone]), hostname=name, domainName=zone, node=node)

    @route("GET", "/dns/{zone}")
    def domain(self, heard: Heard) -> object:
        self._zone(heard)
        return _ok(**self._domain(heard.steps["zone"]))

    @route("POST", "/dns/{zone}")
    def change_domain(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        if body.take("name") != zone:
            raise no(501, "Argument")
        ttl = body.take("ttl", int, 120)
        for rtype, key in _ADDRESS.items():
            value, own = body.take(key, object, None), self._own(zone, rtype)
            wanted = body.take(_SWITCH[rtype], bool, own is not None) and value is not None
            if wanted and not self.address(rtype, value):
                raise no(501, "Argument")
            if own and not wanted:
                del self.records[own.id]
            elif own:
                own.content, own.ttl = value, ttl
            elif wanted:
                self.insert(zone, zone, rtype, value, ttl)
        for key in ("group", "ipv4WildcardAlias", "ipv6WildcardAlias"):
            self.about[key] = body.take(key, object, None)
        for key in ("allowZoneTransfer", "dnssec"):
            body.take(key, bool, False)
        return _ok()

    @route("GET", _RECORDS)
    def list_records(self, heard: Heard) -> object:
        zone = self._zone(heard)
        soa = {"id": 1, "nodeName": "", "hostname": zone, "recordType": "SOA", "ttl": 120}
        own = {record.id for record in (self._own(zone, "A"), self._own(zone, "AAAA")) if record}
        shown = [self._shown(record) for record in self.records.values() if record.id not in own]
        return _ok(dnsRecords=[{**soa, "state": True, "content": f"{zone}. IN SOA"}, *shown])

    @route("GET", _RECORD)
    def record(self, heard: Heard) -> object:
        return _ok(**self._shown(self._record(heard)))

    @route("POST", _RECORDS)
    def create(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        rtype = body.take("recordType")
        name = self.absolute(zone, body.take("nodeName"), apex="")
        value = self._value(body, rtype)
        if value in self.held(name, rtype) or self.at(name, "CNAME"):
            raise no(501, "Argument")
        if len(self.records) >= self.quota:
            raise no(503, "Quota", "Failed.")
        ttl, group = body.take("ttl", int, 120), body.take("group", str, "")
        state = body.take("state", bool)
        record = self.insert(zone, name, rtype, value, ttl, group=group, state=state)
        return _ok(**self._shown(record))

    @route("POST", _RECORD)
    def change(self, heard: Heard) -> object:
        record, body = self._record(heard), heard.body()
        self.expect(body.take("recordType") == record.rtype, "the type of a record cannot change")
        name = self.absolute(record.zone, body.take("nodeName"), apex="")
        self.expect(name == record.name, "the name of a record cannot change")
        record.content = self._value(body, record.rtype)
        record.ttl = body.take("ttl", int, 120)
        group = body.take("group", str, "")
        record.more = {"state": body.take("state", bool), "group": group}
        return _ok(**self._shown(record))

    @route("DELETE", _RECORD)
    def delete(self, heard: Heard) -> object:
        del self.records[self._record(heard).id]
        return _ok()

    def _value(self, body: Fields, rtype: str) -> str:
        value: str = body.take(_ADDRESS[rtype])
        if not self.address(rtype, value):
            raise no(501, "Argument")
        return value

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones:
            raise no(501, "Argument")
        return self.zones[heard.steps["zone"]]

    def _record(self, heard: Heard) -> Held:
        zone = self._zone(heard)
        record = self.records.get(heard.steps["id"])
        if record is None or record.zone != zone or record == self._own(zone, record.rtype):
            raise no(501, "Argument")
        return record

    def _own(self, zone: str, rtype: str) -> Held | None:
        return next(iter(self.at(zone, rtype)), None) if rtype in _ADDRESS else None

    def _domain(self, number: str) -> dict[str, object]:
        zone = self.zones[number]
        own = {rtype: self._own(zone, rtype) for rtype in _ADDRESS}
        ttl = next((record.ttl for record in own.values() if record), 120)
        shown: dict[str, object] = {
            "id": int(number),
            "name": zone,
            "state": "Complete",
            "ttl": ttl,
        }
        for rtype, record in own.items():
            shown[_ADDRESS[rtype]] = record.content if record else None
            shown[_SWITCH[rtype]] = record is not None
        return {**shown, **self.about, "createdOn": _WHEN, "updatedOn": _WHEN}

    def _shown(self, record: Held) -> dict[str, object]:
        value = {_ADDRESS[record.rtype]: record.content} if record.rtype in _ADDRESS else {}
        return {
            "id": int(record.id),
            "domainName": record.zone,
            "nodeName": self.relative(record, apex=""),
            "hostname": record.name,
            "recordType": record.rtype,
            "ttl": record.ttl,
            "content": f"{record.name}. {record.ttl} IN {record.rtype} {record.content}",
            "updatedOn": _WHEN,
            "state": True,
            "group": "",
            **value,
            **record.more,
        }


def _ok(**members: object) -> dict[str, object]:
    return {"statusCode": 200, **members}
