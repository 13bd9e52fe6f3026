"""Netlify: records with ids that cannot be changed, only made and deleted."""

from __future__ import annotations

from providers.engine.asking import Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Wish, Zone
from providers.engine.shape import number, objects, text
from providers.engine.wire import Bearer, Job

_API = Api(
    title="Netlify",
    base="https://api.netlify.com/api/v1",
    auth=lambda job: Bearer(token=job.secret("token")),
    meanings=(
        ("HTTP 401", Cause.CREDENTIALS, "does not accept the token; it may have expired"),
        ("HTTP 403", Cause.CREDENTIALS, "lets the token's owner not manage DNS in this team"),
        ("*already exists*", Cause.CONFLICT, "holds this record already"),
    ),
)


def _zone(job: Job, name: str) -> Found:
    zones = yield from _API.ask(job, "GET", ("dns_zones",))
    for row in objects(zones, "zones"):
        if text(row, "name").lower() == name:
            return Zone(name=name, id=text(row, "id"))
    return None


def _rows(job: Job, zone: Zone, name: str) -> Rows:  # noqa: ARG001  there is no filter for names
    rows = yield from _API.ask(job, "GET", _path(zone))
    return [
        Row(
            id=text(row, "id"),
            name=text(row, "hostname"),
            rtype=text(row, "type"),
            content=text(row, "value"),
            ttl=number(row, "ttl"),
            foreign=row.get("managed") is True,
        )
        for row in objects(rows, "records")
    ]


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:  # noqa: ARG001  always a new one
    body = {"type": wish.rtype, "hostname": wish.name, "value": str(wish.value), "ttl": wish.ttl}
    return (yield from _API.ask(job, "POST", _path(zone), json=body))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _API.ask(job, "DELETE", (*_path(zone), row.id)))


def _path(zone: Zone) -> tuple[str, ...]:
    return ("dns_zones", zone.id, "dns_records")


NETLIFY = Records(
    api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, alters=False
).provider(
    id="netlify",
    docs="https://open-api.netlify.com/#tag/dnsZone",
    fields=(
        Field(
            key="token",
            help="A personal access token (User settings > Applications).",
            secret=True,
        ),
    ),
    pace=Pace(every=1.0, burst=50),  # 500 calls a minute
    notes=(
        "A record cannot be changed: a new one is made first, then the old one is deleted.",
        "A TTL is therefore not changed as long as the address stays.",
    ),
)
