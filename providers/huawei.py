"""Huawei Cloud DNS: whole RRsets by name, type and resolution line, every call signed."""

from __future__ import annotations

from providers.engine.asking import Job, Look, RRset
from providers.engine.huawei_api import API
from providers.engine.kit import Change, Pace, Query, RRsets, Shown, Zone, secret, setting
from providers.engine.rest import zone_list
from providers.engine.rrset_pages import page_set, plainly
from providers.engine.shape import Object, objects, text

_LINE = "default_view"  # the one that everybody is served who is of no other line
_OUT_OF_SERVICE = ("DISABLE", "FREEZE", "ILLEGAL", "POLICE", "PENDING_DISABLE", "PENDING_FREEZE")


def _named(name: str, kind: str) -> Query:
    return (("name", f"{name}."), ("type", kind), ("search_mode", "equal"))


def _held(job: Job, zone: Zone, rrset: RRset) -> Look:
    query = (*_named(rrset.name, rrset.rtype), ("line_id", _LINE))
    answer = yield from API.ask(job, "GET", _at(job, zone, rrset), query=query)
    wanted = {"name": f"{rrset.name}.", "type": rrset.rtype, "line": _LINE}
    sets = objects(answer.get("recordsets"), "recordsets")
    ours = [one for one in sets if wanted.items() <= one.items()]
    if not ours:
        return None
    if len(ours) > 1:
        return Shown(blocked="is several weighted record sets; make them one in the console")
    if ours[0].get("alias_target"):
        return Shown(blocked="is an alias of another resource; delete it in the console")
    if ours[0].get("status") in _OUT_OF_SERVICE:
        return Shown(blocked="is out of service; enable or delete it in the console")
    return plainly("records", "ttl")(rrset, ours[0])


def _at(_: Job, zone: Zone, what: RRset | Change) -> tuple[str, ...]:
    every = ("v2.1", "zones", zone.id, "recordsets")
    old = what.old if isinstance(what, Change) else None
    return (*every, text(old.raw, "id")) if old else every


def _body(_: Zone, change: Change) -> Object:
    body = {"name": f"{change.name}.", "type": change.rtype, "ttl": change.ttl}
    return {**body, "records": change.texts(), **({} if change.old else {"line": _LINE})}


_ZONE = zone_list(API, ("v2", "zones"), "zones", query=lambda name: _named(name, "public"))
HUAWEI = RRsets(
    api=API, zone=_ZONE, held=_held, replace=page_set(API, _at, _body, make="POST"), ttl_min=1
).provider(
    id="huawei",
    docs="https://support.huaweicloud.com/intl/en-us/api-dns/dns_api_60001.html",
    fields=(
        setting("access_key", "The access key ID (My Credentials > Access Keys)."),
        secret("secret_key", "Its secret, in the file that comes with it."),
        setting("region", "A region such as cn-north-4, to call it there.", required=False),
    ),
    pace=Pace(every=1.0, burst=20),  # flow control whose rate is not told
    notes=("Record sets for other resolution lines than the default one are left alone.",),
)
