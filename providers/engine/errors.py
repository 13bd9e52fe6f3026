"""Reading an answer that may be anything: the shared table of HTTP statuses, and strict JSON.

A provider meets these statuses only where `drive` has not ended the errand before: redirects, 429
and oversized bodies never reach a provider, 5xx only where its service speaks by them.
"""

from __future__ import annotations

import json
import re
from typing import Any

from providers.engine.outcome import Cause, Refused
from providers.engine.waits import told_wait
from providers.engine.wire import Reply, Response

_SHOWN = 120  # characters of a stranger's text that a person is shown
_MESSAGE_KEYS = (  # in lower case, best first
    "message",
    "longmessage",
    "msg",
    "detail",
    "error",
    "errors",
    "errormessage",
    "description",
    "statusdescription",
    "reason",
    "reply",
    "status",
    "error_msg",
    "response",
)


class Confused(Exception):
    """The answer is not what the vendor documents. Its text completes "answered …".

    `drive` turns it into `Refused(CONFUSED)`, or `Unconfirmed` when a write was made before.
    """


def response_of(reply: Reply) -> Response:
    """Narrow the reply to an HTTP request. Raises Confused for anything else."""
    if not isinstance(reply, Response):
        raise Confused("to a DNS message where HTTP was expected")
    return reply


def refusal(title: str, response: Response) -> Refused | None:
    """What an HTTP status means where the vendor gives it no meaning of its own; None for 2xx.

    =====================  ============  ==========================================
    status                 cause         why
    =====================  ============  ==========================================
    2xx                    none          the body decides
    401, 403               CREDENTIALS   wrong, or without permission
    402                    BLOCKED       unpaid
    404, 410               NOT_FOUND     no such zone or record in this account
    408, 423, 425          TRANSIENT     too slow, locked for a moment, too early
    409, 412               CONFLICT      another state than the one we knew
    429                    RATE_LIMITED  with the wait that its headers name
    other 4xx              REJECTED      this request will never be accepted
    5xx                    TRANSIENT     its own trouble
    anything else          CONFUSED      redirects included: they are never followed
    =====================  ============  ==========================================
    """
    status = response.status
    if 200 <= status <= 299:  # noqa: PLR2004  the class of success, RFC 9110 section 15.3
        return None
    cause, meaning = _MEANINGS.get(status) or _CLASSES.get(status // 100, _STRANGE)
    wait = told_wait(response.headers) if cause in (Cause.RATE_LIMITED, Cause.TRANSIENT) else None
    said = excerpt(response.body)
    text = f"{title} {meaning} (HTTP {status}{f': {said}' if said else ''})"
    return Refused(cause=cause, text=text, wait=wait)


_DENIED = (Cause.CREDENTIALS, "does not accept these credentials, or they lack the permission")
_ABSENT = (Cause.NOT_FOUND, "does not know this zone or record in this account")
_BUSY = (Cause.TRANSIENT, "cannot do it at the moment")
_MOVED_ON = (Cause.CONFLICT, "holds something else than expected; it was changed meanwhile")
_STRANGE = (Cause.CONFUSED, "answered with a status that its documentation does not describe")
_MEANINGS = {
    401: _DENIED,
    402: (Cause.BLOCKED, "demands a payment or another plan for this"),
    403: _DENIED,
    404: _ABSENT,
    408: _BUSY,
    409: _MOVED_ON,
    410: _ABSENT,
    412: _MOVED_ON,
    423: _BUSY,
    425: _BUSY,
    429: (Cause.RATE_LIMITED, "was called too often"),
}
_CLASSES = {
    4: (Cause.REJECTED, "does not accept this request"),
    5: (Cause.TRANSIENT, "has trouble of its own"),
}


def json_of(response: Response) -> Any:
    """The JSON document in the body. Raises Confused with a sentence when there is none."""
    said = excerpt(response.body)
    if not said:
        raise Confused("an empty body where JSON was expected")
    if is_html(response):
        raise Confused(f"an HTML page where JSON was expected: {said}")
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise Confused(f"something that is not JSON: {said}") from error


def json_object(response: Response) -> dict[str, Any]:
    """The JSON object in the body. Raises Confused when the body is anything else."""
    document = json_of(response)
    if not isinstance(document, dict):
        raise Confused(f"JSON that is not an object: {excerpt(response.body)}")
    return document


def is_html(response: Response) -> bool:
    """Whether the body is a page for people: a login form, an error page, a captive portal."""
    if "html" in response.headers.get("content-type", "").lower():
        return True
    start = response.body[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def text_of(response: Response) -> str:
    """The body as text, without byte-order mark; bytes that are not UTF-8 show as U+FFFD."""
    return response.body.decode("utf-8", "replace").removeprefix("\ufeff")


def excerpt(body: bytes) -> str:
    """What a person should see of a body: its message where it is JSON, one short line of text.

    A longer text ends in an ellipsis, by which `redact` knows that a secret may be cut there.
    """
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        text = _message(json.loads(text)) or text
    except (ValueError, RecursionError):
        page = re.search(r"<(title|message)\b[^>]*>(.*?)</\1", text, re.IGNORECASE | re.DOTALL)
        text = page[2] if page else text
        if text.lstrip().startswith("<?xml"):
            text = re.sub(r"<[^<>]*>", " ", text)
    return one_line(text)


def one_line(text: str, most: int = _SHOWN) -> str:
    """`text` on one line, without control characters, at most `most` characters long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: most * 50]).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _message(document: Any) -> str:
    """The vendor's own words in an error document, wherever vendors are used to put them."""
    match document:
        case str():
            return document
        case list():
            return "; ".join(filter(None, map(_message, document[:3])))
        case dict():
            parts = {key.casefold(): part for key, part in document.items()}
            words = (_message(parts[key]) for key in _MESSAGE_KEYS if key in parts)
            return next(filter(None, words), "")
        case _:
            return ""
