"""Gandi's LiveDNS: whole RRsets by name and type."""

from __future__ import annotations

from providers.engine.kit import Api, Cause, Change, Pace, RRsets, Zone, secret, setting
from providers.engine.rest import zone_page
from providers.engine.rrset_pages import page_look, page_set, plainly
from providers.engine.wire import Bearer, Job, RRset

_API = Api(
    title="Gandi",
    base="https://api.gandi.net/v5/livedns",
    auth=lambda job: Bearer(token=job.secret("token"), scheme=job.text("scheme", "Bearer")),
    meanings=(
        ("HTTP 401", Cause.CREDENTIALS, "does not accept the token; it may have expired"),
        ("HTTP 403", Cause.CREDENTIALS, "lets this token not manage the domain's DNS"),
    ),
)


def _path(_: Job, zone: Zone, rrset: RRset | Change) -> tuple[str, ...]:
    return ("domains", zone.name, "records", zone.relative(rrset.name), rrset.rtype)


GANDI = RRsets(
    api=_API,
    zone=zone_page(_API, "domains"),
    held=page_look(_API, _path, plainly("rrset_values", "rrset_ttl")),
    replace=page_set(
        _API,
        _path,
        lambda _, change: {"rrset_ttl": change.ttl, "rrset_values": change.texts()},
    ),
    ttl_min=300,
).provider(
    id="gandi",
    docs="https://api.gandi.net/docs/livedns/",
    fields=(
        secret("token", "A personal access token (Account > Security)."),
        setting(
            "scheme",
            "Apikey, for a key of the older kind.",
            default="Bearer",
            choices=("Bearer", "Apikey"),
        ),
    ),
    pace=Pace(every=1.0, burst=100),  # 1,000 calls a minute from one address
    notes=("A personal access token expires after a year at the latest.",),
)
