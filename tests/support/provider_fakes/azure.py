"""Azure DNS's API of 2018-05-01 and Entra's tokens for it, written from their references."""

from __future__ import annotations

import itertools
from typing import Any

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Heard, Held, No, Said, Settings, Vendor, route

TENANT, CLIENT = "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "6fa459ea-ee8a-3ca4-894e-db77e160355e"
SUBSCRIPTION, GROUP = "886313e1-3b8a-5372-9b90-0c9aee199e5d", "home-rg"
_LOGIN = f"/{TENANT}/oauth2/v2.0/token"
_ZONE = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{{group}}"
    "/providers/Microsoft.Network/dnsZones/{zone}"
)
_SET = _ZONE + "/{type}/{name}"
_KEYS = {"A": ("ARecords", "ipv4Address"), "AAAA": ("AAAARecords", "ipv6Address")}


def entra(status: int, error: str, number: int, words: str) -> No:
    described = f"AADSTS{number}: {words} Trace ID: 1-2 Timestamp: 2026-01-02 03:04:05Z"
    return No(status, {"error": error, "error_description": described, "error_codes": [number]})


def no(status: int, code: str, message: str, *, wrapped: bool = True) -> No:
    """Resource Manager wraps its errors; the DNS service itself does not."""
    error = {"code": code, "message": message}
    return No(status, {"error": error} if wrapped else error)


class Azure(Vendor):
    secret = "Q~8Q~right-secret-of-mine"
    tags: dict[str, str]

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.etags: dict[tuple[str, str], str] = {}
        self.guards: list[tuple[str, str]] = []
        self.tags = {}
        self.alias = ""  # of every record set: the resource that it stands for
        self._versions = itertools.count(1)

    def settings(self) -> Settings:
        return {
            "tenant_id": TENANT,
            "client_id": CLIENT,
            "client_secret": Secret(self.secret),
            "subscription_id": SUBSCRIPTION,
            "resource_group": GROUP,
        }

    def wrong_key(self) -> Settings:
        return {"client_secret": Secret("Q~8Q~secret-of-somebody")}

    def found_at(self, endpoint: str) -> Settings:
        return {"endpoint": endpoint, "login_endpoint": endpoint}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method != "GET" and path != _LOGIN

    def authorise(self, heard: Heard) -> None:
        if heard.path == _LOGIN:
            return
        self.expect(heard.query.take("api-version") == "2018-05-01", "another api-version")
        if heard.headers.get("Authorization") != f"Bearer {self.token}":
            raise no(401, "InvalidAuthenticationToken", "The access token is invalid.")

    def seed(self, name: str, rtype: str, *values: str, **more: Any) -> list[Held]:
        self.etags[name, rtype] = f"v{next(self._versions)}"
        return super().seed(name, rtype, *values, **more)

    @route("POST", _LOGIN)
    def give_token(self, heard: Heard) -> object:
        form = heard.form()
        self.expect(form.take("grant_type") == "client_credentials", "another grant")
        scope = form.take("scope")
        self.expect(scope == "https://management.azure.com/.default", f"scope {scope}")
        if form.take("client_id") != CLIENT:
            raise entra(400, "unauthorized_client", 700016, "Application was not found.")
        if form.take("client_secret") != self.secret:
            raise entra(401, "invalid_client", 7000215, "Invalid client secret provided.")
        return {"token_type": "Bearer", "expires_in": 3599, "access_token": self.token}

    @route("GET", _ZONE)
    def zone(self, heard: Heard) -> object:
        zone = self._zone(heard)
        return {
            "id": heard.path,
            "name": zone,
            "type": "Microsoft.Network/dnszones",
            "location": "global",
            "etag": "0",
            "properties": {"zoneType": "Public", "numberOfRecordSets": len(self.records)},
        }

    @route("GET", _SET)
    def one(self, heard: Heard) -> object:
        name, rtype = self._name(heard)
        if not self.at(name, rtype):
            words = f"The resource record '{heard.steps['name']}' does not exist in resource group"
            raise no(404, "NotFound", words, wrapped=False)
        return self._shown(heard)

    @route("PUT", _SET)
    def put(self, heard: Heard) -> object:
        name, rtype = self._name(heard)
        known = bool(self.at(name, rtype))
        self._guard(heard, name, rtype)
        body = heard.body()
        said = heard.fields("properties", body.take("properties", dict))
        ttl, (records, key) = said.take("TTL", int), _KEYS[rtype]
        self.tags = said.take("metadata", dict, {})
        rows = said.take(records, list)
        values = [heard.fields("a record", row).take(key) for row in rows]
        self.expect(1 <= ttl <= 2147483647, f"TTL {ttl}")
        self.expect(len(set(values)) == len(values) > 0, f"{records} {values}")
        if not all(self.address(rtype, value) for value in values):
            raise no(400, "BadRequest", "The IP address is invalid.", wrapped=False)
        if self.at(name, "CNAME"):
            words = "The record could not be created because a CNAME record with the same name"
            raise no(409, "Conflict", f"{words} already exists in this zone.", wrapped=False)
        self.seed(name, rtype, *values, ttl=ttl)
        return Said(200 if known else 201, self._shown(heard))

    @route("DELETE", _SET)
    def delete(self, heard: Heard) -> Said:
        name, rtype = self._name(heard)
        if not self.at(name, rtype):
            return Said(204)
        self._guard(heard, name, rtype)
        self.seed(name, rtype)
        return Said(200)

    def _guard(self, heard: Heard, name: str, rtype: str) -> None:
        held = self.etags[name, rtype] if self.at(name, rtype) else None
        for header in ("If-Match", "If-None-Match"):
            if wanted := heard.headers.get(header):
                self.guards.append((header, wanted))
                if (wanted == "*" and held) if header == "If-None-Match" else wanted != held:
                    words = "The condition '*' in the If-None-Match header was not satisfied."
                    raise no(412, "PreconditionFailed", words, wrapped=False)

    def _shown(self, heard: Heard) -> dict[str, object]:
        name, rtype = self._name(heard)
        found = self.at(name, rtype)
        records, key = _KEYS[rtype]
        return {
            "id": heard.path,
            "name": heard.steps["name"],
            "type": f"Microsoft.Network/dnszones/{rtype}",
            "etag": self.etags[name, rtype],
            "properties": {
                "fqdn": f"{name}.",
                "TTL": found[0].ttl,
                "targetResource": {"id": self.alias} if self.alias else {},
                "provisioningState": "Succeeded",
                **({"metadata": self.tags} if self.tags else {}),
                records: [{key: record.content} for record in found],
            },
        }

    def _zone(self, heard: Heard) -> str:
        zone, group = heard.steps["zone"], heard.steps["group"]
        if group != GROUP:
            raise no(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
        if zone not in self.zones.values():
            words = f"The Resource 'Microsoft.Network/dnsZones/{zone}' was not found."
            raise no(404, "ResourceNotFound", words)
        return zone

    def _name(self, heard: Heard) -> tuple[str, str]:
        return self.absolute(self._zone(heard), heard.steps["name"]), heard.steps["type"]
