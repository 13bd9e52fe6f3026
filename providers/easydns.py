"""easyDNS: records with ids below a domain, by its REST API."""

from __future__ import annotations

from typing import Any

from providers.engine.asking import Done, Found, Rows
from providers.engine.kit import Api, Cause, Pace, Records, Row, Wish, Zone, secret
from providers.engine.rest import Columns
from providers.engine.shape import Object, member, number, objects
from providers.engine.wire import Basic, Job

_ERRORS = 400  # from here on, a status is one
_CALM = "was called too often, or without credentials"
_PAIR = "does not accept the token with this key; copy both anew"
_ABSENT = "has no such domain in the account of this token"


def _failed(answer: Any) -> bool:
    """Whether an answer with HTTP 200 tells of an error; some do."""
    return isinstance(answer, dict) and ("error" in answer or answer.get("status", 0) >= _ERRORS)


_API = Api(
    title="easyDNS",
    base="https://rest.easydns.net",
    auth=lambda job: Basic(user=job.secret("token"), password=job.secret("key")),
    query=lambda _: (("format", "json"),),
    failed=_failed,
    meanings=(
        (("Enhance your calm*", "HTTP 420", "420"), Cause.RATE_LIMITED, _CALM, 600.0),
        (("HTTP 401", "401"), Cause.CREDENTIALS, _PAIR),
        (("HTTP 403", "403"), Cause.NOT_FOUND, _ABSENT),
    ),
)
_COLUMNS = Columns(name="host", content="rdata")


def _zone(job: Job, name: str) -> Found:
    answer = yield from _API.ask(job, "GET", ("domain", name), absent=True)
    held = answer is not None and member(answer, "data").get("exists") != "N"
    return Zone(name=name) if held else None


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    """All records: there is no filter for names."""
    rows: list[Row] = []
    total = 1
    while len(rows) < total:
        query = (("start", str(len(rows))), ("max", "1000"))
        path = ("zones", "records", "all", zone.name)
        answer = yield from _API.ask(job, "GET", path, query=query)
        page = objects(answer.get("data"), "data")
        rows += _COLUMNS.rows(zone, page, _foreign)
        total = number(answer, "total") if page else 0
    return rows


def _foreign(row: Object) -> bool:
    """Whether it is served to one part of the world only."""
    return str(row.get("geozone_id") or "0") != "0"


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    body: Object = {"domain": zone.name, "host": zone.relative(wish.name), "type": wish.rtype}
    body |= {"rdata": str(wish.value), "ttl": wish.ttl, "prio": 0, "geozone_id": 0}
    if row:
        return _API.ask(job, "POST", ("zones", "records", row.id), json=body, idempotent=True)
    path = ("zones", "records", "add", zone.name, wish.rtype)
    # This PUT adds: repeated, it would add once more.
    return _API.ask(job, "PUT", path, json=body, idempotent=False)


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return _API.ask(job, "DELETE", ("zones", "records", zone.name, row.id))


EASYDNS = Records(api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=300).provider(
    id="easydns",
    docs="https://docs.sandbox.rest.easydns.net/",
    fields=(
        secret("token", "The API token (cp.easydns.com, Manage > Security)."),
        secret("key", "The API key that was given with the token."),
    ),
    pace=Pace(every=60.0, burst=5, after_error=600.0),  # no figures are told; 420 says enough
)
