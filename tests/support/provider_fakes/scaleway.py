"""Scaleway's Domains and DNS API, written from its reference and the types of its SDK."""

from __future__ import annotations

from collections.abc import Sequence

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

_RECORDS = "/dns-zones/{zone}/records"
_STATUS = {
    "denied_authentication": 401,
    "permissions_denied": 403,
    "quotas_exceeded": 403,
    "not_found": 404,
    "transient_state": 409,
    "resource_expired": 410,
    "precondition_failed": 412,
    "locked": 423,
}


def no(kind: str, **more: object) -> No:
    return No(_STATUS.get(kind, 400), {"type": kind, "message": "as documented", **more})


def _page(heard: Heard, found: Sequence[object]) -> Sequence[object]:
    page = int(heard.query.take("page", default="1"))
    size = int(heard.query.take("page_size", default="20"))
    if not 1 <= size <= 100:
        raise no("invalid_arguments", details=[{"argument_name": "page_size"}])
    return found[(page - 1) * size : page * size]


class Scaleway(Vendor):
    base = "/domain/v2beta1"
    token = "6170692e-7363-616c-6577-61792e636f6d"  # a UUID, as all secret keys

    def settings(self) -> Settings:
        return {"secret_key": Secret(self.token)}

    def wrong_key(self) -> Settings:
        return {"secret_key": Secret("11111111-1111-1111-2111-111111111111")}

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("X-Auth-Token") != self.token:
            raise no("denied_authentication", method="api_key", reason="not_found")

    @route("GET", "/dns-zones")
    def list_zones(self, heard: Heard) -> object:
        wanted = heard.query.take("dns_zone", default="")
        domain = heard.query.take("domain", default="")
        found = [
            {"domain": zone, "subdomain": "", "status": "active", "ns": [], "linked_products": []}
            for zone in self.zones.values()
            if wanted in ("", zone) and domain in ("", zone)
        ]
        return {"dns_zones": _page(heard, found), "total_count": len(found)}

    @route("GET", _RECORDS)
    def list_records(self, heard: Heard) -> object:
        zone = self._zone(heard)
        rtype = heard.query.take("type", default="")
        name = heard.query.take("name", default="")  # empty: of any name, not of the apex
        owner = self.absolute(zone, name, apex="") if name else None
        found = [
            self._shown(record)
            for record in self.records.values()
            if owner in (None, record.name) and rtype in ("", record.rtype)
        ]
        return {"records": _page(heard, found), "total_count": len(found)}

    @route("PATCH", _RECORDS)
    def change(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        body.take("disallow_new_zone_creation", bool, False)
        all_of_them = body.take("return_all_records", bool, False)
        for change in body.take("changes", list):
            self._make(zone, heard, heard.fields("change", change))
        shown = [self._shown(record) for record in self.records.values()] if all_of_them else []
        return {"records": shown}

    def _make(self, zone: str, heard: Heard, change: Fields) -> None:
        (kind,) = change.left
        part = heard.fields(kind, change.take(kind, dict))
        old = [] if kind == "add" else self._named(zone, heard, part)
        for record in old:
            del self.records[record.id]
        for record in [] if kind == "delete" else part.take("records", list):
            self._insert(zone, heard.fields("record", record))

    def _named(self, zone: str, heard: Heard, part: Fields) -> list[Held]:
        if "id" in part:
            found = [self.records[part.take("id")]]
        else:
            which = heard.fields("id_fields", part.take("id_fields", dict))
            found = self.at(self.absolute(zone, which.take("name"), apex=""), which.take("type"))
        if not found:
            raise no("not_found", resource="record")
        return found

    def _insert(self, zone: str, record: Fields) -> None:
        # A name with its zone is understood, but no page says so.
        name, rtype, data = record.take("name"), record.take("type"), record.take("data")
        self.expect(not f".{name}".endswith(f".{zone}"), f"{name!r} with its zone")
        owner = self.absolute(zone, name.removesuffix(zone).removesuffix("."), apex="")
        ttl = record.take("ttl", int)
        self.expect(60 <= ttl <= 2592000, f"ttl {ttl}")
        if not self.address(rtype, data) or self.at(owner, "CNAME"):
            raise no("invalid_arguments", details=[{"argument_name": "data", "reason": "format"}])
        comment = record.take("comment", default=None)
        self.insert(zone, owner, rtype, data, ttl, comment=comment)

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones.values():
            raise no("permissions_denied", details=[{"action": "read", "resource": "dns_zone"}])
        return heard.steps["zone"]

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": record.id,
            "name": self.relative(record, apex=""),
            "type": record.rtype,
            "data": record.content,
            "ttl": record.ttl,
            "priority": 0,
            "comment": None,
            **record.more,
        }
