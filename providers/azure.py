"""Azure DNS: record sets by name and type, guarded by their ETags."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.asking import Done, Found, Look
from providers.engine.azure_api import API, LOGIN, SCOPE, begin
from providers.engine.kit import Change, Field, Pace, RRsets, Shown, Zone
from providers.engine.shape import addresses, member, number, objects, text
from providers.engine.wire import Job, RRset

_VERSION = (("api-version", "2018-05-01"),)
_KEYS = {"A": ("ARecords", "ipv4Address"), "AAAA": ("AAAARecords", "ipv6Address")}


def _zone(job: Job, name: str) -> Found:
    found = yield from API.ask(job, "GET", _path(job, name), query=_VERSION, absent=True)
    return None if found is None else Zone(name=name, id=text(found, "name"))


def _held(job: Job, zone: Zone, rrset: RRset) -> Look:
    found = yield from API.ask(job, "GET", _of(job, zone, rrset), query=_VERSION, absent=True)
    if found is None:
        return None
    held = member(found, "properties")
    if (held.get("targetResource") or {}).get("id"):  # plain ones have an empty one
        blocked = "is an alias of another Azure resource; take the alias away first"
        return Shown(values=frozenset(), blocked=blocked)
    records, key = _KEYS[rrset.rtype]
    rows = objects(held.get(records), records)
    values = addresses([text(row, key) for row in rows], key)
    return Shown(values=values, ttl=number(held, "TTL"), raw=found)


def _replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
    (change,) = changes
    path, old = _of(job, zone, change), change.old
    guard = (("If-Match", text(old.raw, "etag")),) if old else (("If-None-Match", "*"),)
    if not change.values:
        return (yield from API.ask(job, "DELETE", path, query=_VERSION, headers=guard))
    records, key = _KEYS[change.rtype]
    held = {"TTL": change.ttl, records: [{key: value} for value in change.texts()]}
    tags = old.raw["properties"].get("metadata") if old else None
    body = {"properties": held | ({"metadata": tags} if tags else {})}  # what is not said is gone
    answer = yield from API.ask(job, "PUT", path, query=_VERSION, json=body, headers=guard)
    return text(answer, "etag")


def _of(job: Job, zone: Zone, what: RRset | Change) -> tuple[str, ...]:
    return (*_path(job, zone.name), what.rtype, zone.relative(what.name))


def _path(job: Job, zone: str) -> tuple[str, ...]:
    within = ("subscriptions", job.text("subscription_id"), "resourceGroups")
    network = ("providers", "Microsoft.Network", "dnsZones")
    return (*within, job.text("resource_group"), *network, zone)


AZURE = RRsets(api=API, begin=begin, zone=_zone, held=_held, replace=_replace, ttl_min=1).provider(
    id="azure",
    docs="https://learn.microsoft.com/rest/api/dns/record-sets/create-or-update",
    fields=(
        Field(key="tenant_id", help="Directory (tenant) ID (Entra ID > App registrations)."),
        Field(key="client_id", help="Application (client) ID, on the same page."),
        Field(
            key="client_secret",
            help="The value, not the ID, of a client secret (Certificates & secrets).",
            secret=True,
        ),
        Field(key="subscription_id", help="Subscription ID, on the DNS zone's own page."),
        Field(key="resource_group", help="Resource group, on the DNS zone's own page."),
        Field(
            key="login_endpoint",
            help="Where tokens are asked for; https://login.chinacloudapi.cn for Azure in China.",
            required=False,
            kind="url",
            default=LOGIN,
        ),
        Field(
            key="scope",
            help="What tokens are for; in China https://management.chinacloudapi.cn/.default.",
            required=False,
            default=SCOPE,
        ),
    ),
    pace=Pace(every=1.0, burst=50),  # ten writes a second and a stock of 200 in a subscription
    notes=(
        "A client secret expires, after two years at the latest.",
        "Record sets that are aliases of Azure resources are left alone; so are private zones.",
        "In a national cloud, endpoint, login_endpoint and scope are its own.",
    ),
)
