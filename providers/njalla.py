"""Njalla: records with ids, by calls that are always answered with status 200."""

from __future__ import annotations

from dataclasses import replace

from providers.engine.asking import Answer, Done, Job, Rows
from providers.engine.kit import Api, Cause, Pace, Records, Row, Wish, Zone, secret, zone_asked
from providers.engine.rest import Columns
from providers.engine.shape import member
from providers.engine.wire import Bearer

_UNKNOWN = "does not accept the token; make a new one under Settings > API access"
_NO_RIGHT = "does not let this token do that; allow it all record methods under Settings > API"
_API = Api(
    title="Njalla",
    base="https://njal.la/api/1",
    auth=lambda job: Bearer(token=job.secret("token"), scheme="Njalla"),
    failed=lambda said: not isinstance(said, dict) or "error" in said,
    meanings=(
        (("*token*", "401"), Cause.CREDENTIALS, _UNKNOWN),
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


def _ask(job: Job, method: str, domain: str, **more: object) -> Answer:
    json = {"method": method, "params": {"domain": domain, **more}}
    api = _LOOK if method == "get-domain" else _API
    write, again = method.endswith("-record"), method != "add-record"
    call = api.ask(job, "POST", "/", json=json, write=write, idempotent=again, absent=api is _LOOK)
    said = yield from call
    return None if said is None else member(said, "result")


def _rows(job: Job, zone: Zone, _: str) -> Rows:
    found = yield from _ask(job, "list-records", zone.name)
    return Columns().rows(zone, found.get("records"))


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    told = {"content": str(wish.value), "ttl": wish.ttl}
    if row:
        return _ask(job, "edit-record", zone.name, id=int(row.id), **told)
    name = zone.relative(wish.name)
    return _ask(job, "add-record", zone.name, name=name, type=wish.rtype, **told)


NJALLA = Records(
    api=_API,
    zone=zone_asked(lambda job, name: _ask(job, "get-domain", name)),
    rows=_rows,
    put=_put,
    delete=lambda job, zone, row: _ask(job, "remove-record", zone.name, id=int(row.id)),
    ttl_min=60,
    ttl_steps=(60, 300, 900, 3600, 10800, 21600, 86400),
).provider(
    id="njalla",
    docs="https://njal.la/api/",
    fields=(secret("token", "An API token (Settings > API access)."),),
    pace=Pace(every=2.0, burst=20),  # no limits are documented
    notes=(
        "TTLs are stored in steps (60, 300, 900, 3600 … seconds); others are rounded up.",
        "A record of Njalla's type Dynamic is left alone: delete it before this name is kept here.",
        "A token may be limited to some addresses; leave that empty where yours changes.",
    ),
)
