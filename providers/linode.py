"""Linode (Akamai): records with ids below a domain that has an id of its own."""

from __future__ import annotations

import json

from providers.engine.asking import Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Wish, Zone
from providers.engine.shape import number, objects, text
from providers.engine.wire import Bearer, Job

_NO_SCOPE = "does not let this token do that; make one with Domains: Read/Write"
_API = Api(
    title="Linode",
    base="https://api.linode.com/v4",
    auth=lambda job: Bearer(token=job.secret("token")),
    meanings=(
        ("*not authorized to use this endpoint*", Cause.CREDENTIALS, _NO_SCOPE),
        ("HTTP 401", Cause.CREDENTIALS, "does not accept the token; it may have expired"),
        ("HTTP 403", Cause.CREDENTIALS, _NO_SCOPE),
        ("Record conflict*", Cause.CONFLICT, "holds a record that clashes with this one"),
    ),
)
_TTLS = (30, 120, 300, *(3600 * hours for hours in (1, 2, 4, 8, 16, 24, 48, 96, 168, 336, 672)))


def _zone(job: Job, name: str) -> Found:
    only = (("X-Filter", json.dumps({"domain": name})),)
    answer = yield from _API.ask(job, "GET", ("domains",), headers=only)
    for row in objects(answer.get("data"), "data"):
        if text(row, "domain").lower() == name:
            return Zone(name=name, id=str(number(row, "id")))
    return None


def _rows(job: Job, zone: Zone, name: str) -> Rows:  # noqa: ARG001  all of them: 500 are one call
    rows: list[Row] = []
    page = pages = 1
    while page <= pages:
        query = (("page", str(page)), ("page_size", "500"))
        answer = yield from _API.ask(job, "GET", ("domains", zone.id, "records"), query=query)
        rows += [
            Row(
                id=str(number(row, "id")),
                name=zone.absolute(text(row, "name")),
                rtype=text(row, "type"),
                content=text(row, "target"),
                ttl=number(row, "ttl_sec"),  # 0 stands for the zone's own
            )
            for row in objects(answer.get("data"), "data")
        ]
        page, pages = page + 1, number(answer, "pages")
    return rows


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    path = ("domains", zone.id, "records")
    body = {"name": zone.relative(wish.name, ""), "target": str(wish.value), "ttl_sec": wish.ttl}
    if row:
        return (yield from _API.ask(job, "PUT", (*path, row.id), json=body))
    return (yield from _API.ask(job, "POST", path, json={"type": wish.rtype, **body}))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _API.ask(job, "DELETE", ("domains", zone.id, "records", row.id)))


LINODE = Records(
    api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=30, ttl_steps=_TTLS
).provider(
    id="linode",
    docs="https://techdocs.akamai.com/linode-api/reference/get-domain-records",
    fields=(
        Field(
            key="token",
            help="A personal access token with Domains: Read/Write (Profile > API Tokens).",
            secret=True,
        ),
    ),
    pace=Pace(every=1.0, burst=100),  # 200 lists a minute, 1,600 other calls
    notes=("TTLs are stored in steps (30, 120, 300, 3600 … seconds); others are rounded up.",),
)
