"""A request as it stands on the wire: URL, headers, body, the credentials laid open. Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from urllib.parse import quote, urlencode, urlsplit

from providers.engine.signing import Draft, Moment, Signed, UnusableKey
from providers.engine.wire import Basic, Bearer, Request, Secret, Text


class Unsendable(Exception):
    """The request cannot be sent as it stands; the text says why, without any of its values."""


def laid_open(
    call: Request, *, user_agent: str, allow_http: bool, moment: Callable[[], Moment]
) -> Draft:
    """The request as it goes on the wire, signed where it is to be. Raises Unsendable."""
    url = address_of(call, allow_http=allow_http)
    headers, body = headers_and_body(call, user_agent)
    draft = Draft(method=call.method, url=url, headers=headers, body=body or b"")
    if not isinstance(call.auth, Signed):
        return draft
    keys = {name: _revealed(value) for name, value in call.auth.keys.items()}
    try:
        signed = call.auth.signer(draft, keys, moment())
    except UnusableKey as reason:
        raise Unsendable(f"the request cannot be signed: {reason}") from None
    _printable(signed.headers)
    return signed


def address_of(call: Request, *, allow_http: bool) -> str:
    """The URL with its query, exactly as it goes on the wire. Raises Unsendable."""
    if not call.url.isascii() or not call.url.isprintable() or " " in call.url:
        raise Unsendable("the address of the service holds a space or a character beyond ASCII")
    try:
        parts = urlsplit(call.url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or parts.scheme not in ("http", "https") or parts.fragment:
        raise Unsendable("the address of the service is not one of the form https://host/path")
    if "@" in parts.netloc:
        raise Unsendable("the address of the service must not hold a user name or password")
    if parts.scheme == "http" and not allow_http and not _is_loopback(host):
        raise Unsendable(
            f"{host} would be called by cleartext http, which shows the credentials to everyone on "
            "the way; use https, or set allow_http = true for this account"
        )
    url = call.url + "".join(f"/{quote(_revealed(step), safe='')}" for step in call.tail)
    if not call.query:
        return url
    query = urlencode([(name, _revealed(value)) for name, value in call.query])
    return f"{url}{'&' if parts.query else '' if url.endswith('?') else '?'}{query}"


def headers_and_body(call: Request, user_agent: str) -> tuple[Mapping[str, str], bytes | None]:
    """What goes on the wire besides the URL. Raises Unsendable for what no header can carry."""
    headers = {"User-Agent": user_agent, "Accept-Encoding": "identity"}
    headers |= {name: _revealed(value) for name, value in call.headers}
    if contact := headers.get("From"):
        headers["User-Agent"] += f" {contact}"
    match call.auth:
        case Basic(user=user, password=password):
            if ":" in _revealed(user):
                raise Unsendable("the user name must not hold a colon (RFC 7617 section 2)")
            pair = f"{_revealed(user)}:{_revealed(password)}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        case Bearer(token=token, scheme=scheme):
            headers["Authorization"] = f"{scheme} {_revealed(token)}"
        case Signed() | None:
            pass
    _printable(headers)
    if call.json is not None:
        return {"Content-Type": "application/json"} | headers, json.dumps(_bare(call.json)).encode()
    if call.form is not None:
        form = urlencode([(name, _revealed(value)) for name, value in call.form])
        return headers | {"Content-Type": "application/x-www-form-urlencoded"}, form.encode()
    if call.xmlrpc is not None:
        # Only those who speak XML-RPC pay for its parser.
        from xmlrpc.client import dumps  # noqa: PLC0415

        method, values = call.xmlrpc
        document = dumps(tuple(map(_bare, values)), method, encoding="utf-8")  # type: ignore[arg-type]  # what `_bare` leaves is plain
        return headers | {"Content-Type": "text/xml"}, document.encode()
    if call.content is not None:
        return headers, _revealed(call.content).encode()
    return headers, None


def _printable(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not value.isprintable():
            raise Unsendable(f"the value for the header {name} holds a line break or the like")


def _revealed(text: Text) -> str:
    plain = text.reveal() if isinstance(text, Secret) else text
    try:
        plain.encode()
    except UnicodeEncodeError as error:  # bytes of an environment variable that are no text
        raise Unsendable("a setting holds bytes that are not UTF-8 text") from error
    return plain


def _bare(value: object) -> object:
    """A JSON value with the credentials in it laid open."""
    match value:
        case Secret():
            return _revealed(value)
        case Mapping():
            return {key: _bare(part) for key, part in value.items()}
        case list() | tuple():
            return [_bare(part) for part in value]
        case _:
            return value


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".").rpartition(".")[2] == "localhost"
