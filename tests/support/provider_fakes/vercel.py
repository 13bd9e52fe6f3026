"""Vercel's API, written from its reference: three versions at once, pages by time."""

from __future__ import annotations

from tests.support.provider_fakes.vendor import Heard, Held, No, Vendor, route

TEAM = "team_1a2b3c4d5e6f"


def no(status: int, code: str, message: str) -> No:
    return No(status, {"error": {"code": code, "message": message}})


class Vercel(Vendor):
    team = ""  # whose domain it is; empty: the token's owner's

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"Bearer {self.token}":
            raise no(403, "forbidden", "Not authorized")
        if heard.query.take("teamId", default="") != self.team:
            raise no(403, "forbidden", "You don't have access to this domain")

    @route("GET", "/v5/domains/{zone}")
    def domain(self, heard: Heard) -> object:
        zone = self._zone(heard)
        return {"domain": {"id": "dom_71", "name": zone, "serviceType": "zeit.world"}}

    @route("GET", "/v4/domains/{zone}/records")
    def listed(self, heard: Heard) -> object:
        zone = self._zone(heard)
        size = int(heard.query.take("limit", default="20"))
        until = int(heard.query.take("until", default="0"))
        self.expect(1 <= size <= 100, f"limit={size}")
        rows = [self._shown(record) for record in self.records.values() if record.zone == zone]
        end = until + size
        following = end if end < len(rows) else None
        pages = {"count": len(rows[until:end]), "next": following, "prev": None}
        return {"records": rows[until:end], "pagination": pages}

    @route("POST", "/v2/domains/{zone}/records")
    def create(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        name, rtype = self.absolute(zone, body.take("name"), ""), body.take("type")
        value, ttl = body.take("value"), body.take("ttl", int, 60)
        self._check(name, rtype, value, ttl)
        if value in self.held(name, rtype):
            raise no(409, "record_exists", "The record already exists")
        return {"uid": self.insert(zone, name, rtype, value, ttl).id, "updated": 1}

    @route("PATCH", "/v1/domains/records/{id}")
    def change(self, heard: Heard) -> object:
        record, body = self._record(heard), heard.body()
        record.content, record.ttl = body.take("value"), body.take("ttl", int, record.ttl)
        self._check(record.name, record.rtype, record.content, record.ttl)
        return self._shown(record)

    @route("DELETE", "/v2/domains/{zone}/records/{id}")
    def delete(self, heard: Heard) -> object:
        self._zone(heard)
        del self.records[self._record(heard).id]
        return {}

    def insert(self, zone: str, name: str, rtype: str, content: str, ttl: int, **more: str) -> Held:
        record = super().insert(zone, name, rtype, content, ttl, **more)
        del self.records[record.id]
        record.id = f"rec_{record.id}"
        self.records[record.id] = record
        return record

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones.values():
            raise no(404, "not_found", "The domain is not found")
        return heard.steps["zone"]

    def _record(self, heard: Heard) -> Held:
        if heard.steps["id"] not in self.records:
            raise no(404, "not_found", "The record is not found")
        return self.records[heard.steps["id"]]

    def _check(self, name: str, rtype: str, value: str, ttl: int) -> None:
        self.expect(60 <= ttl <= 86400, f"ttl {ttl}")
        if not self.address(rtype, value):
            self.expect(False, f"{rtype} {value}")
            raise no(400, "invalid_value", "The value is not an address")
        if self.at(name, "CNAME"):
            raise no(409, "record_conflicts", "Existing record conflicts with attempted creation")

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": record.id,
            "slug": f"{record.name}-{record.rtype}".lower(),
            "name": self.relative(record, ""),
            "type": record.rtype,
            "value": record.content,
            "ttl": record.ttl,
            "creator": record.more.get("creator", "1a2b3c"),
            "created": 1772334000000,
            "updated": 1772334000000,
            "comment": "",
        }
