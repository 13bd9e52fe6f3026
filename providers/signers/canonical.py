"""One spelling of a request, as several vendors want it before they sign it. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlsplit


def host(url: str) -> str:
    """The Host header: signers set it, so that what is sent is what was signed."""
    return urlsplit(url).netloc


def path(url: str) -> str:
    """The path as it stands on the wire; `/` for none."""
    return urlsplit(url).path or "/"


def pairs(url: str) -> list[tuple[str, str]]:
    """The parameters of the query, decoded, in order of name and value."""
    return sorted(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def query(parameters: list[tuple[str, str]]) -> str:
    """The parameters joined again, everything but RFC 3986's unreserved characters encoded."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parameters)


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers under lower-case names, their values without surrounding space."""
    return {name.lower(): value.strip() for name, value in headers.items()}


def sha256(data: str | bytes) -> str:
    """The digest in hexadecimal digits."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def hmac_sha256(key: str | bytes, text: str) -> bytes:
    """The keyed digest (RFC 2104)."""
    return hmac.digest(key.encode() if isinstance(key, str) else key, text.encode(), "sha256")
