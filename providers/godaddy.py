"""GoDaddy: whole RRsets by name and type, for the accounts that may use its API."""

from __future__ import annotations

from typing import Any

from providers.engine.kit import Api, Cause, Change, Pace, RRsets, Shown, Zone, secret
from providers.engine.rest import zone_page
from providers.engine.rrset_pages import page_look, page_set
from providers.engine.secret import weave
from providers.engine.shape import addresses, number, objects, text
from providers.engine.wire import Bearer, Job, RRset

_KEYS = "developer.godaddy.com/keys"
_BIG = "ten domains or more, or with a Discount Domain Club plan"
_SMALL = f"opens this API only to accounts with {_BIG}; else let another provider serve the DNS"
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
        ("HTTP 409", Cause.TRANSIENT, "is busy for seconds after a change; it is tried again"),
    ),
)


def _path(_: Job, zone: Zone, rrset: RRset | Change) -> tuple[str, ...]:
    return ("domains", zone.name, "records", rrset.rtype, zone.relative(rrset.name))


def _shown(_: RRset, page: Any) -> Shown | None:
    rows = objects(page, "records")
    values = [text(row, "data") for row in rows]
    if own := [data for data in values if not {".", ":"} & set(data)]:  # no address, but "Parked"
        return Shown(blocked=f"is GoDaddy's own page ({own[0]}); delete that on its DNS page first")
    return Shown(values=addresses(values, "data"), ttl=number(rows[0], "ttl")) if rows else None


def _body(_: Zone, change: Change) -> object:
    return [{"data": value, "ttl": change.ttl} for value in change.texts()]


GODADDY = RRsets(
    api=_API,
    zone=zone_page(_API, "domains"),
    held=page_look(_API, _path, _shown),
    replace=page_set(_API, _path, _body),  # an empty PUT changes nothing
    ttl_min=600,
).provider(
    id="godaddy",
    docs="https://developer.godaddy.com/doc/endpoint/domains",
    fields=(
        secret("key", f"The key of a Production pair ({_KEYS})."),
        secret("secret", "The secret of that pair, shown once when it is made."),
    ),
    pace=Pace(every=10.0, burst=15),  # 60 calls a minute
    notes=(f"An account needs {_BIG}.",),
)
