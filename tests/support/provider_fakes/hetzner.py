"""Hetzner's Cloud API as far as DNS, by its OpenAPI description, which checks every exchange."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.support.provider_fakes.vendor import Heard, No, Said, Vendor, route

_RRSETS = "/zones/{zone}/rrsets"
_RRSET = _RRSETS + "/{name}/{type}"
_STATUS = {
    "unauthorized": 401,
    "token_readonly": 401,
    "not_found": 404,
    "uniqueness_error": 409,
    "invalid_input": 422,
    "incorrect_zone_mode": 422,
    "protected": 423,
    "locked": 423,
    "resource_limit_exceeded": 403,
}
_WHEN = "2026-03-01T03:00:00Z"


def no(code: str, message: str = "as documented") -> No:
    return No(_STATUS[code], {"error": {"code": code, "message": message, "details": None}})


class Hetzner(Vendor):
    """`mode` is that of its zones, `readonly` of its token; `ends` is how its actions end."""

    base = "/v1"
    described = ("hetzner_cloud.json", "https://api.hetzner.cloud")
    token = "LRK9DAWQ1ZAEFSrCNEEzLCUwhYX1U3g7wMg4dTlkkDC96fyDuyJ39nVbVjCKSDfj"  # 64, as they are
    default_ttl = 3600

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.mode, self.readonly, self.ends = "primary", False, "success"
        self.protected: set[tuple[str, str]] = set()
        self._actions = count(9000)

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"Bearer {self.token}":
            raise no("unauthorized", "unable to authenticate")
        if self.readonly and heard.method != "GET":
            raise no("token_readonly", "token is only allowed to perform GET requests")

    @route("GET", "/zones/{zone}")
    def zone(self, heard: Heard) -> object:
        number, name = self._zone(heard)
        return {
            "zone": {
                "id": int(number),
                "name": name,
                "created": _WHEN,
                "mode": self.mode,
                "labels": {},
                "protection": {"delete": False},
                "ttl": self.default_ttl,
                "status": "ok",
                "record_count": len(self.records),
                "authoritative_nameservers": {
                    "assigned": ["hydrogen.ns.hetzner.com."],
                    "delegated": ["hydrogen.ns.hetzner.com."],
                    "delegation_last_check": None,
                },
                "registrar": "other",
            }
        }

    @route("GET", _RRSETS)
    def list(self, heard: Heard) -> object:
        _, zone = self._primary(heard)
        name, rtype = heard.query.take("name", default=""), heard.query.take("type", default="")
        owner = self.absolute(zone, name) if name else ""
        found = {
            (record.name, record.rtype)
            for record in self.records.values()
            if owner in ("", record.name) and rtype in ("", record.rtype)
        }
        pages = {"page": 1, "per_page": 100, "previous_page": None, "next_page": None}
        return {
            "rrsets": [self._shown(*one) for one in sorted(found)],
            "meta": {"pagination": {**pages, "last_page": 1, "total_entries": len(found)}},
        }

    @route("GET", _RRSET)
    def rrset(self, heard: Heard) -> object:
        return {"rrset": self._shown(*self._name(heard))}

    @route("POST", _RRSETS)
    def create(self, heard: Heard) -> object:
        (_, zone), body = self._primary(heard), heard.body()
        name, rtype = self.absolute(zone, body.take("name")), body.take("type")
        if self.at(name, rtype):
            raise no("uniqueness_error", "rrset already exists")
        self._set(name, rtype, body.take("records", list), body.take("ttl", int, None))
        return Said(201, {"rrset": self._shown(name, rtype), "action": self._action()})

    @route("POST", _RRSET + "/actions/set_records")
    def set_records(self, heard: Heard) -> object:
        name, rtype = self._changeable(heard)
        self._set(name, rtype, heard.body().take("records", list), self.at(name, rtype)[0].ttl)
        return Said(201, {"action": self._action()})

    @route("POST", _RRSET + "/actions/change_ttl")
    def change_ttl(self, heard: Heard) -> object:
        ttl = heard.body().take("ttl", int)
        for record in self.at(*self._changeable(heard)):
            record.ttl = ttl
        return Said(201, {"action": self._action()})

    @route("POST", _RRSET + "/actions/add_records")
    def add_records(self, heard: Heard) -> object:
        name, rtype = self._name(heard)
        body, held = heard.body(), [record.content for record in self.at(name, rtype)]
        added = [record["value"] for record in body.take("records", list)]
        self.seed(name, rtype, *held, *added, ttl=body.take("ttl", int, self.default_ttl))
        return Said(201, {"action": self._action()})

    @route("DELETE", _RRSET)
    def delete(self, heard: Heard) -> object:
        self.seed(*self._changeable(heard))
        return Said(201, {"action": self._action()})

    @route("GET", "/zones/actions/{id}")
    def action(self, heard: Heard) -> object:
        return {"action": self._action(int(heard.steps["id"]), self.ends)}

    def _zone(self, heard: Heard) -> tuple[str, str]:
        for number, name in self.zones.items():
            if heard.steps["zone"] in (number, name):
                return number, name
        raise no("not_found", "zone not found")

    def _primary(self, heard: Heard) -> tuple[str, str]:
        if self.mode != "primary":
            raise no("incorrect_zone_mode", "the zone is not in primary mode")
        return self._zone(heard)

    def _name(self, heard: Heard) -> tuple[str, str]:
        return self.absolute(self._primary(heard)[1], heard.steps["name"]), heard.steps["type"]

    def _changeable(self, heard: Heard) -> tuple[str, str]:
        name, rtype = self._name(heard)
        if not self.at(name, rtype):
            raise no("not_found", "rrset not found")
        if (name, rtype) in self.protected:
            raise no("protected", "rrset is protected from changes")
        return name, rtype

    def _set(self, name: str, rtype: str, records: Any, ttl: int | None) -> None:
        values = [record["value"] for record in records]
        if not all(self.address(rtype, value) for value in values) or self.at(name, "CNAME"):
            raise no("invalid_input", "invalid record")
        self.expect(len(set(values)) == len(values), f"records {values} that are not distinct")
        self.seed(name, rtype, ttl=ttl)
        for record in records:
            comment = record.get("comment", "")
            self.insert(
                self.zone_of(name), name, rtype, record["value"], ttl or 3600, comment=comment
            )

    def _shown(self, name: str, rtype: str) -> dict[str, object]:
        found = self.at(name, rtype)
        if not found:
            raise no("not_found", "rrset not found")
        label = self.relative(found[0])
        return {
            "id": f"{label}/{rtype}",
            "name": label,
            "type": rtype,
            "ttl": found[0].ttl or None,
            "labels": {},
            "protection": {"change": (name, rtype) in self.protected},
            "records": [
                {"value": record.content, "comment": record.more.get("comment", "")}
                for record in found
            ],
            "zone": 71,
        }

    def _action(self, number: int = 0, status: str = "running") -> dict[str, object]:
        failed = {"code": "action_failed", "message": "Action failed"}
        return {
            "id": number or next(self._actions),
            "command": "set_rrset_records",
            "status": status,
            "progress": 0 if status == "running" else 100,
            "started": _WHEN,
            "finished": None if status == "running" else _WHEN,
            "resources": [{"id": 71, "type": "zone"}],
            "error": failed if status == "error" else None,
        }
