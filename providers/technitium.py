"""Technitium DNS Server, told through its HTTP API (version 11 and newer)."""

from __future__ import annotations

from typing import Any

from providers.engine.asking import Asking, Done, Found, Rows
from providers.engine.kit import Api, Cause, Field, Pace, Records, Row, Stop, Wish, Zone
from providers.engine.outcome import Refused
from providers.engine.shape import Object, member, number, objects, text
from providers.engine.wire import Job, Text

_API = Api(
    title="Technitium",
    base="",
    form=lambda job: (("token", job.secret("token")),),  # in a body: addresses are logged
    failed=lambda document: document["status"] != "ok",
    meanings=(
        (
            "invalid-token",
            Cause.CREDENTIALS,
            "does not accept the token; make a new one under Administration > Sessions",
        ),
        ("2fa-required", Cause.BLOCKED, "wants a second factor; use an API token instead"),
        (
            "Access was denied*",
            Cause.CREDENTIALS,
            "lets the token's user not do that; give it View, Modify and Delete on the zone",
        ),
        ("No such zone was found*", Cause.NOT_FOUND, "serves no such zone"),
        ("error", Cause.REJECTED, "does not accept this change"),
    ),
)
_KEPT = ("comments", "expiryTtl")  # of a record; what an update does not say is lost


def _call(
    job: Job,
    verb: str,
    zone: Zone | None,
    name: str,
    *more: tuple[str, Text],
    absent: bool = False,
) -> Asking[Any]:
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
        raise Stop(Refused(cause=Cause.REJECTED, text=said))
    return Zone(name=name)


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    found = yield from _call(job, "get", zone, name)
    return [_row(row) for row in objects(found.get("records"), "records")]


def _row(row: Object) -> Row:
    data = member(row, "rData")
    content = text(data, "ipAddress") if text(row, "type") in ("A", "AAAA") else ""
    return Row(
        id=content,
        name=text(row, "name"),
        rtype=text(row, "type"),
        content=content,
        ttl=number(row, "ttl"),
        foreign=row.get("disabled") is True,
        raw=row,
    )


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    new, ttl = str(wish.value), (("type", wish.rtype), ("ttl", str(wish.ttl)))
    if row is None:
        return (yield from _call(job, "add", zone, wish.name, *ttl, ("ipAddress", new)))
    kept = [(key, str(row.raw[key])) for key in _KEPT if row.raw.get(key)]
    values = (("ipAddress", row.content), ("newIpAddress", new))
    return (yield from _call(job, "update", zone, wish.name, *ttl, *values, *kept))


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    what = (("type", row.rtype), ("ipAddress", row.content))
    return (yield from _call(job, "delete", zone, row.name, *what))


TECHNITIUM = Records(api=_API, zone=_zone, rows=_rows, put=_put, delete=_delete).provider(
    id="technitium",
    docs="https://github.com/TechnitiumSoftware/DnsServer/blob/master/APIDOCS.md",
    fields=(
        Field(
            key="endpoint",
            help="Where the web console listens, such as http://127.0.0.1:5380.",
            kind="url",
        ),
        Field(
            key="token",
            help="An API token of a user with rights on the zone (Administration > Sessions).",
            secret=True,
        ),
    ),
    pace=Pace(every=1.0, burst=100, after_error=10.0, after_confusion=300.0),  # one's own server
    notes=("Zones of type Primary also take DNS updates: rfc2136 needs no web console.",),
)
