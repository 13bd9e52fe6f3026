"""Infomaniak: records with ids below a zone, by version 2 of the API.

Version 1 stores records that zones with Fast Anycast never publish.
"""

from __future__ import annotations

from typing import Any

from providers.engine.asking import Done, Found, Rows
from providers.engine.errors import Confused, one_line
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Wish, Zone
from providers.engine.shape import number, objects, text
from providers.engine.wire import Bearer, Job

_UNKNOWN = "does not accept the token; make a new one in the Manager under Developer > API tokens"
_NO_SCOPE = "does not let this token do that; make one with the scopes dns:read and dns:write"


def _unsaid(said: Any) -> bool:
    """Whether a document does not say that it is a success."""
    return not isinstance(said, dict) or said.get("result") != "success"


_API = Api(
    title="Infomaniak",
    base="https://api.infomaniak.com/2",
    auth=lambda job: Bearer(token=job.secret("token")),
    failed=_unsaid,
    meanings=(
        ("not_authorized", Cause.CREDENTIALS, _UNKNOWN),
        ("HTTP 401", Cause.CREDENTIALS, _UNKNOWN),
        ("HTTP 403", Cause.CREDENTIALS, _NO_SCOPE),
        ("object_not_found", Cause.NOT_FOUND, "has no such zone or record in this account"),
        ("*already_exist*", Cause.CONFLICT, "holds such a record already"),
        ("validation_failed", Cause.REJECTED, "does not accept this record"),
    ),
)


def _zone(job: Job, name: str) -> Found:
    said = yield from _API.ask(job, "GET", ("zones", name, "exists"), absent=True)
    found = said is not None and said.get("data")
    if not isinstance(found, bool):
        raise Confused(f"neither yes nor no to whether it has {name}: {one_line(repr(found))}")
    return Zone(name=name) if found else None


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    said = yield from _API.ask(job, "GET", ("zones", zone.name, "records"))
    return [
        Row(
            id=str(number(row, "id")),
            name=zone.absolute(text(row, "source")),
            rtype=text(row, "type"),
            content=text(row, "target"),
            ttl=number(row, "ttl"),
            foreign=bool(row.get("dyndns_id")),  # their own dynamic DNS keeps it
        )
        for row in objects(said.get("data"), "records")
    ]


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    path = ("zones", zone.name, "records")
    body = {"target": str(wish.value), "ttl": wish.ttl}
    if row:
        return (yield from _API.ask(job, "PUT", (*path, row.id), json=body))
    new = {"source": zone.relative(wish.name, "."), "type": wish.rtype, **body}
    return (yield from _API.ask(job, "POST", path, json=new))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _API.ask(job, "DELETE", ("zones", zone.name, "records", row.id)))


INFOMANIAK = Records(
    api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=300
).provider(
    id="infomaniak",
    docs="https://developer.infomaniak.com/docs/api/get/2/zones/%7Bzone%7D/records",
    fields=(
        Field(
            key="token",
            help="An API token with dns:read and dns:write (Manager > Developer > API tokens).",
            secret=True,
        ),
    ),
    pace=Pace(every=1.0, burst=30),  # 60 calls a minute
    notes=(
        "The least TTL is 300 seconds.",
        "A record that Infomaniak's own dynamic DNS keeps is left alone.",
    ),
)
