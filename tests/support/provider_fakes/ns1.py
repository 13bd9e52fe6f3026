"""NS1's API, written from its reference and the recorded answers of its own SDKs."""

from __future__ import annotations

from typing import Any

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Fields, Heard, No, Settings, Vendor, route

_RRSET = "/zones/{zone}/{name}/{type}"
_PLAIN: dict[str, object] = {
    "use_client_subnet": True,
    "regions": {},
    "meta": {},
    "link": None,
    "filters": [],
    "tier": 1,
    "networks": [0],
}


def no(status: int, message: str) -> No:
    return No(status, {"message": message})


class Ns1(Vendor):
    """What a record is `seed`ed with besides its value becomes part of its RRset."""

    base = "/v1"

    def settings(self) -> Settings:
        return {"api_key": Secret(self.token)}

    def wrong_key(self) -> Settings:
        return {"api_key": Secret("wrong-key-of-somebody")}

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("X-NSONE-Key") != self.token:
            raise no(401, "Unauthorized")

    @route("GET", "/zones/{zone}")
    def zone(self, heard: Heard) -> object:
        zone = self._zone(heard)
        shown = {"id": "52051b2c9f782d58bb4df41b", "zone": zone, "ttl": 3600, "records": []}
        if heard.query.take("records", default="true") == "true":
            found = {(record.name, record.rtype) for record in self.records.values()}
            shown["records"] = [self._listed(*one) for one in sorted(found)]
        return shown

    @route("GET", _RRSET)
    def rrset(self, heard: Heard) -> object:
        return self._shown(*self._name(heard))

    @route("PUT", _RRSET)
    def create(self, heard: Heard) -> object:
        name, rtype = self._name(heard)
        if self.at(name, rtype):
            raise no(400, "record already exists")
        if self.at(name, "CNAME"):
            raise no(400, "invalid: record conflicts with a CNAME at the same name")
        return self._set(heard, heard.body(), 3600)

    @route("POST", _RRSET)
    def change(self, heard: Heard) -> object:
        name, rtype = self._name(heard)
        self._shown(name, rtype)
        return self._set(heard, heard.body(), self.at(name, rtype)[0].ttl)

    @route("DELETE", _RRSET)
    def delete(self, heard: Heard) -> object:
        self._shown(*self._name(heard))
        self.seed(*self._name(heard))
        return {}

    def _set(self, heard: Heard, body: Fields, ttl: int) -> object:
        name, rtype = self._name(heard)
        which = {"zone": heard.steps["zone"], "domain": name, "type": rtype}
        for part, right in which.items():
            self.expect(body.take(part, default=right) == right, f"{part} differs from the path")
        answers: list[dict[str, Any]] = body.take("answers", list)
        values = [value for answer in answers for value in answer["answer"]]
        if not values or not all(self.address(rtype, value) for value in values):
            raise no(400, "invalid answers")
        self.expect(len(set(values)) == len(values), f"answers {values} that are not distinct")
        self.seed(name, rtype, *values, ttl=body.take("ttl", int, ttl))
        return self._shown(name, rtype)

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones.values():
            raise no(404, "zone not found")
        return heard.steps["zone"]

    def _name(self, heard: Heard) -> tuple[str, str]:
        zone, name = self._zone(heard), heard.steps["name"]
        self.expect(f".{name}".endswith(f".{zone}"), f"{name!r} without its zone")
        return name, heard.steps["type"]

    def _listed(self, name: str, rtype: str) -> dict[str, object]:
        found = self.at(name, rtype)
        values = [record.content for record in found]
        about = {"domain": name, "type": rtype, "ttl": found[0].ttl, "tier": 1, "link": None}
        return {"id": found[0].id, "short_answers": values, **about}

    def _shown(self, name: str, rtype: str) -> dict[str, object]:
        found = self.at(name, rtype)
        if not found:
            raise no(404, "record not found")
        answers = [{"answer": [record.content], "id": record.id} for record in found]
        about = {"zone": found[0].zone, "domain": name, "type": rtype, "ttl": found[0].ttl}
        return {**_PLAIN, **about, "id": found[0].id, "answers": answers, **found[0].more}
