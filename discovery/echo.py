"""The HTTP witness: a web service that answers with the address it was asked from.

This module stays light; aiohttp (11 MiB) is imported when the first question is asked.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from discovery.echo_body import MAX_BODY, read_date, read_echo
from discovery.echo_url import EchoUrl, parse_url
from discovery.egress import NO_WAY_OUT, Egress, address_family, reason
from discovery.hosts import literal, operator_of
from discovery.observation import (
    Address,
    EchoEvidence,
    Family,
    Flaw,
    Observation,
    Source,
    Why,
    flawed,
    judge,
)

if TYPE_CHECKING:
    import ssl

    import aiohttp

_HEADERS = {
    "User-Agent": "upstun",
    "Accept": "text/plain, application/json;q=0.9",
    # A few bytes of gzip may unpack to any size; an address needs no compression.
    "Accept-Encoding": "identity",
}


class EchoMethod:
    """One echo service, asked over one address family, directly.

    No proxy is ever used, whatever the environment says: the service would see the proxy's
    address. No redirect is followed: a captive portal's login page is one. Certificates are
    always verified, against `tls` where an own service has an own authority.

    Raises ValueError with the sentence of `discovery.echo_url.parse_url` for a URL that may not
    be asked. The deadline is that of `discovery.probe.probe`.
    """

    source: Source = "http"

    def __init__(
        self,
        url: str,
        *,
        allow_http: bool = False,
        bind: Address | None = None,
        device: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Remember whom to ask; nothing is looked up or opened yet."""
        parsed = parse_url(url, allow_http=allow_http)
        if isinstance(parsed, str):
            raise ValueError(parsed)  # noqa: TRY004 - the text is the problem, not a wrong type
        self.witness = parsed.shown
        self.operator = operator_of(parsed.host)
        self._url = parsed
        self._egress = Egress(bind=bind, device=device)
        self._tls = tls

    async def observe(self, family: Family) -> Observation:
        """Ask once, on a connection of its own. Never raises for network trouble."""
        obstacle = find_obstacle(self._url, family, self._egress)
        reply = obstacle or await _fetch(self._url, family, self._egress, self._tls)
        if isinstance(reply, Flaw):
            return flawed(self, family, reply)
        evidence = EchoEvidence(
            url=self._url.shown,
            status=reply.status,
            authenticated=self._url.secure,
            date=reply.date if self._url.secure else None,
        )
        said = read_echo(reply.status, reply.content_type, reply.body, location=reply.location)
        if isinstance(said, Flaw):
            return flawed(self, family, said, evidence)
        return judge(self, family, said, evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    status: int
    content_type: str
    location: str
    date: float | None
    body: bytes


async def _fetch(
    url: EchoUrl, family: Family, egress: Egress, tls: ssl.SSLContext | None
) -> _Reply | Flaw:
    """Get the page in a session of its own: a kept connection would hide a new address."""
    try:
        import aiohttp  # noqa: PLC0415 - see the module's text
    except ImportError as fault:
        return Flaw(
            why=Why.UNSUPPORTED, detail=f"cannot be asked: the library {fault.name} is missing"
        )
    try:
        async with (
            single_use(egress, family, tls) as session,
            session.get(url.request, headers=_HEADERS, allow_redirects=False) as response,
        ):
            return _Reply(
                status=response.status,
                content_type=response.headers.get("Content-Type", ""),
                location=response.headers.get("Location", ""),
                date=read_date(response.headers.get("Date", "")),
                body=await read_capped(response.content, MAX_BODY),
            )
    except aiohttp.ClientError as error:
        return explain(error, url.host, family)


def find_obstacle(url: EchoUrl, family: Family, egress: Egress) -> Flaw | None:
    """Find what makes asking pointless before aiohttp would find it less clearly."""
    address = literal(url.host)
    if address is not None and address.version != family:
        what = f"cannot be asked over IPv{family:d}: it is an IPv{address.version} address"
        return Flaw(why=Why.UNSUPPORTED, detail=what)
    try:
        egress.open(family, socket.SOCK_STREAM).close()
    except OSError as error:
        return egress.flaw(error)
    return None


def single_use(
    egress: Egress, family: Family | None, tls: ssl.SSLContext | None
) -> aiohttp.ClientSession:
    """A session for one question: no proxy, no cookies, no decompression, no time limit.

    Without a `family`, both are tried as the host's addresses come.
    """
    import aiohttp  # noqa: PLC0415 - see the module's text

    def open_socket(found: tuple[object, ...]) -> socket.socket:
        chosen = Family.V4 if found[0] == socket.AF_INET else Family.V6
        return egress.open(chosen, socket.SOCK_STREAM)

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            family=socket.AF_UNSPEC if family is None else address_family(family),
            socket_factory=open_socket,
            resolver=aiohttp.ThreadedResolver(),
            ssl=tls or True,
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
    )


async def read_capped(stream: aiohttp.StreamReader, most: int) -> bytes:
    """Read to the end, or to one byte more than the `most` that an honest answer has."""
    body = b""
    while len(body) <= most and (more := await stream.read(most + 1 - len(body))):
        body += more
    return body


def explain(error: aiohttp.ClientError, host: str, family: Family | None) -> Flaw:
    """Say what kept an HTTP question to `host` from being answered."""
    import aiohttp  # noqa: PLC0415 - see the module's text

    if isinstance(error, aiohttp.ClientConnectorDNSError):
        kind = "address" if family is None else f"IPv{family:d} address"
        what = f"cannot be asked: no {kind} was found for {host}"
        return Flaw(why=Why.UNRESOLVED, detail=what)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _distrusted(error.certificate_error)
    if isinstance(error, aiohttp.ClientSSLError):
        return Flaw(why=Why.MALFORMED, detail="does not speak TLS on that port as https needs it")
    if isinstance(error, aiohttp.ClientConnectorError):
        return _unconnected(error.os_error)
    if isinstance(error, aiohttp.ClientConnectionError | aiohttp.ClientPayloadError):
        return Flaw(why=Why.MALFORMED, detail="broke off before its answer was whole")
    return Flaw(why=Why.MALFORMED, detail="answered something that is not HTTP")


def _distrusted(error: Exception) -> Flaw:
    # A certificate of somebody else is an answer from the wrong host.
    problem = getattr(error, "verify_message", "").rstrip(".") or "not valid"
    return Flaw(
        why=Why.SPOOFED,
        detail=(
            f"showed a certificate that cannot be trusted ({problem}): "
            "a login page may be in between, or this machine's clock is wrong"
        ),
    )


def _unconnected(error: OSError) -> Flaw:
    if isinstance(error, TimeoutError):
        return Flaw(why=Why.SILENT, detail="did not answer")
    if error.errno in NO_WAY_OUT:
        return Flaw(why=Why.NO_ROUTE, detail=f"cannot be reached: {reason(error)}")
    return Flaw(why=Why.REFUSED, detail=f"refuses the connection ({reason(error)})")
