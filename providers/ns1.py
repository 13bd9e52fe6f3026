"""NS1 (IBM NS1 Connect): whole RRsets, as long as they are plain ones."""

from __future__ import annotations

from typing import Any

from providers.engine.kit import Api, Cause, Change, Pace, RRsets, Shown, Zone, secret, zone_asked
from providers.engine.rrset_pages import page_look, page_set
from providers.engine.shape import addresses, number, objects
from providers.engine.wire import Job, RRset

_KEYS = "NS1 portal > Account settings > API keys"
_STEERED = "is steered by filters or answer metadata; make it a plain one in the NS1 portal"
_BARE = (("records", "false"),)  # else the whole zone would come along
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


def _path(_: Job, zone: Zone, rrset: RRset | Change) -> tuple[str, ...]:
    return ("zones", zone.name, rrset.name, rrset.rtype)


def _shown(_: RRset, page: Any) -> Shown:
    if page.get("link"):
        return Shown(blocked="is a link to another one; set the address there")
    rows = objects(page.get("answers"), "answers")
    steered = any(row.get(part) for row in rows for part in ("meta", "region", "feeds"))
    if steered or page.get("filters") or page.get("regions") or (page.get("tier") or 1) != 1:
        return Shown(blocked=_STEERED)  # its answers need not be addresses
    values = [value for row in rows for value in (row.get("answer") or [None])]
    return Shown(values=addresses(values, "answers"), ttl=number(page, "ttl"))


def _body(zone: Zone, change: Change) -> object:
    whole = {"zone": zone.name, "domain": change.name, "type": change.rtype, "ttl": change.ttl}
    return {**whole, "answers": [{"answer": [value]} for value in change.texts()]}


NS1 = RRsets(
    api=_API,
    zone=zone_asked(lambda job, n: _API.ask(job, "GET", ("zones", n), query=_BARE, absent=True)),
    held=page_look(_API, _path, _shown),
    replace=page_set(_API, _path, _body, change="POST"),  # the other way round than elsewhere
).provider(
    id="ns1",
    docs="https://developer.ibm.com/apis/catalog/ns1--ibm-ns1-connect-api/",
    fields=(secret("api_key", f"A key that may manage zones ({_KEYS})."),),
    pace=Pace(every=2.0, burst=60),  # 900 calls in 300 seconds, of which a change takes up to six
    notes=("RRsets with filters, answer metadata, regions or links are left alone.",),
)
