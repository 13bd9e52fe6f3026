"""Google Cloud DNS: whole RRsets, any number of them in one change."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.asking import Done, Found, Look
from providers.engine.google_api import API, begin
from providers.engine.kit import Cause, Change, Field, Pace, RRsets, Shown, Stop, Zone
from providers.engine.outcome import Refused
from providers.engine.shape import addresses, number, objects, text
from providers.engine.wire import Job, RRset
from providers.signers.google_jwt import AUDIENCE


def _zone(job: Job, name: str) -> Found:
    path = ("projects", job.text("project"), "managedZones")
    answer = yield from API.ask(job, "GET", path, query=(("dnsName", f"{name}."),))
    chosen = job.text("managed_zone")
    zones = [
        text(zone, "name")
        for zone in objects(answer.get("managedZones", []), "managedZones")
        if text(zone, "dnsName").lower() == f"{name}."
        and (text(zone, "name") == chosen if chosen else zone.get("visibility") != "private")
    ]
    if len(zones) > 1:
        said = f"Google Cloud DNS has {len(zones)} public zones {name}; name one as managed_zone"
        raise Stop(Refused(cause=Cause.REJECTED, text=said))
    return Zone(name=name, id=zones[0]) if zones else None


def _held(job: Job, zone: Zone, rrset: RRset) -> Look:
    path = (*_path(job, zone), "rrsets", f"{rrset.name}.", rrset.rtype)
    found = yield from API.ask(job, "GET", path, absent=True)
    if found is None:
        return None
    if "routingPolicy" in found:
        blocked = "has a routing policy; make it a standard record first"
        return Shown(values=frozenset(), blocked=blocked)
    values = addresses(found.get("rrdatas"), "rrdatas")
    return Shown(values=values, ttl=number(found, "ttl"), raw=found)


def _replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
    members = ("name", "type", "ttl", "rrdatas")  # by which it must be what is held
    body = {
        "deletions": [
            {member: change.old.raw[member] for member in members}
            for change in changes
            if change.old
        ],
        "additions": [
            dict(zip(members, (f"{one.name}.", one.rtype, one.ttl, one.texts()), strict=True))
            for one in changes
            if one.values
        ],
    }
    answer = yield from API.ask(job, "POST", (*_path(job, zone), "changes"), json=body)
    return text(answer, "status")


def _path(job: Job, zone: Zone) -> tuple[str, ...]:
    return ("projects", job.text("project"), "managedZones", zone.id)


GOOGLE = RRsets(
    api=API, begin=begin, zone=_zone, held=_held, replace=_replace, together=True
).provider(
    id="google",
    docs="https://cloud.google.com/dns/docs/reference/rest/v1/changes/create",
    fields=(
        Field(
            key="service_account",
            help="The JSON document of a service account's key (IAM > Service accounts > Keys).",
            secret=True,
        ),
        Field(key="project", help="The project's id: `project_id` of the same document."),
        Field(
            key="managed_zone",
            help="The zone's name in Cloud DNS, where several have one DNS name.",
            required=False,
        ),
        Field(
            key="login_endpoint",
            help="Where tokens are asked for, if not at Google's usual address.",
            required=False,
            kind="url",
            default=AUDIENCE,
        ),
    ),
    pace=Pace(every=1.0, burst=20),  # the quota is the project's own, a minute's worth of calls
    notes=(
        "Needs the Python package cryptography, which signs the requests for tokens.",
        "RRsets with a routing policy are left alone, and private zones unless they are named.",
    ),
)
