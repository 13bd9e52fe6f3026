"""NS1 (IBM NS1 Connect): whole RRsets, as long as they are plain ones."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.asking import Done, Found, Look
from providers.engine.kit import Api, Cause, Change, Pace, RRsets, Shown, Zone, secret
from providers.engine.shape import Object, addresses, number, objects
from providers.engine.wire import Job, RRset

_KEYS = "NS1 portal > Account settings > API keys"
_API = Api(
    title="NS1",
    base="https://api.nsone.net/v1",
    headers=lambda job: (("X-NSONE-Key", job.secret("api_key")),),
    meanings=(
        ("HTTP 401", Cause.CREDENTIALS, f"does not accept the key; make a new one at {_KEYS}"),
        ("HTTP 403", Cause.CREDENTIALS, f"lets the key not do it; let it manage zones at {_KEYS}"),
        ("*already exists*", Cause.CONFLICT, "has this RRset already"),
    ),
)


def _zone(job: Job, name: str) -> Found:
    query = (("records", "false"),)  # else the whole zone would come along
    found = yield from _API.ask(job, "GET", ("zones", name), query=query, absent=True)
    return None if found is None else Zone(name=name)


def _held(job: Job, zone: Zone, rrset: RRset) -> Look:
    found = yield from _API.ask(job, "GET", _path(zone, rrset), absent=True)
    if found is None:
        return None
    if blocked := _steered(found):  # its answers need not be addresses
        return Shown(values=frozenset(), blocked=blocked)
    answers = [answer.get("answer") for answer in objects(found.get("answers"), "answers")]
    values = [value for answer in answers for value in (answer or [None])]
    return Shown(values=addresses(values, "answers"), ttl=number(found, "ttl"))


def _steered(found: Object) -> str:
    """Why an RRset is more than its addresses, and would be damaged by setting just these."""
    if found.get("link"):
        return "is a link to another one; set the address there"
    extras = [answer for answer in objects(found.get("answers"), "answers") if _has_more(answer)]
    if extras or found.get("filters") or found.get("regions") or (found.get("tier") or 1) != 1:
        return "is steered by filters or answer metadata; make it a plain one in the NS1 portal"
    return ""


def _has_more(answer: Object) -> bool:
    return any(answer.get(part) for part in ("meta", "region", "feeds"))


def _replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
    (change,) = changes
    path = _path(zone, change)
    if not change.values:
        return (yield from _API.ask(job, "DELETE", path))
    answers = [{"answer": [value]} for value in change.texts()]
    whole = {"zone": zone.name, "domain": change.name, "type": change.rtype}
    body = {**whole, "ttl": change.ttl, "answers": answers}
    if change.old:  # the other way round than elsewhere: POST changes, PUT creates
        return (yield from _API.ask(job, "POST", path, json=body, idempotent=True))
    return (yield from _API.ask(job, "PUT", path, json=body, idempotent=False))


def _path(zone: Zone, what: RRset | Change) -> tuple[str, ...]:
    return ("zones", zone.name, what.name, what.rtype)


NS1 = RRsets(api=_API, zone=_zone, held=_held, replace=_replace).provider(
    id="ns1",
    docs="https://developer.ibm.com/apis/catalog/ns1--ibm-ns1-connect-api/",
    fields=(secret("api_key", f"A key that may manage zones ({_KEYS})."),),
    pace=Pace(every=2.0, burst=60),  # 900 calls in 300 seconds, of which a change takes up to six
    notes=("RRsets with filters, answer metadata, regions or links are left alone.",),
)
