"""DigitalOcean: records with ids below a domain."""

from __future__ import annotations

from providers.engine.asking import Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Wish, Zone
from providers.engine.shape import number, objects, text
from providers.engine.wire import Bearer, Job

_NO_SCOPE = "does not let this token do that; it needs domain read, create, update and delete"
_API = Api(
    title="DigitalOcean",
    base="https://api.digitalocean.com/v2",
    auth=lambda job: Bearer(token=job.secret("token")),
    meanings=(("HTTP 403", Cause.CREDENTIALS, _NO_SCOPE),),
)


def _zone(job: Job, name: str) -> Found:
    found = yield from _API.ask(job, "GET", ("domains", name), absent=True)
    return None if found is None else Zone(name=name)


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    query = (("name", name), ("per_page", "200"))  # of one name: far beyond what a home has
    answer = yield from _API.ask(job, "GET", ("domains", zone.name, "records"), query=query)
    return [
        Row(
            id=str(number(row, "id")),
            name=zone.absolute(text(row, "name")),
            rtype=text(row, "type"),
            content=text(row, "data"),
            ttl=number(row, "ttl"),
        )
        for row in objects(answer.get("domain_records"), "domain_records")
    ]


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    path = ("domains", zone.name, "records")
    body = {"type": wish.rtype, "data": str(wish.value), "ttl": wish.ttl}
    if row:
        return (yield from _API.ask(job, "PATCH", (*path, row.id), json=body, idempotent=True))
    return (yield from _API.ask(job, "POST", path, json={"name": zone.relative(wish.name), **body}))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _API.ask(job, "DELETE", ("domains", zone.name, "records", row.id)))


DIGITALOCEAN = Records(
    api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=30
).provider(
    id="digitalocean",
    docs="https://docs.digitalocean.com/reference/api/reference/domains/",
    fields=(Field(key="token", help="A token with domain scopes (API > Tokens).", secret=True),),
    pace=Pace(every=1.0, burst=50),  # 250 calls a minute, 5,000 an hour
)
