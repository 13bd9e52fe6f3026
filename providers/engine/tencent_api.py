"""How DNSPod is spoken to by Tencent Cloud's API, version 3: an action and a document, signed."""

from __future__ import annotations

from typing import Any

from providers.engine.api import Api, Query
from providers.engine.asking import Answer, Done
from providers.engine.outcome import Cause
from providers.engine.shape import Object, member
from providers.engine.signing import Signed
from providers.engine.wire import Job
from providers.signers import tc3

_NO_KEY = "does not accept the key; make a new one at console.cloud.tencent.com/cam/capi"
_NO_RIGHT = "does not let this user do that; grant it QcloudDNSPodFullAccess in CAM > Policies"
_NO_DOMAIN = "has no such domain in this account"
_UNNAMED = "wants to know who owns the account; verify your identity in its console"


def _auth(job: Job) -> Signed:
    id_, key = job.secret("secret_id"), job.secret("secret_key")
    return Signed(signer=tc3.sign, keys={"secret_id": id_, "secret_key": key, "service": "dnspod"})


def _failed(document: Any) -> bool:
    """A refusal comes with status 200 as well; a success never holds an error."""
    return "Error" in member(document, "Response")


API = Api(
    title="Tencent Cloud DNSPod",
    base="https://dnspod.tencentcloudapi.com",
    auth=_auth,
    failed=_failed,
    # https://cloud.tencent.com/document/api/1427/56192
    meanings=(
        ("AuthFailure.SignatureExpire", Cause.TRANSIENT, "finds the clock here wrong; set it"),
        ("AuthFailure.UnauthorizedOperation", Cause.CREDENTIALS, _NO_RIGHT),
        ("AuthFailure*", Cause.CREDENTIALS, _NO_KEY),
        (("UnauthorizedOperation*", "OperationDenied*"), Cause.CREDENTIALS, _NO_RIGHT),
        (("RequestLimitExceeded*", "*.FrequencyLimit"), Cause.RATE_LIMITED, "was called too often"),
        ("*.OperationIsTooFrequent", Cause.RATE_LIMITED, "was called too often", 60.0),
        ("*.FailedLoginLimitExceeded", Cause.BLOCKED, "has seen too many wrong keys"),
        ("*.DomainRecordExist", Cause.CONFLICT, "holds this very record already"),
        ("*RealName*", Cause.BLOCKED, _UNNAMED),
        ("*.AccountIs*", Cause.BLOCKED, "has locked this account; ask its support"),
        ("*.DomainIsSpam", Cause.BLOCKED, "has suspended this domain; see its console"),
        ("*.DomainIsLocked", Cause.REJECTED, "has this domain locked; unlock it in the console"),
        (
            ("*.NoDataOfDomain", "*.DomainNotExists", "*.DomainInvalid", "*.NotDomainOwner"),
            Cause.NOT_FOUND,
            _NO_DOMAIN,
        ),
        ("*.RecordTtlLimit", Cause.REJECTED, "wants a longer TTL on this plan; set ttl = 600"),
        ("*.SubdomainRollLimit", Cause.REJECTED, "takes no more addresses at one name"),
        ("LimitExceeded*", Cause.REJECTED, "allows no more of this on the plan of this domain"),
        ("InternalError*", Cause.TRANSIENT, "has trouble of its own"),
        ("InvalidParameter*", Cause.REJECTED, "does not accept this request"),
        ("FailedOperation*", Cause.REJECTED, "could not do it"),
    ),
)


def ask(job: Job, action: str, body: Object, *, absent: bool = False) -> Answer:
    """Read by one action: what stands in the envelope. `absent` is as in `Api.ask`."""
    answer = yield from API.ask(
        job, "POST", "/", json=body, headers=_named(action), write=False, absent=absent
    )
    return None if answer is None else member(answer, "Response")


def change(job: Job, action: str, body: Object, *, again: bool) -> Done:
    """Write by one action, which may be repeated with `again`."""
    return API.ask(job, "POST", "/", json=body, headers=_named(action), idempotent=again)


def _named(action: str) -> Query:
    return (("X-TC-Action", action), ("X-TC-Version", "2021-03-23"), ("X-TC-Language", "en-US"))
