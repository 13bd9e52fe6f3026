"""Azure DNS: record sets by name and type, guarded by their ETags."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.asking import Done, Job, Look
from providers.engine.azure_api import API, LOGIN, SCOPE, begin
from providers.engine.kit import Change, Pace, RRsets, Shown, Zone, secret, setting, zone_asked
from providers.engine.shape import addresses, member, number, objects, text
from providers.engine.wire import RRset

_KEYS = {"A": ("ARecords", "ipv4Address"), "AAAA": ("AAAARecords", "ipv6Address")}


def _zones(job: Job, name: str) -> tuple[str, ...]:
    group = ("subscriptions", job.text("subscription_id"), "resourceGroups")
    network = ("providers", "Microsoft.Network", "dnsZones")
    return (*group, job.text("resource_group"), *network, name)


def _path(job: Job, zone: Zone, rrset: RRset | Change) -> tuple[str, ...]:
    return (*_zones(job, zone.name), rrset.rtype, zone.relative(rrset.name))


def _held(job: Job, zone: Zone, rrset: RRset) -> Look:
    found = yield from API.ask(job, "GET", _path(job, zone, rrset), absent=True)
    if found is None:
        return None
    held = member(found, "properties")
    if (held.get("targetResource") or {}).get("id"):  # plain ones have an empty one
        return Shown(blocked="is an alias of another Azure resource; take the alias away first")
    records, key = _KEYS[rrset.rtype]
    values = addresses([row.get(key) for row in objects(held.get(records), records)], key)
    return Shown(values=values, ttl=number(held, "TTL"), raw=found)


def _replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
    (change,) = changes
    path, old = _path(job, zone, change), change.old
    guard = (("If-Match", text(old.raw, "etag")),) if old else (("If-None-Match", "*"),)
    if not change.values:
        return (yield from API.ask(job, "DELETE", path, headers=guard))
    records, key = _KEYS[change.rtype]
    held = {"TTL": change.ttl, records: [{key: value} for value in change.texts()]}
    tags = old.raw["properties"].get("metadata") if old else None
    body = {"properties": held | ({"metadata": tags} if tags else {})}  # what is not said is gone
    return text((yield from API.ask(job, "PUT", path, json=body, headers=guard)), "etag")


AZURE = RRsets(
    api=API,
    begin=begin,
    zone=zone_asked(lambda job, name: API.ask(job, "GET", _zones(job, name), absent=True)),
    held=_held,
    replace=_replace,
    ttl_min=1,
).provider(
    id="azure",
    docs="https://learn.microsoft.com/rest/api/dns/record-sets/create-or-update",
    fields=(
        setting("tenant_id", "Directory (tenant) ID (Entra ID > App registrations)."),
        setting("client_id", "Application (client) ID, on the same page."),
        secret("client_secret", "The value, not the ID, of a secret (Certificates & secrets)."),
        setting("subscription_id", "Subscription ID, on the DNS zone's own page."),
        setting("resource_group", "Resource group, on the DNS zone's own page."),
        setting(
            "login_endpoint",
            "Where tokens are asked for; https://login.chinacloudapi.cn for Azure in China.",
            kind="url",
            default=LOGIN,
        ),
        setting(
            "scope",
            "What tokens are for; in China https://management.chinacloudapi.cn/.default.",
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
