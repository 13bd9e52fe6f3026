"""Cloudflare's DNS API, version 4. A record keeps its proxy switch, tags and comment."""

from __future__ import annotations

from ipaddress import ip_network

from providers.engine.cloudflare_api import (
    Operation,
    Shown,
    call,
    records_of,
    write,
    zone_of,
)
from providers.engine.errand import Asking, Stop, alias, errand
from providers.engine.limits import Pace
from providers.engine.outcome import Cause, Changed, Outcome, Unchanged
from providers.engine.reconcile import Create, Delete, Record, Step, Update, reconcile
from providers.engine.shape import Object, address, number, text
from providers.engine.spec import Field, Provider
from providers.engine.wire import Held, Job, RRset

_PER_BATCH = 200  # operations that every plan allows
_AUTOMATIC = 1  # the TTL that leaves it to Cloudflare, and the only one of a proxied record


@errand
def update(job: Job) -> Asking[Outcome]:
    """Read every name, then write what differs: one call for one change, one batch for more."""
    zone = yield from zone_of(job)
    held = yield from records_of(job, zone)
    aliases = {name for name, rows in held.items() for row in rows if row["type"] == "CNAME"}
    aliases &= {rrset.name for rrset in job.rrsets}
    todo = _operations(job, held)
    try:
        for start in range(0, len(todo), _PER_BATCH):
            yield from write(job, zone, todo[start : start + _PER_BATCH])
    except Stop as stop:
        if stop.refused.cause is Cause.CONFLICT:
            left = _operations(job, (yield from records_of(job, zone)))
            return stop.refused if left else Unchanged(note=stop.refused.text)
        raise
    if aliases:
        return alias("Cloudflare", aliases)
    return Changed() if todo else Unchanged()


@errand
def read(job: Job) -> Asking[Held]:
    """What Cloudflare holds for the job's first RRset, whatever its name servers show."""
    rrset = job.rrsets[0]
    held = yield from records_of(job, (yield from zone_of(job)))
    rows = [row for row in held.get(rrset.name, []) if row["type"] == rrset.rtype]
    values = frozenset(address(row, "content") for row in rows)
    return Held(values=values, proxied=any(row.get("proxied") is True for row in rows))


@errand
def verify(job: Job) -> Asking[Outcome]:
    """Ask whether the token is valid, and read the records that it is to change."""
    token = None
    try:
        yield from call(job, "GET", "/user/tokens/verify")
    except Stop as stop:
        token = stop.refused
    try:
        yield from records_of(job, (yield from zone_of(job)))
    except Stop as stop:
        return token or stop.refused
    return Unchanged()  # also when the first question failed: it knows no tokens of an account


def _operations(job: Job, held: Shown) -> list[Operation]:
    todo = []
    for rrset in job.rrsets:
        rows = held.get(rrset.name, [])
        if any(row["type"] == "CNAME" for row in rows):
            continue
        # A record made beside a proxied one is proxied too: else it shows what that one hides.
        proxied = any(row.get("proxied") is True for row in rows)
        current = [_record(row) for row in rows if row["type"] == rrset.rtype]
        steps = reconcile(current, rrset.values, ttl=rrset.ttl)
        todo += [_operation(step, rrset, proxied=proxied) for step in steps]
    return todo


def _record(row: Object) -> Record:
    meta = row["meta"] if isinstance(row.get("meta"), dict) else {}
    managed = ("managed_by_apps", "managed_by_argo_tunnel", "read_only")
    return Record(
        id=text(row, "id"),
        value=address(row, "content"),
        ttl=None if row.get("proxied") is True else number(row, "ttl"),
        foreign=any(meta.get(word) is True for word in managed),
    )


def _operation(step: Step, rrset: RRset, *, proxied: bool) -> Operation:
    body: Object = {"type": rrset.rtype, "name": rrset.name}
    match step:
        case Delete(record=record):
            return "deletes", record.id, {}
        case Update(record=record, value=value, ttl=ttl):
            body |= {"content": str(value)} | ({} if ttl is None else {"ttl": ttl})
            return "patches", record.id, body
        case Create(value=value, ttl=ttl):
            ttl = _AUTOMATIC if proxied or ttl is None else ttl
            return "posts", "", body | {"content": str(value), "ttl": ttl, "proxied": proxied}


# https://www.cloudflare.com/ips/
_FRONTS = """
173.245.48.0/20 103.21.244.0/22 103.22.200.0/22 103.31.4.0/22 141.101.64.0/18 108.162.192.0/18
190.93.240.0/20 188.114.96.0/20 197.234.240.0/22 198.41.128.0/17 162.158.0.0/15 104.16.0.0/13
104.24.0.0/14 172.64.0.0/13 131.0.72.0/22
2400:cb00::/32 2606:4700::/32 2803:f800::/32 2405:b500::/32 2405:8100::/32 2a06:98c0::/29
2c0f:f248::/32
"""

CLOUDFLARE = Provider(
    id="cloudflare",
    title="Cloudflare",
    docs="https://developers.cloudflare.com/api/resources/dns/subresources/records/",
    base="https://api.cloudflare.com/client/v4",
    fields=(
        Field(
            key="token",
            help="An API token with Zone DNS Edit and Zone Read for the zone (My Profile).",
            secret=True,
        ),
        Field(
            key="zone_id",
            help="The zone's id (the zone's Overview page), for a token without Zone Read.",
            required=False,
        ),
    ),
    update=update,
    read=read,
    verify=verify,
    batch="zone",
    side_by_side=4,
    both_families_one_call=True,
    ttl_min=60,
    pace=Pace(every=1.0, burst=100),  # 1,200 calls in five minutes, of which an errand takes four
    fronts=tuple(map(ip_network, _FRONTS.split())),
    notes=(
        "A proxied record shows Cloudflare's addresses in DNS; it is checked through the API.",
        "A token without Zone Read needs zone_id.",
    ),
)
