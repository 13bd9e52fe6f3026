"""Amazon Route 53: whole RRsets, any number of them in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from providers.engine.asking import Done, Found, Look
from providers.engine.kit import Cause, Change, Field, Pace, RRsets, Shown, Stop, Zone
from providers.engine.outcome import Refused
from providers.engine.route53_api import API
from providers.engine.route53_xml import change_batch, is_private, name_of, rows, said
from providers.engine.shape import Object, addresses
from providers.engine.wire import Job, RRset

_SPECIAL = (
    ("AliasTarget", "is an alias of something else at AWS"),
    ("SetIdentifier", "is one of several with a routing policy"),
    ("HealthCheckId", "depends on a health check"),
    ("TrafficPolicyInstanceId", "is kept by a traffic policy"),
)


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
    if len(zones) > 1:
        text = f"Route 53 has {len(zones)} public zones {name}; say which one with zone_id"
        raise Stop(Refused(cause=Cause.REJECTED, text=text))
    return Zone(name=name, id=said(zones[0], "Id").rpartition("/")[2]) if zones else None


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
            return Shown(values=frozenset(), blocked=f"{meaning}; make it a simple record first")
    values = [said(record, "Value") for record in rows(row, "ResourceRecords", "ResourceRecord")]
    ttl = int(said(row, "TTL"))
    return Shown(values=addresses(values, "Value"), ttl=ttl, raw={"values": values})


def _replace(job: Job, zone: Zone, changes: Sequence[Change]) -> Done:
    path = ("hostedzone", zone.id, "rrset", "")
    body, kind = change_batch(changes), (("Content-Type", "text/xml"),)
    answer = yield from API.ask(job, "POST", path, content=body, headers=kind)
    return said(answer["ChangeInfo"][0], "Status")


ROUTE53 = RRsets(api=API, zone=_zone, held=_held, replace=_replace, together=True).provider(
    id="route53",
    docs="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html",
    fields=(
        Field(key="access_key", help="The id of an access key (IAM > Users > Security)."),
        Field(key="secret_key", help="The secret of that key, shown once by IAM.", secret=True),
        Field(
            key="session_token",
            help="What AWS STS gave along with a temporary key.",
            secret=True,
            required=False,
        ),
        Field(
            key="zone_id",
            help="The hosted zone's id (Route 53 > Hosted zones), where several have one name.",
            required=False,
        ),
        Field(
            key="region",
            help="The region of the signature; cn-northwest-1 for Route 53 in China.",
            required=False,
            default="us-east-1",
        ),
    ),
    pace=Pace(every=1.0, burst=5),  # five requests a second for the whole AWS account
    notes=(
        "A change reaches all of Amazon's name servers within a minute.",
        "An alias, or records with a routing policy or a health check, are left alone.",
        "Private zones are left alone, unless zone_id names one.",
    ),
)
