"""deSEC's API, written from its documentation; a description of it checks every exchange."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.provider_fakes.vendor import Fields, Heard, No, Said, Vendor, route

_RRSETS = "/domains/{zone}/rrsets/"
_RRSET = _RRSETS + "{name}/{type}/"
_WHEN = "2026-03-01T03:00:00.000000Z"
_ABSENT = {"detail": "Not found."}
_LOW = "Ensure this value is greater than or equal to {}."
_HIGH = "Ensure this value is less than or equal to 86400."
_ALIAS = "RRset with conflicting type present: CNAME."
_READ_ONLY = ("created", "domain", "name", "touched")


class DeSec(Vendor):
    """`quota` are the writes that are left; then it tells to wait `until_then` seconds."""

    base = "/api/v1"
    described = ("desec.json", "https://desec.io")
    token = "i-T3b1h_OI-H9ab8tRS98stGtURe"
    least_ttl = 3600

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.quota, self.until_then, self.policy = 300, 18000, True

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"Token {self.token}":
            raise No(401, {"detail": "Invalid token."}, WWW_Authenticate="Token")
        if heard.method == "GET":
            return
        if not self.policy:
            raise No(403, {"detail": "You do not have permission to perform this action."})
        self.quota -= 1
        if self.quota < 0:
            seconds = self.until_then
            told = f"Request was throttled. Expected available in {seconds} seconds."
            raise No(429, {"detail": told}, Retry_After=str(seconds))

    @route("GET", "/domains/")
    def list_domains(self, heard: Heard) -> object:
        name = heard.query.take("owns_qname", default="")
        owners = [zone for zone in self.zones.values() if f".{name}".endswith(f".{zone}")]
        found = [max(owners, key=len)] if owners else [] if name else list(self.zones.values())
        return [self._domain(zone) for zone in found]

    @route("GET", "/domains/{zone}/")
    def domain(self, heard: Heard) -> object:
        return self._domain(self._zone(heard))

    @route("GET", _RRSETS)
    @route("GET", _RRSETS + "/")  # one slash too many is merged
    def list_rrsets(self, heard: Heard) -> object:
        zone = self._zone(heard)
        rtype, label = (
            heard.query.take("type", default=""),
            heard.query.take("subname", default=None),
        )
        owner = None if label is None else self.absolute(zone, label, apex="")
        found = {
            (record.name, record.rtype)
            for record in self.records.values()
            if owner in (None, record.name) and rtype in ("", record.rtype)
        }
        return [self._shown(*one) for one in sorted(found)]

    @route("GET", _RRSET)
    def rrset(self, heard: Heard) -> object:
        return self._shown(*self._name(heard))

    @route("POST", _RRSETS)
    @route("POST", _RRSETS + "/")
    def create(self, heard: Heard) -> object:
        name, rtype = self._set(self._zone(heard), heard.body(), {})
        return Said(201, self._shown(name, rtype))

    @route("PATCH", _RRSET)
    def patch(self, heard: Heard) -> object:
        name, rtype = self._name(heard)
        old = self._shown(name, rtype)
        self._set(self._zone(heard), heard.body(), old)
        return self._shown(name, rtype)

    @route("PATCH", _RRSETS)
    def patch_many(self, heard: Heard) -> object:
        zone, seen = self._zone(heard), set()
        for rrset in heard.document:
            seen.add(self._set(zone, heard.fields("rrset", rrset), {}))
        self.expect(len(seen) == len(heard.document), "an RRset twice in one request")
        return [self._shown(*one) for one in sorted(seen) if self.at(*one)]

    def _set(self, zone: str, said: Fields, old: Mapping[str, Any]) -> tuple[str, str]:
        label, rtype = said.take("subname", str, ""), said.take("type", default=old.get("type"))
        name, values = self.absolute(zone, label, apex=""), said.take("records", list)
        held = self.at(name, rtype)
        ttl = int(said.take("ttl", object, old.get("ttl", held[0].ttl if held else None)))
        for part in _READ_ONLY:
            said.left.pop(part, None)
        if not self.least_ttl <= ttl <= 86400:
            wrong = _LOW.format(self.least_ttl) if ttl < self.least_ttl else _HIGH
            raise No(400, [{"ttl": [wrong]}])
        if not all(self.address(rtype, value) for value in values):
            raise No(400, [{"records": ["Record content malformed."]}])
        if self.at(name, "CNAME"):
            raise No(400, [{"type": [_ALIAS]}])
        self.expect(len(set(values)) == len(values), f"records {values} that are not distinct")
        self.seed(name, rtype, *values, ttl=ttl)
        return name, rtype

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones.values():
            raise No(404, _ABSENT)
        return heard.steps["zone"]

    def _name(self, heard: Heard) -> tuple[str, str]:
        return self.absolute(self._zone(heard), heard.steps["name"]), heard.steps["type"]

    def _domain(self, zone: str) -> dict[str, object]:
        times = {"created": _WHEN, "published": _WHEN, "touched": _WHEN}
        return {"name": zone, "minimum_ttl": self.least_ttl, **times}

    def _shown(self, name: str, rtype: str) -> dict[str, object]:
        found = self.at(name, rtype)
        if not found:
            raise No(404, _ABSENT)
        return {
            "created": _WHEN,
            "domain": found[0].zone,
            "subname": self.relative(found[0], apex=""),
            "name": f"{name}.",
            "type": rtype,
            "ttl": found[0].ttl,
            "records": [record.content for record in found],
            "touched": _WHEN,
        }
