"""The request that a webhook's settings describe. Pure."""

from __future__ import annotations

import json
from typing import cast
from urllib.parse import urlsplit

from providers.engine.errand import Stop
from providers.engine.outcome import Cause, Refused
from providers.engine.secret import header_lines
from providers.engine.template import Values, placeholders
from providers.engine.wire import Address, Job, Method, Request, RType, Text

ADDRESSES: dict[RType, str] = {"A": "ipv4", "AAAA": "ipv6"}
TITLE = "The webhook"
WORDS = (*ADDRESSES.values(), "ip", "fqdn", "zone", "type", "old", "secret")
"""The placeholders: what can be filled into an address or a body."""

_FORM = "application/x-www-form-urlencoded"


def refuse(text: str) -> Stop:
    """The end of an errand whose settings cannot be used."""
    return Stop(Refused(cause=Cause.REJECTED, text=f"{TITLE} cannot be called: {text}"))


def request_of(job: Job, part: dict[RType, Address]) -> Request:
    """The call that tells these addresses. Raises Stop for settings that make none."""
    values = _values(job, part)
    url, steps, query = _address(job.text("url"), values)
    kind = job.text("content_type", "application/json")
    template = job.text("body")
    headers: list[tuple[str, Text]] = [*_headers(job)]
    if template and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", kind))
    json_too = bool(template) and "json" in kind
    form_too = bool(template) and kind == _FORM
    return Request(
        method=cast("Method", job.text("method", "GET")),
        url=url,
        tail=steps,
        query=query,
        headers=tuple(headers),
        json=values.document(_document(template)) if json_too else None,
        form=values.pairs(template) if form_too else None,
        content=values.text(template) if template and not json_too and not form_too else None,
        write=True,
    )


def _values(job: Job, part: dict[RType, Address]) -> Values:
    rrsets = [rrset for rrset in job.rrsets if rrset.rtype in part]
    old = sorted({str(address) for rrset in rrsets for address in rrset.live or ()})
    silence = job.text("silence") or None
    return Values(
        {
            **{
                word: str(part[rtype]) if rtype in part else silence
                for rtype, word in ADDRESSES.items()
            },
            "ip": ",".join(map(str, part.values())),
            "fqdn": rrsets[0].name,
            "zone": job.text("zone").rstrip(".").lower() or job.zone,
            "type": ",".join(part),
            "old": ",".join(old),
            "secret": job.secret("secret"),
        }
    )


def _address(
    template: str, values: Values
) -> tuple[str, tuple[Text, ...], tuple[tuple[str, Text], ...]]:
    """The part before the first placeholder as it is, then the steps of the path, and the query."""
    parts = urlsplit(template)
    if placeholders(parts.netloc) or parts.scheme not in ("http", "https"):
        raise refuse("url must begin with https:// and a host without placeholders")
    before, _, _ = parts.path.partition("{")
    fixed, slash, _ = before.rpartition("/") if before != parts.path else (parts.path, "", "")
    path = parts.path[len(fixed) + len(slash) :]
    said = parts.query.split("&") if parts.query else []
    plain = "&".join(one for one in said if "{" not in one)
    filled = "&".join(one for one in said if "{" in one)
    url = f"{parts.scheme}://{parts.netloc}{fixed}"
    if not slash:
        return url + (f"?{plain}" if plain else ""), (), values.pairs(filled)
    # What is joined to the address as steps has to come before any query.
    return url, values.steps(path), (*values.pairs(plain), *values.pairs(filled))


def _headers(job: Job) -> tuple[tuple[str, Text], ...]:
    try:
        return header_lines(job.secret("headers"))
    except ValueError:
        raise refuse("each line of headers must be of the form `Name: value`") from None


def _document(template: str) -> object:
    try:
        document: object = json.loads(template)
    except (ValueError, RecursionError):
        said = "body is no JSON document; put each placeholder between quotes"
        raise refuse(f"{said}, or set content_type") from None
    return document
