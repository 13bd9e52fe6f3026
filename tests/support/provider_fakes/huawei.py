"""Huawei Cloud DNS, written from its API reference; names and members as in its SDK."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

from providers.engine.wire import Secret
from tests.support.provider_fakes import signatures
from tests.support.provider_fakes.vendor import Heard, Held, No, Said, Settings, Vendor, route

_SETS = "/v2.1/zones/{zone}/recordsets"
_FORM = re.compile(
    r"SDK-HMAC-SHA256 Access=(?P<key>[^,]+), SignedHeaders=(?P<signed>[a-z0-9;-]+), "
    r"Signature=(?P<signature>[0-9a-f]{64})"
)


def no(status: int, code: str, message: str) -> No:
    return No(status, {"code": code, "message": message})


def gateway(why: str) -> No:
    said = f"Incorrect IAM authentication information: {why}"
    return No(401, {"error_code": "APIGW.0301", "error_msg": said, "request_id": "cb141a91"})


class Huawei(Vendor):
    """A record set is all that is held at a name and type of one line."""

    key_id = "HWAKexample"
    token = "right-secret-of-mine"

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.now: Callable[[], float] = time.time

    def settings(self) -> Settings:
        return {"access_key": self.key_id, "secret_key": Secret(self.token)}

    def wrong_key(self) -> Settings:
        return {"secret_key": Secret("wrong-secret-of-somebody")}

    def authorise(self, heard: Heard) -> None:
        _, target, body = self.heard[-1]
        headers = heard.headers
        form = _FORM.fullmatch(headers.get("Authorization", ""))
        if form is None:
            raise gateway("the format of the Authorization header is wrong")
        self.expect({"host", "x-sdk-date"} <= set(form["signed"].split(";")), form["signed"])
        if form["key"] != self.key_id:
            raise gateway("Get secretKey failed")
        at = datetime.strptime(headers["X-Sdk-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs(self.now() - at.timestamp()) > 900:
            raise gateway("signature expired")
        wanted = signatures.sdk_hmac(self.token, heard.method, target, headers, body)
        if form["signature"] != wanted:
            raise gateway("verify aksk signature fail")

    @route("GET", "/v2/zones")
    def list_zones(self, heard: Heard) -> object:
        take = heard.query.take
        name, equal = take("name", default=""), take("search_mode", default="like") == "equal"
        self.expect(take("type", default="public") == "public", "type of zone")
        self.expect(name.endswith(".") or not equal, f"name {name} without its final dot")
        shown = [
            {
                "id": number,
                "name": f"{zone}.",
                "status": "ACTIVE",
                "zone_type": "public",
                "ttl": 300,
            }
            for number, zone in self.zones.items()
            if (f"{zone}." == name if equal else name in f"{zone}.")
        ]
        return {"links": {}, "zones": shown, "metadata": {"total_count": len(shown)}}

    @route("GET", _SETS)
    def list_sets(self, heard: Heard) -> object:
        zone, take = self._zone(heard), heard.query.take
        name, rtype, line = (take(key, default="") for key in ("name", "type", "line_id"))
        equal = take("search_mode", default="like") == "equal"
        self.expect(name.endswith(".") or not equal, f"name {name} without its final dot")
        shown = [
            self._shown(found)
            for found in self._sets()
            if found[0].zone == zone
            and (f"{found[0].name}." == name if equal else name in f"{found[0].name}.")
            and rtype in ("", found[0].rtype)
            and line in ("", _line(found[0]))
        ]
        return {"links": {}, "recordsets": shown, "metadata": {"total_count": len(shown)}}

    @route("POST", _SETS)
    def create(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        name, rtype = self._name(body.take("name"), zone), body.take("type")
        ttl, values = body.take("ttl", int, 300), body.take("records", list)
        line = body.take("line", default="default_view")
        self._check(rtype, values, ttl)
        for held in self.at(name):
            if (held.rtype, _line(held)) == (rtype, line):
                raise no(400, "DNS.0312", "This record set already exists.")
            if "CNAME" in (held.rtype, rtype):
                raise no(400, "DNS.0335", "The record set conflicts with another one.")
        of_set = str(next(self._ids))
        made = [self.insert(zone, name, rtype, v, ttl, line=line, set=of_set) for v in values]
        return Said(202, {**self._shown(made), "status": "PENDING_CREATE"})

    @route("PUT", _SETS + "/{id}")
    def update(self, heard: Heard) -> object:
        old, body = self._set(heard), heard.body()
        first = old[0]
        name, rtype = body.take("name", default=""), body.take("type", default="")
        self.expect(
            (name or f"{first.name}.", rtype or first.rtype) == (f"{first.name}.", first.rtype),
            "renamed",
        )
        ttl = body.take("ttl", int, first.ttl)
        values = body.take("records", list, [held.content for held in old])
        self._check(first.rtype, values, ttl)
        for held in old:
            del self.records[held.id]
        more = {**first.more, "set": _set_id(first)}
        made = [self.insert(first.zone, first.name, first.rtype, v, ttl, **more) for v in values]
        return Said(202, {**self._shown(made), "status": "PENDING_UPDATE"})

    @route("DELETE", _SETS + "/{id}")
    def delete(self, heard: Heard) -> object:
        old = self._set(heard)
        for held in old:
            del self.records[held.id]
        return Said(202, {**self._shown(old), "status": "PENDING_DELETE"})

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones:
            raise no(404, "DNS.0302", "This zone does not exist.")
        return self.zones[heard.steps["zone"]]

    def _name(self, name: str, zone: str) -> str:
        self.expect(name.endswith(f".{zone}.") or name == f"{zone}.", f"name {name}")
        return name.removesuffix(".")

    def _sets(self) -> list[list[Held]]:
        found: dict[tuple[str, ...], list[Held]] = {}
        for held in self.records.values():
            part = str(held.more.get("set", ""))
            found.setdefault((held.name, held.rtype, _line(held), part), []).append(held)
        return list(found.values())

    def _set(self, heard: Heard) -> list[Held]:
        zone = self._zone(heard)
        for found in self._sets():
            if _set_id(found[0]) == heard.steps["id"] and found[0].zone == zone:
                return found
        raise no(404, "DNS.0313", "This record set does not exist.")

    def _check(self, rtype: str, values: list[str], ttl: int) -> None:
        if not 1 <= ttl <= 2147483647:
            raise no(400, "DNS.0319", "The TTL parameter has been out of range.")
        proper = all(self.address(rtype, value) for value in values)
        if not proper or not 1 <= len(set(values)) == len(values):
            raise no(400, "DNS.0308", "Invalid record set value.")

    def _shown(self, found: list[Held]) -> dict[str, object]:
        first = found[0]
        return {
            "id": _set_id(first),
            "name": f"{first.name}.",
            "description": first.more.get("description"),
            "zone_id": next(id_ for id_, zone in self.zones.items() if zone == first.zone),
            "zone_name": f"{first.zone}.",
            "type": first.rtype,
            "ttl": first.ttl,
            "records": [held.content for held in found],
            "status": first.more.get("status", "ACTIVE"),
            "default": False,
            "line": _line(first),
            "weight": first.more.get("weight", 1),
            "alias_target": first.more.get("alias_target"),
        }


def _line(held: Held) -> str:
    return str(held.more.get("line", "default_view"))


def _set_id(held: Held) -> str:
    return f"2c9eb{held.more.get('set') or held.id}"
