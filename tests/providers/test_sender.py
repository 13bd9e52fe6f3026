"""The way out: what is sent exactly, what is never sent, and how every failure is told apart."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from providers.engine import sender as sender_module
from providers.engine.sender import BODY_CAP, Sender
from providers.engine.wire import Basic, Bearer, DnsUpdate, Fault, Reply, Request, Response, Secret
from tests.support.provider_fakes.service import FLOOD, FakeService
from tests.support.tools import free_port

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
TOKEN = Secret("tok/5 ecret")


class Mirror(FakeService):
    """Keeps what it heard, and answers with two headers of one name."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, str, dict[str, str], bytes]] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append((request.method, request.raw_path, headers, await request.read()))
        reply = web.Response(status=201, body=b"fine")
        reply.headers.add("X-Many", "one")
        reply.headers.add("X-Many", "two")
        return reply


@asynccontextmanager
async def sending(**options: Any) -> AsyncIterator[Sender]:
    sender = Sender(**options)
    try:
        yield sender
    finally:
        await sender.aclose()


def exchange(
    request: Callable[[Mirror], Request], mischief: str = "", limit: float = 10.0
) -> tuple[Reply | Fault, Mirror]:
    """Send one request to a mirror on loopback."""

    async def main() -> tuple[Reply | Fault, Mirror]:
        async with Mirror() as mirror, sending(user_agent="upstun/0") as sender:
            mirror.mischief = mischief
            return await sender(request(mirror), limit=limit), mirror

    return asyncio.run(main())


def get(mirror: Mirror) -> Request:
    return Request(method="GET", url=mirror.url("/x"), query=(("token", TOKEN),), write=True)


def fault(outcome: Reply | Fault) -> Fault:
    assert isinstance(outcome, Fault), outcome
    return outcome


# ---- what goes on the wire ----------------------------------------------------------------------


def test_query_headers_and_names_are_sent_as_they_are_meant() -> None:
    reply, mirror = exchange(
        lambda mirror: Request(
            method="DELETE",
            url=mirror.url("/a%2Fb?fixed=1"),
            query=(("hostname", "a.test"), ("myip", "192.0.2.1,2001:db8::1"), ("token", TOKEN)),
            headers=(("X-Key", TOKEN),),
        )
    )
    assert isinstance(reply, Response)
    assert (reply.status, reply.body, reply.cut) == (201, b"fine", False)
    assert reply.headers["x-many"] == "one, two"
    ((method, path, headers, body),) = mirror.heard
    assert method == "DELETE"
    assert path == (
        "/a%2Fb?fixed=1&hostname=a.test&myip=192.0.2.1%2C2001%3Adb8%3A%3A1&token=tok%2F5+ecret"
    )
    assert headers["x-key"] == "tok/5 ecret"
    assert headers["user-agent"] == "upstun/0"
    assert headers["accept-encoding"] == "identity"
    assert "authorization" not in headers
    assert body == b""


def test_json_lays_secrets_open_and_keeps_everything_else() -> None:
    _, mirror = exchange(
        lambda mirror: Request(
            method="POST",
            url=mirror.url("/x"),
            auth=Bearer(token=Secret("abc")),
            json={"k": TOKEN, "l": [TOKEN, 5, None, True], "t": (1, "ü")},
        )
    )
    ((_, _, headers, body),) = mirror.heard
    assert body == b'{"k": "tok/5 ecret", "l": ["tok/5 ecret", 5, null, true], "t": [1, "\\u00fc"]}'
    assert headers["content-type"] == "application/json"
    assert headers["authorization"] == "Bearer abc"


def test_a_form_and_basic_authentication_are_utf8() -> None:
    _, mirror = exchange(
        lambda mirror: Request(
            method="POST",
            url=mirror.url("/x"),
            auth=Basic(user="ann@a.test", password=Secret("pä:ss")),
            form=(("key", TOKEN), ("name", "ü")),
        )
    )
    ((_, _, headers, body),) = mirror.heard
    assert body == b"key=tok%2F5+ecret&name=%C3%BC"
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["authorization"] == "Basic YW5uQGEudGVzdDpww6Q6c3M="


def test_a_contact_is_added_to_the_user_agent() -> None:
    _, mirror = exchange(
        lambda mirror: Request(
            method="GET", url=mirror.url("/x"), headers=(("From", "ann@a.test"),)
        )
    )
    assert mirror.agents == ["upstun/0 ann@a.test"]


def test_no_cookie_passes_from_one_account_to_the_next() -> None:
    async def main() -> list[str | None]:
        seen: list[str | None] = []

        class Baker(FakeService):
            async def answer(self, request: web.Request) -> web.StreamResponse:
                seen.append(request.headers.get("Cookie"))
                return web.Response(headers={"Set-Cookie": "session=1; Path=/"})

        async with Baker() as baker, sending() as sender:
            for _ in range(2):
                # A jar keeps no cookies of bare addresses; only a name tells that there is none.
                url = baker.url("/").replace("127.0.0.1", "localhost")
                await sender(Request(method="GET", url=url), limit=10)
        return seen

    assert asyncio.run(main()) == [None, None]


@pytest.mark.parametrize(("kept", "connections"), [(10.0, 1), (0.0, 3)])
def test_a_connection_is_kept_for_a_while_and_no_longer(
    monkeypatch: pytest.MonkeyPatch, kept: float, connections: int
) -> None:
    monkeypatch.setattr(sender_module, "_KEPT_S", kept)
    ports: set[int] = set()

    class Gate(FakeService):
        async def answer(self, request: web.Request) -> web.StreamResponse:
            assert request.transport is not None
            ports.add(request.transport.get_extra_info("peername")[1])
            return web.Response()

    async def main() -> None:
        async with Gate() as gate, sending() as sender:
            for _ in range(3):
                await sender(Request(method="GET", url=gate.url("/")), limit=10)

    asyncio.run(main())
    assert len(ports) == connections


def test_a_request_that_dies_with_a_kept_connection_is_not_repeated_behind_our_back() -> None:
    """aiohttp would send a GET anew by itself; in the dyndns2 family a GET is a write."""

    async def main() -> tuple[list[Reply | Fault], list[str]]:
        async with Mirror() as mirror, sending() as sender:
            first = await sender(get(mirror), limit=10)
            mirror.mischief = "silent close"
            return [first, await sender(get(mirror), limit=10)], mirror.requests

    (first, second), requests = asyncio.run(main())
    assert isinstance(first, Response)
    assert fault(second).sent
    assert len(requests) == 2


@pytest.mark.parametrize(
    ("given", "path"), [("/x", "/x?a=1"), ("/x?", "/x?a=1"), ("/x?b=2", "/x?b=2&a=1")]
)
def test_parameters_are_added_to_those_of_the_address(given: str, path: str) -> None:
    _, mirror = exchange(
        lambda mirror: Request(method="GET", url=mirror.url(given), query=(("a", "1"),))
    )
    assert mirror.heard[0][1] == path


# ---- what is never sent -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://dns.test/", "cleartext"),
        ("http://192.0.2.1/", "cleartext"),
        ("http://localhost.evil.test/", "cleartext"),
        ("http://127.0.0.1.evil.test/", "cleartext"),
        ("ftp://dns.test/", "form https://"),
        ("dns.test/nic/update", "form https://"),
        ("https://", "form https://"),
        ("https:///path", "form https://"),
        ("https://dns.test/#part", "form https://"),
        ("https://dns.test:99999/", "form https://"),
        ("https://[::1/", "form https://"),
        ("https://ann:tok@dns.test/", "user name"),
        ("https://dns.test/a b", "space"),
        ("https://dns.test/\r\nX: y", "space"),
        ("https://dns.test/ü", "ASCII"),
        ("", "form https://"),
    ],
)
def test_a_bad_address_is_refused_before_anything_is_sent(url: str, words: str) -> None:
    async def main() -> Reply | Fault:
        async with sending() as sender:
            return await sender(Request(method="GET", url=url, query=(("t", TOKEN),)), limit=1)

    ended = fault(asyncio.run(main()))
    assert not ended.sent
    assert ended.hopeless
    assert words in ended.text
    assert "tok" not in ended.text


@pytest.mark.parametrize("value", ["abc\n", "abc\r\nX-Evil: 1", "a\x00b"])
def test_a_header_with_a_line_break_is_refused_and_not_shown(value: str) -> None:
    outcome, mirror = exchange(
        lambda mirror: Request(
            method="GET", url=mirror.url("/x"), headers=(("X-Key", Secret(value)),)
        )
    )
    assert not fault(outcome).sent
    assert "X-Key" in fault(outcome).text
    assert "abc" not in fault(outcome).text
    assert not mirror.requests


def test_a_user_name_with_a_colon_is_refused() -> None:
    outcome, mirror = exchange(
        lambda mirror: Request(
            method="GET", url=mirror.url("/x"), auth=Basic(user="a:b", password=TOKEN)
        )
    )
    assert "colon" in fault(outcome).text
    assert not mirror.requests


@pytest.mark.parametrize(
    "place",
    [
        {"query": (("token", Secret("\udcff")),)},
        {"headers": (("X-Key", Secret("\udcff")),)},
        {"auth": Basic(user="ann", password=Secret("\udcff"))},
        {"auth": Bearer(token=Secret("\udcff"))},
        {"json": {"key": Secret("\udcff")}},
        {"form": (("key", Secret("\udcff")),)},
    ],
)
def test_a_credential_that_is_no_text_is_refused(place: dict[str, Any]) -> None:
    outcome, mirror = exchange(lambda mirror: Request(method="POST", url=mirror.url("/x"), **place))
    assert "not UTF-8" in fault(outcome).text
    assert not mirror.requests


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_cleartext_to_loopback_is_fine(host: str) -> None:
    outcome, _ = exchange(
        lambda mirror: Request(method="GET", url=mirror.url("/x").replace("127.0.0.1", host))
    )
    assert isinstance(outcome, Response)


def test_cleartext_goes_out_for_the_account_that_allows_it_and_for_no_other() -> None:
    async def main() -> tuple[Reply | Fault, Reply | Fault]:
        async with sending() as sender:
            request = Request(method="GET", url="http://nowhere.invalid/")
            allowed = await sender.with_trust(allow_http=True)(request, limit=10)
            return allowed, await sender(request, limit=10)

    allowed, refused = map(fault, asyncio.run(main()))
    assert "does not resolve" in allowed.text
    assert "cleartext" in refused.text


# ---- bad weather --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mischief", "words"),
    [
        ("cut", "broke off"),
        ("silent close", "without an answer"),
        ("lost reply", "without an answer"),
        ("not http", "not HTTP"),
    ],
)
def test_after_the_connection_a_failure_leaves_it_open_whether_it_arrived(
    mischief: str, words: str
) -> None:
    outcome, mirror = exchange(get, mischief)
    assert fault(outcome).sent
    assert words in fault(outcome).text
    assert "127.0.0.1" in fault(outcome).text
    assert len(mirror.requests) == 1  # and it was not repeated behind the driver's back


@pytest.mark.parametrize("mischief", ["hang", "hang in the body"])
def test_a_silent_service_is_left_when_the_time_is_over(mischief: str) -> None:
    outcome, _ = exchange(get, mischief, limit=0.3)
    assert fault(outcome).sent
    assert "within 0.3 s" in fault(outcome).text


def test_a_flood_is_cut_and_not_read_to_its_end() -> None:
    outcome, mirror = exchange(get, "flood")
    assert isinstance(outcome, Response)
    assert outcome.cut
    assert len(outcome.body) == BODY_CAP
    assert mirror.poured < FLOOD / 10


def test_a_body_of_exactly_the_cap_is_whole() -> None:
    class Exact(Mirror):
        async def answer(self, request: web.Request) -> web.StreamResponse:
            return web.Response(body=b"x" * (BODY_CAP + int(request.query["more"])))

    async def main() -> list[bool]:
        async with Exact() as exact, sending() as sender:
            replies = [
                await sender(Request(method="GET", url=exact.url(f"/?more={more}")), limit=10)
                for more in (0, 1)
            ]
            return [reply.cut for reply in replies if isinstance(reply, Response)]

    assert asyncio.run(main()) == [False, True]


def test_a_compressed_bomb_is_not_unpacked() -> None:
    class Bomb(Mirror):
        async def answer(self, request: web.Request) -> web.StreamResponse:
            return web.Response(body=b"\x1f\x8b" * 50, headers={"Content-Encoding": "gzip"})

    async def main() -> Reply | Fault:
        async with Bomb() as bomb, sending() as sender:
            return await sender(Request(method="GET", url=bomb.url("/")), limit=10)

    reply = asyncio.run(main())
    assert isinstance(reply, Response)
    assert reply.body == b"\x1f\x8b" * 50


def test_a_redirect_is_handed_back_and_not_followed() -> None:
    outcome, mirror = exchange(get, "redirect")
    assert isinstance(outcome, Response)
    assert outcome.status == 302
    assert mirror.requests == ["GET /x"]


def test_a_refused_connection_sent_nothing() -> None:
    async def main() -> Reply | Fault:
        async with sending() as sender:
            url = f"http://127.0.0.1:{free_port()}/"
            return await sender(Request(method="GET", url=url), limit=10)

    ended = fault(asyncio.run(main()))
    assert not ended.sent
    assert "no connection to 127.0.0.1" in ended.text


def test_a_name_that_does_not_resolve_sent_nothing() -> None:
    async def main() -> Reply | Fault:
        async with sending() as sender:
            return await sender(Request(method="GET", url="https://nowhere.invalid/"), limit=20)

    ended = fault(asyncio.run(main()))
    assert not ended.sent
    assert "nowhere.invalid" in ended.text


def test_not_even_a_host_name_shows_a_credential() -> None:
    async def main() -> Reply | Fault:
        async with sending() as sender:
            key = (("key", Secret("nowhere")),)
            return await sender(
                Request(method="GET", url="https://nowhere.invalid/", query=key), limit=20
            )

    assert "***.invalid" in fault(asyncio.run(main())).text


def test_a_connection_that_is_never_made_sent_nothing() -> None:
    async def main() -> Reply | Fault:
        with socket.socket() as listener:  # a full backlog leaves the next caller waiting
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            fillers = [socket.socket() for _ in range(4)]
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(listener.getsockname())
            try:
                async with sending() as sender:
                    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
                    return await sender(Request(method="GET", url=url), limit=0.3)
            finally:
                for filler in fillers:
                    filler.close()

    if sys.platform != "linux":
        pytest.skip("backlogs differ between systems")
    ended = fault(asyncio.run(main()))
    assert not ended.sent
    assert "no connection" in ended.text


# ---- TLS ----------------------------------------------------------------------------------------


def certificate(folder: Path, *, host: str = "127.0.0.1", days: int = 30) -> tuple[Path, Path]:
    """A self-signed certificate for an address, valid for `days` from yesterday's point of view."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a fake vendor")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem, private


def over_tls(folder: Path, *, trusted: bool, **details: Any) -> tuple[Reply | Fault, list[str]]:
    requests: list[str] = []

    async def main() -> Reply | Fault:
        pem, private = certificate(folder, **details)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem, private)

        async def answer(request: web.Request) -> web.StreamResponse:
            requests.append(request.path)
            return web.Response(text="hello")

        app = web.Application()
        app.router.add_get("/x", answer)
        server = TestServer(app, host="127.0.0.1", scheme="https")
        await server.start_server(ssl=context)
        try:
            async with sending() as sender:
                send = sender.with_trust(ca_file=str(pem)) if trusted else sender
                request = Request(method="GET", url=f"https://127.0.0.1:{server.port}/x")
                return await send(request, limit=10)
        finally:
            await server.close()

    return asyncio.run(main()), requests


def test_a_certificate_of_ones_own_works_where_it_is_trusted(tmp_path: Path) -> None:
    reply, requests = over_tls(tmp_path, trusted=True)
    assert isinstance(reply, Response)
    assert reply.body == b"hello"
    assert requests == ["/x"]


@pytest.mark.parametrize(
    ("trusted", "details", "words"),
    [
        (False, {}, "self"),
        (True, {"days": -1}, "expired"),
        (True, {"host": "127.0.0.2"}, "127.0.0.1"),
    ],
)
def test_a_certificate_that_proves_nothing_stops_the_request(
    tmp_path: Path, trusted: bool, details: dict[str, Any], words: str
) -> None:
    outcome, requests = over_tls(tmp_path, trusted=trusted, **details)
    assert not fault(outcome).sent
    assert "certificate of 127.0.0.1" in fault(outcome).text
    assert words in fault(outcome).text
    assert not requests


def test_https_to_a_port_without_tls_is_said_in_words() -> None:
    outcome, _ = exchange(
        lambda mirror: Request(
            method="GET", url=mirror.url("/x").replace("http:", "https:"), query=(("t", TOKEN),)
        )
    )
    assert not fault(outcome).sent
    assert "TLS" in fault(outcome).text


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_an_unusable_certificate_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)

    async def main() -> Reply | Fault:
        async with sending() as sender:
            send = sender.with_trust(ca_file=str(path))
            return await send(Request(method="GET", url="https://127.0.0.1:1/"), limit=10)

    ended = fault(asyncio.run(main()))
    assert not ended.sent
    assert str(path) in ended.text


# ---- the house ----------------------------------------------------------------------------------


def test_a_dns_update_goes_to_its_own_transport() -> None:
    async def main() -> Reply | Fault:
        async with sending() as sender:
            call = DnsUpdate(
                server=f"127.0.0.1:{free_port()}", zone="example.com", rrsets=(), key=None
            )
            return await sender(call, limit=5)

    assert not fault(asyncio.run(main())).sent


def test_importing_the_sender_does_not_import_the_http_library() -> None:
    program = (
        "import sys, providers.engine.sender, providers.catalogue;"
        "print([name for name in ('aiohttp', 'yarl', 'dns') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def loaded_after(code: str) -> set[str]:
    """What a fresh interpreter has loaded after some code."""
    code = f"import sys; from providers.engine.sender import Sender; {code}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_warming_loads_what_an_account_speaks_and_nothing_else() -> None:
    dns = loaded_after("Sender().warm('dns')")
    assert {"providers.engine.nsupdate", "dns.rdtypes.IN.A", "dns.rdtypes.IN.AAAA"} <= dns
    assert "aiohttp" not in dns
    http = loaded_after("Sender().warm('http')")
    assert "aiohttp" in http
    assert "dns" not in http


def test_warming_leaves_it_to_the_call_to_complain(tmp_path: Path) -> None:
    Sender().warm("http", ca_file=str(tmp_path / "missing.pem"))


def test_closing_twice_and_calling_again_is_fine() -> None:
    async def main() -> int:
        async with Mirror() as mirror, sending() as sender:
            await sender(get(mirror), limit=10)
            await sender.aclose()
            await sender.aclose()
            await sender(get(mirror), limit=10)
            return len(mirror.heard)

    assert asyncio.run(main()) == 2
