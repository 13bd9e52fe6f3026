"""Alibaba Cloud DNS, written from its API reference; both versions of its signature."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime

from providers.engine.wire import Secret
from tests.support.provider_fakes import signatures
from tests.support.provider_fakes.vendor import Fields, Heard, Held, No, Settings, Vendor, route

_RR = re.compile(r"@|(\*|[a-z0-9_-]+)(\.[a-z0-9_-]+)*")
_COVERED = {
    "host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce",
    "x-acs-version",
}  # fmt: skip


def no(status: int, code: str, message: str = "") -> No:
    document = {
        "Code": code,
        "Message": message or code,
        "RequestId": "536E9CAD-DB30",
        "HostId": "",
    }
    return No(status, document)


class Aliyun(Vendor):
    key_id = "LTAIexample"
    token = "right-secret-of-mine"
    free = False  # a free plan takes no TTL below 600

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones)
        self.now: Callable[[], float] = time.time
        self.nonces: set[str] = set()

    def settings(self) -> Settings:
        return {"access_key_id": self.key_id, "access_key_secret": Secret(self.token)}

    def wrong_key(self) -> Settings:
        return {"access_key_secret": Secret("wrong-secret-of-somebody")}

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method == "POST" or bool(re.search(r"Action=(Add|Update|Delete)", path))

    def authorise(self, heard: Heard) -> None:
        _, target, body = self.heard[-1]
        headers = heard.headers
        if "x-acs-action" in headers:
            said = headers.get("Authorization", "")
            wanted = signatures.acs3(self.token, heard.method, target, headers, body)
            key_id, signed, given = re.fullmatch(
                r"ACS3-HMAC-SHA256 Credential=(.+),SignedHeaders=(.+),Signature=(.+)", said
            ).groups()  # type: ignore[union-attr]  # a header of another form is a bug of the test
            self.expect(set(signed.split(";")) >= _COVERED, f"signed are only {signed}")
            self.action, version = headers["x-acs-action"], headers["x-acs-version"]
            stamp, nonce = headers["x-acs-date"], headers["x-acs-signature-nonce"]
        else:
            wanted = signatures.rpc_v1(self.token, heard.method, target)
            take = heard.query.take
            key_id, given, self.action = take("AccessKeyId"), take("Signature"), take("Action")
            stamp, nonce, version = take("Timestamp"), take("SignatureNonce"), take("Version")
            self.expect(take("SignatureMethod") == "HMAC-SHA1", "SignatureMethod")
            self.expect(take("SignatureVersion") == "1.0", "SignatureVersion")
            self.expect(take("Format").upper() == "JSON", "Format")
        self.expect(version == "2015-01-09", f"version {version}")
        if key_id != self.key_id:
            raise no(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
        if given != wanted:
            why = (
                "Specified signature is not matched with our calculation. server string to sign is:"
            )
            raise no(400, "SignatureDoesNotMatch", f"{why}{heard.method}&%2F&Timestamp%3D{stamp}")
        form = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\+00:00)?Z", stamp)
        self.expect(form is not None and not form[2], f"timestamp {stamp}")
        at = datetime.fromisoformat(f"{form[1]}+00:00" if form else stamp).timestamp()
        if abs(self.now() - at) > 900:
            raise no(400, "InvalidTimeStamp.Expired", "Specified time stamp is expired.")
        if nonce in self.nonces:
            raise no(400, "SignatureNonceUsed")
        self.nonces.add(nonce)

    @route("GET", "/")
    def by_get(self, heard: Heard) -> object:
        call = {
            "DescribeDomainInfo": self._domain,
            "DescribeSubDomainRecords": self._of_name,
            "DescribeDomainRecords": self._listed,
            "AddDomainRecord": self._add,
            "UpdateDomainRecord": self._update,
            "DeleteDomainRecord": self._delete,
        }.get(self.action)
        if call is None:
            self.expect(False, f"no action {self.action}")
            raise no(404, "InvalidAction.NotFound")
        return call(heard.query)

    @route("POST", "/")
    def by_post(self, heard: Heard) -> object:
        self.expect(heard.raw == b"", "a body, where parameters stand in the query")
        return self.by_get(heard)

    def _domain(self, query: Fields) -> object:
        return {"DomainName": self._zone(query), "DomainId": "d71", "RequestId": "1", "MinTtl": 600}

    def _of_name(self, query: Fields) -> object:
        name, zone = query.take("SubDomain"), self._zone(query)
        self.expect(f".{name}".endswith(f".{zone}"), f"SubDomain {name}: the FQDN is wanted")
        rtype = query.take("Type", default="")
        found = [record for record in self.at(name) if rtype in ("", record.rtype)]
        return self._page(query, found)

    def _listed(self, query: Fields) -> object:
        zone, like = self._zone(query), query.take("RRKeyWord", default="")
        rtype, value = query.take("TypeKeyWord", default=""), query.take("ValueKeyWord", default="")
        found = [
            record
            for record in self.records.values()
            if record.zone == zone and rtype in ("", record.rtype)
            if like in self.relative(record) and value in record.content
        ]
        return self._page(query, found)

    def _page(self, query: Fields, found: list[Held]) -> object:
        size = int(query.take("PageSize", default="20"))
        number = int(query.take("PageNumber", default="1"))
        self.expect(1 <= size <= 100, f"PageSize {size}")
        shown = [self._shown(record) for record in found[(number - 1) * size : number * size]]
        return {"TotalCount": len(found), "RequestId": "1", "DomainRecords": {"Record": shown}}

    def _add(self, query: Fields) -> object:
        zone = self._zone(query)
        name, rtype, value, ttl = self._wanted(query, zone)
        self._check(name, rtype, value)
        record = self.insert(zone, name, rtype, value, ttl)
        return {"RecordId": record.id, "RequestId": "1"}

    def _update(self, query: Fields) -> object:
        record = self._record(query)
        name, rtype, value, ttl = self._wanted(query, record.zone)
        if (name, rtype, value, ttl) == (record.name, record.rtype, record.content, record.ttl):
            raise no(400, "DomainRecordDuplicate", "The DNS record already exists.")
        self._check(name, rtype, value, record)
        record.name, record.rtype, record.content, record.ttl = name, rtype, value, ttl
        return {"RecordId": record.id, "RequestId": "1"}

    def _delete(self, query: Fields) -> object:
        del self.records[(record := self._record(query)).id]
        return {"RecordId": record.id, "RequestId": "1"}

    def _zone(self, query: Fields) -> str:
        zone: str = query.take("DomainName")
        if zone not in self.zones.values():
            raise no(400, "InvalidDomainName.NoExist", "The specified domain name does not exist.")
        return zone

    def _record(self, query: Fields) -> Held:
        record = self.records.get(query.take("RecordId"))
        if record is None:
            raise no(400, "DomainRecordNotBelongToUser")
        if record.more.get("locked"):
            raise no(400, "DomainRecordLocked", "The DNS record is locked.")
        return record

    def _wanted(self, query: Fields, zone: str) -> tuple[str, str, str, int]:
        rr = query.take("RR")
        self.expect(_RR.fullmatch(rr) is not None, f"RR {rr!r}")
        ttl = int(query.take("TTL", default="600"))
        if not 1 <= ttl <= 86400 or (self.free and ttl < 600):
            raise no(400, "QuotaExceeded.TTL", "The TTL value exceeded the limit.")
        return self.absolute(zone, rr), query.take("Type"), query.take("Value"), ttl

    def _check(self, name: str, rtype: str, value: str, own: Held | None = None) -> None:
        if not self.address(rtype, value):
            raise no(400, "InvalidDomainRecordValue" if rtype else "InvalidDomainRecordType")
        others = [record for record in self.at(name) if record is not own]
        if any(record.rtype == "CNAME" for record in others):
            raise no(400, "DomainRecordConflict", "The record conflicts with other records.")
        if any((record.rtype, record.content) == (rtype, value) for record in others):
            raise no(400, "DomainRecordDuplicate", "The DNS record already exists.")

    def _shown(self, record: Held) -> dict[str, object]:
        return {
            "DomainName": record.zone,
            "RecordId": record.id,
            "RR": self.relative(record),
            "Type": record.rtype,
            "Value": record.content,
            "TTL": record.ttl,
            "Line": record.more.get("line", "default"),
            "Status": record.more.get("status", "ENABLE"),
            "Locked": bool(record.more.get("locked")),
            "Weight": 1,
        }
