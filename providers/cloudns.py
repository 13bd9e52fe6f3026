"""ClouDNS: records with ids, by forms that are always answered with status 200."""

from __future__ import annotations

from providers.engine.asking import Answer, Done, Job, Rows
from providers.engine.errors import Confused, one_line
from providers.engine.kit import Api, Cause, Pace, Query, Records, Row, Wish, Zone, secret, setting
from providers.engine.rest import Columns
from providers.engine.shape import Object
from providers.engine.zones import zone_asked

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


def _ask(job: Job, call: str, domain: str, *more: tuple[str, str]) -> Answer:
    path, form = f"/{call}.json", (("domain-name", domain), *more)
    write, again = call.endswith("-record"), call != "add-record"
    look = call == "get-zone-info"
    said = yield from _API.ask(
        job, "POST", path, form=form, write=write, idempotent=again, absent=look
    )
    if write and (not isinstance(said, dict) or said.get("status") != "Success"):
        raise Confused(f"neither success nor failure: {one_line(repr(said))}")
    return said


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    # Without `rows-per-page` there are no pages. At the apex an empty host means every host.
    found = yield from _ask(job, "records", zone.name, ("host", zone.relative(name, "")))
    if isinstance(found, dict):  # by id; an empty one comes as a list
        found = list(found.values())
    return Columns(name="host", content="record").rows(zone, found, _foreign)


def _foreign(row: Object) -> bool:
    """Whether it is switched off, or for one place on earth alone."""
    place = row.get("geodns-location-code", "DEFAULT")
    return str(row.get("status", 1)) == "0" or place != "DEFAULT"


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    host, value = ("host", zone.relative(wish.name, "")), ("record", str(wish.value))
    told = (host, value, ("ttl", str(wish.ttl)))
    if row:
        return _ask(job, "mod-record", zone.name, ("record-id", row.id), *told)
    return _ask(job, "add-record", zone.name, ("record-type", wish.rtype), *told)


CLOUDNS = Records(
    api=_API,
    zone=zone_asked(lambda job, name: _ask(job, "get-zone-info", name)),
    rows=_rows,
    put=_put,
    delete=lambda job, zone, row: _ask(job, "delete-record", zone.name, ("record-id", row.id)),
    ttl_min=60,
    ttl_steps=_TTLS,
).provider(
    id="cloudns",
    docs="https://www.cloudns.net/wiki/article/60/",
    fields=(
        setting("auth_id", "The id of an API user (API & Resellers).", required=False),
        setting("sub_auth_id", "The id of an API sub-user.", required=False),
        setting("sub_auth_user", "The name of an API sub-user.", required=False),
        secret("auth_password", "The password of the API user or sub-user.", required=False),
    ),
    either=tuple((who, "auth_password") for who in _WHO),
    pace=Pace(every=1.0, burst=10),  # not documented; others found 10 to 20 calls a second
    notes=(
        "The API is part of the paid plans alone.",
        "TTLs are stored in steps (60, 300, 900, 1800, 3600 … seconds); others are rounded up.",
        "An API user may be limited to some addresses; leave that empty where yours changes.",
    ),
)
