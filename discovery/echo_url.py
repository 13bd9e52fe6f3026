"""Web addresses of echo services: which may be asked, and how they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from discovery.hosts import literal

# Three operators, reachable over IPv4 and, but for the last, IPv6. Cloudflare's trace page is the
# default of favonia/cloudflare-ddns; https://www.ipify.org offers itself for programs, without a
# limit; the last one is widely used from AWS, which publishes no terms for it.
DEFAULT_URLS: tuple[str, ...] = (
    "https://api.cloudflare.com/cdn-cgi/trace",
    "https://api64.ipify.org",
    "https://checkip.amazonaws.com",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoUrl:
    """An echo service. `request` may hold a token; only `shown` is ever shown."""

    request: str
    shown: str
    host: str
    secure: bool


def parse_url(
    text: str, *, allow_http: bool = False, what: str = "an echo service"
) -> EchoUrl | str:
    """Read the URL of `what`; a `str` says in one sentence what is wrong with it.

    Cleartext http is accepted with `allow_http`, and on loopback, where nobody listens.
    """
    wrong = f"the URL of {what} is wrong:"
    if not text.isascii() or not text.isprintable() or " " in text:
        return f"{wrong} it holds a blank or a letter that must be written as %XX."
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises for a port that is not one
    except ValueError as error:
        return f"{wrong} {str(error).lower()}."
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return f"{wrong} it must begin with https:// and a host."
    secure = parts.scheme == "https"
    host = parts.hostname
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    if not secure and not allow_http and not _loopback(host):
        return (
            f"{shown} is cleartext http, where anyone on the way can name an address; "
            "use https, or set allow_http = true."
        )
    return EchoUrl(request=text, shown=shown, host=host, secure=secure)


def _loopback(host: str) -> bool:
    address = literal(host)
    return host == "localhost" if address is None else address.is_loopback
