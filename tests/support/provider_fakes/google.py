"""Google Cloud DNS and the tokens for it, written from their references.

Every exchange but those for tokens is checked by Google's own description of the API.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Heard, Held, No, Settings, Vendor, route

_ZONES = "/dns/v1/projects/{project}/managedZones"
_RRSETS = _ZONES + "/{zone}/rrsets"
_SCOPE = "https://www.googleapis.com/auth/ndev.clouddns.readwrite"
_TOKENS = {  # where tokens are given, by the audience that their requests must name
    "/token": "https://oauth2.googleapis.com/token",
    "/oauth2/v4/token": "https://www.googleapis.com/oauth2/v4/token",
}


@cache
def key(owner: str) -> rsa.RSAPrivateKey:
    """A key of each `owner`; a short one, for speed."""
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)


def account(owner: str) -> dict[str, str]:
    """The document that Google makes for a key."""
    pem = key(owner).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {
        "type": "service_account",
        "project_id": "proj",
        "private_key_id": "kid1",
        "private_key": pem.decode(),
        "client_email": "ddns@proj.iam.gserviceaccount.com",
        "token_uri": _TOKENS["/token"],
    }


def no(status: int, reason: str, message: str) -> No:
    errors = [{"message": message, "domain": "global", "reason": reason}]
    return No(status, {"error": {"code": status, "message": message, "errors": errors}})


def denied(message: str) -> No:
    return No(400, {"error": "invalid_grant", "error_description": message})


class Google(Vendor):
    described = ("google_dns.json", "https://dns.googleapis.com")
    undescribed = tuple(_TOKENS)
    private: frozenset[str] = frozenset()

    def settings(self) -> Settings:
        return {"service_account": Secret(json.dumps(account("ours"))), "project": "proj"}

    def wrong_key(self) -> Settings:
        return {"service_account": Secret(json.dumps(account("a stranger's")))}

    def found_at(self, endpoint: str) -> Settings:
        return {"endpoint": f"{endpoint}/dns/v1", "login_endpoint": f"{endpoint}/token"}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method != "GET" and path not in _TOKENS

    def authorise(self, heard: Heard) -> None:
        if (
            heard.path not in _TOKENS
            and heard.headers.get("Authorization") != f"Bearer {self.token}"
        ):
            raise no(401, "authError", "Invalid Credentials")

    @route("POST", "/token")
    def give_token(self, heard: Heard) -> object:
        form = heard.form()
        grant = form.take("grant_type")
        self.expect(grant == "urn:ietf:params:oauth:grant-type:jwt-bearer", grant)
        message, _, signature = form.take("assertion").rpartition(".")
        header, claims = (json.loads(_decoded(part)) for part in message.split("."))
        self.expect(header["alg"] == "RS256" and header["typ"] == "JWT", f"header {header}")
        known = {"iss", "scope", "aud", "exp", "iat"}
        self.expect(claims.keys() == known, f"claims {sorted(claims)}")
        self.expect(0 < claims["exp"] - claims["iat"] <= 3600, "a token of more than an hour")
        self.expect(claims["aud"] == _TOKENS[heard.path], f"aud {claims['aud']}")
        self.expect(claims["scope"] == _SCOPE, f"scope {claims['scope']}")
        try:
            public = key("ours").public_key()
            padded = padding.PKCS1v15()
            public.verify(_decoded(signature), message.encode(), padded, hashes.SHA256())
        except InvalidSignature:
            raise denied("Invalid JWT Signature.") from None
        return {"access_token": self.token, "expires_in": 3599, "token_type": "Bearer"}

    @route("POST", "/oauth2/v4/token")
    def give_token_as_before(self, heard: Heard) -> object:
        return self.give_token(heard)

    @route("GET", _ZONES)
    def zones_of(self, heard: Heard) -> object:
        self._project(heard)
        wanted = heard.query.take("dnsName", default="")
        self.expect(wanted == "" or wanted.endswith("."), f"dnsName {wanted}")
        shown = [self._zone_shown(number) for number in self.zones]
        shown = [zone for zone in shown if wanted in ("", zone["dnsName"])]
        return {
            "kind": "dns#managedZonesListResponse",
            **({"managedZones": shown} if shown else {}),
        }

    @route("GET", _RRSETS)
    def all_rrsets(self, heard: Heard) -> object:
        zone = self._zone(heard)
        name = heard.query.take("name", default="").rstrip(".")
        rtype = heard.query.take("type", default="")
        found = {(one.name, one.rtype) for one in self.records.values() if one.zone == zone}
        wanted = [one for one in sorted(found) if (name, rtype) in (("", ""), one)]
        return {
            "kind": "dns#resourceRecordSetsListResponse",
            "rrsets": [self._shown(self.at(*one)) for one in wanted],
        }

    @route("GET", _RRSETS + "/{name}/{type}")
    def rrset(self, heard: Heard) -> object:
        self._zone(heard)
        name = heard.steps["name"]
        self.expect(name.endswith("."), f"{name} is not absolute")
        found = self.at(name.rstrip("."), heard.steps["type"])
        if not found:
            raise no(
                404, "notFound", f"The 'parameters.name' resource named '{name}' does not exist."
            )
        return self._shown(found)

    @route("POST", _ZONES + "/{zone}/changes")
    def change(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        gone, new = (body.take(part, list, []) for part in ("deletions", "additions"))
        if not gone and not new:
            raise no(400, "required", "The 'entity.change' parameter is required but was missing.")
        for one in gone:
            name, rtype, ttl, values = self._taken(heard, zone, one)
            where = f"'entity.change.deletions[{name}.][{rtype}]'"
            held = self.at(name, rtype)
            if not held:
                message = f"The {where} resource named '{name}. ({rtype})' does not exist."
                raise no(404, "notFound", message)
            if (self.held(name, rtype), held[0].ttl) != (sorted(values), ttl):
                raise no(412, "conditionNotMet", f"Precondition not met for {where}")
            self.seed(name, rtype)
        for one in new:
            name, rtype, ttl, values = self._taken(heard, zone, one)
            where = f"'entity.change.additions[{name}.][{rtype}]'"
            if self.at(name, rtype):
                message = f"The {where} resource named '{name}. ({rtype})' already exists"
                raise no(409, "alreadyExists", message)
            if self.at(name, "CNAME"):
                message = f"The resource record set {where} is invalid because of a CNAME"
                raise no(400, "cnameResourceRecordSetConflict", message)
            if not all(self.address(rtype, value) for value in values):
                raise no(400, "invalid", f"Invalid value for {where}")
            self.expect(len(set(values)) == len(values) > 0, f"rrdatas {values}")
            self.seed(name, rtype, *values, ttl=ttl)
        when = "2026-01-02T03:04:05.000Z"
        return {"kind": "dns#change", "id": "7", "status": "pending", "startTime": when}

    def _taken(self, heard: Heard, zone: str, one: Any) -> tuple[str, str, int, list[str]]:
        part = heard.fields("an RRset", one)
        name, rtype, ttl = part.take("name"), part.take("type"), part.take("ttl", int)
        self.expect(name.endswith("."), f"{name} is not absolute")
        name = name.rstrip(".")
        if not f".{name}".endswith(f".{zone}"):
            raise no(400, "invalid", f"'{name}.' is outside of the zone")
        return name, rtype, ttl, part.take("rrdatas", list)

    def _shown(self, found: list[Held]) -> dict[str, object]:
        shown: dict[str, object] = {
            "kind": "dns#resourceRecordSet",
            "name": f"{found[0].name}.",
            "type": found[0].rtype,
            "ttl": found[0].ttl,
        }
        if found[0].more.get("weighted"):
            item = {"weight": 1.0, "rrdatas": [found[0].content]}
            return {**shown, "routingPolicy": {"wrr": {"items": [item]}}}
        return {**shown, "rrdatas": [one.content for one in found], "signatureRrdatas": []}

    def _zone_shown(self, number: str) -> dict[str, object]:
        return {
            "kind": "dns#managedZone",
            "id": number,
            "name": f"zone-{number}",
            "dnsName": f"{self.zones[number]}.",
            "visibility": "private" if number in self.private else "public",
        }

    def _project(self, heard: Heard) -> None:
        project = heard.steps["project"]
        if project != "proj":
            message = f"The 'parameters.project' resource named '{project}' does not exist."
            raise no(404, "notFound", message)

    def _zone(self, heard: Heard) -> str:
        self._project(heard)
        number = heard.steps["zone"].removeprefix("zone-")
        if number not in self.zones:
            message = f"The 'parameters.managedZone' resource named '{number}' does not exist."
            raise no(404, "notFound", message)
        return self.zones[number]


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
