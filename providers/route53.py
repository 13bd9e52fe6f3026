"""Amazon Route 53: whole RRsets, any number of them in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.asking import Done, Found, Job, Look
from providers.engine.kit import Change, Pace, RRsets, Shown, Zone, secret, setting
from providers.engine.route53_api import API
from providers.engine.route53_xml import change_batch, is_private, name_of, rows, said
from providers.engine.shape import Object, addresses
from providers.engine.wire import RRset
from providers.engine.zones import only_zone

_SPECIAL = (
    ("AliasTarget", "is an alias of something else at AWS"),
    ("SetIdentifier", "is one of several with a routing policy"),
    ("HealthCheckId", "depends on a health check"),
    ("TrafficPolicyInstanceId", "is kept by a traffic policy"),
)
_XML = (("Content-Type", "text/xml"),)


def _zone(job: Job, name: str) -> Found:
    chosen = job.text("zone_id")
    if chosen:
        answer = yield from API.ask(job, "GET", ("hostedzone", chosen))
        found = answer.get("HostedZone", [])
    else:
        query = (("dnsname", f"{name}."), ("maxitems", "10"))  # of one name: private ones too
        answer = yield from API.ask(job, "GET", ("hostedzonesbyname",), query=query)
        found = rows(answer, "HostedZones", "HostedZone")
    # Where there is no such name, the zones that would follow it come instead.
    zones = [zone for zone in found if name_of(zone) == name and (chosen or not is_private(zone))]
    ids = [said(zone, "Id").rpartition("/")[2] for zone in zones]
    return only_zone([Zone(name=name, id=id_) for id_ in ids], API.title, "zone_id")


def _held(job: Job, zone: Zone, rrset: RRset) -> Look:
    query = (("name", f"{rrset.name}."), ("type", rrset.rtype), ("maxitems", "1"))
    answer = yield from API.ask(job, "GET", ("hostedzone", zone.id, "rrset"), query=query)
    for row in rows(answer, "ResourceRecordSets", "ResourceRecordSet"):
        if (name_of(row), said(row, "Type")) == (rrset.name, rrset.rtype):  # or the next one, again
            return _shown(row)
    return None


def _shown(row: Object) -> Shown:
    for mark, meaning in _SPECIAL:
        if mark in row:
            return Shown(blocked=f"{meaning}; make it a simple record first")
    values = [said(record, "Value") for record in rows(row, "ResourceRecords", "ResourceRecord")]
    ttl = int(said(row, "TTL"))
    return Shown(values=addresses(values, "Value"), ttl=ttl, raw={"values": values})


def _replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
    path = ("hostedzone", zone.id, "rrset", "")
    body = change_batch(changes)
    answer = yield from API.ask(job, "POST", path, content=body, headers=_XML)
    return said(answer["ChangeInfo"][0], "Status")


ROUTE53 = RRsets(api=API, zone=_zone, held=_held, replace=_replace, together=True).provider(
    id="route53",
    docs="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html",
    fields=(
        setting("access_key", "The id of an access key (IAM > Users > Security)."),
        secret("secret_key", "The secret of that key, shown once by IAM."),
        secret("session_token", "What AWS STS gave along with a temporary key.", required=False),
        setting("zone_id", "The zone's id (Hosted zones), of several of one name.", required=False),
        setting("region", "The signature's region; cn-northwest-1 in China.", default="us-east-1"),
    ),
    pace=Pace(every=1.0, burst=5),  # five requests a second for the whole AWS account
    notes=(
        "A change reaches all of Amazon's name servers within a minute.",
        "An alias, or records with a routing policy or a health check, are left alone.",
        "Private zones are left alone, unless zone_id names one.",
    ),
)
