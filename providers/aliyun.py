"""Alibaba Cloud DNS (Aliyun): records with ids, every call signed."""

from __future__ import annotations

from providers.engine.aliyun_api import API, ask, change
from providers.engine.asking import Answer, Done, Job, Rows
from providers.engine.kit import Pace, Records, Row, Wish, Zone, secret, setting, zone_asked
from providers.engine.rest import Columns
from providers.engine.shape import Object, member, text

_COLUMNS = Columns(id="RecordId", name="RR", rtype="Type", content="Value", ttl="TTL")
_OLD = "`v1` for old private clouds, whose gateways know no newer signature."


def _zone(job: Job, name: str) -> Answer:
    return ask(job, "DescribeDomainInfo", (("DomainName", name),), absent=True)


def _foreign(row: Object) -> bool:
    return row.get("Line") != "default" or text(row, "Status").upper() != "ENABLE"


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    # A hundred rows are a page, and of one name far beyond what a home has.
    query = (("DomainName", zone.name), ("SubDomain", name), ("PageSize", "100"))
    answer = yield from ask(job, "DescribeSubDomainRecords", query)
    return _COLUMNS.rows(zone, member(answer, "DomainRecords").get("Record"), _foreign)


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    held = (("RR", zone.relative(wish.name)), ("Type", wish.rtype), ("Value", str(wish.value)))
    query = (*held, ("TTL", str(wish.ttl)))
    if row:
        return change(job, "UpdateDomainRecord", (("RecordId", row.id), *query), again=True)
    return change(job, "AddDomainRecord", (("DomainName", zone.name), *query), again=False)


def _delete(job: Job, _: Zone, row: Row) -> Done:
    return change(job, "DeleteDomainRecord", (("RecordId", row.id),), again=True)


ALIYUN = Records(
    api=API, zone=zone_asked(_zone), rows=_rows, put=_put, delete=_delete, usual_ttl=600, ttl_min=1
).provider(
    id="aliyun",
    docs="https://www.alibabacloud.com/help/en/dns/api-alidns-2015-01-09-overview",
    fields=(
        setting("access_key_id", "The AccessKey ID of a RAM user (RAM console > Users)."),
        secret("access_key_secret", "Its secret, shown when the key is made."),
        setting("signature", _OLD, choices=("acs3", "v1"), default="acs3"),
    ),
    pace=Pace(every=1.0, burst=20),  # throttled by the second, at a rate that is not told
    notes=(
        "TTLs below 600 seconds need a paid plan.",
        "Records for other lines than the default one, and disabled ones, are left alone.",
    ),
)
