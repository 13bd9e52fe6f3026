"""How Alibaba Cloud DNS is spoken to: an action and its parameters, signed in one of two ways."""

from __future__ import annotations

from typing import Any

from providers.engine.api import Api, Query
from providers.engine.errand import Asking
from providers.engine.outcome import Cause
from providers.engine.secret import Text
from providers.engine.signing import Signed
from providers.engine.wire import Job
from providers.signers import acs3, rpc_v1

_VERSION = "2015-01-09"
_CLOCK = "finds the clock here wrong; set it"
_NO_KEY = "does not accept the AccessKey; make a new one in the console under RAM > Users"
_NO_RIGHT = "does not let this RAM user do that; grant it the policy AliyunDNSFullAccess"
_NO_DOMAIN = "has no such domain or record in this account"
_NO_ROOM = "takes no more records on the plan of this domain; delete some there, or upgrade it"
_EXCLUDED = "holds a record at this name that excludes an address; delete it in the console"


def _auth(job: Job) -> Signed:
    keys: dict[str, Text] = {
        "access_key_id": job.text("access_key_id"),
        "access_key_secret": job.secret("access_key_secret"),
    }
    return Signed(signer=rpc_v1.sign if _old(job) else acs3.sign, keys=keys)


API = Api(
    title="Alibaba Cloud DNS",
    base="https://alidns.aliyuncs.com",
    auth=_auth,
    # https://api.alibabacloud.com/document/Alidns/2015-01-09/errorCode
    meanings=(
        # Whole codes: the message of a wrong signature quotes the request, its time included.
        ("InvalidTimeStamp*", Cause.TRANSIENT, _CLOCK),
        ("IllegalTimestamp", Cause.TRANSIENT, _CLOCK),
        ("SignatureNonceUsed", Cause.TRANSIENT, "has seen this very request before"),
        ("SignatureDoesNotMatch", Cause.CREDENTIALS, _NO_KEY),
        ("IncompleteSignature", Cause.CREDENTIALS, _NO_KEY),
        ("InvalidAccessKeyId*", Cause.CREDENTIALS, _NO_KEY),
        ("Forbidden*", Cause.CREDENTIALS, _NO_RIGHT),
        ("NoPermission*", Cause.CREDENTIALS, _NO_RIGHT),
        ("Throttling*", Cause.RATE_LIMITED, "was called too often"),
        ("DomainRecordDuplicate", Cause.CONFLICT, "holds this very record already"),
        ("DomainRecordConflict", Cause.REJECTED, _EXCLUDED),
        ("DomainRecordLocked", Cause.REJECTED, "has this record locked; unlock it in the console"),
        ("Domain*Forbidden*", Cause.BLOCKED, "has suspended this domain; see its console"),
        ("InvalidDomainName*", Cause.NOT_FOUND, _NO_DOMAIN),
        ("IncorrectDomainUser", Cause.NOT_FOUND, _NO_DOMAIN),
        ("DomainRecordNotBelongToUser", Cause.NOT_FOUND, _NO_DOMAIN),
        ("QuotaExceeded.TTL", Cause.REJECTED, "wants a longer TTL on this plan; set ttl = 600"),
        ("QuotaExceeded*", Cause.BLOCKED, _NO_ROOM),
    ),
)


def ask(
    job: Job,
    action: str,
    query: Query,
    *,
    write: bool = False,
    idempotent: bool = False,
    absent: bool = False,
) -> Asking[Any]:
    """Do one action and return its document. The rest is as in `Api.ask`."""
    named: Query = (("x-acs-action", action), ("x-acs-version", _VERSION))
    if _old(job):
        query = (("Action", action), ("Version", _VERSION), ("Format", "JSON"), *query)
        named = ()
    return (
        yield from API.ask(
            job,
            "POST" if write else "GET",
            "/",
            query=query,
            headers=named,
            idempotent=idempotent,
            absent=absent,
        )
    )


def _old(job: Job) -> bool:
    return job.text("signature") == "v1"
