"""PowerDNS Authoritative Server, told through its HTTP API (4.7 and newer)."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.errand import Asking, alias, errand
from providers.engine.limits import Pace
from providers.engine.outcome import Changed, Outcome, Unchanged
from providers.engine.powerdns_api import Shown, call, found, hidden_in, many, rrsets_of, zone_of
from providers.engine.shape import Object, address, number, objects
from providers.engine.spec import Field, Provider
from providers.engine.wire import Held, Job, RRset

_NEW_TTL = 60  # seconds, of a new RRset for which none is configured


@errand
def update(job: Job) -> Asking[Outcome]:
    """Read every name, then replace what differs in one transaction."""
    zone = yield from zone_of(job)
    held = yield from rrsets_of(job, zone)
    aliases = {rrset.name for rrset in job.rrsets if found(held, rrset.name, "CNAME")}
    changes = []
    for rrset in job.rrsets:
        if rrset.name not in aliases and _differs(rrset, held):
            hidden = () if many(job) else (yield from hidden_in(job, zone, rrset))
            changes.append(_change(rrset, held, hidden))
    if changes:
        yield from call(job, "PATCH", f"/zones/{zone}", json={"rrsets": changes})
    if aliases:
        return alias("PowerDNS", aliases)
    return Changed() if changes else Unchanged()


@errand
def read(job: Job) -> Asking[Held]:
    """What the server's database holds for the job's first RRset."""
    held = yield from rrsets_of(job, (yield from zone_of(job)))
    rows = _enabled(found(held, job.rrsets[0].name, job.rrsets[0].rtype))
    return Held(values=frozenset(address(row, "content") for row in rows))


@errand
def verify(job: Job) -> Asking[Outcome]:
    """Find the zone: proves address, key and zone, and writes nothing."""
    yield from zone_of(job)
    return Unchanged()


def _differs(rrset: RRset, held: Shown) -> bool:
    old = found(held, rrset.name, rrset.rtype)
    values = frozenset(address(row, "content") for row in _enabled(old))
    if values != rrset.values:
        return True
    return bool(values) and rrset.ttl not in (None, _ttl(old))


def _change(rrset: RRset, held: Shown, hidden: Sequence[Object]) -> Object:
    """The whole RRset as it is to be: with what somebody switched off and did not delete.

    It has no comments, so that the server keeps those that it has.
    """
    old = found(held, rrset.name, rrset.rtype)
    off = {address(row, "content") for row in (*_rows(old), *hidden) if row.get("disabled") is True}
    return {
        "name": f"{rrset.name}.",
        "type": rrset.rtype,
        "ttl": _ttl(old) if rrset.ttl is None else rrset.ttl,
        "changetype": "REPLACE",
        "records": [
            {"content": str(value), "disabled": value not in rrset.values}
            for value in sorted(rrset.values | off, key=int)
        ],
    }


def _ttl(rrset: Object | None) -> int:
    return number(rrset, "ttl") if rrset else _NEW_TTL


def _rows(rrset: Object | None) -> list[Object]:
    return objects(rrset.get("records"), "records") if rrset else []


def _enabled(rrset: Object | None) -> list[Object]:
    return [row for row in _rows(rrset) if row.get("disabled") is not True]


POWERDNS = Provider(
    id="powerdns",
    title="PowerDNS",
    docs="https://doc.powerdns.com/authoritative/http-api/zone.html",
    fields=(
        Field(
            key="endpoint",
            help="Where the server's API listens, such as http://127.0.0.1:8081.",
            kind="url",
        ),
        Field(key="api_key", help="`api-key` of the server's pdns.conf.", secret=True),
        Field(
            key="server_id",
            help="The server's name within its API.",
            required=False,
            default="localhost",
        ),
    ),
    update=update,
    read=read,
    verify=verify,
    batch="zone",
    side_by_side=4,
    both_families_one_call=True,
    pace=Pace(every=1.0, burst=100, after_error=5.0, after_confusion=300.0),
    notes=("A new record without a configured TTL gets 60 seconds.",),
)
