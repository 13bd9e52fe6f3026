"""Vultr: records with ids below a domain."""

from __future__ import annotations

from providers.engine.asking import Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Wish, Zone
from providers.engine.shape import member, number, objects, text
from providers.engine.wire import Bearer, Job

_NO_ADDRESS = "takes no calls from this address; allow all under Account > API > Access Control"
_API = Api(
    title="Vultr",
    base="https://api.vultr.com/v2",
    auth=lambda job: Bearer(token=job.secret("token")),
    meanings=(
        ("*IP address*", Cause.BLOCKED, _NO_ADDRESS),
        ("HTTP 401", Cause.CREDENTIALS, "does not accept the key; copy it from Account > API"),
        ("HTTP 403", Cause.CREDENTIALS, "lets the key's user not manage DNS; see Account > Users"),
        ("Invalid domain*", Cause.NOT_FOUND, "does not know this domain in this account"),
        ("*duplicate*", Cause.CONFLICT, "holds this record already"),
        ("*already exists*", Cause.CONFLICT, "holds this record already"),
    ),
)


def _zone(job: Job, name: str) -> Found:
    found = yield from _API.ask(job, "GET", ("domains", name), absent=True)
    return None if found is None else Zone(name=name)


def _rows(job: Job, zone: Zone, name: str) -> Rows:  # noqa: ARG001  there is no filter for names
    rows: list[Row] = []
    cursor = ""
    while True:
        query = (("per_page", "500"), *((("cursor", cursor),) if cursor else ()))
        answer = yield from _API.ask(job, "GET", ("domains", zone.name, "records"), query=query)
        rows += [
            Row(
                id=text(row, "id"),
                name=zone.absolute(text(row, "name")),
                rtype=text(row, "type"),
                content=text(row, "data"),
                ttl=number(row, "ttl"),
            )
            for row in objects(answer.get("records"), "records")
        ]
        cursor = text(member(member(answer, "meta"), "links"), "next")
        if not cursor:
            return rows


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    path = ("domains", zone.name, "records")
    body = {"name": zone.relative(wish.name, ""), "data": str(wish.value), "ttl": wish.ttl}
    if row:
        return (yield from _API.ask(job, "PATCH", (*path, row.id), json=body, idempotent=True))
    return (yield from _API.ask(job, "POST", path, json={"type": wish.rtype, **body}))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _API.ask(job, "DELETE", ("domains", zone.name, "records", row.id)))


VULTR = Records(api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=120).provider(
    id="vultr",
    docs="https://www.vultr.com/api/#tag/dns",
    fields=(
        Field(
            key="token",
            help="The API key of a user who may manage DNS (Account > API).",
            secret=True,
        ),
    ),
    pace=Pace(every=1.0, burst=20),  # 30 calls a second from one address, then 429 or 503
    notes=("The key works from listed addresses only: allow every one (Account > API).",),
)
