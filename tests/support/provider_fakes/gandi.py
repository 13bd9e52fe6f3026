"""Gandi's LiveDNS API, written from its reference."""

from __future__ import annotations

from tests.support.provider_fakes.vendor import Heard, No, Said, Vendor, route

_RRSET = "/domains/{zone}/records/{name}/{type}"


def no(status: int, cause: str, message: str) -> No:
    return No(status, {"code": status, "message": message, "object": "HTTP", "cause": cause})


class Gandi(Vendor):
    base = "/v5/livedns"
    token = "right-token-of-mine-in-40-characters-now"  # shorter ones are keys of the older kind
    least_ttl = 300

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"Bearer {self.token}":
            raise no(401, "Unauthorized", "The server could not verify that you are authorized")

    @route("GET", "/domains/{zone}")
    def domain(self, heard: Heard) -> object:
        zone = self._zone(heard)
        return {"fqdn": zone, "automatic_snapshots": True}

    @route("GET", _RRSET)
    def rrset(self, heard: Heard) -> object:
        name, rtype = self._name(heard)
        found = self.at(name, rtype)
        if not found:
            raise no(404, "Not Found", "The resource could not be found.")
        return {
            "rrset_name": heard.steps["name"],
            "rrset_type": rtype,
            "rrset_ttl": found[0].ttl,
            "rrset_values": [record.content for record in found],
        }

    @route("PUT", _RRSET)
    @route("POST", _RRSET)
    def replace(self, heard: Heard) -> object:
        name, rtype = self._name(heard)
        body = heard.body()
        values, ttl = body.take("rrset_values", list), body.take("rrset_ttl", int, 10800)
        self.expect(300 <= ttl <= 2592000, f"rrset_ttl {ttl}")
        self.expect(len(set(values)) == len(values) > 0, f"rrset_values {values}")
        if not all(self.address(rtype, value) for value in values):
            raise no(400, "Bad Request", "invalid value")
        if self.at(name, "CNAME") or (heard.method == "POST" and self.at(name, rtype)):
            raise no(409, "Conflict", "A DNS Record already exists with same value")
        self.seed(name, rtype, *values, ttl=ttl)
        return Said(201, {"message": "DNS Record Created"})

    @route("DELETE", _RRSET)
    def delete(self, heard: Heard) -> None:
        self.seed(*self._name(heard))

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones.values():
            raise no(404, "Not Found", "Unknown domain")
        return heard.steps["zone"]

    def _name(self, heard: Heard) -> tuple[str, str]:
        return self.absolute(self._zone(heard), heard.steps["name"]), heard.steps["type"]
