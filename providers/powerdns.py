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

_ASKED_ONE_BY_ONE = 50  # names; for more of them the whole zone is read
_NEW_TTL = 60  # seconds, of a new RRset for which none is configured


@errand
def update(job: Job) -> Asking[Outcome]:
    """Read every name, then replace what differs in one transaction."""
    zone = yield from _zone(job)
    held = yield from _held(job, zone)
    changes = [change for rrset in job.rrsets if (change := _change(rrset, held))]
    if not changes:
        return Unchanged()
    yield from _call(job, "PATCH", f"/zones/{zone}", json={"rrsets": changes})
    return Changed()


@errand
def read(job: Job) -> Asking[Held]:
    """What the server's database holds for the job's first RRset."""
    held = yield from _held(job, (yield from _zone(job)))
    rows = _rows(_found(held, job.rrsets[0].name, job.rrsets[0].rtype))
    return Held(values=frozenset(address(row, "content") for row in _enabled(rows)))


@errand
def verify(job: Job) -> Asking[Outcome]:
    """Find the zone: proves address, key and zone, and writes nothing."""
    yield from _zone(job)
    return Unchanged()


def _change(rrset: RRset, held: Sequence[Object]) -> Object | None:
    """The RRset as it is to be; None when it is so already. Disabled records stay in it."""
    if rrset.values and _found(held, rrset.name, "CNAME"):
        said = f"PowerDNS holds an alias (CNAME) at {rrset.name}; delete it there first"
        raise Stop(Refused(cause=Cause.REJECTED, text=said))
    old = _found(held, rrset.name, rrset.rtype)
    rows = _rows(old)
    ttl = number(old, "ttl") if old else _NEW_TTL
    wanted_ttl = ttl if rrset.ttl is None else rrset.ttl
    enabled = [address(row, "content") for row in _enabled(rows)]
    if frozenset(enabled) == rrset.values and (not enabled or ttl == wanted_ttl):
        return None
    new = [{"content": str(value), "disabled": False} for value in sorted(rrset.values, key=int)]
    kept = [
        {"content": text(row, "content"), "disabled": True}
        for row in rows
        if row.get("disabled") is True and address(row, "content") not in rrset.values
    ]
    return {
        "name": f"{rrset.name}.",
        "type": rrset.rtype,
        "ttl": wanted_ttl,
        "changetype": "REPLACE",  # without comments: the server keeps those that it has
        "records": [*new, *kept],
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
            return quote(text(zone, "id"), safe="=")
    said = f"PowerDNS serves no zone that {job.rrsets[0].name} could be in; set zone"
    raise Stop(Refused(cause=Cause.NOT_FOUND, text=said))


def _held(job: Job, zone: str) -> Asking[list[Object]]:
    names = sorted({rrset.name for rrset in job.rrsets})
    questions = [(("rrset_name", f"{name}."),) for name in names]
    held: list[Object] = []
    for question in questions if len(names) <= _ASKED_ONE_BY_ONE else [()]:
        answer = json_object((yield from _call(job, "GET", f"/zones/{zone}", question)))
        held += objects(answer.get("rrsets"), "rrsets")
    return held


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


def _rows(rrset: Object | None) -> list[Object]:
    return objects(rrset.get("records"), "records") if rrset else []


def _enabled(rows: Sequence[Object]) -> list[Object]:
    return [row for row in rows if row.get("disabled") is not True]


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
