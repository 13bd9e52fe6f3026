"""The calls of PowerDNS's HTTP API, and what they show."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from providers.engine.errand import Asking, Stop
from providers.engine.errors import json_object, json_of, refusal, response_of
from providers.engine.outcome import Cause, Refused
from providers.engine.shape import Object, objects, text
from providers.engine.wire import Job, Request, Response, RRset
from providers.engine.zones import candidates, strangers

_ASKED_ONE_BY_ONE = 15  # names; for more of them the whole zone is read

Shown = dict[tuple[str, str], Object]
"""What the server showed, by name (with its final dot) and type: zones have thousands."""


def zone_of(job: Job) -> Asking[str]:
    """The server's own id for the zone, made to stand in a path."""
    for name in candidates(job):
        zones = json_of((yield from call(job, "GET", "/zones", (("zone", f"{name}."),))))
        for zone in objects(zones, "zones"):
            if refused := strangers(job, name):
                raise Stop(refused)
            if text(zone, "kind") in ("Slave", "Consumer"):
                said = f"this PowerDNS is a secondary server of {name}: name its primary instead"
                raise Stop(Refused(cause=Cause.REJECTED, text=said))
            return _quoted(text(zone, "id"))
    said = f"PowerDNS serves no zone that {job.rrsets[0].name} could be in; set zone"
    raise Stop(Refused(cause=Cause.NOT_FOUND, text=said))


def rrsets_of(job: Job, zone: str) -> Asking[Shown]:
    """Every RRset, of any type, at the names of the job; possibly others too."""
    questions = [(("rrset_name", f"{name}."),) for name in _names(job)]
    held: Shown = {}
    for question in [()] if many(job) else questions:
        answer = json_object((yield from call(job, "GET", f"/zones/{zone}", question)))
        for one in objects(answer.get("rrsets"), "rrsets"):
            held.setdefault((_lower(one), text(one, "type")), one)
    return held


def hidden_in(job: Job, zone: str, rrset: RRset) -> Asking[list[Object]]:
    """Every record of the RRset: asked for one name, the server leaves out disabled ones."""
    query = (("q", rrset.name), ("max", "1000"), ("object_type", "record"))
    rows = objects(json_of((yield from call(job, "GET", "/search-data", query))), "records")
    wanted = (f"{rrset.name}.", rrset.rtype, zone)
    return [
        row
        for row in rows
        if (_lower(row), text(row, "type"), _quoted(text(row, "zone_id"))) == wanted
    ]


def call(
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


def found(held: Shown, name: str, rtype: str) -> Object | None:
    """The RRset of that name and type among those that the server showed."""
    return held.get((f"{name}.", rtype))


def _lower(rrset: Object) -> str:
    return text(rrset, "name").lower()


def _names(job: Job) -> list[str]:
    return sorted({rrset.name for rrset in job.rrsets})


def many(job: Job) -> bool:
    """Whether the whole zone is read: then nothing is hidden."""
    return len(_names(job)) > _ASKED_ONE_BY_ONE


def _quoted(zone: str) -> str:
    return quote(zone, safe="=")
