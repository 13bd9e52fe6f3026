"""Huawei Cloud DNS: whole RRsets by name, type and resolution line, every call signed."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.asking import Done, Found, Look
from providers.engine.huawei_api import API
from providers.engine.kit import Change, Field, Pace, RRsets, Shown, Zone
from providers.engine.shape import addresses, number, objects, text
from providers.engine.wire import Job, RRset

_LINE = "default_view"  # the one that everybody is served who is of no other line
_OUT_OF_SERVICE = ("DISABLE", "FREEZE", "ILLEGAL", "POLICE", "PENDING_DISABLE", "PENDING_FREEZE")


def _zone(job: Job, name: str) -> Found:
    query = (("type", "public"), ("name", f"{name}."), ("search_mode", "equal"))
    answer = yield from API.ask(job, "GET", "/v2/zones", query=query)
    for found in objects(answer.get("zones"), "zones"):
        if text(found, "name") == f"{name}.":
            return Zone(name=name, id=text(found, "id"))
    return None


def _held(job: Job, zone: Zone, rrset: RRset) -> Look:
    name = f"{rrset.name}."
    query = (("name", name), ("type", rrset.rtype), ("line_id", _LINE), ("search_mode", "equal"))
    answer = yield from API.ask(job, "GET", _path(zone), query=query)
    ours = [
        found
        for found in objects(answer.get("recordsets"), "recordsets")
        if (found.get("name"), found.get("type"), found.get("line")) == (name, rrset.rtype, _LINE)
    ]
    if not ours:
        return None
    blocked = ""
    if len(ours) > 1:
        blocked = "is several weighted record sets; make them one in the console"
    elif ours[0].get("alias_target"):
        blocked = "is an alias of another resource; delete it in the console"
    elif ours[0].get("status") in _OUT_OF_SERVICE:
        blocked = "is out of service; enable or delete it in the console"
    values = addresses(ours[0].get("records") or [], "records")
    raw = {"id": text(ours[0], "id")}
    return Shown(values=values, ttl=number(ours[0], "ttl"), blocked=blocked, raw=raw)


def _replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
    (change,) = changes
    body = {"name": f"{change.name}.", "type": change.rtype, "ttl": change.ttl}
    body["records"] = change.texts()
    if not change.old:
        done = yield from API.ask(job, "POST", _path(zone), json={**body, "line": _LINE})
    elif change.values:
        done = yield from API.ask(job, "PUT", _path(zone, change.old), json=body)
    else:
        done = yield from API.ask(job, "DELETE", _path(zone, change.old))
    return text(done, "id")  # without it, nobody has said that it was done


def _path(zone: Zone, old: Shown | None = None) -> tuple[str, ...]:
    steps = ("v2.1", "zones", zone.id, "recordsets")
    return (*steps, str(old.raw["id"])) if old else steps


HUAWEI = RRsets(api=API, zone=_zone, held=_held, replace=_replace, ttl_min=1).provider(
    id="huawei",
    docs="https://support.huaweicloud.com/intl/en-us/api-dns/dns_api_60001.html",
    fields=(
        Field(key="access_key", help="The access key ID (My Credentials > Access Keys)."),
        Field(key="secret_key", help="Its secret, in the file that comes with it.", secret=True),
        Field(
            key="region",
            help="A region such as cn-north-4, to call the service there instead of anywhere.",
            required=False,
        ),
    ),
    pace=Pace(every=1.0, burst=20),  # flow control whose rate is not told
    notes=("Record sets for other resolution lines than the default one are left alone.",),
)
