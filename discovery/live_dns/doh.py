"""DNS over HTTPS (RFC 8484): one question, one POST, on a connection of its own.

aiohttp speaks HTTP/1.1, which the RFC allows (§5.2) but not every server offers: Cloudflare and
Google do, Quad9 has ended it (quad9.net/news/blog/doh-http-1-1-retirement), and BIND's listener
never had it. Such a server ends in a sentence, as any other that does not answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import dns.message

from discovery.echo import explain, read_capped, single_use
from discovery.echo_body import read_echo
from discovery.echo_url import EchoUrl, parse_url
from discovery.egress import Egress
from discovery.live_dns.question import Question, UnusableError
from discovery.observation import Family, Flaw, Why

if TYPE_CHECKING:
    import ssl

_MEDIA_TYPE = "application/dns-message"
_MAX_MESSAGE = 65535  # bytes: what the length field of DNS over TCP can say (RFC 1035 §4.2.2)
_HEADERS = {
    "User-Agent": "upstun",
    "Accept": _MEDIA_TYPE,
    "Content-Type": _MEDIA_TYPE,
    "Accept-Encoding": "identity",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DohReply:
    """A DNS message that answers the question, and the HTTP status that it came with."""

    message: dns.message.Message
    status: int


def read_doh_url(text: str) -> EchoUrl:
    """Read the URL of a DoH server, https but for loopback. Raises ValueError with a sentence."""
    url = parse_url(text, what="a DoH server")
    if isinstance(url, str):
        raise ValueError(url)  # noqa: TRY004 - the text is the problem, not a wrong type
    return url


async def ask(
    url: EchoUrl,
    question: Question,
    *,
    family: Family | None = None,
    egress: Egress | None = None,
    tls: ssl.SSLContext | None = None,
) -> DohReply | Flaw:
    """Ask once, without a time limit. Never raises for network trouble.

    Nothing is taken from a proxy or a redirect, and the certificate is always verified, against
    `tls` where an own server has an own authority. OSError is raised where `egress` names a link
    or an address that this machine does not have.
    """
    try:
        import aiohttp  # noqa: PLC0415 - 11 MiB, and it may be missing
    except ImportError as fault:
        return Flaw(
            why=Why.UNSUPPORTED, detail=f"cannot be asked: the library {fault.name} is missing"
        )
    question = question.unnumbered()
    try:
        async with (
            single_use(egress or Egress(), family, tls) as session,
            session.post(
                url.request, data=question.wire, headers=_HEADERS, allow_redirects=False
            ) as response,
        ):
            kind = response.headers.get("Content-Type", "")
            location = response.headers.get("Location", "")
            body = await read_capped(response.content, _MAX_MESSAGE)
    except (aiohttp.ClientConnectorError, aiohttp.ClientPayloadError) as error:
        return explain(error, url.host, family)
    except (aiohttp.ClientResponseError, aiohttp.ClientConnectionError):
        # What HTTP/2 alone looks like: its first frame, or a connection that is closed at once.
        what = "gave no answer in HTTP/1.1 (some DoH servers speak HTTP/2 alone)"
        return Flaw(why=Why.MALFORMED, detail=what)
    except aiohttp.ClientError as error:
        return explain(error, url.host, family)
    return _read(question, response.status, kind, location, body)


def _read(
    question: Question, status: int, kind: str, location: str, body: bytes
) -> DohReply | Flaw:
    if status != HTTPStatus.OK:
        said = read_echo(status, kind, body, location=location)
        assert isinstance(said, Flaw), "no other status than 200 brings an address"
        return said
    if len(body) > _MAX_MESSAGE:
        return Flaw(why=Why.OVERSIZED, detail=f"answered more than {_MAX_MESSAGE} bytes")
    if kind.partition(";")[0].strip().lower() != _MEDIA_TYPE:
        what = "answered with a web page, not with DNS: a login page may be in between"
        return Flaw(why=Why.CAPTIVE, detail=what)
    try:
        return DohReply(message=question.read(body), status=status)
    except UnusableError as error:
        return Flaw(why=Why.MALFORMED, detail=str(error))
