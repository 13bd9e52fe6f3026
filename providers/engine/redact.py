"""Striking secrets out of whatever people may see: outcomes, faults, addresses of services."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus, urlsplit

from providers.engine.signing import Signed
from providers.engine.wire import Basic, Bearer, Call, DnsUpdate, Lexicon, Secret

_STARS = "***"
_ANY = "surrogatepass"  # an environment variable may hold bytes that are no text
_LEAST_BEGINNING = 3  # characters of a cut secret that are worth striking
# As `html.escape` does, whose module would bring along the names of 2,231 characters.
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
_USERINFO = re.compile(r"(?<=://)[^/?#@\s]+(?=@)")


def redact(text: str, secrets: Iterable[str]) -> str:
    """`text` with stars for every secret, in each form in which a service may echo it.

    Forms: as it is, with its spaces collapsed, URL-encoded, escaped for JSON and for HTML, base64
    (both alphabets). Upper and lower case are the same. A secret that was cut short by an ellipsis
    goes too, and so does the user part of any address. An empty secret strikes nothing.
    """
    forms = sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True)
    # One pass over the text: a secret "*" must not find the stars that another one left.
    pattern = "|".join([_USERINFO.pattern, *map(re.escape, forms)])
    struck = re.sub(pattern, _STARS, text, flags=re.IGNORECASE)
    return _strike_cut(struck, forms)


def secrets_in(call: Call) -> frozenset[str]:
    """Every credential that a call carries, revealed, to be given to `redact`."""
    return frozenset(filter(None, _secrets_in(call)))


def shown(url: str, secrets: Iterable[str] = ()) -> str:
    """Scheme, host and path of an address: what may be shown of it. No query, no user part."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that is not a URL"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return redact(f"{parts.scheme}://{host or ''}{port}{parts.path}", secrets)


def _secrets_in(call: Call) -> Iterator[str]:
    if isinstance(call, DnsUpdate):
        if call.key:
            yield call.key.secret.reveal()
        return
    if isinstance(call, Lexicon):
        yield from _revealed(call.options)
        return
    for _, value in (*call.query, *call.headers, *(call.form or ())):
        yield from _revealed(value)
    for part in (call.json, call.xmlrpc, call.content, call.tail):
        yield from _revealed(part)
    match call.auth:
        case Basic(user=user, password=password):
            yield from (*_revealed(user), *_revealed(password))
            yield f"{_plain(user)}:{_plain(password)}"  # as it stands in the header, in base64
        case Bearer(token=token):
            yield from _revealed(token)
        case Signed(keys=keys):
            yield from _revealed(keys)
        case None:
            pass


def _revealed(value: object) -> Iterator[str]:
    match value:
        case Secret():
            yield value.reveal()
            # "Bearer abc" may come back as "abc" alone.
            yield value.reveal().rpartition(" ")[2]
            yield from _revealed(value.inner)
        case Mapping():
            for part in value.values():
                yield from _revealed(part)
        case list() | tuple():
            for part in value:
                yield from _revealed(part)
        case _:
            pass  # plain text and numbers are not secret


def _plain(text: str | Secret) -> str:
    return text.reveal() if isinstance(text, Secret) else text


def _forms(secret: str) -> Iterator[str]:
    if not secret:
        return
    yield secret
    yield " ".join(secret.split()) or secret
    yield quote(secret, safe="", errors=_ANY)
    yield quote(secret, errors=_ANY)
    yield quote_plus(secret, errors=_ANY)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield secret.translate(_HTML)
    raw = secret.encode("utf-8", _ANY)
    yield base64.b64encode(raw).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _strike_cut(text: str, forms: Iterable[str]) -> str:
    """Strike the beginning of a secret that an ellipsis cut in two."""
    pieces = text.split("…")
    for number, piece in enumerate(pieces[:-1]):
        known = max((_overlap(piece.lower(), form.lower()) for form in forms), default=0)
        if known >= _LEAST_BEGINNING:
            pieces[number] = piece[:-known] + _STARS
    return "…".join(pieces)


def _overlap(text: str, form: str) -> int:
    """How many characters at the end of `text` are the beginning of `form`."""
    longest = min(len(text), len(form))
    return next((n for n in range(longest, 0, -1) if text.endswith(form[:n])), 0)
