"""GoDaddy's Domains API, written from its reference and the refusals that its users report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Heard, Held, No, Said, Settings, Vendor, route

_RECORDS = "/domains/{zone}/records"
_RRSET = _RECORDS + "/{type}/{name}"


def no(status: int, code: str, message: str = "as documented") -> No:
    return No(status, {"code": code, "message": message})


class GoDaddy(Vendor):
    """`small` is an account with fewer than ten domains and no plan."""

    base = "/v1"
    least_ttl = 600
    secret = "UP7QDhu6YF2e1hJTgPjmSk"

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.small = False

    def settings(self) -> Settings:
        return {"key": Secret(self.token), "secret": Secret(self.secret)}

    def wrong_key(self) -> Settings:
        return {"secret": Secret("not-this-secret-of-mine")}

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"sso-key {self.token}:{self.secret}":
            said = "Unauthorized : Could not authenticate API key/secret"
            raise no(401, "UNABLE_TO_AUTHENTICATE", said)
        if self.small:
            raise no(403, "ACCESS_DENIED", "Authenticated user is not allowed access")

    @route("GET", "/domains/{zone}")
    def domain(self, heard: Heard) -> object:
        return {"domainId": 71, "domain": self._zone(heard), "status": "ACTIVE", "locked": True}

    @route("GET", _RECORDS)
    def all_records(self, heard: Heard) -> object:
        self._zone(heard)
        return [self._shown(record) for record in self.records.values()]

    @route("GET", _RECORDS + "/{type}")
    def all_of_a_type(self, heard: Heard) -> object:
        self._zone(heard)
        rtype = heard.steps["type"]
        return [self._shown(record) for record in self.records.values() if record.rtype == rtype]

    @route("GET", _RRSET)
    def rrset(self, heard: Heard) -> object:
        return [self._shown(record) for record in self.at(*self._name(heard))]

    @route("PUT", _RRSET)
    def replace(self, heard: Heard) -> object:
        name, rtype = self._name(heard)
        if self.at(name, "CNAME"):
            raise no(
                422, "DUPLICATE_RECORD", "Another record with the same attributes already exists"
            )
        rows = [self._row(heard, row, rtype) for row in self._rows(heard)]
        if len({data for data, _ in rows}) < len(rows):
            raise no(
                422, "DUPLICATE_RECORD", "Another record with the same attributes already exists"
            )
        for number, (data, ttl) in enumerate(rows):
            if number == 0:
                self.seed(name, rtype)
            self.insert(self._zone(heard), name, rtype, data, ttl)
        return Said(200)

    @route("DELETE", _RRSET)
    def delete(self, heard: Heard) -> None:
        if not self.at(*self._name(heard)):
            raise no(404, "NOT_FOUND", "The record is not found")
        self.seed(*self._name(heard))

    def _rows(self, heard: Heard) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = heard.document
        self.expect(rows != [], "an empty PUT, which changes nothing")
        return rows

    def _row(self, heard: Heard, row: Mapping[str, Any], rtype: str) -> tuple[str, int]:
        fields = heard.fields("record", row)
        data, ttl = fields.take("data"), fields.take("ttl", int, 3600)
        if not 600 <= ttl <= 604800:
            raise no(422, "INVALID_BODY", "ttl must be between 600 and 604800")
        if not self.address(rtype, data):
            raise no(422, "INVALID_BODY", "data is not an address")
        return data, ttl

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones.values():
            raise no(404, "NOT_FOUND", "Domain not found for shopper")
        return heard.steps["zone"]

    def _name(self, heard: Heard) -> tuple[str, str]:
        return self.absolute(self._zone(heard), heard.steps["name"]), heard.steps["type"]

    def _shown(self, record: Held) -> dict[str, object]:
        label = self.relative(record)
        return {"type": record.rtype, "name": label, "data": record.content, "ttl": record.ttl}
