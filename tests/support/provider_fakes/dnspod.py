"""DNSPod's older API, written from its pages: forms in, a status code in every answer."""

from __future__ import annotations

import re
from typing import Any

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Fields, Heard, Held, No, Settings, Vendor, route

_WRITES = ("/Record.Create", "/Record.Modify", "/Record.Remove")


def said(code: str, message: str = "", **members: object) -> dict[str, object]:
    status = {"code": code, "message": message, "created_at": "2026-01-02 03:04:05"}
    return {"status": status, **members}


def no(code: str, message: str = "no") -> No:
    return No(200, said(code, message))


def done(**members: object) -> dict[str, object]:
    return said("1", "Action completed successful", **members)


class DnsPod(Vendor):
    token_id, token = "13490", "right-token-of-mine"
    first_id = 16_894_439
    free = False  # a free plan takes no TTL below 600

    def settings(self) -> Settings:
        token = Secret(self.token)
        return {"login_id": self.token_id, "token": token, "contact": "me@example.test"}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return path in _WRITES

    def authorise(self, heard: Heard) -> None:
        agent = heard.headers.get("User-Agent", "")
        contact = re.fullmatch(r"\w[^@]* \(?[^\s@()]+@[^\s@()]+\)?", agent)
        self.expect(contact is not None, f"User-Agent {agent!r}")
        form = heard.form()
        heard.form = lambda: form  # type: ignore[method-assign]  # taken apart once, by two
        form.take("lang", default="cn")
        self.strict = form.take("error_on_empty", default="yes") == "yes"
        self.expect(form.take("format", default="xml") == "json", "format")
        if form.take("login_token") != f"{self.token_id},{self.token}":
            raise no("-1", "Login failed")

    @route("POST", "/Domain.Info")
    def domain(self, heard: Heard) -> object:
        zone = self._zone(heard.form())
        return done(domain={"id": self._id(zone), "name": zone, "punycode": zone, "ttl": "600"})

    @route("POST", "/Record.List")
    def list(self, heard: Heard) -> object:
        form = heard.form()
        zone = self._zone(form)
        sub, length = form.take("sub_domain", default=""), form.take("length", default="100")
        self.expect(1 <= int(length) <= 3000, f"length {length}")
        name = self.absolute(zone, sub) if sub else ""
        found: list[Any] = [
            self._shown(record)
            for record in self.records.values()
            if record.zone == zone and name in ("", record.name)
        ]
        if not found and self.strict:
            raise no("10", "No records")
        info = {"record_total": str(len(found))}
        return done(domain={"id": self._id(zone)}, info=info, records=found[: int(length)])

    @route("POST", "/Record.Create")
    def create(self, heard: Heard) -> object:
        form = heard.form()
        zone = self._zone(form)
        name, rtype, value, ttl = self._wanted(form, zone)
        self._check(name, rtype, value, ttl)
        record = self.insert(zone, name, rtype, value, ttl)
        return done(record={"id": record.id, "name": self.relative(record), "status": "enable"})

    @route("POST", "/Record.Modify")
    def modify(self, heard: Heard) -> object:
        form = heard.form()
        record = self._record(form)
        name, rtype, value, ttl = self._wanted(form, record.zone)
        same = (name, rtype, value, ttl) == (record.name, record.rtype, record.content, record.ttl)
        self.expect(not same, "a change that changes nothing, which is abuse")
        self._check(name, rtype, value, ttl, record)
        record.name, record.rtype, record.content, record.ttl = name, rtype, value, ttl
        shown = {"id": int(record.id), "name": self.relative(record), "value": value}
        return done(record={**shown, "status": "enable"})

    @route("POST", "/Record.Remove")
    def remove(self, heard: Heard) -> object:
        del self.records[self._record(heard.form()).id]
        return done()

    def _id(self, zone: str) -> str:
        return next(number for number, name in self.zones.items() if name == zone)

    def _zone(self, form: Fields) -> str:
        if "domain_id" in form:
            zone = self.zones.get(form.take("domain_id"))
        else:
            name = form.take("domain")
            zone = name if name in self.zones.values() else None
        if zone is None:
            raise no("6", "Domain id invalid")
        return zone

    def _record(self, form: Fields) -> Held:
        zone, record = self._zone(form), self.records.get(form.take("record_id"))
        if record is None or record.zone != zone:
            raise no("8", "Record id invalid")
        return record

    def _wanted(self, form: Fields, zone: str) -> tuple[str, str, str, int]:
        by_id = "record_line_id" in form
        line = form.take("record_line_id" if by_id else "record_line")
        self.expect(line == ("0" if by_id else "默认"), f"line {line}")
        name = self.absolute(zone, form.take("sub_domain", default="@"))
        ttl = int(form.take("ttl", default="600"))
        return name, form.take("record_type"), form.take("value"), ttl

    def _check(self, name: str, rtype: str, value: str, ttl: int, own: Held | None = None) -> None:
        if not 1 <= ttl <= 604800 or (self.free and ttl < 600):
            raise no("32", "TTL out of range")
        if not self.address(rtype, value):
            raise no("34", "Record value invalid")
        others = [record for record in self.at(name) if record is not own]
        if any(record.rtype == "CNAME" for record in others):
            raise no("31", "Record conflicts")
        if any((record.rtype, record.content) == (rtype, value) for record in others):
            raise no("104", "Record exists")

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": record.id,
            "name": self.relative(record),
            "type": record.rtype,
            "value": record.content,
            "ttl": str(record.ttl),
            "line": record.more.get("line", "默认"),
            "line_id": record.more.get("line_id", "0"),
            "enabled": record.more.get("enabled", "1"),
            "mx": "0",
            "status": "enabled",
            "monitor_status": "",
            "remark": "",
        }
