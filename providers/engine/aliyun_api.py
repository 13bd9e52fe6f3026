"""How Alibaba Cloud DNS is spoken to: an action and its parameters, signed in one of two ways."""

from __future__ import annotations

from providers.engine.api import Api, Query
from providers.engine.asking import Answer, Asking
from providers.engine.outcome import Cause
from providers.engine.shape import text
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
    return Signed(
        signer=rpc_v1.sign if _old(job) else acs3.sign,
        keys={
            "access_key_id": job.text("access_key_id"),
            "access_key_secret": job.secret("access_key_secret"),
        },
    )


API = Api(
    title="Alibaba Cloud DNS",
    base="https://alidns.aliyuncs.com",
    auth=_auth,
    # https://api.alibabacloud.com/document/Alidns/2015-01-09/errorCode
    meanings=(
        # Whole codes: the message of a wrong signature quotes the request, its time included.
        (("InvalidTimeStamp*", "IllegalTimestamp"), Cause.TRANSIENT, _CLOCK),
        ("SignatureNonceUsed", Cause.TRANSIENT, "has seen this very request before"),
        (
            ("SignatureDoesNotMatch", "IncompleteSignature", "InvalidAccessKeyId*"),
            Cause.CREDENTIALS,
            _NO_KEY,
        ),
        (("Forbidden*", "NoPermission*"), Cause.CREDENTIALS, _NO_RIGHT),
        ("Throttling*", Cause.RATE_LIMITED, "was called too often"),
        ("DomainRecordDuplicate", Cause.CONFLICT, "holds this very record already"),
        ("DomainRecordConflict", Cause.REJECTED, _EXCLUDED),
        ("DomainRecordLocked", Cause.REJECTED, "has this record locked; unlock it in the console"),
        ("Domain*Forbidden*", Cause.BLOCKED, "has suspended this domain; see its console"),
        (
            ("InvalidDomainName*", "IncorrectDomainUser", "DomainRecordNotBelongToUser"),
            Cause.NOT_FOUND,
            _NO_DOMAIN,
        ),
        ("QuotaExceeded.TTL", Cause.REJECTED, "wants a longer TTL on this plan; set ttl = 600"),
        ("QuotaExceeded*", Cause.BLOCKED, _NO_ROOM),
    ),
)


def ask(job: Job, action: str, query: Query, *, absent: bool = False) -> Answer:
    """Read by one action; `absent` is as in `Api.ask`."""
    query, headers = _named(job, action, query)
    return API.ask(job, "GET", "/", query=query, headers=headers, absent=absent)


def change(job: Job, action: str, query: Query, *, again: bool) -> Asking[str]:
    """Write by one action, which may be repeated with `again`; the record's id says it was done."""
    query, headers = _named(job, action, query)
    done = yield from API.ask(job, "POST", "/", query=query, headers=headers, idempotent=again)
    return text(done, "RecordId")


def _named(job: Job, action: str, query: Query) -> tuple[Query, Query]:
    """The query and the headers; the older signature has the action among the parameters."""
    if _old(job):
        return (("Action", action), ("Version", _VERSION), ("Format", "JSON"), *query), ()
    return query, (("x-acs-action", action), ("x-acs-version", _VERSION))


def _old(job: Job) -> bool:
    return job.text("signature") == "v1"
