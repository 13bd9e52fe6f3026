"""INWX's DomRobot API as JSON-RPC, written from its reference and from its own Python client."""

from __future__ import annotations

import json
from typing import Any

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import (
    Fields,
    Heard,
    Held,
    No,
    Said,
    Settings,
    Vendor,
    route,
)

DONE = "Command completed successfully"


def no(code: int, message: str) -> No:
    return No(200, {"code": code, "msg": message, "svTRID": "20260301-1", "runtime": 0.05})


class Inwx(Vendor):
    base = "/jsonrpc"
    least_ttl = 300
    user = "home"
    tan = ""  # the one-time password that is good now; empty: no second factor

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.sessions: dict[str, bool] = {}  # by cookie: whether the second factor was given
        self.used: set[str] = set()  # one-time passwords

    def settings(self) -> Settings:
        return {"username": self.user, "password": Secret(self.token)}

    def wrong_key(self) -> Settings:
        return {"password": Secret("wrong-password-of-somebody")}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        try:
            return str(json.loads(body)["method"]).endswith("Record")
        except (ValueError, KeyError, TypeError):
            return False

    def authorise(self, heard: Heard) -> None:
        """Nothing yet: whether a session is needed depends on the method."""

    @route("POST", "/")
    def call(self, heard: Heard) -> object:
        body = heard.body()
        method = body.take("method")
        params = heard.fields(method, body.take("params", dict))
        if method == "account.login":
            return self._login(params)
        cookie = heard.headers.get("Cookie", "")
        if cookie not in self.sessions:
            raise no(2002, "Command use error")
        actions = {
            "account.unlock": self._unlock,
            "account.logout": self._logout,
            "nameserver.info": self._info,
            "nameserver.createRecord": self._create,
            "nameserver.updateRecord": self._update,
            "nameserver.deleteRecord": self._delete,
        }
        self.expect(method in actions, f"{method}: no such method")
        if method.startswith("nameserver.") and not self.sessions[cookie]:
            raise no(2201, "Authorization error")
        return actions[method](params, cookie)

    def _login(self, params: Fields) -> Said:
        if (params.take("user"), params.take("pass")) != (self.user, self.token):
            params.rest()
            raise no(2200, "Authentication error")
        self.expect(params.take("lang") in ("en", "de", "es"), "a language that is not spoken")
        cookie = f"domrobot=s3ss10n{len(self.heard)}"
        self.sessions[cookie] = not self.tan
        found = {"customerId": 7, "accountId": 8, "tfa": "GOOGLE-AUTH" if self.tan else "0"}
        dated = f"{cookie}; expires=Sun, 01-Mar-2099 04:00:00 GMT; path=/; HttpOnly"
        return Said(200, done(found), {"Set_Cookie": dated})

    def _unlock(self, params: Fields, cookie: str) -> object:
        tan = str(params.take("tan", object))
        if tan != self.tan or tan in self.used:
            raise no(2200, "Authentication error")
        self.used.add(tan)
        self.sessions[cookie] = True
        return done()

    def _logout(self, params: Fields, cookie: str) -> object:
        del self.sessions[cookie]
        return {"code": 1500, "msg": "Command completed successfully; ending session"}

    def _info(self, params: Fields, cookie: str) -> object:
        zone = self._zone(params)
        rows = [self._shown(row) for row in self.records.values() if row.zone == zone]
        found: dict[str, Any] = {"domain": zone, "type": "MASTER", "count": len(rows)}
        return done({**found, "record": rows} if rows else found)

    def _create(self, params: Fields, cookie: str) -> object:
        zone, name, rtype = self._zone(params), params.take("name"), params.take("type")
        if not f".{name}".endswith(f".{zone}"):
            self.expect(False, f"the name {name}, which is not inside {zone}")
            raise no(2005, "Parameter value syntax error")
        content, ttl = self._said(rtype, params)
        if any(old.content == content for old in self.at(name, rtype)) or self.at(name, "CNAME"):
            raise no(2302, "Object exists")
        return done({"id": int(self.insert(zone, name, rtype, content, ttl).id)})

    def _update(self, params: Fields, cookie: str) -> object:
        record = self._record(params)
        record.content, record.ttl = self._said(record.rtype, params)
        return done()

    def _delete(self, params: Fields, cookie: str) -> object:
        del self.records[self._record(params).id]
        return done()

    def _zone(self, params: Fields) -> str:
        zone: str = params.take("domain")
        if zone not in self.zones.values():
            params.rest()
            raise no(2303, "Object does not exist")
        return zone

    def _record(self, params: Fields) -> Held:
        record = self.records.get(str(params.take("id", int)))
        if record is None:
            raise no(2303, "Object does not exist")
        return record

    def _said(self, rtype: str, params: Fields) -> tuple[str, int]:
        content, ttl = params.take("content"), params.take("ttl", int)
        if not self.address(rtype, content) or ttl < self.least_ttl:
            self.expect(False, f"{rtype} {content} with TTL {ttl}")
            raise no(2005, "Parameter value syntax error")
        return content, ttl

    def _shown(self, record: Held) -> dict[str, object]:
        shown = {"id": int(record.id), "name": record.name, "type": record.rtype}
        return {**shown, "content": record.content, "ttl": record.ttl, "prio": 0}


def done(found: dict[str, Any] | None = None) -> dict[str, object]:
    said = {"code": 1000, "msg": DONE, "svTRID": "20260301-1", "runtime": 0.05}
    return said if found is None else {**said, "resData": found}
