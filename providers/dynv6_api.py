"""dynv6's REST API: the records below a zone; the zone's own address is the row `dynv6`."""

from __future__ import annotations

from providers.engine.asking import Done, Found, Rows
from providers.engine.errand import Stop
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Wish, Zone
from providers.engine.outcome import Refused
from providers.engine.shape import identity, objects, text
from providers.engine.wire import Bearer, Job

_TOKEN = "does not accept the token; make a new HTTP token under Keys"  # noqa: S105  a sentence
_SHARE = "does not let this token into the zone; make an HTTP token under Keys for all zones"
_API = Api(
    title="dynv6",
    base="https://dynv6.com/api/v2",
    auth=lambda job: Bearer(token=job.secret("token")),
    meanings=(
        ("HTTP 401", Cause.CREDENTIALS, _TOKEN),
        ("HTTP 403", Cause.CREDENTIALS, _SHARE),
        ("HTTP 422", Cause.REJECTED, "does not take this record; check the name"),
    ),
)


def _zone(job: Job, name: str) -> Found:
    found = yield from _API.ask(job, "GET", ("zones", "by-name", name), absent=True)
    return None if found is None else Zone(name=name, id=identity(found, "id"))


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    if name == zone.name:  # no record, but two members of the zone, one of them a prefix
        reason = f"dynv6 keeps the address of {name} itself in another place; use provider dynv6"
        raise Stop(Refused(cause=Cause.REJECTED, text=reason))
    found = yield from _API.ask(job, "GET", ("zones", zone.id, "records"))
    return [
        Row(
            id=identity(row, "id"),
            name=zone.absolute(text(row, "name")),
            rtype=text(row, "type"),
            # The data of an AAAA record may be the host's part alone; this is what is served.
            content=str(row.get("expandedData") or text(row, "data")),
        )
        for row in objects(found, "records")
    ]


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    path = ("zones", zone.id, "records")
    body = {"name": zone.relative(wish.name), "type": wish.rtype, "data": str(wish.value)}
    if row:
        return (yield from _API.ask(job, "PATCH", (*path, row.id), json=body, idempotent=True))
    return (yield from _API.ask(job, "POST", path, json=body))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _API.ask(job, "DELETE", ("zones", zone.id, "records", row.id)))


DYNV6_API = Records(api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete).provider(
    id="dynv6_api",
    docs="https://dynv6.github.io/api-spec/",
    fields=(Field(key="token", help="An HTTP token, made under Keys at dynv6.com.", secret=True),),
    pace=Pace(every=5.0, burst=20),  # no limit is published
    notes=(
        "It keeps names below a zone; for the zone itself use the provider dynv6.",
        "The TTL is always 60 seconds.",
    ),
)
