"""DNSPod's API 3.0 at Tencent Cloud, written from its reference; names and codes as in its SDK."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

from providers.engine.wire import Secret
from tests.support.provider_fakes import signatures
from tests.support.provider_fakes.vendor import Fields, Heard, Held, No, Settings, Vendor, route

_FORM = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<day>[\d-]+)/dnspod/tc3_request, "
    r"SignedHeaders=(?P<signed>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


def no(code: str, message: str = "") -> No:
    """Refusals come with status 200 too."""
    return No(200, said(Error={"Code": code, "Message": message or code}))


def said(**members: object) -> dict[str, object]:
    return {"Response": {**members, "RequestId": "5c7d5ac0-7a93-43ab-9c1d-61aa2cd11d39"}}


class Tencent(Vendor):
    key_id = "AKIDexample"
    token = "right-secret-of-mine"
    first_id = 1_200_000_000
    free = False  # a free plan takes no TTL below 600

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.now: Callable[[], float] = time.time

    def settings(self) -> Settings:
        return {"secret_id": Secret(self.key_id), "secret_key": Secret(self.token)}

    def wrong_key(self) -> Settings:
        return {"secret_key": Secret("wrong-secret-of-somebody")}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return b'"Value"' in body or b'"RecordId"' in body

    def authorise(self, heard: Heard) -> None:
        _, target, body = self.heard[-1]
        headers = heard.headers
        form = _FORM.fullmatch(headers.get("Authorization", ""))
        if form is None:
            raise no("AuthFailure.InvalidAuthorization")
        stamp = int(headers["X-TC-Timestamp"])
        self.expect({"content-type", "host"} <= set(form["signed"].split(";")), form["signed"])
        self.expect(form["day"] == f"{datetime.fromtimestamp(stamp, UTC):%Y-%m-%d}", form["day"])
        self.expect(headers["X-TC-Version"] == "2021-03-23", "version")
        self.expect(headers.get("X-TC-Language", "zh-CN") in ("zh-CN", "en-US"), "language")
        if form["id"] != self.key_id:
            raise no("AuthFailure.SecretIdNotFound", "The SecretId is not found.")
        if abs(self.now() - stamp) > 300:
            raise no("AuthFailure.SignatureExpire", "The provided credentials are expired.")
        if form["signature"] != signatures.tc3(self.token, heard.method, target, headers, body):
            raise no("AuthFailure.SignatureFailure", "The credentials could not be validated.")

    @route("POST", "/")
    def act(self, heard: Heard) -> object:
        action = heard.headers["X-TC-Action"]
        call = {
            "DescribeDomain": self._domain,
            "DescribeRecordList": self._list,
            "CreateRecord": self._create,
            "ModifyRecord": self._modify,
            "DeleteRecord": self._delete,
        }.get(action)
        if call is None:
            self.expect(False, f"no action {action}")
            raise no("InvalidAction")
        body = heard.body()
        return said(**call(body, self._zone(body)))

    def _domain(self, body: Fields, zone: str) -> dict[str, object]:
        return {"DomainInfo": {"DomainId": 71, "Domain": zone, "Status": "ENABLE", "TTL": 600}}

    def _list(self, body: Fields, zone: str) -> dict[str, object]:
        sub, rtype = body.take("Subdomain", default=""), body.take("RecordType", default="")
        limit, offset = body.take("Limit", int, 100), body.take("Offset", int, 0)
        strict = body.take("ErrorOnEmpty", default="yes")
        self.expect(1 <= limit <= 3000 and strict in ("yes", "no"), f"{limit} {strict}")
        name = self.absolute(zone, sub) if sub else ""
        found = [
            self._shown(record)
            for record in self.records.values()
            if record.zone == zone and name in ("", record.name) and rtype in ("", record.rtype)
        ]
        if not found and strict == "yes":
            raise no("ResourceNotFound.NoDataOfRecord", "No record found.")
        return {"RecordCountInfo": {}, "RecordList": found[offset : offset + limit]}

    def _create(self, body: Fields, zone: str) -> dict[str, object]:
        name, rtype, value, ttl = self._wanted(body, zone)
        self._check(name, rtype, value, ttl)
        return {"RecordId": int(self.insert(zone, name, rtype, value, ttl).id)}

    def _modify(self, body: Fields, zone: str) -> dict[str, object]:
        record = self._record(body, zone)
        name, rtype, value, ttl = self._wanted(body, zone)
        self.expect((value, ttl) != (record.content, record.ttl), "nothing was to be changed")
        self._check(name, rtype, value, ttl, record)
        record.name, record.rtype, record.content, record.ttl = name, rtype, value, ttl
        return {"RecordId": int(record.id)}

    def _delete(self, body: Fields, zone: str) -> dict[str, object]:
        del self.records[self._record(body, zone).id]
        return {}

    def _zone(self, body: Fields) -> str:
        zone: str = body.take("Domain")
        if zone not in self.zones.values():
            raise no("ResourceNotFound.NoDataOfDomain", "The domain list is empty.")
        return zone

    def _record(self, body: Fields, zone: str) -> Held:
        record = self.records.get(str(body.take("RecordId", int)))
        if record is None or record.zone != zone:
            raise no("InvalidParameter.RecordIdInvalid", "The record number is incorrect.")
        return record

    def _wanted(self, body: Fields, zone: str) -> tuple[str, str, str, int]:
        line, line_id = body.take("RecordLine"), body.take("RecordLineId", default="0")
        self.expect((line, line_id) == ("默认", "0"), f"line {line} {line_id}")
        name = self.absolute(zone, body.take("SubDomain", default="@"))
        return name, body.take("RecordType"), body.take("Value"), body.take("TTL", int, 600)

    def _check(self, name: str, rtype: str, value: str, ttl: int, own: Held | None = None) -> None:
        if not 1 <= ttl <= 604800 or (self.free and ttl < 600):
            raise no("LimitExceeded.RecordTtlLimit", "The TTL value exceeded the limit.")
        if not self.address(rtype, value):
            raise no("InvalidParameter.RecordValueInvalid", "The record value is incorrect.")
        others = [record for record in self.at(name) if record is not own]
        if any(
            held.rtype == "CNAME" or (held.rtype, held.content) == (rtype, value) for held in others
        ):
            raise no("InvalidParameter.DomainRecordExist", "The record already exists.")

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "RecordId": int(record.id),
            "Name": self.relative(record),
            "Type": record.rtype,
            "Value": record.content,
            "TTL": record.ttl,
            "Line": record.more.get("line", "默认"),
            "LineId": record.more.get("line_id", "0"),
            "Status": record.more.get("status", "ENABLE"),
            "UpdatedOn": "2026-01-02 03:04:05",
            "MonitorStatus": "",
            "Remark": "",
            "Weight": None,
            "MX": 0,
            "DefaultNS": False,
        }
