"""GoDaddy: whole RRsets by name and type, for the accounts that may use its API."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.asking import Done, Found, Look
from providers.engine.kit import Api, Cause, Change, Pace, RRsets, Shown, Zone, secret
from providers.engine.secret import weave
from providers.engine.shape import addresses, number, objects, text
from providers.engine.wire import Bearer, Job, RRset

_KEYS = "developer.godaddy.com/keys"
_SMALL = (
    "opens this API only to accounts with ten domains or more, or with a Discount Domain Club "
    "Premier plan; buy that plan, or let another provider serve the DNS of this domain"
)
_API = Api(
    title="GoDaddy",
    base="https://api.godaddy.com/v1",
    auth=lambda job: Bearer(
        token=weave(job.secret("key"), ":", job.secret("secret")), scheme="sso-key"
    ),
    meanings=(
        ("ACCESS_DENIED", Cause.BLOCKED, _SMALL),
        ("HTTP 401", Cause.CREDENTIALS, f"does not accept them; make a Production pair at {_KEYS}"),
        ("HTTP 403", Cause.CREDENTIALS, f"lets this key not do that; make another pair at {_KEYS}"),
        ("DUPLICATE_RECORD", Cause.CONFLICT, "has this record already"),
        # After a change it takes no other one for some seconds.
        ("HTTP 409", Cause.TRANSIENT, "is still busy with an earlier change; it is tried again"),
    ),
)


def _zone(job: Job, name: str) -> Found:
    found = yield from _API.ask(job, "GET", ("domains", name), absent=True)
    return None if found is None else Zone(name=text(found, "domain").lower())


def _held(job: Job, zone: Zone, rrset: RRset) -> Look:
    found = yield from _API.ask(job, "GET", _path(zone, rrset), absent=True)
    rows = [] if found is None else objects(found, "records")
    if not rows:
        return None
    for data in (text(row, "data") for row in rows):
        if not {".", ":"} & set(data):  # no address: "Parked", "WebsiteBuilder Site"
            page = f"shows a page of GoDaddy's own ({data}); delete that on its DNS page first"
            return Shown(values=frozenset(), blocked=page)
    return Shown(
        values=addresses([row["data"] for row in rows], "data"), ttl=number(rows[0], "ttl")
    )


def _replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
    (change,) = changes
    path = _path(zone, change)
    if not change.values:  # an empty PUT changes nothing
        return (yield from _API.ask(job, "DELETE", path))
    rows = [{"data": value, "ttl": change.ttl} for value in change.texts()]
    return (yield from _API.ask(job, "PUT", path, json=rows))


def _path(zone: Zone, what: RRset | Change) -> tuple[str, ...]:
    return ("domains", zone.name, "records", what.rtype, zone.relative(what.name))


GODADDY = RRsets(
    api=_API, zone=_zone, held=_held, replace=_replace, ttl_min=600, usual_ttl=600
).provider(
    id="godaddy",
    docs="https://developer.godaddy.com/doc/endpoint/domains",
    fields=(
        secret("key", f"The key of a Production pair ({_KEYS})."),
        secret("secret", "The secret of that pair, shown once when it is made."),
    ),
    pace=Pace(every=10.0, burst=15),  # 60 calls a minute
    notes=("An account needs ten domains or a Discount Domain Club Premier plan.",),
)
