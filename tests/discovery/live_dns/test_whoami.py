"""The witness over DNS and HTTPS: who it says that we are, and when it is not believed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import dns.message
import dns.rrset
import pytest

from discovery.live_dns.whoami import CLOUDFLARE, GOOGLE, Service, WhoamiMethod
from discovery.observation import DohEvidence, Family, Missed, Observation, Seen, Why
from discovery.probe import probe
from tests.support.dns_liar import answer
from tests.support.doh_server import Answer, Doh, always, dns_page, doh_serving
from tests.support.echo_server import page
from tests.support.private_ca import PrivateCa
from tests.support.tools import absent


def naming(*texts: str, owner: str = "", rcode: str = "NOERROR") -> Answer:
    """A service whose TXT records are these."""

    async def serve(wire: bytes) -> bytes:
        query = dns.message.from_wire(wire)
        reply = answer(query, aa=False, rcode=rcode)
        asked = query.question[0]
        if texts:
            name = f"{owner}." if owner else asked.name
            reply.answer = [dns.rrset.from_text(name, 0, asked.rdclass, "TXT", *texts)]
        return dns_page(reply)

    return serve


def told(serve: Answer, service: Service = CLOUDFLARE) -> tuple[Observation, Doh]:
    async def main() -> tuple[Observation, Doh]:
        async with doh_serving(serve) as doh:
            method = WhoamiMethod(doh.url, service)
            return await probe(method, Family.V4, limit=10.0, strict=True), doh

    return asyncio.run(main())


def test_a_public_address_is_seen_with_its_evidence(tmp_path: Path) -> None:
    ca = PrivateCa.make(tmp_path)

    async def main() -> None:
        async with doh_serving(naming("81.2.69.142"), ca.server()) as doh:
            method = WhoamiMethod(doh.url, tls=ca.client())
            seen = await probe(method, Family.V4, limit=10.0, strict=True)
            assert seen == Seen(
                source="http",
                witness="127.0.0.1 (DoH)",
                operator="127.0.0.1",
                family=Family.V4,
                address=ip_address("81.2.69.142"),
                evidence=DohEvidence(url=doh.url, status=200, authenticated=True),
                elapsed=seen.elapsed,
            )
            (query,) = doh.queries
            assert query.question[0].to_text() == "whoami.cloudflare. CH TXT"

    asyncio.run(main())


def test_cleartext_is_no_authenticated_witness() -> None:
    seen, _ = told(naming("81.2.69.142"))
    assert isinstance(seen.evidence, DohEvidence)
    assert not seen.evidence.authenticated


def test_what_a_resolver_told_beside_the_address_is_passed_over() -> None:
    seen, doh = told(naming("81.2.69.142", '"edns0-client-subnet 81.2.69.0/24"'), GOOGLE)
    assert isinstance(seen, Seen)
    assert seen.address == ip_address("81.2.69.142")
    assert doh.queries[0].question[0].to_text() == "o-o.myaddr.l.google.com. IN TXT"


def test_one_operator_is_one_witness() -> None:
    method = WhoamiMethod("https://cloudflare-dns.com/dns-query")
    assert method.witness == "cloudflare-dns.com (DoH)"
    assert method.operator == "cloudflare.com"


FAULTS: dict[str, tuple[Answer, Why, str]] = {
    "refused": (
        naming(rcode="REFUSED"),
        Why.MALFORMED,
        "answered REFUSED instead of an address",
    ),
    "no record": (naming(), Why.MALFORMED, "answered with no addresses"),
    "no address": (naming("hello"), Why.MALFORMED, "answered with no addresses"),
    "a network": (naming("81.2.69.0/24"), Why.MALFORMED, "answered with no addresses"),
    "two": (naming("81.2.69.142", "81.2.69.143"), Why.MALFORMED, "answered with 2 addresses"),
    "another name's record": (
        naming("81.2.69.142", owner="evil.test"),
        Why.MALFORMED,
        "answered with no addresses",
    ),
    "a private address": (naming("192.168.1.7"), Why.NOT_PUBLIC, "answered 192.168.1.7, a private"),
    "the other family": (naming("2a02:8071::1"), Why.WRONG_FAMILY, "answered 2a02:8071::1, but"),
    "a login page": (always(page(b"<html>", kind="text/html")), Why.CAPTIVE, "answered with a web"),
}


@pytest.mark.parametrize(("serve", "why", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_whatever_comes_is_a_typed_miss_with_one_sentence(
    serve: Answer, why: Why, words: str
) -> None:
    observation, _ = told(serve)
    assert isinstance(observation, Missed)
    assert observation.why is why
    assert observation.detail.startswith(f"127.0.0.1 (DoH) {words}")


def test_the_question_leaves_by_the_address_and_link_asked_for() -> None:
    async def main() -> None:
        async with doh_serving(naming("81.2.69.142")) as doh:
            here = WhoamiMethod(doh.url, bind=ip_address("127.0.0.5"), device="lo")
            assert isinstance(await here.observe(Family.V4), Seen)
            nowhere = await WhoamiMethod(doh.url, device="nolink0").observe(Family.V4)
            assert isinstance(nowhere, Missed)
            assert nowhere.why is Why.UNSUPPORTED
            assert "cannot be asked through nolink0" in nowhere.detail
            other = await WhoamiMethod(doh.url).observe(Family.V6)
            assert isinstance(other, Missed)
            assert "over IPv6: it is an IPv4 address" in other.detail
            assert doh.sources == ["127.0.0.5"]

    if sys.platform != "linux":
        absent("needs Linux, where all of 127.0.0.0/8 is loopback and the link is called lo")
    asyncio.run(main())


@pytest.mark.parametrize("url", ["http://dns.example.net/", "dns.example.net", "https://"])
def test_a_url_that_may_not_be_asked_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match=r"is cleartext http|the URL of a DoH server is wrong"):
        WhoamiMethod(url)


def test_making_a_witness_loads_no_library() -> None:
    code = (
        "import sys; from discovery.live_dns.whoami import WhoamiMethod;"
        "WhoamiMethod('https://dns.example.net/');"
        "sys.exit(any(name.partition('.')[0] in ('dns', 'aiohttp') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
