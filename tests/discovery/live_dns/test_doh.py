"""DNS over HTTPS on loopback: what is sent, and each way in which it fails."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import dns.message
import dns.name
import dns.rdatatype
import pytest

from discovery.live_dns.doh import DohReply, ask, read_doh_url
from discovery.live_dns.question import Question
from discovery.observation import Flaw, Why
from tests.support.dns_liar import answer
from tests.support.doh_server import Answer, Doh, always, dns_page, doh_serving, relayed
from tests.support.echo_server import page
from tests.support.knot import Knot
from tests.support.named import Named, Zone
from tests.support.private_ca import PrivateCa
from tests.support.tools import free_port

QUESTION = Question(dns.name.from_text("nas.example.test"), dns.rdatatype.A, recurse=True)
HERE = "nas.example.test 60 A 192.0.2.1"


async def truthful(wire: bytes) -> bytes:
    return dns_page(answer(dns.message.from_wire(wire), HERE))


def asked(serve: Answer) -> tuple[DohReply | Flaw, Doh]:
    async def main() -> tuple[DohReply | Flaw, Doh]:
        async with doh_serving(serve) as doh:
            return await ask(read_doh_url(f"{doh.url}?token=hunter2"), QUESTION), doh

    return asyncio.run(main())


def test_one_post_with_the_id_zero_and_no_more_than_it_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")  # nobody is there
    reply, doh = asked(truthful)
    assert isinstance(reply, DohReply)
    assert reply.status == 200
    assert [str(rrset) for rrset in reply.message.answer] == ["nas.example.test. 60 IN A 192.0.2.1"]
    (head,) = doh.heads
    assert head.startswith("POST /dns-query?token=hunter2 HTTP/1.1\r\n")
    assert "\r\nContent-Type: application/dns-message\r\n" in head
    assert "\r\nAccept: application/dns-message\r\n" in head
    assert "\r\nUser-Agent: upstun\r\n" in head
    (query,) = doh.queries
    assert query.id == 0


def test_a_real_server_behind_it_is_asked_the_same(tmp_path: Path) -> None:
    with Knot(tmp_path) as server:
        server.start("example.test", "nas 60 A 192.0.2.1")
        reply, _ = asked(relayed(server.endpoint))
    assert isinstance(reply, DohReply)
    assert str(reply.message.answer[0][0]) == "192.0.2.1"


FAULTS: dict[str, tuple[bytes, Why, str]] = {
    "a login page": (
        page(b"<html>", kind="text/html"),
        Why.CAPTIVE,
        "answered with a web page, not with DNS: a login page may be in between",
    ),
    "a redirect": (
        page(b"", status="302 Found", Location="http://127.0.0.1:9/login?session=hunter2"),
        Why.CAPTIVE,
        "redirected to 127.0.0.1: a login page is in between, or the URL has moved",
    ),
    "a server error": (
        page(status="503 Service Unavailable"),
        Why.REFUSED,
        "answered HTTP 503 (Service Unavailable)",
    ),
    "junk": (
        dns_page(b"x" * 40),
        Why.MALFORMED,
        "sent bytes that are no DNS message (",
    ),
    "nothing": (dns_page(b""), Why.MALFORMED, "sent bytes that are no DNS message (ShortHeader)"),
    "another question": (
        dns_page(answer(dns.message.make_query("evil.test", "A", id=0))),
        Why.MALFORMED,
        "sent an answer to another question",
    ),
    "another id": (
        dns_page(answer(dns.message.make_query("nas.example.test", "A", id=7), HERE)),
        Why.MALFORMED,
        "sent an answer with the id of another query",
    ),
    "more than a message can hold": (
        dns_page(b"x" * 65536),
        Why.OVERSIZED,
        "answered more than 65535 bytes",
    ),
    "a body cut short": (dns_page(b"x" * 40)[:-4], Why.MALFORMED, "broke off before"),
    "nothing at all": (b"", Why.MALFORMED, "gave no answer in HTTP/1.1"),
    "something else": (
        b"SSH-2.0-OpenSSH_9.2\r\n",
        Why.MALFORMED,
        "gave no answer in HTTP/1.1",
    ),
}


@pytest.mark.parametrize(("response", "why", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_whatever_comes_is_a_typed_flaw_with_one_sentence(
    response: bytes, why: Why, words: str
) -> None:
    flaw, _ = asked(always(response))
    assert isinstance(flaw, Flaw)
    assert flaw.why is why
    assert flaw.detail.startswith(words)
    assert flaw.detail.isprintable()
    assert "hunter2" not in flaw.detail


def test_a_closed_port_refuses() -> None:
    flaw = asyncio.run(ask(read_doh_url(f"https://127.0.0.1:{free_port()}/"), QUESTION))
    assert flaw == Flaw(why=Why.REFUSED, detail="refuses the connection (connection refused)")


def test_only_a_trusted_certificate_is_believed(tmp_path: Path) -> None:
    ca = PrivateCa.make(tmp_path)

    async def main() -> None:
        async with doh_serving(truthful, ca.server()) as doh:
            url = read_doh_url(doh.url)
            assert isinstance(await ask(url, QUESTION, tls=ca.client()), DohReply)
            flaw = await ask(url, QUESTION)
            assert isinstance(flaw, Flaw)
            assert flaw.why is Why.SPOOFED
            assert "a certificate that cannot be trusted" in flaw.detail
            assert len(doh.queries) == 1

    asyncio.run(main())


def test_a_server_of_http2_alone_is_a_sentence(tmp_path: Path) -> None:
    """BIND's own DoH listener, with a private authority."""
    ca = PrivateCa.make(tmp_path)
    port = free_port()
    with Named(tmp_path) as server:
        server.start(
            Zone("example.test", "nas 60 A 192.0.2.1"),
            options=f"listen-on port {port} tls own http own {{ 127.0.0.1; }};",
            statements=(
                f'tls own {{ cert-file "{ca.certificate}"; key-file "{ca.key}"; }};'
                'http own { endpoints { "/dns-query"; }; };'
            ),
        )
        url = read_doh_url(f"https://127.0.0.1:{port}/dns-query")
        flaw = asyncio.run(ask(url, QUESTION, tls=ca.client()))
    assert flaw == Flaw(
        why=Why.MALFORMED,
        detail="gave no answer in HTTP/1.1 (some DoH servers speak HTTP/2 alone)",
    )


WITHOUT_AIOHTTP = """
import asyncio, sys
sys.modules["aiohttp"] = None
from discovery.live_dns.whoami import WhoamiMethod
from discovery.observation import Family
print(asyncio.run(WhoamiMethod("https://dns.example.org/").observe(Family.V4)).detail)
"""


def test_a_missing_library_is_named_and_nothing_breaks() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_AIOHTTP],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout == (
        "dns.example.org (DoH) cannot be asked: the library aiohttp is missing\n"
    )
