"""Alibaba Cloud DNS (Aliyun): records with ids, every call signed."""

from __future__ import annotations

from providers.engine.aliyun_api import API, ask
from providers.engine.asking import Done, Found, Rows
from providers.engine.kit import Field, Pace, Query, Records, Row, Wish, Zone
from providers.engine.shape import member, number, objects, text
from providers.engine.wire import Job


def _zone(job: Job, name: str) -> Found:
    found = yield from ask(job, "DescribeDomainInfo", (("DomainName", name),), absent=True)
    return None if found is None else Zone(name=text(found, "DomainName"))


def _rows(job: Job, zone: Zone, name: str) -> Rows:
    # A hundred rows are a page, and of one name far beyond what a home has.
    query = (("DomainName", zone.name), ("SubDomain", name), ("PageSize", "100"))
    answer = yield from ask(job, "DescribeSubDomainRecords", query)
    return [
        Row(
            id=text(row, "RecordId"),
            name=zone.absolute(text(row, "RR")),
            rtype=text(row, "Type"),
            content=text(row, "Value"),
            ttl=number(row, "TTL"),
            foreign=row.get("Line") != "default" or text(row, "Status").upper() != "ENABLE",
        )
        for row in objects(member(answer, "DomainRecords").get("Record"), "records")
    ]


def _put(job: Job, zone: Zone, wish: Wish, row: Row | None) -> Done:
    action, first = "AddDomainRecord", ("DomainName", zone.name)
    if row:
        action, first = "UpdateDomainRecord", ("RecordId", row.id)
    query: Query = (
        first,
        ("RR", zone.relative(wish.name)),
        ("Type", wish.rtype),
        ("Value", str(wish.value)),
        ("TTL", str(wish.ttl)),
    )
    done = yield from ask(job, action, query, write=True, idempotent=row is not None)
    return text(done, "RecordId")  # without it, nobody has said that it was done


def _delete(job: Job, _: Zone, row: Row) -> Done:
    query = (("RecordId", row.id),)
    done = yield from ask(job, "DeleteDomainRecord", query, write=True, idempotent=True)
    return text(done, "RecordId")


ALIYUN = Records(
    api=API, zone=_zone, rows=_rows, put=_put, delete=_delete, usual_ttl=600, ttl_min=1
).provider(
    id="aliyun",
    docs="https://www.alibabacloud.com/help/en/dns/api-alidns-2015-01-09-overview",
    fields=(
        Field(key="access_key_id", help="The AccessKey ID of a RAM user (RAM console > Users)."),
        Field(key="access_key_secret", help="Its secret, shown when the key is made.", secret=True),
        Field(
            key="signature",
            help="`v1` for old private clouds, whose gateways know no newer signature.",
            required=False,
            choices=("acs3", "v1"),
            default="acs3",
        ),
    ),
    pace=Pace(every=1.0, burst=20),  # throttled by the second, at a rate that is not told
    notes=(
        "TTLs below 600 seconds need a paid plan.",
        "Records for other lines than the default one, and disabled ones, are left alone.",
    ),
)
