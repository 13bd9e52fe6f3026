"""Hetzner's DNS, a part of its Cloud: whole RRsets by name and type, changed by actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from providers.engine.asking import Done, Job, Look
from providers.engine.kit import Api, Cause, Change, Pace, RRsets, Shown, Zone, secret
from providers.engine.rest import zone_page
from providers.engine.shape import addresses, carried, identity, member, number, objects, text
from providers.engine.wire import Bearer, RRset

_TOKENS = "Hetzner Console > your project > Security > API tokens"
_SECONDARY = "copies this zone from another server: change the records there, or make it primary"
_LOOKS = 5  # an action takes about as long as a call or two


def _failed(answer: Any) -> bool:
    action = answer.get("action") if isinstance(answer, dict) else None
    return isinstance(action, dict) and action.get("status") == "error"


_API = Api(
    title="Hetzner",
    base="https://api.hetzner.cloud/v1",
    auth=lambda job: Bearer(token=job.secret("token")),
    failed=_failed,
    meanings=(
        ("unauthorized", Cause.CREDENTIALS, f"does not accept the token; make one at {_TOKENS}"),
        ("token_readonly", Cause.CREDENTIALS, f"lets it read only; make one to write at {_TOKENS}"),
        ("forbidden", Cause.CREDENTIALS, f"lets this token not do it; make one at {_TOKENS}"),
        ("resource_limit_exceeded", Cause.BLOCKED, "has no room left; ask its support for more"),
        ("incorrect_zone_mode", Cause.REJECTED, _SECONDARY),
        ("protected", Cause.REJECTED, "protects this RRset from changes; lift that in its console"),
        ("uniqueness_error", Cause.CONFLICT, "has this RRset already"),
        ("locked", Cause.TRANSIENT, "is still busy with an earlier change; it is tried again"),
        ("error", Cause.TRANSIENT, "took the change and could not make it; it is tried again"),
    ),
)


def _held(job: Job, zone: Zone, rrset: RRset) -> Look:
    found = yield from _API.ask(job, "GET", _path(zone, rrset), absent=True)
    if found is None:
        return None
    shown = member(found, "rrset")
    records = objects(shown.get("records"), "records")
    locked = member(shown, "protection").get("change")
    return Shown(
        values=addresses([record.get("value") for record in records], "value"),
        ttl=number(member(zone.raw, "zone") if shown.get("ttl") is None else shown, "ttl"),
        blocked="is protected from changes; lift that in the Hetzner Console" if locked else "",
        raw={"rows": [{key: part for key, part in row.items() if part} for row in records]},
    )


def _replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
    (change,) = changes
    path, old = _path(zone, change), change.old
    records = carried(old.raw["rows"] if old else (), "value", change.texts())
    if old is None:
        body = {"name": path[-2], "type": path[-1], "ttl": change.ttl, "records": records}
        return (yield from _settle(job, "POST", path[:-2], body))
    if not records:
        return (yield from _settle(job, "DELETE", path))
    if old.values != frozenset(change.values):
        yield from _settle(job, "POST", (*path, "actions", "set_records"), {"records": records})
    if old.ttl != change.ttl:
        yield from _settle(job, "POST", (*path, "actions", "change_ttl"), {"ttl": change.ttl})
    return None


def _settle(job: Job, method: Any, path: Sequence[str], body: object = None) -> Done:
    """Begin an action and look a few times whether it is over; live DNS is asked afterwards."""
    again = path[-1] != "rrsets"  # whatever sets a whole may be repeated, but no creation
    answer = yield from _API.ask(job, method, path, json=body, idempotent=again)
    for _ in range(_LOOKS):
        action = member(answer, "action")
        if text(action, "status") != "running":
            return None
        answer = yield from _API.ask(job, "GET", ("zones", "actions", identity(action, "id")))
    return None


def _path(zone: Zone, what: RRset | Change) -> tuple[str, ...]:
    return ("zones", zone.name, "rrsets", zone.relative(what.name), what.rtype)


HETZNER = RRsets(
    api=_API, zone=zone_page(_API, "zones"), held=_held, replace=_replace, ttl_min=60
).provider(
    id="hetzner",
    docs="https://docs.hetzner.cloud/reference/cloud#zone-rrsets",
    fields=(secret("token", f"A token with Read & Write ({_TOKENS})."),),
    pace=Pace(every=10.0, burst=60),  # 3,600 calls an hour and project, a change takes up to ten
    notes=("Zones and tokens of dns.hetzner.com do not work here; move the zone to the Console.",),
)
