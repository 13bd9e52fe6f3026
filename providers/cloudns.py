"""ClouDNS: records with ids, by forms that are always answered with status 200."""

from __future__ import annotations

from providers.engine.asking import Done, Found, Rows
from providers.engine.errors import Confused, one_line
from providers.engine.kit import Api, Cause, Field, Pace, Query, Records, Row, Wish, Zone
from providers.engine.shape import identity, objects, text
from providers.engine.wire import Job

_WHO = ("auth_id", "sub_auth_id", "sub_auth_user")
_HOUR, _DAY, _DAYS = 3600, 86400, (1, 2, 3, 7, 14, 30)
_TTLS = (60, 300, 900, 1800, _HOUR, 6 * _HOUR, 12 * _HOUR, *(days * _DAY for days in _DAYS))


def _who(job: Job) -> Query:
    name = next(key for key in _WHO if job.text(key))
    password = ("auth-password", job.secret("auth_password"))
    return ((name.replace("_", "-"), job.text(name)), password)


_API = Api(
    title="ClouDNS",
    base="https://api.cloudns.net/dns",
    form=_who,
    failed=lambda said: isinstance(said, dict) and said.get("status") == "Failed",
    meanings=(
        ("Invalid authentication*", Cause.CREDENTIALS, "does not know this id with this password"),
        ("*access to the HTTP API*", Cause.BLOCKED, "has no API in this plan; take a paid one"),
        ("*permission*", Cause.CREDENTIALS, "does not let this user do that; add the zone to it"),
        ("Missing domain-name", Cause.NOT_FOUND, "has no such zone in this account"),
        ("Invalid record-id*", Cause.CONFLICT, "has no such record any more"),
        # From here on the words are not documented; what none of them fits is shown as it is.
        ("*already*", Cause.CONFLICT, "holds such a record already"),
        ("*record*limit*", Cause.BLOCKED, "allows no more records in this plan; delete some"),
        ("*invalid*", Cause.REJECTED, "does not accept this record"),
    ),
)


def _write(job: Job, call: str, zone: Zone, *more: tuple[str, str]) -> Done:
    form, again = (("domain-name", zone.name), *more), call != "add-record"
    said = yield from _API.ask(job, "POST", f"/{call}.json", form=form, idempotent=again)
    if not isinstance(said, dict) or said.get("status") != "Success":
        raise Confused(f"neither success nor failure: {one_line(repr(said))}")
    return said


def _zone(job: Job, name: str) -> Found:
    form, call = (("domain-name", name),), "/get-zone-info.json"
    found = yield from _API.ask(job, "POST", call, form=form, write=False, absent=True)
    return None if found is None else Zone(name=name, id=text(found, "name"))


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    # Without `rows-per-page` there are no pages. At the apex an empty host means every host.
    form = (("domain-name", zone.name), ("host", zone.relative(name, "")))
    found = yield from _API.ask(job, "POST", "/records.json", form=form, write=False)
    if isinstance(found, dict):  # by id; an empty one comes as a list
        found = list(found.values())
    return [
        Row(
            id=identity(row, "id"),
            name=zone.absolute(text(row, "host")),
            rtype=text(row, "type"),
            content=text(row, "record"),
            ttl=int(identity(row, "ttl")),
            # Switched off, or for one place on earth alone.
            foreign=str(row.get("status", 1)) == "0"
            or row.get("geodns-location-code", "DEFAULT") != "DEFAULT",
        )
        for row in objects(found, "records")
    ]


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    host, value = ("host", zone.relative(wish.name, "")), ("record", str(wish.value))
    told = (host, value, ("ttl", str(wish.ttl)))
    if row:
        return (yield from _write(job, "mod-record", zone, ("record-id", row.id), *told))
    return (yield from _write(job, "add-record", zone, ("record-type", wish.rtype), *told))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from _write(job, "delete-record", zone, ("record-id", row.id)))


CLOUDNS = Records(
    api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete, ttl_min=60, ttl_steps=_TTLS
).provider(
    id="cloudns",
    docs="https://www.cloudns.net/wiki/article/60/",
    fields=(
        Field(key="auth_id", help="The id of an API user (API & Resellers).", required=False),
        Field(key="sub_auth_id", help="The id of an API sub-user.", required=False),
        Field(key="sub_auth_user", help="The name of an API sub-user.", required=False),
        Field(
            key="auth_password",
            help="The password that the API user or sub-user got.",
            secret=True,
            required=False,
        ),
    ),
    either=tuple((who, "auth_password") for who in _WHO),
    pace=Pace(every=1.0, burst=10),  # not documented; others found 10 to 20 calls a second
    notes=(
        "The API is part of the paid plans alone.",
        "TTLs are stored in steps (60, 300, 900, 1800, 3600 … seconds); others are rounded up.",
        "An API user may be limited to some addresses; leave that empty where yours changes.",
    ),
)
