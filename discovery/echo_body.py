"""What an HTTP echo service answered: exactly one address, in one of three known shapes.

No shape is searched for something that looks like an address. A page that says "build 10.4.2.7"
holds none, and a page that holds two is a page that nobody can read.
"""

from __future__ import annotations

import json
from datetime import UTC
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from discovery.observation import Address, Flaw, Why

MAX_BODY = 4096  # bytes; Cloudflare's trace, the longest known answer, has about 300

_LONGEST_ADDRESS = 45  # characters: an IPv6 address with its last 32 bits in dotted form
_LONGEST_DATE = 64
_BLANK = " \t\r\n"

# Names under which JSON services give the asker's address, without case and separators: ipify,
# ifconfig.co, ip-api.com (query), httpbin.org (origin), and the like.
_NAMES = frozenset(
    {"ip", "ipv4", "ipv6", "ipaddr", "ipaddress", "address", "clientip", "myip", "publicip"}
    | {"remoteaddr", "yourip", "query", "origin"}
)


def read_date(header: str) -> float | None:
    """The server's clock from its Date header (RFC 9110 §6.6.1), seconds since the epoch."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - aiohttp has loaded it by now

    try:
        moment = parsedate_to_datetime(header[:_LONGEST_DATE])
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()  # asctime names no zone
    except (ValueError, OverflowError, OSError):
        return None


def read_echo(status: int, content_type: str, body: bytes, *, location: str = "") -> Address | Flaw:
    """Read one HTTP response. Never raises, whatever the bytes.

    `body` holds up to `MAX_BODY` bytes, and more only where there were more; `location` is where
    a redirect led to.
    """
    if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:  # RFC 6585 §6
        return _captive("wants a login before the network may be used (HTTP 511)")
    if 300 <= status < 400:  # noqa: PLR2004 - the class of redirects (RFC 9110 §15.4)
        return _captive(
            f"redirected to {_host(location)}: a login page is in between, or the URL has moved"
        )
    if status != HTTPStatus.OK:
        return Flaw(why=Why.REFUSED, detail=f"answered HTTP {status}{_phrase(status)}")
    if len(body) > MAX_BODY:
        return Flaw(why=Why.OVERSIZED, detail=f"answered more than {MAX_BODY} bytes")
    try:
        text = body.decode("ascii").strip(_BLANK)
    except UnicodeDecodeError:
        text = ""
    return _address(text) or _json(text) or _trace(text) or _neither(content_type, body)


def _address(text: str) -> Address | None:
    # A zone ("fe80::1%eth0") is refused, although Python reads it.
    if not text or len(text) > _LONGEST_ADDRESS or "%" in text:
        return None
    try:
        return ip_address(text)
    except ValueError:
        return None


def _json(text: str) -> Address | Flaw | None:
    """Read an object with exactly one field that holds an address, under a name that says so."""
    if not text.startswith("{"):
        return None
    try:
        # Pairs, not a dictionary: of two equal names, none may silently win.
        document = json.loads(text, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return _malformed("answered JSON that is damaged")
    found = [
        (name, address)
        for name, value in document
        if isinstance(value, str) and (address := _address(value)) is not None
    ]
    if len(found) != 1:
        return _malformed(f"answered JSON with {len(found) or 'no'} addresses")
    name, address = found[0]
    if name.lower().replace("_", "").replace("-", "") not in _NAMES:
        return _malformed("answered JSON with an address, but under a name that is not one for it")
    return address


def _trace(text: str) -> Address | Flaw | None:
    """Read lines of key=value, as https://api.cloudflare.com/cdn-cgi/trace answers them."""
    lines = [line.partition("=") for line in text.splitlines()]
    if not all(key.isidentifier() and equals for key, equals, _ in lines):
        return None
    addresses = [value for key, _, value in lines if key == "ip"]
    if len(addresses) != 1:
        return None
    if any(key == "warp" and value != "off" for key, _, value in lines):
        return Flaw(
            why=Why.NOT_PUBLIC,
            detail="was asked through Cloudflare WARP and saw the tunnel's address only",
        )
    return _address(addresses[0]) or _malformed("answered ip= without an address")


def _neither(content_type: str, body: bytes) -> Flaw:
    if not body.strip():
        return _malformed("answered with nothing")
    if "html" in content_type.lower() or body.lstrip().startswith(b"<"):
        return _captive(
            "answered with a web page instead of an address: a login page may be in between"
        )
    return _malformed("answered something that is not an address")


def _host(location: str) -> str:
    """Name the host of a redirect; the rest of it may carry a session or the asker's data."""
    try:
        host = urlsplit(location).hostname or "another page"
    except ValueError:
        return "a damaged address"
    return "".join(letter for letter in host if letter.isprintable())[:64]


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""


def _captive(detail: str) -> Flaw:
    return Flaw(why=Why.CAPTIVE, detail=detail)


def _malformed(detail: str) -> Flaw:
    return Flaw(why=Why.MALFORMED, detail=detail)
