"""Njalla: records with ids, by calls that are always answered with status 200."""

from __future__ import annotations

from dataclasses import replace

from providers.engine.asking import Asking, Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Wish, Zone
from providers.engine.shape import Object, identity, member, number, objects, text
from providers.engine.wire import Bearer, Job

_UNKNOWN = "does not accept the token; make a new one under Settings > API access"
_NO_RIGHT = "does not let this token do that; allow it all record methods under Settings > API"
_TTLS = (60, 300, 900, 3600, 10800, 21600, 86400)
_API = Api(
    title="Njalla",
    base="https://njal.la/api/1",
    auth=lambda job: Bearer(token=job.secret("token"), scheme="Njalla"),
    failed=lambda said: isinstance(said, dict) and "error" in said,
    meanings=(
        ("*token*", Cause.CREDENTIALS, _UNKNOWN),
        ("401", Cause.CREDENTIALS, _UNKNOWN),
        ("403", Cause.CREDENTIALS, _NO_RIGHT),
        ("404", Cause.CONFLICT, "has no such record any more"),
        ("400", Cause.REJECTED, "does not accept this record"),
        ("429", Cause.RATE_LIMITED, "was called too often"),
        ("5??", Cause.TRANSIENT, "has trouble of its own"),
    ),
)
_ABSENT = (Cause.NOT_FOUND, "has no such domain in this account")
# Asked for a domain that is somebody else's, Njalla speaks of permissions.
_LOOK = replace(
    _API,
    meanings=(("*token*", Cause.CREDENTIALS, _UNKNOWN), ("403", *_ABSENT), ("404", *_ABSENT)),
)


def _call(job: Job, method: str, params: Object, *, write: bool = True) -> Asking[Object]:
    said = yield from _API.ask(
        job,
        "POST",
        "/",
        json={"method": method, "params": params},
        write=write,
        idempotent=method != "add-record",
    )
    return member(said, "result")


def _zone(job: Job, name: str) -> Found:
    json = {"method": "get-domain", "params": {"domain": name}}
    said = yield from _LOOK.ask(job, "POST", "/", json=json, write=False, absent=True)
    return None if said is None else Zone(name=text(member(said, "result"), "name"))


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    found = yield from _call(job, "list-records", {"domain": zone.name}, write=False)
    return [
        Row(
            id=identity(row, "id"),
            name=zone.absolute(text(row, "name")),
            rtype=text(row, "type"),
            content=text(row, "content"),
            ttl=number(row, "ttl"),
        )
        for row in objects(found.get("records"), "records")
    ]


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    told = {"domain": zone.name, "content": str(wish.value), "ttl": wish.ttl}
    if row:
        return (yield from _call(job, "edit-record", {"id": int(row.id), **told}))
    new = {"name": zone.relative(wish.name), "type": wish.rtype, **told}
    return (yield from _call(job, "add-record", new))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _call(job, "remove-record", {"domain": zone.name, "id": int(row.id)}))


NJALLA = Records(
    api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=60, ttl_steps=_TTLS
).provider(
    id="njalla",
    docs="https://njal.la/api/",
    fields=(Field(key="token", help="An API token (Settings > API access).", secret=True),),
    pace=Pace(every=2.0, burst=20),  # no limits are documented
    notes=(
        "TTLs are stored in steps (60, 300, 900, 3600 … seconds); others are rounded up.",
        "A record of Njalla's type Dynamic is left alone: delete it before this name is kept here.",
        "A token may be limited to some addresses; leave that empty where yours changes.",
    ),
)
