"""external-dns: a DNSEndpoint resource for each name, at the API server of a Kubernetes cluster."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.asking import Done, Found, Job, Look
from providers.engine.external_dns_api import API, GROUP, endpoints_of, key_of, path_of, resource
from providers.engine.kit import Change, Pace, RRsets, Shown, Zone, secret, setting
from providers.engine.shape import Object, addresses, member, number, text
from providers.engine.wire import RRset


def _zone(_: Job, name: str) -> Found:
    """Which zones there are is known to external-dns alone, and not told by Kubernetes."""
    yield from ()
    return Zone(name=name)


def _held(job: Job, _: Zone, rrset: RRset) -> Look:
    path = (*path_of(job), resource(rrset.name))
    found = yield from API.ask(job, "GET", path, absent=True)
    if found is None:
        return None
    at = {(rrset.name, rrset.rtype), (rrset.name, "CNAME")}
    mine = [one for one in endpoints_of(found) if key_of(one) in at]
    if len(mine) > 1 or any(one.get("setIdentifier") or key_of(one)[1] == "CNAME" for one in mine):
        blocked = f"stands beside others of its name in {resource(rrset.name)}; take them away"
        return Shown(blocked=blocked)
    if not mine:
        return Shown(raw=found)
    ttl = number(mine[0], "recordTTL") if "recordTTL" in mine[0] else 0  # 0: as is usual there
    return Shown(values=addresses(mine[0].get("targets", []), "targets"), ttl=ttl, raw=found)


def _replace(job: Job, _: Zone, changes: Sequence[Change]) -> Done:
    name = resource(changes[0].name)
    old: Object = next((change.old.raw for change in changes if change.old), {})
    held = [(key_of(one), one) for one in (endpoints_of(old) if old else ())]
    endpoints = [one for key, one in held if key not in {(one.name, one.rtype) for one in changes}]
    for one in changes:
        key = (one.name, one.rtype)
        before = dict(held).get(key, {"dnsName": one.name, "recordType": one.rtype})
        if one.values:
            endpoints.append({**before, "recordTTL": one.ttl, "targets": one.texts()})
    if not old:
        kind = {"apiVersion": GROUP, "kind": "DNSEndpoint", "metadata": {"name": name}}
        body = {**kind, "spec": {"endpoints": endpoints}}
        return API.ask(job, "POST", path_of(job), json=body)
    # Both go only where nobody else changed the resource since it was read.
    path = (*path_of(job), name)
    if not endpoints:
        version = text(member(old, "metadata"), "resourceVersion")
        only = {"preconditions": {"resourceVersion": version}}
        return API.ask(job, "DELETE", path, json=only)
    body = {**old, "spec": {**old["spec"], "endpoints": endpoints}}
    return API.ask(job, "PUT", path, json=body)


EXTERNAL_DNS = RRsets(api=API, zone=_zone, held=_held, replace=_replace, by_name=True).provider(
    id="external-dns",
    docs="https://kubernetes-sigs.github.io/external-dns/latest/docs/sources/crd/",
    fields=(
        setting("endpoint", "The API server; in a pod https://kubernetes.default.svc.", kind="url"),
        secret("token", "A service account's token (kubectl create token, or that in its pods)."),
        setting(
            "namespace", "Where the resources go; external-dns must watch it.", default="default"
        ),
    ),
    pace=Pace(every=1.0, burst=50, after_error=10.0),  # of one's own server, which queues by itself
    notes=(
        "external-dns must run with --source=crd; it publishes within its own interval.",
        "Set ca_file to the cluster's certificate, most often of an authority of its own.",
        "What Kubernetes took is not published yet: live DNS tells when it is.",
    ),
)
