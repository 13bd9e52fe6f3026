"""deSEC: whole RRsets, all changes of an errand in one of its scarce writes."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.asking import Done, Job
from providers.engine.kit import Api, Cause, Change, Pace, RRsets, Zone, secret
from providers.engine.rest import zone_list
from providers.engine.rrset_pages import page_look, plainly
from providers.engine.shape import Object, number
from providers.engine.wire import Bearer, RRset

_TOKENS = "desec.io > Token Management"
_API = Api(
    title="deSEC",
    base="https://desec.io/api/v1",
    auth=lambda job: Bearer(token=job.secret("token"), scheme="Token"),
    meanings=(
        ("HTTP 401", Cause.CREDENTIALS, f"does not accept the token; make a new one at {_TOKENS}"),
        ("HTTP 403", Cause.CREDENTIALS, f"lets the token not do that; see its policy at {_TOKENS}"),
        ("*conflicting type*", Cause.REJECTED, "holds an alias (CNAME) there; delete it first"),
        ("*greater than or equal*", Cause.REJECTED, "takes no `ttl` that low for this domain"),
        ("*less than or equal*", Cause.REJECTED, "takes no `ttl` above 86400, which is a day"),
    ),
    too_often=(
        "a domain may be changed 300 times a day, by all programs together: when it says hours, "
        "today's are used up, and upstun goes on by itself then; look what else changes the domain"
    ),
)


def _path(_: Job, zone: Zone, rrset: RRset) -> tuple[str, ...]:
    return ("domains", zone.name, "rrsets", zone.relative(rrset.name), rrset.rtype, "")


def _rrset(zone: Zone, change: Change) -> Object:
    which = {"subname": zone.relative(change.name, apex=""), "type": change.rtype}
    return {**which, "ttl": change.ttl, "records": change.texts()}  # none of them: it goes


def _replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
    path, rrsets = ("domains", zone.name, "rrsets", ""), [_rrset(zone, one) for one in changes]
    return _API.ask(job, "PATCH", path, json=rrsets, idempotent=True)


DESEC = RRsets(
    api=_API,
    # Of all domains it shows the one that the name lies in.
    zone=zone_list(_API, ("domains", ""), id_="name", query=lambda name: (("owns_qname", name),)),
    held=page_look(_API, _path, plainly("records", "ttl")),
    replace=_replace,
    together=True,
    least_ttl=lambda zone: number(zone.raw, "minimum_ttl"),
).provider(
    id="desec",
    docs="https://desec.readthedocs.io/en/latest/dns/rrsets.html",
    fields=(secret("token", f"A token ({_TOKENS})."),),
    # 2 writes a second, 15 a minute, 100 an hour, 300 a day and domain: 12 + 86400 / 300 = 300.
    pace=Pace(every=300.0, burst=12),
    notes=(
        "A domain takes 300 changes a day; what is beyond that is refused for hours.",
        "The least TTL is the domain's own: mostly 3600, and 60 below dedyn.io.",
    ),
)
