"""OVHcloud: records with ids, nothing of which is served before the zone is refreshed."""

from __future__ import annotations

from dataclasses import replace

from providers.engine.asking import Done, Found, Rows
from providers.engine.kit import Field, Pace, Records, Row, Wish, Zone
from providers.engine.ovh_api import API, HOSTS, TIME
from providers.engine.shape import identity, number, text
from providers.engine.wire import Job


def _zone(job: Job, name: str) -> Found:
    # Its own time goes into the signatures, so that a wrong clock here does no harm.
    told = number({"time": (yield from API.ask(job, "GET", "/auth/time"))}, "time")
    zone = Zone(name=name, raw={TIME: str(told)})
    path = ("domain", "zone", name)
    found = yield from API.ask(_keyed(job, zone), "GET", path, absent=True)
    return None if found is None else replace(zone, name=text(found, "name"))


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    job, path, rows = _keyed(job, zone), _records(zone), []
    for rtype in (*sorted({rrset.rtype for rrset in job.rrsets}), "CNAME"):
        query = (("fieldType", rtype), ("subDomain", zone.relative(name, "")))
        for found in (yield from API.ask(job, "GET", path, query=query)):
            id_ = identity({"id": found}, "id")
            row = yield from API.ask(job, "GET", (*path, id_), absent=True)
            if row:  # or it was deleted in this moment
                rows.append(
                    Row(
                        id=id_,
                        name=zone.absolute(row.get("subDomain") or ""),
                        rtype=text(row, "fieldType"),
                        content=text(row, "target"),
                        ttl=number(row, "ttl"),  # 0: that of the zone
                    )
                )
    return rows


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    job, path = _keyed(job, zone), _records(zone)
    sub = zone.relative(wish.name, "")
    body = {"subDomain": sub, "target": str(wish.value), "ttl": wish.ttl}
    if row:
        return (yield from API.ask(job, "PUT", (*path, row.id), json=body))
    made = yield from API.ask(job, "POST", path, json={"fieldType": wish.rtype, **body})
    return identity(made, "id")


def _delete(job: Job, zone: Zone, row: Row) -> Done:
    return (yield from API.ask(_keyed(job, zone), "DELETE", (*_records(zone), row.id)))


def _publish(job: Job, zone: Zone) -> Done:
    path = ("domain", "zone", zone.name, "refresh")
    return (yield from API.ask(_keyed(job, zone), "POST", path, idempotent=True))


def _keyed(job: Job, zone: Zone) -> Job:
    return replace(job, settings={**job.settings, **zone.raw})


def _records(zone: Zone) -> tuple[str, ...]:
    return ("domain", "zone", zone.name, "record")


OVH = Records(
    api=API, zone=_zone, rows=_rows, put=_put, delete=_delete, publish=_publish, ttl_min=60
).provider(
    id="ovh",
    docs="https://eu.api.ovh.com/console/?section=%2Fdomain",
    fields=(
        Field(key="application_key", help="From https://eu.api.ovh.com/createToken/ (or ca, us)."),
        Field(key="application_secret", help="Shown on the same page.", secret=True),
        Field(
            key="consumer_key",
            help="Shown on the same page, when rights on /domain/zone/* were asked for.",
            secret=True,
        ),
        Field(
            key="region",
            help="Where the account was made: eu, ca or us.",
            required=False,
            choices=tuple(HOSTS),
            default="eu",
        ),
    ),
    pace=Pace(every=1.0, burst=30),  # an update is seven calls
    notes=(
        "A consumer key expires when its owner said so; choose an unlimited validity.",
        "For one address without IPv6, a DynHost login does too: see ovh_dynhost.",
    ),
)
