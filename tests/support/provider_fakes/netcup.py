"""netcup's CCP API, written from its description and from answers that its users have shown."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Fields, Heard, Held, No, Settings, Vendor, route


def said(action: str, code: int, message: str, data: object = "") -> dict[str, Any]:
    return {
        "serverrequestid": "94zjUdI0ziMDjF189TQ2D7yjkN7d3",
        "clientrequestid": "",
        "action": action,
        "status": "success" if code == 2000 else "error",
        "statuscode": code,
        "shortmessage": message,
        "longmessage": message,
        "responsedata": data,
    }


class Netcup(Vendor):
    base = "/run/webservice/servers/endpoint.php?JSON"
    least_ttl = 3600  # of every record: it is the zone's
    customer: ClassVar[str] = "123456"
    password: ClassVar[str] = "api-Passw0rd-of-mine"
    session: ClassVar[str] = "MTIzNDU2cUtXSlhZOTd"

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.sessions: set[str] = set()
        self.logins = 0

    def settings(self) -> Settings:
        secrets = {"api_key": Secret(self.token), "api_password": Secret(self.password)}
        return {"customer": self.customer, **secrets}

    def wrong_key(self) -> Settings:
        return {"api_password": Secret("api-Passw0rd-of-another")}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return b'"updateDnsRecords"' in body

    def authorise(self, heard: Heard) -> None:
        """Nothing here: the one who calls is told by the body."""

    @route("POST", "/run/webservice/servers/endpoint.php")
    def call(self, heard: Heard) -> object:
        heard.query.take("JSON")
        body = heard.body()
        action, param = body.take("action"), heard.fields("param", body.take("param", dict))
        if (param.take("customernumber"), param.take("apikey")) != (self.customer, self.token):
            raise No(200, said(action, 4013, "Validation Error."))
        if action == "login":
            return self._login(param)
        if param.take("apisessionid") not in self.sessions:
            raise No(200, said(action, 4001, "The session id is not in a valid format."))
        if action == "logout":
            self.sessions.clear()
            return said(action, 2000, "Logout successful")
        zone = param.take("domainname")
        if zone not in self.zones.values():
            raise No(200, said(action, 5028, f"The zone {zone} could not be found."))
        return said(action, 2000, "success", self._act(heard, action, zone, param))

    def _login(self, param: Fields) -> object:
        if param.take("apipassword") != self.password:
            raise No(200, said("login", 4013, "Validation Error."))
        self.logins += 1
        self.sessions.add(f"{self.session}{self.logins}")
        data = {"apisessionid": f"{self.session}{self.logins}"}
        return said("login", 2000, "Login successful", data)

    def _act(self, heard: Heard, action: str, zone: str, param: Fields) -> object:
        if action == "infoDnsZone":
            return {"name": zone, "ttl": "3600", "serial": "2026030101", "dnssecstatus": False}
        if action == "updateDnsRecords":
            for row in param.take("dnsrecordset", dict)["dnsrecords"]:
                self._write(zone, heard.fields("dnsrecord", row))
        elif action != "infoDnsRecords":
            self.expect(False, f"no such action: {action}")
        held = [self._shown(record) for record in self.records.values() if record.zone == zone]
        if not held:
            raise No(200, said(action, 5029, "Can not get DNS records: zone has no records."))
        return {"dnsrecords": held}

    def _write(self, zone: str, row: Fields) -> None:
        rtype, content, host = row.take("type"), row.take("destination"), row.take("hostname")
        name, known = self.absolute(zone, host), row.take("id", default="")
        gone = row.take("deleterecord", bool, False)
        if known and (known not in self.records or self.records[known].zone != zone):
            raise No(200, said("updateDnsRecords", 4013, "Validation Error."))
        if gone:
            old = self.records.pop(known)
            self.expect((old.name, old.rtype) == (name, rtype), f"{name} deleted by another's id")
            return
        if not self.address(rtype, content):
            self.expect(False, f"{rtype} {content}")
            raise No(200, said("updateDnsRecords", 4013, "Validation Error."))
        if known:
            self.records[known].content = content
        else:
            self.insert(zone, name, rtype, content, self.least_ttl)

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": record.id,
            "hostname": self.relative(record),
            "type": record.rtype,
            "priority": "0",
            "destination": record.content,
            "deleterecord": False,
            "state": "yes",
        }


def actions(fake: Netcup) -> list[str]:
    """What was called, in order."""
    return [json.loads(body)["action"] for _, _, body in fake.heard]
