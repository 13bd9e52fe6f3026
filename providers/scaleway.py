"""Scaleway's Domains and DNS: whole RRsets, all changes of an errand in one call."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from providers.engine.asking import Asking, Done, Found, Look
from providers.engine.kit import Api, Cause, Change, Pace, RRsets, Shown, Zone, secret
from providers.engine.shape import Object, addresses, carried, number, objects, text
from providers.engine.wire import Job, RRset

_KEYS = "Scaleway console > IAM > API keys"
_MAY = "lets this key not do that; give it DomainsDNSFullAccess, with a policy under IAM"
_API = Api(
    title="Scaleway",
    base="https://api.scaleway.com/domain/v2beta1",
    headers=lambda job: (("X-Auth-Token", job.secret("secret_key")),),
    meanings=(  # the types of its error documents
        ("denied_authentication", Cause.CREDENTIALS, f"does not accept the key; make one: {_KEYS}"),
        ("permissions_denied", Cause.CREDENTIALS, _MAY),
        ("quotas_exceeded", Cause.BLOCKED, "has no room left; delete records or ask its support"),
        ("resource_expired", Cause.BLOCKED, "says that this domain has expired; renew it"),
        ("precondition_failed", Cause.REJECTED, "changes zones on its own name servers only"),
        (
            ("locked", "transient_state"),
            Cause.TRANSIENT,
            "is busy with an earlier change; it is tried again",
        ),
    ),
)
_SPREAD = ("geo_ip_config", "http_service_config", "weighted_config", "view_config")


def _zone(job: Job, name: str) -> Found:
    # Asking for the records of somebody else's zone is answered by 403, as is a key without rights.
    found = yield from _API.ask(job, "GET", ("dns-zones",), query=(("dns_zone", name),))
    for zone in objects(found.get("dns_zones"), "dns_zones"):
        if ".".join(filter(None, (text(zone, "subdomain"), text(zone, "domain")))) == name:
            return Zone(name=name)
    return None


def _held(job: Job, zone: Zone, rrset: RRset) -> Look:
    label = zone.relative(rrset.name, apex="")
    found, key = (yield from _records(job, zone, label, rrset.rtype)), (label, rrset.rtype)
    rows = [row for row in found if (text(row, "name"), text(row, "type")) == key]
    if not rows:
        return None
    spread = any(row.get(way) for row in rows for way in _SPREAD)
    kept = [{part: row[part] for part in ("data", "comment") if row.get(part)} for row in rows]
    return Shown(
        values=addresses([row.get("data") for row in rows], "data"),
        ttl=number(rows[0], "ttl"),
        blocked="answers by place, weight or health; make it a plain one first" if spread else "",
        raw={"rows": kept},
    )


def _records(job: Job, zone: Zone, label: str, rtype: str) -> Asking[list[Object]]:
    """All pages: the empty name of an apex filters nothing."""
    records: list[Object] = []
    for page in count(1):
        query = (("name", label), ("type", rtype), ("page", str(page)), ("page_size", "100"))
        found = yield from _API.ask(job, "GET", _path(zone), query=query)
        records += (part := objects(found.get("records"), "records"))
        if not part or len(records) >= number(found, "total_count"):
            break
    return records


def _replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
    body = {
        "changes": [_change(zone, change) for change in changes],
        "disallow_new_zone_creation": True,
        "return_all_records": False,
    }
    again = all(change.old for change in changes)  # what is added twice might be there twice
    return _API.ask(job, "PATCH", _path(zone), json=body, idempotent=again)


def _change(zone: Zone, change: Change) -> Object:
    which = {"name": zone.relative(change.name, apex=""), "type": change.rtype}
    rows = carried(change.old.raw["rows"] if change.old else (), "data", change.texts())
    records = [{**row, **which, "ttl": change.ttl} for row in rows]
    if change.old is None:
        return {"add": {"records": records}}
    if not records:
        return {"delete": {"id_fields": which}}
    return {"set": {"id_fields": which, "records": records}}


def _path(zone: Zone) -> tuple[str, ...]:
    return ("dns-zones", zone.name, "records")


SCALEWAY = RRsets(
    api=_API, zone=_zone, held=_held, replace=_replace, together=True, ttl_min=60
).provider(
    id="scaleway",
    docs="https://www.scaleway.com/en/developers/api/domains-and-dns/",
    fields=(secret("secret_key", f"The secret half of a key ({_KEYS})."),),
    pace=Pace(every=5.0, burst=30),  # no limit is published
    notes=("The zone must be served by Scaleway's own name servers.",),
)
