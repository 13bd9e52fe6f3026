"""Technitium DNS Server, told through its HTTP API (version 11 and newer)."""

from __future__ import annotations

from providers.engine.asking import Answer, Done, Found, Job, Rows
from providers.engine.kit import Api, Cause, Pace, Records, Row, Stop, Wish, Zone, secret, setting
from providers.engine.rest import Columns
from providers.engine.shape import Object, member, objects, text
from providers.engine.wire import Text

_TOKENS = "Administration > Sessions"
_NEW = f"does not accept the token; make a new one under {_TOKENS}"
_RIGHTS = "lets the token's user not do that; give it View, Modify and Delete on the zone"
_API = Api(
    title="Technitium",
    base="",
    form=lambda job: (("token", job.secret("token")),),  # in a body: addresses are logged
    failed=lambda document: document["status"] != "ok",
    meanings=(
        ("invalid-token", Cause.CREDENTIALS, _NEW),
        ("2fa-required", Cause.BLOCKED, "wants a second factor; use an API token instead"),
        ("Access was denied*", Cause.CREDENTIALS, _RIGHTS),
        ("No such zone was found*", Cause.NOT_FOUND, "serves no such zone"),
        ("error", Cause.REJECTED, "does not accept this change"),
    ),
)
_COLUMNS = Columns(full=True)
_KEPT = ("comments", "expiryTtl")  # of a record; what an update does not say is lost


def _call(
    job: Job, verb: str, zone: Zone | None, name: str, *more: tuple[str, Text], absent: bool = False
) -> Answer:
    form = (("domain", name), *((("zone", zone.name),) if zone else ()), *more)
    answer = yield from _API.ask(
        job,
        "POST",
        ("api", "zones", "records", verb),
        form=form,
        write=verb != "get",
        idempotent=verb == "delete",  # "ok" also where there is nothing
        absent=absent,
    )
    return None if answer is None else member(answer, "response")


def _zone(job: Job, name: str) -> Found:
    found = yield from _call(job, "get", None, name, absent=True)
    zone = member(found, "zone") if found else {"name": ""}
    if text(zone, "name").lower() != name:  # it is the closest one that the server has
        return None
    if text(zone, "type").startswith(("Secondary", "Stub")):
        said = f"this Technitium is a secondary server of {name}: name its primary instead"
        raise Stop.because(Cause.REJECTED, said)
    return Zone(name=name)


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    found = yield from _call(job, "get", zone, name)
    rows = [_with_content(row) for row in objects(found.get("records"), "records")]
    return _COLUMNS.rows(zone, rows, lambda row: row.get("disabled") is True)


def _with_content(row: Object) -> Object:
    content = member(row, "rData").get("ipAddress", "")  # which is all that tells records apart
    return {**row, "id": content or "no address", "content": content}


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    new, ttl = str(wish.value), (("type", wish.rtype), ("ttl", str(wish.ttl)))
    if row is None:
        return _call(job, "add", zone, wish.name, *ttl, ("ipAddress", new))
    kept = [(key, str(row.raw[key])) for key in _KEPT if row.raw.get(key)]
    values = (("ipAddress", row.content), ("newIpAddress", new))
    return _call(job, "update", zone, wish.name, *ttl, *values, *kept)


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    what = (("type", row.rtype), ("ipAddress", row.content))
    return _call(job, "delete", zone, row.name, *what)


TECHNITIUM = Records(api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete).provider(
    id="technitium",
    docs="https://github.com/TechnitiumSoftware/DnsServer/blob/master/APIDOCS.md",
    fields=(
        setting("endpoint", "The web console's address, as http://127.0.0.1:5380.", kind="url"),
        secret("token", f"An API token of a user with rights on the zone ({_TOKENS})."),
    ),
    pace=Pace(every=1.0, burst=100, after_error=10.0, after_confusion=300.0),  # one's own server
    notes=("Zones of type Primary also take DNS updates: rfc2136 needs no web console.",),
)
