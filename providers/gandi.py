"""Gandi's LiveDNS: whole RRsets by name and type."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.asking import Done, Found, Look
from providers.engine.kit import Api, Cause, Change, Field, Pace, RRsets, Shown, Zone
from providers.engine.shape import addresses, number
from providers.engine.wire import Bearer, Job, RRset

_API = Api(
    title="Gandi",
    base="https://api.gandi.net/v5/livedns",
    auth=lambda job: Bearer(token=job.secret("token"), scheme=job.text("scheme", "Bearer")),
    meanings=(
        ("HTTP 401", Cause.CREDENTIALS, "does not accept the token; it may have expired"),
        ("HTTP 403", Cause.CREDENTIALS, "lets this token not manage the domain's DNS"),
    ),
)


def _zone(job: Job, name: str) -> Found:
    found = yield from _API.ask(job, "GET", ("domains", name), absent=True)
    return None if found is None else Zone(name=name)


def _held(job: Job, zone: Zone, rrset: RRset) -> Look:
    found = yield from _API.ask(job, "GET", _path(zone, rrset), absent=True)
    if found is None:
        return None
    values = addresses(found.get("rrset_values"), "rrset_values")
    return Shown(values=values, ttl=number(found, "rrset_ttl"))


def _replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
    (change,) = changes
    if not change.values:
        return (yield from _API.ask(job, "DELETE", _path(zone, change)))
    body = {"rrset_ttl": change.ttl, "rrset_values": change.texts()}
    return (yield from _API.ask(job, "PUT", _path(zone, change), json=body))


def _path(zone: Zone, what: RRset | Change) -> tuple[str, ...]:
    return ("domains", zone.name, "records", zone.relative(what.name), what.rtype)


GANDI = RRsets(api=_API, zone=_zone, held=_held, replace=_replace, ttl_min=300).provider(
    id="gandi",
    docs="https://api.gandi.net/docs/livedns/",
    fields=(
        Field(key="token", help="A personal access token (Account > Security).", secret=True),
        Field(
            key="scheme",
            help="Apikey, for a key of the older kind.",
            required=False,
            choices=("Bearer", "Apikey"),
            default="Bearer",
        ),
    ),
    pace=Pace(every=1.0, burst=100),  # 1,000 calls a minute from one address
    notes=("A personal access token expires after a year at the latest.",),
)
