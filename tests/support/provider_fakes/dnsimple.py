"""DNSimple's API (v2), written from its reference: accounts in the path, batches on one plan."""

from __future__ import annotations

from typing import Any

from tests.support.provider_fakes.vendor import Fields, Heard, Held, No, Said, Vendor, route

_ZONE = "/1010/zones/{zone}"
_RECORDS = _ZONE + "/records"


def no(status: int, message: str, **errors: Any) -> No:
    return No(status, {"message": message, **({"errors": errors} if errors else {})})


class DnSimple(Vendor):
    base = "/v2"
    enterprise = True  # whether batches may be used
    account: object = {"id": 1010, "email": "me@example.com", "plan_identifier": "enterprise"}

    def authorise(self, heard: Heard) -> None:
        if heard.headers.get("Authorization") != f"Bearer {self.token}":
            raise no(401, "Authentication failed")

    def _answer(self, *heard: Any) -> Said:
        said = super()._answer(*heard)
        limits = {"Limit": "2400", "Remaining": "2399", "Reset": "1772334120"}
        told = {f"X-RateLimit-{name}": value for name, value in limits.items()}
        return Said(said.status, said.document, {**said.headers, **told})

    @route("GET", "/whoami")
    def whoami(self, heard: Heard) -> object:
        user = None if self.account else {"id": 1, "email": "me@example.com"}
        return {"data": {"user": user, "account": self.account}}

    @route("GET", _ZONE)
    def zone(self, heard: Heard) -> object:
        zone = self._zone(heard)
        return {
            "data": {
                "id": 71,
                "account_id": 1010,
                "name": zone,
                "reverse": False,
                "secondary": False,
                "last_transferred_at": None,
                "active": True,
                "created_at": "2026-01-01T00:00:00Z",
                "updated_at": "2026-01-01T00:00:00Z",
            }
        }

    @route("GET", _RECORDS)
    def listed(self, heard: Heard) -> object:
        zone, query = self._zone(heard), heard.query
        name, rtype = query.take("name", default=None), query.take("type", default=None)
        size, page = int(query.take("per_page", default="30")), int(query.take("page", default="1"))
        self.expect(1 <= size <= 100, f"per_page={size}")
        rows = [
            self._shown(record)
            for record in self.records.values()
            if record.zone == zone
            and name in (None, self.relative(record, ""))
            and rtype in (None, record.rtype)
        ]
        pages = max(1, -(-len(rows) // size))
        return {
            "data": rows[(page - 1) * size : page * size],
            "pagination": {
                "current_page": page,
                "per_page": size,
                "total_entries": len(rows),
                "total_pages": pages,
            },
        }

    @route("POST", _RECORDS)
    def create(self, heard: Heard) -> object:
        return Said(201, {"data": self._shown(self._create(self._zone(heard), heard.body()))})

    @route("PATCH", _RECORDS + "/{id}")
    def change(self, heard: Heard) -> object:
        return {
            "data": self._shown(self._change(self._zone(heard), heard.steps["id"], heard.body()))
        }

    @route("DELETE", _RECORDS + "/{id}")
    def delete(self, heard: Heard) -> None:
        del self.records[self._record(self._zone(heard), heard.steps["id"]).id]

    @route("POST", _ZONE + "/batch")
    def batch(self, heard: Heard) -> object:
        zone, body = self._zone(heard), heard.body()
        if not self.enterprise:
            body.rest()
            raise no(412, "Batch zone record changes are not available on your plan")
        done: dict[str, list[object]] = {}
        for part in ("creates", "updates", "deletes"):
            done[part] = []
            for index, row in enumerate(body.take(part, list, [])):
                fields = heard.fields(part, row)
                try:
                    done[part].append(self._part(zone, part, fields))
                except No as refused:
                    where = {"index": index, **vars(refused.said)["document"]}
                    raise no(400, "Validation failed", **{part: [where]}) from None
        return {"data": done}

    def _part(self, zone: str, part: str, fields: Fields) -> object:
        if part == "creates":
            return self._shown(self._create(zone, fields))
        number = fields.take("id", int)
        if part == "updates":
            return self._shown(self._change(zone, str(number), fields))
        del self.records[self._record(zone, str(number)).id]
        return {"id": number}

    def _create(self, zone: str, fields: Fields) -> Held:
        name, rtype = self.absolute(zone, fields.take("name"), ""), fields.take("type")
        content, ttl = fields.take("content"), fields.take("ttl", int, 3600)
        if content in self.held(name, rtype):
            raise no(400, "Validation failed", base=["Zone record already exists"])
        self._check(name, rtype, content, ttl)
        return self.insert(zone, name, rtype, content, ttl)

    def _change(self, zone: str, number: str, fields: Fields) -> Held:
        record = self._record(zone, number)
        record.content = fields.take("content", default=record.content)
        record.ttl = fields.take("ttl", int, record.ttl)
        name = fields.take("name", default=self.relative(record, ""))
        self.expect(self.absolute(zone, name, "") == record.name, f"a new name: {name!r}")
        self._check(record.name, record.rtype, record.content, record.ttl)
        return record

    def _check(self, name: str, rtype: str, content: str, ttl: int) -> None:
        self.expect(ttl >= 60, f"ttl {ttl}")
        if not self.address(rtype, content):
            self.expect(False, f"{rtype} {content}")
            raise no(400, "Validation failed", content=["is invalid"])
        if self.at(name, "CNAME"):
            raise no(400, "Validation failed", base=["A CNAME stands at this name"])

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones.values():
            raise no(404, f"Zone `{heard.steps['zone']}` not found")
        return heard.steps["zone"]

    def _record(self, zone: str, number: str) -> Held:
        record = self.records.get(number)
        if record is None or record.zone != zone:
            raise no(404, f"Record `{number}` not found")
        return record

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "id": int(record.id),
            "zone_id": record.zone,
            "parent_id": record.more.get("parent_id"),
            "name": self.relative(record, ""),
            "content": record.content,
            "ttl": record.ttl,
            "priority": None,
            "type": record.rtype,
            "regions": record.more.get("regions", ["global"]),
            "system_record": record.more.get("system_record", False),
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
        }
