"""OVHcloud: records with ids, nothing of which is served before the zone is refreshed."""

from __future__ import annotations

from providers.engine.asking import Done, Job, Rows
from providers.engine.kit import Pace, Row, Wish, Zone, secret, setting
from providers.engine.ovh_api import API, HOSTS, begin
from providers.engine.rest import Columns, Rest, zone_page
from providers.engine.shape import Object, identity

_COLUMNS = Columns(name="subDomain", rtype="fieldType", content="target")  # TTL 0: the zone's
_CONSUMER = "Shown on the same page, when rights on /domain/zone/* were asked for."


def _at(zone: Zone) -> tuple[str, ...]:
    return ("domain", "zone", zone.name, "record")


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    shown = []
    for rtype in (*sorted({rrset.rtype for rrset in job.rrsets}), "CNAME"):
        query = (("fieldType", rtype), ("subDomain", zone.relative(name, "")))
        for id_ in (yield from API.ask(job, "GET", _at(zone), query=query)):
            path = (*_at(zone), identity({"id": id_}, "id"))
            row = yield from API.ask(job, "GET", path, absent=True)
            if row:  # or it was deleted in this moment
                shown.append({**row, "subDomain": row.get("subDomain") or ""})
    return _COLUMNS.rows(zone, shown)


def _body(zone: Zone, wish: Wish, row: Row | None) -> Object:
    sub = zone.relative(wish.name, "")
    body = {"subDomain": sub, "target": str(wish.value), "ttl": wish.ttl}
    return body if row else {"fieldType": wish.rtype, **body}


def _publish(job: Job, zone: Zone) -> Done:
    return API.ask(job, "POST", ("domain", "zone", zone.name, "refresh"), idempotent=True)


_RECORDS = Rest(api=API, at=_at, body=_body).records(
    rows=_rows, begin=begin, zone=zone_page(API, "domain", "zone"), publish=_publish, ttl_min=60
)
OVH = _RECORDS.provider(
    id="ovh",
    docs="https://eu.api.ovh.com/console/?section=%2Fdomain",
    fields=(
        setting("application_key", "From https://eu.api.ovh.com/createToken/ (or ca, us)."),
        secret("application_secret", "Shown on the same page."),
        secret("consumer_key", _CONSUMER),
        setting("region", "Where the account is: eu, ca, us.", choices=tuple(HOSTS), default="eu"),
    ),
    pace=Pace(every=1.0, burst=30),  # an update is seven calls
    notes=(
        "A consumer key expires when its owner said so; choose an unlimited validity.",
        "For one address without IPv6, a DynHost login does too: see ovh_dynhost.",
    ),
)
