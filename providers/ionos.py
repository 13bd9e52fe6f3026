"""IONOS (hosting): records with ids in zones with ids; names are FQDNs."""

from __future__ import annotations

from providers.engine.asking import Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Wish, Zone
from providers.engine.shape import number, objects, text
from providers.engine.wire import Job

_KEY = "does not accept the key; it is the public prefix, a full stop and the secret, in one"
_DENIED = "does not let this key do that; make a key in the account that holds the domain"
_GONE = "no longer has the record; somebody else deleted it meanwhile"
_API = Api(
    title="IONOS",
    base="https://api.hosting.ionos.com/dns/v1",
    headers=lambda job: (("X-API-Key", job.secret("key")),),
    meanings=(
        ("HTTP 401", Cause.CREDENTIALS, _KEY),
        ("HTTP 403", Cause.CREDENTIALS, _DENIED),
        ("RECORD_NOT_FOUND", Cause.CONFLICT, _GONE),
        ("*ALREADY_EXISTS*", Cause.CONFLICT, "got an identical record from somebody else"),
        ("INVALID_RECORD", Cause.REJECTED, "does not accept this name, address or TTL"),
        ("*QUOTA*", Cause.BLOCKED, "takes no further records in this zone; delete some there"),
    ),
)


def _zone(job: Job, name: str) -> Found:
    zones = yield from _API.ask(job, "GET", ("zones",))
    ids = {text(zone, "name").lower(): text(zone, "id") for zone in objects(zones, "zones")}
    return Zone(name=name, id=ids[name]) if name in ids else None


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    answer = yield from _API.ask(job, "GET", ("zones", zone.id))
    return [
        Row(
            id=text(row, "id"),
            name=text(row, "name"),
            rtype=text(row, "type"),
            content=text(row, "content"),
            ttl=number(row, "ttl"),
            foreign=row.get("disabled") is True,
        )
        for row in objects(answer.get("records"), "records")
    ]


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    path = ("zones", zone.id, "records")
    body = {"content": str(wish.value), "ttl": wish.ttl, "prio": 0, "disabled": False}
    if row:
        return (yield from _API.ask(job, "PUT", (*path, row.id), json=body))
    made = {"name": wish.name, "type": wish.rtype, **body}
    return (yield from _API.ask(job, "POST", path, json=[made]))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _API.ask(job, "DELETE", ("zones", zone.id, "records", row.id)))


IONOS = Records(api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=60).provider(
    id="ionos",
    docs="https://developer.hosting.ionos.com/docs/dns",
    fields=(
        Field(
            key="key",
            help="The API key as prefix.secret (developer.hosting.ionos.com > API keys).",
            secret=True,
        ),
    ),
    pace=Pace(every=2.0, burst=10),  # a limit exists (429), and is not published
    notes=("The domain must use the name servers of IONOS (ui-dns), not those of IONOS Cloud.",),
)
