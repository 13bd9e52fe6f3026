"""Addresses, endpoints and URLs as settings."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from agent.config.domain import fqdn_of
from agent.config.form import Form, Misfit, words_of
from agent.config.problem import shown, shown_url
from discovery.stun_address import parse_server

_ENDPOINT = re.compile(r"(?:\[(?P<v6>[^\[\]]*)\]|(?P<host>[^:\[\]]*))(?::(?P<port>[0-9]{1,5}))?")
_HIGHEST_PORT = 65535
_HOST_BITS = 64  # RFC 4291 §2.5.1: the interface identifier is the lower half


def endpoint(port: int, *, literal: bool = False) -> Form[str]:
    """`"host:port"`, or a host alone for the port given here; IPv6 addresses stand in brackets.

    The value is canonical and always has its port. `literal`: an address is demanded, because a
    name would need the very look-up that the setting is for.
    """
    what = "an address" if literal else "a host"
    return Form(
        expected=f'{what} with or without a port, such as "192.0.2.53:{port}"',
        read=lambda value: _endpoint(words_of(value), port, literal=literal),
        show=_shown_endpoint,
    )


def url(*, cleartext: bool, allowable: bool = True) -> Form[str]:
    """An `https://` URL. `http://` only to this machine itself, or where `cleartext` is allowed.

    `allowable` says that a setting beside it, `allow_http`, could allow it.
    """
    way_out = ", or set allow_http = true if that way is trusted" if allowable else ""

    def read(value: object) -> str:
        text = words_of(value)
        parts = _split(text)
        if parts.scheme == "http" and not cleartext and not _own_machine(parts.hostname or ""):
            raise Misfit(
                f"http:// can be read and changed by everybody on the way; use https://{way_out}"
            )
        return text

    expected = "an http:// or https:// URL" if cleartext else "an https:// URL"
    return Form(expected=expected, read=read, show=shown_url)


def _read_stun_server(value: object) -> str:
    text = words_of(value)
    server = parse_server(text)
    if isinstance(server, str):  # "… is not a STUN server: what is wrong; what to write."
        raise Misfit(server.partition(" is not a STUN server: ")[2].rstrip("."))
    return text


def _read_host_part(value: object) -> bool | str:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise Misfit
    try:
        address = IPv6Address(value)
    except ValueError:
        word = value.lower()
        raise Misfit(f"write {word} without quotes" if word in {"true", "false"} else "") from None
    if address.scope_id or not 0 < int(address) < 1 << _HOST_BITS:
        raise Misfit("leave the prefix out: it is what changes, and is looked up each time")
    return str(address)


def _endpoint(text: str, default: int, *, literal: bool) -> str:
    match = _ENDPOINT.fullmatch(text)
    if not match:
        raise Misfit(_bracketed(text))
    port = int(match["port"] or default)
    if not 0 < port <= _HIGHEST_PORT:
        raise Misfit(f"a port is a number from 1 to {_HIGHEST_PORT}")
    if match["v6"] is not None:
        host = _address(match["v6"])
        if not isinstance(host, IPv6Address):
            raise Misfit("brackets are for IPv6 addresses")
        return f"[{host}]:{port}"
    address = _address(match["host"])
    if address is None and literal:
        raise Misfit("give its address instead of its name" if match["host"] else "")
    return f"{address or fqdn_of(match['host'])}:{port}"


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _bracketed(text: str) -> str:
    """What to write for an IPv6 address without brackets."""
    return f'write "[{text}]"' if isinstance(_address(text), IPv6Address) else ""


def _split(text: str) -> SplitResult:
    """The parts of an HTTP URL. Raises Misfit for what no HTTP URL of a service looks like."""
    if " " in text or not text.isascii():
        raise Misfit("write spaces and other letters as %XX, and the host in its xn-- form")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Misfit from None
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise Misfit
    if parts.username is not None:
        raise Misfit("leave user and password out of the URL")
    if parts.fragment:
        raise Misfit("leave out the part after #")
    if _address(host) is None:
        fqdn_of(host)
    return parts


def _own_machine(host: str) -> bool:
    """Whether the host is this machine whatever any resolver says (RFC 6761 §6.3)."""
    address = _address(host)
    if address is None:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback


def _shown_endpoint(value: object) -> str:
    """An endpoint as it may be shown; a URL in its place may hold a credential."""
    risky = isinstance(value, str) and ("@" in value or "/" in value)
    return shown_url(value) if risky else shown(value)


stun_server: Form[str] = Form(
    expected='a STUN server such as "stun:stun.example.com:3478"',
    read=_read_stun_server,
    show=_shown_endpoint,
)
family_or_host_part: Form[bool | str] = Form(
    expected='true, false, or the host part of another machine such as "::1234"',
    read=_read_host_part,
)
