"""PowerDNS Authoritative Server, told through its HTTP API (4.7 and newer)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote

from providers.engine.errand import Asking, Stop, errand
from providers.engine.errors import json_object, json_of, refusal, response_of
from providers.engine.limits import Pace
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged
from providers.engine.shape import Object, address, number, objects, text
from providers.engine.spec import Field, Provider
from providers.engine.wire import Held, Job, Request, Response, RRset
from providers.engine.zones import candidates, strangers

_ASKED_ONE_BY_ONE = 15  # names; for more of them the whole zone is read
_NEW_TTL = 60  # seconds, of a new RRset for which none is configured


@errand
def update(job: Job) -> Asking[Outcome]:
    """Read every name, then replace what differs in one transaction."""
    zone = yield from _zone(job)
    held = yield from _held(job, zone)
    due = [rrset for rrset in job.rrsets if _differs(rrset, held)]
    if not due:
        return Unchanged()
    changes = []
    for rrset in due:
        hidden = () if _many(job) else (yield from _hidden(job, zone, rrset))
        changes.append(_change(rrset, held, hidden))
    yield from _call(job, "PATCH", f"/zones/{zone}", json={"rrsets": changes})
    return Changed()


@errand
def read(job: Job) -> Asking[Held]:
    """What the server's database holds for the job's first RRset."""
    held = yield from _held(job, (yield from _zone(job)))
    rows = _enabled(_found(held, job.rrsets[0].name, job.rrsets[0].rtype))
    return Held(values=frozenset(address(row, "content") for row in rows))


@errand
def verify(job: Job) -> Asking[Outcome]:
    """Find the zone: proves address, key and zone, and writes nothing."""
    yield from _zone(job)
    return Unchanged()


def _differs(rrset: RRset, held: Sequence[Object]) -> bool:
    if rrset.values and _found(held, rrset.name, "CNAME"):
        said = f"PowerDNS holds an alias (CNAME) at {rrset.name}; delete it there first"
        raise Stop(Refused(cause=Cause.REJECTED, text=said))
    old = _found(held, rrset.name, rrset.rtype)
    values = frozenset(address(row, "content") for row in _enabled(old))
    if values != rrset.values:
        return True
    return bool(values) and rrset.ttl not in (None, _ttl(old))


def _change(rrset: RRset, held: Sequence[Object], hidden: Sequence[Object]) -> Object:
    """The whole RRset as it is to be: with what somebody switched off and did not delete.

    It has no comments, so that the server keeps those that it has.
    """
    old = _found(held, rrset.name, rrset.rtype)
    off = {address(row, "content") for row in (*_rows(old), *hidden) if row.get("disabled") is True}
    return {
        "name": f"{rrset.name}.",
        "type": rrset.rtype,
        "ttl": _ttl(old) if rrset.ttl is None else rrset.ttl,
        "changetype": "REPLACE",
        "records": [
            {"content": str(value), "disabled": value not in rrset.values}
            for value in sorted(rrset.values | off, key=int)
        ],
    }


def _zone(job: Job) -> Asking[str]:
    """The server's own id for the zone, made to stand in a path."""
    for name in candidates(job):
        zones = json_of((yield from _call(job, "GET", "/zones", (("zone", f"{name}."),))))
        for zone in objects(zones, "zones"):
            if refused := strangers(job, name):
                raise Stop(refused)
            if text(zone, "kind") in ("Slave", "Consumer"):
                said = f"this PowerDNS is a secondary server of {name}: name its primary instead"
                raise Stop(Refused(cause=Cause.REJECTED, text=said))
            return _quoted(text(zone, "id"))
    said = f"PowerDNS serves no zone that {job.rrsets[0].name} could be in; set zone"
    raise Stop(Refused(cause=Cause.NOT_FOUND, text=said))


def _held(job: Job, zone: str) -> Asking[list[Object]]:
    questions = [(("rrset_name", f"{name}."),) for name in _names(job)]
    held: list[Object] = []
    for question in [()] if _many(job) else questions:
        answer = json_object((yield from _call(job, "GET", f"/zones/{zone}", question)))
        held += objects(answer.get("rrsets"), "rrsets")
    return held


def _hidden(job: Job, zone: str, rrset: RRset) -> Asking[list[Object]]:
    """Every record of the RRset: asked for one name, the server leaves out disabled ones."""
    query = (("q", rrset.name), ("max", "1000"), ("object_type", "record"))
    rows = objects(json_of((yield from _call(job, "GET", "/search-data", query))), "records")
    wanted = (f"{rrset.name}.", rrset.rtype, zone)
    return [
        row
        for row in rows
        if (_lower(row), text(row, "type"), _quoted(text(row, "zone_id"))) == wanted
    ]


def _call(
    job: Job,
    method: Literal["GET", "PATCH"],
    path: str,
    query: tuple[tuple[str, str], ...] = (),
    json: object | None = None,
) -> Asking[Response]:
    """One call; ends the errand when the server says no, most often in plain text."""
    base = job.text("endpoint").rstrip("/").removesuffix("/api/v1")
    server = quote(job.text("server_id", "localhost"), safe="")
    reply = yield Request(
        method=method,
        url=f"{base}/api/v1/servers/{server}{path}",
        query=query,
        headers=(("X-API-Key", job.secret("api_key")),),
        json=json,
        write=method != "GET",
        idempotent=True,  # whole RRsets: the same again changes nothing
    )
    response = response_of(reply)
    refused = refusal("PowerDNS", response)
    if refused:
        raise Stop(refused)
    return response


def _found(held: Sequence[Object], name: str, rtype: str) -> Object | None:
    wanted = (f"{name}.", rtype)
    return next((one for one in held if (_lower(one), text(one, "type")) == wanted), None)


def _lower(rrset: Object) -> str:
    return text(rrset, "name").lower()


def _names(job: Job) -> list[str]:
    return sorted({rrset.name for rrset in job.rrsets})


def _many(job: Job) -> bool:
    return len(_names(job)) > _ASKED_ONE_BY_ONE


def _quoted(zone: str) -> str:
    return quote(zone, safe="=")


def _ttl(rrset: Object | None) -> int:
    return number(rrset, "ttl") if rrset else _NEW_TTL


def _rows(rrset: Object | None) -> list[Object]:
    return objects(rrset.get("records"), "records") if rrset else []


def _enabled(rrset: Object | None) -> list[Object]:
    return [row for row in _rows(rrset) if row.get("disabled") is not True]


POWERDNS = Provider(
    id="powerdns",
    title="PowerDNS",
    docs="https://doc.powerdns.com/authoritative/http-api/zone.html",
    fields=(
        Field(
            key="endpoint",
            help="Where the server's API listens, such as http://127.0.0.1:8081.",
            kind="url",
        ),
        Field(key="api_key", help="`api-key` of the server's pdns.conf.", secret=True),
        Field(
            key="server_id",
            help="The server's name within its API.",
            required=False,
            default="localhost",
        ),
        Field(key="zone", help="The zone, where live DNS does not show it.", required=False),
    ),
    update=update,
    read=read,
    verify=verify,
    batch="zone",
    both_families_one_call=True,
    pace=Pace(every=1.0, burst=100, after_error=5.0, after_confusion=300.0),
    notes=("A new record without a configured TTL gets 60 seconds.",),
)
