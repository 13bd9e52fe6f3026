"""Technitium DNS Server's HTTP API, written from its APIDOCS.md: HTTP 200, whatever happens."""

from __future__ import annotations

from tests.support.provider_fakes.vendor import Fields, Heard, Held, No, Vendor, route

_RECORDS = "/api/zones/records"


def no(message: str, status: str = "error") -> No:
    said = {"errorMessage": message, "stackTrace": "   at DnsServerCore", "innerErrorMessage": ""}
    return No(200, {"status": status, **said})


class Technitium(Vendor):
    kind = "Primary"

    def authorise(self, heard: Heard) -> None:
        """Inside the handlers: the token is a part of the form."""

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return not path.endswith("/get")

    @route("POST", _RECORDS + "/get")
    def get(self, heard: Heard) -> object:
        form = self._form(heard)
        zone, name = self._where(form)
        return self._said(zone, records=[self._shown(one) for one in self.at(name)])

    @route("POST", _RECORDS + "/add")
    def add(self, heard: Heard) -> object:
        form = self._form(heard)
        zone, name = self._where(form)
        rtype, ttl, address = form.take("type"), self._ttl(form), form.take("ipAddress")
        self._check(rtype, address)
        if self.at(name, "CNAME"):
            raise no("Cannot add record: a CNAME record already exists for the same name.")
        found = [one for one in self.at(name, rtype) if one.content == address]
        added = found[0] if found else self.insert(zone, name, rtype, address, ttl)
        return self._said(zone, addedRecord=self._shown(added))

    @route("POST", _RECORDS + "/update")
    def update(self, heard: Heard) -> object:
        form = self._form(heard)
        zone, name = self._where(form)
        rtype, old, ttl = form.take("type"), form.take("ipAddress"), self._ttl(form)
        found = [one for one in self.at(name, rtype) if one.content == old]
        if not found:
            raise no("Cannot update record: the old record does not exist.")
        record = found[0]
        record.content, record.ttl = form.take("newIpAddress", default=old), ttl
        self._check(rtype, record.content)
        record.more = {"comments": form.take("comments", default="")}
        record.more["expiryTtl"] = int(form.take("expiryTtl", default="0"))
        return self._said(zone, updatedRecord=self._shown(record))

    @route("POST", _RECORDS + "/delete")
    def delete(self, heard: Heard) -> object:
        form = self._form(heard)
        _, name = self._where(form)
        rtype, address = form.take("type"), form.take("ipAddress")
        for record in self.at(name, rtype):
            if record.content == address:
                del self.records[record.id]
        return {"status": "ok", "response": {}}  # also for one that is not there

    def _form(self, heard: Heard) -> Fields:
        self.expect("token" not in heard.query, "the token stands in the address")
        form = heard.form()
        if form.take("token") != self.token:
            form.rest()
            raise no("Invalid token or session expired.", "invalid-token")
        return form

    def _where(self, form: Fields) -> tuple[str, str]:
        name = form.take("domain")
        zone = form.take("zone", default="")
        self.expect(not f"{name}{zone}".endswith("."), f"{name} with a final dot")
        held = [one for one in self.zones.values() if f".{name}".endswith(f".{one}")]
        if not held or zone not in ("", *held):
            raise no(f"No such zone was found: {zone or name}")
        return zone or max(held, key=len), name

    def _ttl(self, form: Fields) -> int:
        ttl = form.take("ttl")
        self.expect(ttl.isdigit(), f"ttl {ttl}")
        return int(ttl)

    def _check(self, rtype: str, address: str) -> None:
        if not self.address(rtype, address):
            self.expect(False, f"{rtype} {address}")
            raise no("An invalid IP address was specified.")

    def _shown(self, record: Held) -> dict[str, object]:
        key = {"A": "ipAddress", "AAAA": "ipAddress", "CNAME": "cname", "TXT": "text"}[record.rtype]
        return {
            "disabled": record.more.get("disabled", False),
            "name": record.name,
            "type": record.rtype,
            "ttl": record.ttl,
            "rData": {key: record.content},
            "dnssecStatus": "Unknown",
            "lastUsedOn": "0001-01-01T00:00:00",
            "comments": record.more.get("comments", ""),
            "expiryTtl": record.more.get("expiryTtl", 0),
        }

    def _said(self, zone: str, **more: object) -> object:
        shown = {"name": zone, "type": self.kind, "internal": False, "disabled": False}
        return {"status": "ok", "response": {"zone": shown, **more}}
