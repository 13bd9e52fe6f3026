"""What trouble on the way means: one exchange in, a verdict on it out. Pure.

A provider sees 2xx and 4xx answers alone, and those 5xx ones that its service gives a meaning of
its own (`spoken`). What else can come back is decided here:

===========================  =============  ==================  ===================
what came back               for a read     for an idempotent   for any other write
                                            write               (never repeated)
===========================  =============  ==================  ===================
nothing can be sent at all   REJECTED       REJECTED            REJECTED
nothing was sent             again, then    again, then         TRANSIENT
                             TRANSIENT      TRANSIENT
the answer was lost          again, then    again, then         Unconfirmed
                             TRANSIENT      Unconfirmed
502, 504: a gateway lost it  again, then    again, then         Unconfirmed
                             TRANSIENT      Unconfirmed
any other 5xx                again, then    again, then         TRANSIENT
                             TRANSIENT      TRANSIENT
429                          RATE_LIMITED   RATE_LIMITED        RATE_LIMITED
3xx, 1xx, above 599          CONFUSED       CONFUSED            CONFUSED
2xx with a body too long     CONFUSED       Unconfirmed         Unconfirmed
4xx with a body too long     CONFUSED       CONFUSED            CONFUSED
===========================  =============  ==================  ===================

A redirect is never followed: credentials would go along to wherever it points.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from providers.engine.errors import excerpt
from providers.engine.outcome import Cause, Refused, Unconfirmed
from providers.engine.redact import shown
from providers.engine.waits import span, told_wait
from providers.engine.wire import (
    Call,
    DnsReply,
    DnsUpdate,
    Fault,
    Lexicon,
    LexiconReply,
    Reply,
    Request,
    Response,
)

_LOST_BY_GATEWAY = (502, 504)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What the errand ends in, unless the call may be made `again` and then succeeds."""

    outcome: Refused | Unconfirmed
    again: bool = False


def writes(call: Call) -> bool:
    """Whether the call changes anything at the service."""
    match call:
        case DnsUpdate(query_only=query_only):
            return not query_only
        case Lexicon(steps=steps):
            return any(step.act != "list" for step in steps)
        case Request(write=write):
            return write


def repeatable(call: Call) -> bool:
    """Whether making the call twice ends in the same state as making it once.

    A DNS UPDATE does: it replaces whole RRsets, and a prerequisite that no longer holds refuses.
    What dns-lexicon does to make or delete a record is nobody's promise.
    """
    match call:
        case DnsUpdate():
            return True
        case Lexicon():
            return not writes(call)
        case Request(write=write, idempotent=idempotent):
            return idempotent or not write


def accepted(call: Call, reply: Reply) -> bool:
    """Whether this answer says that a write was made."""
    if isinstance(reply, DnsReply):
        return writes(call) and reply.rcode == "NOERROR"
    if isinstance(reply, LexiconReply):
        return reply.wrote
    return writes(call) and reply.status // 100 == 2  # noqa: PLR2004  the class of success


def trouble(
    call: Call, reply: Reply | Fault, *, title: str, now: datetime | None = None
) -> Trouble | None:
    """Judge one exchange by the table above; None when the provider has to read the answer."""
    match reply:
        case Fault(hopeless=True, text=text):
            return _refused(Cause.REJECTED, f"{title}: {text}")
        case Fault(sent=sent, text=text):
            return _unheard(call, f"{title}: {text}", lost=sent)
        case DnsReply() | LexiconReply():
            return None
        case Response(status=429):
            wait = told_wait(reply.headers, now, reply.body)
            told = "" if wait is None else f"; it says to wait {span(wait)}"
            advice = f"; {call.too_often}" if isinstance(call, Request) and call.too_often else ""
            text = f"{title} was called too often{told}{advice}"
            return _refused(Cause.RATE_LIMITED, text, wait)
        case Response(status=status, cut=False) if _speaks_by(call, status):
            return None
        case Response(status=status) if status // 100 == 5:  # noqa: PLR2004  server errors
            said = excerpt(reply.body)
            text = f"{title} has trouble of its own (HTTP {status}{f': {said}' if said else ''})"
            wait = told_wait(reply.headers, now)
            return _unheard(call, text, lost=status in _LOST_BY_GATEWAY, wait=wait)
        case Response(status=status) if status // 100 not in (2, 4):
            return _refused(Cause.CONFUSED, _strange(call, reply, title))
        case Response(cut=True):
            text = f"{title} answered more than {len(reply.body)} bytes, and was not read further"
            if accepted(call, reply):
                return Trouble(outcome=Unconfirmed(text=text))
            return _refused(Cause.CONFUSED, text)
        case _:
            return None


def _speaks_by(call: Call, status: int) -> bool:
    return isinstance(call, Request) and status in call.spoken


def _refused(cause: Cause, text: str, wait: float | None = None) -> Trouble:
    return Trouble(outcome=Refused(cause=cause, text=text, wait=wait))


def _unheard(call: Call, text: str, *, lost: bool, wait: float | None = None) -> Trouble:
    """Nothing useful was heard: `lost` says that a write may have been made all the same."""
    if lost and writes(call):
        outcome: Refused | Unconfirmed = Unconfirmed(text=f"{text}; the change may have been made")
    else:
        outcome = Refused(cause=Cause.TRANSIENT, text=text, wait=wait)
    return Trouble(outcome=outcome, again=repeatable(call))


def _strange(call: Call, response: Response, title: str) -> str:
    target = response.headers.get("location", "")
    if response.status // 100 == 3 and target and isinstance(call, Request):  # noqa: PLR2004
        return (
            f"{title} redirects to {shown(_absolute(call.url, target))} (HTTP {response.status}), "
            "and redirects are never followed, because the credentials would go along; "
            "if the service has moved, set the new address as endpoint"
        )
    return f"{title} answered with a status that has no meaning here (HTTP {response.status})"


def _absolute(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:
        return ""
