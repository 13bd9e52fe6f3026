"""How DNSPod's older API is spoken to: by forms, with a status code in every answer."""

from __future__ import annotations

from typing import Any

from providers.engine.api import Api, Query
from providers.engine.asking import Answer, Done
from providers.engine.outcome import Cause
from providers.engine.secret import weave
from providers.engine.shape import member, text
from providers.engine.wire import Job

_HOUR = 3600.0  # how long a ban lasts
_WRONG = "does not accept the token; make a new one at console.dnspod.cn/account/token"
_UNKNOWN = "does not know this domain or record"
_ELSEWHERE = "refuses logins from here; lift the protection against logins from elsewhere there"


def _failed(document: Any) -> bool:
    return text(member(document, "status"), "code") != "1"


API = Api(
    title="DNSPod",
    base="https://dnsapi.cn",
    # Who sends no address to write to may be banned.
    headers=lambda job: (("From", job.text("contact")),),
    form=lambda job: (
        ("login_token", weave(job.text("login_id"), ",", job.secret("token"))),
        ("format", "json"),
        ("lang", "en"),
        ("error_on_empty", "no"),
    ),
    failed=_failed,
    # https://docs.dnspod.cn/api/common-response/ and, for the rest, the page of each call
    meanings=(
        ("-1", Cause.CREDENTIALS, _WRONG),
        ("-2", Cause.RATE_LIMITED, "has banned this account for an hour, for abuse", _HOUR),
        ("-8", Cause.RATE_LIMITED, "has seen too many wrong tokens, and waits an hour", _HOUR),
        ("-7", Cause.BLOCKED, "demands a plan for companies for this"),
        ("-15", Cause.BLOCKED, "has suspended this domain; see its console"),
        ("83", Cause.BLOCKED, "has locked this account; ask its support"),
        ("85", Cause.BLOCKED, _ELSEWHERE),
        ("-99", Cause.TRANSIENT, "has closed this for a while"),
        ("3", Cause.TRANSIENT, "has trouble of its own"),
        ("6", Cause.NOT_FOUND, _UNKNOWN),
        ("7", Cause.NOT_FOUND, "says that this domain is somebody else's"),
        ("8", Cause.NOT_FOUND, _UNKNOWN),
        ("10", Cause.NOT_FOUND, "has no such record"),
        ("13", Cause.NOT_FOUND, _UNKNOWN),
        ("21", Cause.REJECTED, "has this domain locked; unlock it in the console"),
        ("31", Cause.CONFLICT, "holds a record at this name that excludes it"),
        ("104", Cause.CONFLICT, "holds this very record already"),
        ("32", Cause.REJECTED, "wants a longer TTL on this plan; set ttl = 600"),
        ("2?", Cause.REJECTED, "does not accept this name or type"),
        ("3?", Cause.REJECTED, "does not accept this value"),
        ("500025", Cause.REJECTED, "takes no more addresses at one name on this plan"),
    ),
)


def ask(job: Job, action: str, form: Query) -> Answer:
    """Read by one action; None for what does not exist."""
    return API.ask(job, "POST", f"/{action}", form=form, write=False, absent=True)


def change(job: Job, action: str, form: Query, *, again: bool) -> Done:
    """Write by one action, which may be repeated with `again`."""
    return API.ask(job, "POST", f"/{action}", form=form, idempotent=again)
