"""The HTTP witness against servers on loopback: what is asked, over what, and each way it fails."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest

from discovery.echo import EchoMethod
from discovery.echo_body import MAX_BODY
from discovery.observation import EchoEvidence, Family, Missed, Observation, Seen, Why
from discovery.probe import probe
from tests.support.echo_server import Visits, page, serving
from tests.support.tools import absent, free_port, need


async def ask(method: EchoMethod, family: Family = Family.V4) -> Observation:
    return await probe(method, family, limit=10.0, strict=True)


def ask_server(answer: bytes) -> tuple[Observation, Visits]:
    async def main() -> tuple[Observation, Visits]:
        async with serving(answer) as visits:
            return await ask(EchoMethod(f"http://127.0.0.1:{visits.port}/ip?token=hunter2")), visits

    return asyncio.run(main())


def test_a_public_address_is_seen_with_its_evidence() -> None:
    observation, visits = ask_server(page())
    url = f"http://127.0.0.1:{visits.port}/ip"
    assert observation == Seen(
        source="http",
        witness=url,
        operator="127.0.0.1",
        family=Family.V4,
        address=ip_address("81.2.69.142"),
        evidence=EchoEvidence(url=url, status=200, authenticated=False),
        elapsed=observation.elapsed,
    )


def test_the_question_is_asked_whole_and_says_little(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")  # nobody is there
    observation, visits = ask_server(page())
    assert isinstance(observation, Seen)
    [head] = visits.heads
    assert head.startswith("GET /ip?token=hunter2 HTTP/1.1\r\n")
    assert "\r\nUser-Agent: upstun\r\n" in head
    assert "\r\nAccept-Encoding: identity\r\n" in head
    assert "Cookie" not in head


def test_every_question_is_a_connection_of_its_own() -> None:
    async def main() -> None:
        async with serving(page(Connection="keep-alive", Set_Cookie="a=b")) as visits:
            method = EchoMethod(f"http://127.0.0.1:{visits.port}/")
            for _ in range(2):
                assert isinstance(await ask(method), Seen)
        assert len(visits.heads) == 2
        assert "Cookie" not in visits.heads[1]

    asyncio.run(main())


def test_a_name_is_asked_in_the_family_wanted() -> None:
    async def main() -> None:
        async with serving(page()) as visits:
            observation = await ask(EchoMethod(f"http://localhost:{visits.port}/"))
        assert isinstance(observation, Seen)
        assert visits.sources == ["127.0.0.1"]

    asyncio.run(main())


def test_ipv6_is_asked_by_the_same_code() -> None:
    async def main() -> Observation:
        async with serving(page(b"2a02:8071::1"), host="::1") as visits:
            return await ask(EchoMethod(f"http://[::1]:{visits.port}/"), Family.V6)

    try:
        observation = asyncio.run(main())
    except OSError:
        absent("needs IPv6 on loopback")
    assert isinstance(observation, Seen)
    assert str(observation.address) == "2a02:8071::1"


def test_the_question_leaves_by_the_address_and_link_asked_for() -> None:
    async def main() -> None:
        async with serving(page()) as visits:
            url = f"http://127.0.0.1:{visits.port}/"
            bind = ip_address("127.0.0.5")
            assert isinstance(await ask(EchoMethod(url, bind=bind, device="lo")), Seen)
        assert visits.sources == ["127.0.0.5"]

    if sys.platform != "linux":
        absent("needs Linux, where all of 127.0.0.0/8 is loopback and the link is called lo")
    asyncio.run(main())


GZIPPED = gzip.compress(b"81.2.69.142")
FAULTS: dict[str, tuple[bytes, Why]] = {
    "a login page": (page(b"<html>Log in</html>", kind="text/html"), Why.CAPTIVE),
    "a redirect": (
        page(b"", status="302 Found", Location="http://127.0.0.1:9/login"),
        Why.CAPTIVE,
    ),
    "prose": (page(b"build 10.4.2.7"), Why.MALFORMED),
    "nothing": (page(b""), Why.MALFORMED),
    "too much": (page(b" " * MAX_BODY + b"81.2.69.142"), Why.OVERSIZED),
    "4 MiB": (page(b"x" * (4 << 20)), Why.OVERSIZED),
    "a chunked flood": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" + b"x" * 0x2000 + b"\r\n",
        Why.OVERSIZED,
    ),
    "a server error": (page(status="503 Service Unavailable"), Why.REFUSED),
    "a private address": (page(b"192.168.1.7"), Why.NOT_PUBLIC),
    "an address of the provider's own NAT": (page(b"100.64.0.5"), Why.NOT_PUBLIC),
    "no address at all": (page(b"0.0.0.0"), Why.NO_ADDRESS),
    "the other family": (page(b"2a02:8071::1"), Why.WRONG_FAMILY),
    "compression nobody asked for": (page(GZIPPED, Content_Encoding="gzip"), Why.MALFORMED),
    "a body cut short": (page()[:-4], Why.MALFORMED),
    "a head cut short": (b"HTTP/1.1 200 OK\r\nContent-", Why.MALFORMED),
    "no answer": (b"", Why.MALFORMED),
    "not http": (b"SSH-2.0-OpenSSH_9.2\r\n", Why.MALFORMED),
    "an endless head": (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, Why.MALFORMED),
    "a damaged length": (page(Content_Length="-1"), Why.MALFORMED),
    "damaged chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        Why.MALFORMED,
    ),
    "a binary": (b"\x16\x03\x01\x00\xff" * 50, Why.MALFORMED),
}


@pytest.mark.parametrize(("answer", "why"), FAULTS.values(), ids=FAULTS)
def test_whatever_comes_is_a_typed_miss_with_one_sentence(answer: bytes, why: Why) -> None:
    observation, visits = ask_server(answer)
    assert isinstance(observation, Missed)
    assert observation.why is why
    assert observation.detail.startswith(f"http://127.0.0.1:{visits.port}/ip ")
    assert observation.detail.isprintable()
    assert not observation.detail.endswith((".", " ", ":"))
    assert "hunter2" not in observation.detail
    # A redirect is not followed. After a hang-up without an answer, aiohttp asks once more.
    assert len(visits.heads) <= (2 if observation.detail.endswith("was whole") else 1)


def test_a_closed_port_is_refused() -> None:
    observation = asyncio.run(ask(EchoMethod(f"http://127.0.0.1:{free_port()}/")))
    assert isinstance(observation, Missed)
    assert observation.why is Why.REFUSED
    assert observation.detail.endswith("/ refuses the connection (connection refused)")


def test_a_name_without_an_address_is_unresolved(monkeypatch: pytest.MonkeyPatch) -> None:
    async def getaddrinfo(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    observation = asyncio.run(ask(EchoMethod("https://echo.example.org/ip")))
    assert isinstance(observation, Missed)
    assert observation.why is Why.UNRESOLVED
    assert observation.detail == (
        "https://echo.example.org/ip cannot be asked: "
        "no IPv4 address was found for echo.example.org"
    )


def test_a_silent_server_is_cut_off_by_the_probe_alone() -> None:
    async def main() -> Observation:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            method = EchoMethod(f"http://127.0.0.1:{listener.getsockname()[1]}/")
            return await probe(method, Family.V4, limit=0.2, strict=True)

    observation = asyncio.run(main())
    assert isinstance(observation, Missed)
    assert observation.why is Why.SILENT


@pytest.mark.parametrize(
    ("method", "family", "words"),
    [
        (EchoMethod("http://127.0.0.1:9/"), Family.V6, "over IPv6: it is an IPv4 address"),
        (EchoMethod("https://[2001:db8::7]/"), Family.V4, "over IPv4: it is an IPv6 address"),
        (EchoMethod("http://127.0.0.1:9/", device="nolink0"), Family.V4, "through nolink0: "),
        (
            EchoMethod("http://127.0.0.1:9/", bind=ip_address("198.51.100.77")),
            Family.V4,
            "through 198.51.100.77: this machine has no such address",
        ),
    ],
)
def test_what_cannot_work_here_is_said(method: EchoMethod, family: Family, words: str) -> None:
    observation = asyncio.run(ask(method, family))
    assert isinstance(observation, Missed)
    assert observation.why is Why.UNSUPPORTED
    assert words in observation.detail


def test_a_url_that_may_not_be_asked_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="is cleartext http"):
        EchoMethod("http://echo.example.org/")
    assert EchoMethod("http://echo.example.org/", allow_http=True).operator == "example.org"


WITHOUT_AIOHTTP = """
import asyncio, sys
sys.modules["aiohttp"] = None
from discovery.echo import EchoMethod
from discovery.observation import Family
print(asyncio.run(EchoMethod("https://echo.example.org/").observe(Family.V4)).detail)
"""


def test_a_missing_library_is_named_and_nothing_breaks() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_AIOHTTP],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == (
        "https://echo.example.org/ cannot be asked: the library aiohttp is missing\n"
    )


# --- TLS


def certificate(folder: Path, *, days: int = 2) -> tuple[Path, Path]:
    """A certificate for localhost that vouches for itself, and its key."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            *(need("openssl"), "req", "-x509", "-newkey", "ec", "-nodes"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", str(days)),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


async def ask_over_tls(
    cert: Path, key: Path, url: str, trusted: ssl.SSLContext | None
) -> Observation:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    async with serving(page(), tls=context) as visits:
        return await ask(EchoMethod(url.format(port=visits.port), tls=trusted))


def test_a_verified_certificate_makes_an_authenticated_witness(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    trusted = ssl.create_default_context(cafile=str(cert))
    observation = asyncio.run(ask_over_tls(cert, key, "https://localhost:{port}/ip", trusted))
    assert isinstance(observation, Seen)
    assert isinstance(observation.evidence, EchoEvidence)
    assert observation.evidence.authenticated


def test_a_certificate_that_nobody_vouches_for_is_an_impostors(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    observation = asyncio.run(ask_over_tls(cert, key, "https://localhost:{port}/ip", None))
    assert isinstance(observation, Missed)
    assert observation.why is Why.SPOOFED
    assert "a certificate that cannot be trusted (self-signed certificate)" in observation.detail
    assert "this machine's clock is wrong" in observation.detail


def test_a_certificate_for_another_name_is_an_impostors(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    trusted = ssl.create_default_context(cafile=str(cert))
    observation = asyncio.run(ask_over_tls(cert, key, "https://127.0.0.1:{port}/ip", trusted))
    assert isinstance(observation, Missed)
    assert observation.why is Why.SPOOFED
    assert "IP address mismatch" in observation.detail


def test_cleartext_where_tls_was_expected_is_malformed() -> None:
    async def complain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(page(b"You speak TLS to a port for HTTP", status="400 Bad Request"))
        writer.close()

    async def main() -> Observation:
        server = await asyncio.start_server(complain, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await ask(EchoMethod(f"https://127.0.0.1:{port}/"))

    observation = asyncio.run(main())
    assert isinstance(observation, Missed)
    assert observation.why is Why.MALFORMED
    assert "does not speak TLS" in observation.detail
