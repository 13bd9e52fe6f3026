"""The one way out: HTTP by aiohttp, DNS UPDATE by `nsupdate`, dns-lexicon by `lexicon_call`.

Whatever trouble there is, it never raises.

aiohttp is imported at the first request, not with this file: a quiet home never pays for it.

A connection is kept for the few seconds in which an errand asks again and the next one begins: each
new one costs two round trips and a handshake. It is not kept until the next change. It would be
bound to the NAT mapping of the old address, and so be dead at the very moment when there is
something to say.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from providers.engine.compose import Unsendable, laid_open
from providers.engine.drive import Send
from providers.engine.redact import redact, secrets_in
from providers.engine.signing import Moment, no_moment
from providers.engine.spec import Speech
from providers.engine.wire import Call, DnsUpdate, Fault, Lexicon, Reply, Request, Response

if TYPE_CHECKING:
    import aiohttp

BODY_CAP = 2 * 1024 * 1024  # bytes; the longest honest answer is a whole zone of PowerDNS's
_KEPT_S = 3.0  # an idle connection: less than any server does, for Apache and Node it is five


@dataclass(slots=True)
class _Contact:
    """Whether there was a connection: from then on the request may have reached the other side."""

    made: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trust:
    """What one account's user trusts beyond the usual."""

    ca_file: str = ""
    allow_http: bool = False


class Sender:
    """One aiohttp session for the whole process; satisfies `Send`. Close it with `aclose`.

    `user_agent` names this program and its version. Where a request carries a From header (RFC 9110
    section 10.1.2), its address is added to the User-Agent, as No-IP demands of every client.
    Cleartext http goes to loopback alone, and certificates are proved against the system's, unless
    an account says otherwise: see `with_trust`.
    """

    def __init__(
        self,
        *,
        user_agent: str = "upstun",
        moment: Callable[[], Moment] = no_moment,
    ) -> None:
        """Remember the name to go by; nothing is opened before the first request.

        `moment` is asked whenever a request is signed; without one, no signed request is sent.
        """
        self._user_agent = user_agent
        self._moment = moment
        self._session: aiohttp.ClientSession | None = None
        self._trusted: dict[str, ssl.SSLContext] = {}

    async def __call__(self, call: Call, *, limit: float) -> Reply | Fault:
        """Send one call; whatever happens within `limit` seconds is the answer or a `Fault`."""
        return await self._send(call, limit, _Trust())

    def with_trust(self, *, ca_file: str = "", allow_http: bool = False) -> Send:
        """The same sender on the same session, for an account with settings of its own.

        `ca_file` is a PEM file of certificates to trust besides the system's; `allow_http` says
        that the user accepts cleartext http.
        """
        trust = _Trust(ca_file=ca_file, allow_http=allow_http)

        async def send(call: Call, *, limit: float) -> Reply | Fault:
            return await self._send(call, limit, trust)

        return send

    def warm(self, speaks: Speech, *, ca_file: str = "") -> None:
        """Load now what the first call would wait for; nothing is sent.

        For "dns" that is 10 ms and half a MiB, for "http" 0.2 s and 11 MiB; dns-lexicon is loaded
        in another process every time.
        """
        if speaks == "dns":
            from providers.engine import nsupdate  # noqa: PLC0415  see `_send`

            nsupdate.warm()
        elif speaks == "http":
            import aiohttp  # noqa: F401, PLC0415  see above

            with suppress(Unsendable):  # an unusable file is told when it is needed
                self._tls(ca_file)

    async def aclose(self) -> None:
        """Close the session, if there is one. The next call would open another."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _send(self, call: Call, limit: float, trust: _Trust) -> Reply | Fault:
        if isinstance(call, DnsUpdate):
            # dnspython is loaded by those who update by DNS, and by nobody else.
            from providers.engine.nsupdate import send_update  # noqa: PLC0415

            return await send_update(call, limit)
        reply: Reply | Fault
        if isinstance(call, Lexicon):
            # asyncio's subprocesses are loaded by those who have such an account.
            from providers.engine.lexicon_call import ask_lexicon  # noqa: PLC0415

            ca_file, allow_http = trust.ca_file, trust.allow_http
            reply = await ask_lexicon(call, limit, ca_file=ca_file, allow_http=allow_http)
        else:
            reply = await self._http(call, limit, trust)
        if isinstance(reply, Fault):
            return replace(reply, text=redact(reply.text, secrets_in(call)))
        return reply

    async def _http(self, call: Request, limit: float, trust: _Trust) -> Response | Fault:
        contact = _Contact()
        try:
            draft = laid_open(
                call,
                user_agent=self._user_agent,
                allow_http=trust.allow_http,
                moment=self._moment,
            )
        except Unsendable as reason:
            return Fault(sent=False, text=str(reason), hopeless=True)
        try:
            tls = self._tls(trust.ca_file)
        except Unsendable as reason:  # the file may be another one next time
            return Fault(sent=False, text=str(reason))
        import aiohttp  # noqa: PLC0415  see above
        import yarl  # noqa: PLC0415  comes with aiohttp

        session = self._open()
        try:
            async with (
                asyncio.timeout(limit),
                session.request(
                    draft.method,
                    yarl.URL(draft.url, encoded=True),
                    headers=draft.headers,
                    data=draft.body or None,
                    ssl=tls,
                    allow_redirects=False,
                    trace_request_ctx=contact,
                ) as response,
            ):
                return await _read(response)
        except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
            host = urlsplit(draft.url).netloc
            if isinstance(error, TimeoutError) and not contact.made:
                return Fault(sent=False, text=f"no connection to {host} within {limit:.3g} s")
            return Fault(sent=contact.made, text=_told(error, host, limit))

    def _open(self) -> aiohttp.ClientSession:
        """The session, made at the first call."""
        if self._session is None:
            import aiohttp  # noqa: PLC0415  see above

            trace = aiohttp.TraceConfig()
            trace.on_connection_create_start.append(_refuse_second)
            trace.on_connection_create_end.append(_note_contact)
            trace.on_connection_reuseconn.append(_note_contact)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(keepalive_timeout=_KEPT_S),
                cookie_jar=aiohttp.DummyCookieJar(),  # one account must not speak for another
                auto_decompress=False,  # a few bytes of gzip can hold gigabytes
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # `limit` rules
                trace_configs=[trace],
            )
        return self._session

    def _tls(self, ca_file: str) -> ssl.SSLContext:
        """Whose certificates are believed. Raises Unsendable for a file that holds none."""
        if ca_file not in self._trusted:
            context = ssl.create_default_context()
            try:
                if ca_file:
                    context.load_verify_locations(ca_file)
            except OSError as error:  # SSLError is an OSError
                why = "this is no PEM file" if isinstance(error, ssl.SSLError) else error.strerror
                raise Unsendable(f"the certificates in {ca_file} cannot be used: {why}") from error
            self._trusted[ca_file] = context
        return self._trusted[ca_file]


def _contact(context: object) -> _Contact:
    contact = getattr(context, "trace_request_ctx", None)
    assert isinstance(contact, _Contact)
    return contact


async def _refuse_second(_session: object, context: object, _params: object) -> None:
    """Keep aiohttp from repeating a GET, PUT or DELETE by itself after a lost answer.

    In the dyndns2 family a GET is a write. Whether to repeat one is for the driver to decide.
    """
    if _contact(context).made:
        import aiohttp  # noqa: PLC0415  see above

        raise aiohttp.ServerDisconnectedError


async def _note_contact(_session: object, context: object, _params: object) -> None:
    _contact(context).made = True


async def _read(response: aiohttp.ClientResponse) -> Response:
    """The answer with at most `BODY_CAP` bytes of its body; what is longer is never read."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > BODY_CAP:
            break  # the connection is closed with the rest of it unread
    names = dict.fromkeys(name.lower() for name in response.headers)
    return Response(
        status=response.status,
        headers={name: ", ".join(response.headers.getall(name)) for name in names},
        body=bytes(body[:BODY_CAP]),
        cut=len(body) > BODY_CAP,
    )


def _told(error: Exception, host: str, limit: float) -> str:
    """One sentence on a failure. The library's own words may hold the URL, and so a token."""
    import aiohttp  # noqa: PLC0415  see above

    match error:
        case TimeoutError():
            return f"no answer from {host} within {limit:.3g} s"
        case aiohttp.ClientConnectorCertificateError():
            why = getattr(error.certificate_error, "verify_message", "") or "it is not trusted"
            return f"the certificate of {host} is not valid: {why}"
        case aiohttp.ClientSSLError():
            return f"{host} does not speak TLS as expected"
        case aiohttp.ClientConnectorDNSError():
            return f"the name {host} does not resolve now"
        case aiohttp.ClientConnectorError():
            return f"no connection to {host}: {error.os_error.strerror or 'refused'}"
        case aiohttp.ClientPayloadError():
            return f"the answer of {host} broke off"
        case aiohttp.ServerDisconnectedError():
            return f"{host} closed the connection without an answer"
        case aiohttp.ClientResponseError():
            return f"{host} answered something that is not HTTP"
        case _:
            return f"the exchange with {host} failed ({type(error).__name__})"
