"""name.com's API v4, written from its reference."""

from __future__ import annotations

from base64 import b64encode
from typing import ClassVar

from providers.engine.wire import Secret
from tests.support.provider_fakes.vendor import Heard, Held, No, Settings, Vendor, route

_RECORDS = "/domains/{zone}/records"


def no(status: int, message: str, details: str = "") -> No:
    return No(status, {"message": message, "details": details} if details else {"message": message})


class NameCom(Vendor):
    base = "/v4"
    least_ttl = 300
    user: ClassVar[str] = "alice"
    most_of_a_page: ClassVar[int] = 1000

    def settings(self) -> Settings:
        return {"user": self.user, "token": Secret(self.token)}

    def authorise(self, heard: Heard) -> None:
        pair = b64encode(f"{self.user}:{self.token}".encode()).decode()
        if heard.headers.get("Authorization") != f"Basic {pair}":
            raise no(401, "Unauthorized")

    @route("GET", "/domains")
    def domains(self, heard: Heard) -> object:
        shown = [{"domainName": zone, "autorenewEnabled": True} for zone in self.zones.values()]
        return self._page(heard, "domains", shown)

    @route("GET", _RECORDS)
    def records_of(self, heard: Heard) -> object:
        zone = self._zone(heard)
        held = [record for record in self.records.values() if record.zone == zone]
        return self._page(heard, "records", [self._shown(record) for record in held])

    @route("POST", _RECORDS)
    def create(self, heard: Heard) -> object:
        name, rtype, answer, ttl = self._wanted(heard)
        if answer in self.held(name, rtype):
            raise no(400, "Invalid Argument", "Parameter Value Error - Duplicate Record")
        if self.at(name, "CNAME"):
            raise no(400, "Invalid Argument", "Parameter Value Error - Conflicting Record")
        return self._shown(self.insert(self._zone(heard), name, rtype, answer, ttl))

    @route("PUT", _RECORDS + "/{id}")
    def change(self, heard: Heard) -> object:
        record = self._record(heard)
        name, rtype, record.content, record.ttl = self._wanted(heard)
        self.expect((name, rtype) == (record.name, record.rtype), "a record that moves")
        return self._shown(record)

    @route("DELETE", _RECORDS + "/{id}")
    def delete(self, heard: Heard) -> object:
        del self.records[self._record(heard).id]
        return {}

    def _page(self, heard: Heard, key: str, rows: list[dict[str, object]]) -> object:
        size, page = (int(heard.query.take(name, default="0")) for name in ("perPage", "page"))
        self.expect(size <= 1000, f"perPage={size}")
        size, page = min(size or 1000, self.most_of_a_page), page or 1
        shown = rows[(page - 1) * size : page * size]
        last = -(-len(rows) // size)
        more = {"nextPage": page + 1, "lastPage": last} if page < last else {}
        return {key: shown, **more} if shown else {}  # what is empty is left out

    def _zone(self, heard: Heard) -> str:
        if heard.steps["zone"] not in self.zones.values():
            raise no(404, "Not Found")
        return heard.steps["zone"]

    def _record(self, heard: Heard) -> Held:
        record = self.records.get(heard.steps["id"])
        if record is None or record.zone != self._zone(heard):
            raise no(404, "Not Found")
        return record

    def _wanted(self, heard: Heard) -> tuple[str, str, str, int]:
        zone, body = self._zone(heard), heard.body()
        host = body.take("host", default="")  # the apex is "" or "@"
        name = self.absolute(zone, "" if host == "@" else host, apex="")
        rtype, answer, ttl = body.take("type"), body.take("answer"), body.take("ttl", int, 300)
        self.expect(ttl >= 300, f"ttl {ttl}")
        if not self.address(rtype, answer):
            self.expect(False, f"{rtype} {answer}")
            raise no(400, "Invalid Argument", "Parameter Value Error - Invalid Answer")
        return name, rtype, answer, ttl

    def _shown(self, record: Held) -> dict[str, object]:
        host = self.relative(record, "")
        return {
            "id": int(record.id),
            "domainName": record.zone,
            **({"host": host} if host else {}),
            "fqdn": f"{record.name}.",
            "type": record.rtype,
            "answer": record.content,
            "ttl": record.ttl,
        }
