"""Google Cloud DNS: whole RRsets, any number of them in one change."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.asking import Done, Found, Job, Look
from providers.engine.google_api import API, begin
from providers.engine.kit import Change, Pace, RRsets, Shown, Zone, secret, setting
from providers.engine.shape import addresses, number, objects, text
from providers.engine.wire import RRset
from providers.engine.zones import only_zone
from providers.signers.google_jwt import AUDIENCE

_MEMBERS = ("name", "type", "ttl", "rrdatas")  # by which it must be what is held


def _zone(job: Job, name: str) -> Found:
    answer = yield from API.ask(job, "GET", _path(job), query=(("dnsName", f"{name}."),))
    chosen = job.text("managed_zone")
    zones = [
        Zone(name=name, id=text(zone, "name"))
        for zone in objects(answer.get("managedZones", []), "managedZones")
        if text(zone, "dnsName").lower() == f"{name}."
        and (text(zone, "name") == chosen if chosen else zone.get("visibility") != "private")
    ]
    return only_zone(zones, API.title, "managed_zone")


def _path(job: Job, *steps: str) -> tuple[str, ...]:
    return ("projects", job.text("project"), "managedZones", *steps)


def _held(job: Job, zone: Zone, rrset: RRset) -> Look:
    path = _path(job, zone.id, "rrsets", f"{rrset.name}.", rrset.rtype)
    found = yield from API.ask(job, "GET", path, absent=True)
    if found is None:
        return None
    if "routingPolicy" in found:
        return Shown(blocked="has a routing policy; make it a standard record first")
    values = addresses(found.get("rrdatas"), "rrdatas")
    return Shown(values=values, ttl=number(found, "ttl"), raw=found)


def _replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
    old = [one.old.raw for one in changes if one.old]
    new = [(f"{one.name}.", one.rtype, one.ttl, one.texts()) for one in changes if one.values]
    body = {
        "deletions": [{member: held[member] for member in _MEMBERS} for held in old],
        "additions": [dict(zip(_MEMBERS, values, strict=True)) for values in new],
    }
    answer = yield from API.ask(job, "POST", _path(job, zone.id, "changes"), json=body)
    return text(answer, "status")


GOOGLE = RRsets(
    api=API, begin=begin, zone=_zone, held=_held, replace=_replace, together=True
).provider(
    id="google",
    docs="https://cloud.google.com/dns/docs/reference/rest/v1/changes/create",
    fields=(
        secret(
            "service_account", "A service account's key, as JSON (IAM > Service accounts > Keys)."
        ),
        setting("project", "The project's id: `project_id` of the same document."),
        setting(
            "managed_zone", "The zone's name there, if several share a DNS name.", required=False
        ),
        setting("login_endpoint", "Where tokens are asked for.", kind="url", default=AUDIENCE),
    ),
    pace=Pace(every=1.0, burst=20),  # the quota is the project's own, a minute's worth of calls
    notes=(
        "Needs the Python package cryptography, which signs the requests for tokens.",
        "RRsets with a routing policy are left alone, and private zones unless they are named.",
    ),
)
