"""Services that name their asker: when a foreign name proves something, and when it does not."""

from __future__ import annotations

from ipaddress import ip_address

import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rrset
import pytest

from discovery.live_dns.targets import Namer
from discovery.live_dns.trials.heard import Heard
from discovery.live_dns.trials.namers import Named, belongs, judge
from discovery.live_dns.whoami import CLOUDFLARE, GOOGLE, Service

OURS = frozenset({ip_address("81.2.69.142"), ip_address("2a02:8071:1:2::5")})
V4, V6 = "216.239.32.10:53", "[2001:4860:4802:32::a]:53"


def said(
    text: str, flags: str = "AA", *, at: str = V4, service: Service = GOOGLE, rcode: int = 0
) -> Named:
    """A service that names `text`; an empty text is no record at all."""
    name, rdclass = dns.name.from_text(service.name), dns.rdataclass.from_text(service.rdclass)
    reply = dns.message.make_response(dns.message.make_query(name, "TXT", rdclass))
    reply.flags |= dns.flags.from_text(flags)
    reply.set_rcode(dns.rcode.Rcode(rcode))
    if text:
        reply.answer = [dns.rrset.from_text(name, 60, rdclass, "TXT", f'"{text}"')]
    namer = Namer(server=at, service=service, authority=service is GOOGLE)
    return Named(namer=namer, heard=Heard(who=at, message=reply))


def cloudflare(text: str, flags: str = "") -> Named:
    return said(text, flags, at="1.1.1.1:53", service=CLOUDFLARE)


SILENT = Named(
    namer=Namer(server=V4, service=GOOGLE, authority=True),
    heard=Heard(who=V4, problem=f"{V4} did not answer within 1.8 s"),
)

TABLE: dict[str, tuple[list[Named], bool | None, str]] = {
    "this home": ([said("81.2.69.142")], False, f"{V4} saw this home itself ask"),
    "this home, by another host of it": ([said("2a02:8071:1:2:a:b:c:d", at=V6)], False, "itself"),
    "another address of the same kind": (
        [said("62.180.3.7")],
        None,
        "a VPN, or another internet line of yours",
    ),
    "another address, at a resolver": ([cloudflare("62.180.3.7", "RA")], None, "a VPN"),
    "another address, and one that is ours": (
        [said("62.180.3.7"), cloudflare("81.2.69.142")],
        None,
        "216.239.32.10:53 was asked by 62.180.3.7",
    ),
    "another network's host": ([said("2a02:8071:1:3::5", at=V6)], None, "not a known address"),
    "an authority that recurses": ([said("62.180.3.7", "RA")], True, "is a resolver"),
    "an authority that recurses for us": ([said("81.2.69.142", "RA")], False, "itself"),
    # https://github.com/cunnie/sslip.io/issues/86
    "asked over IPv4 by an IPv6 address": (
        [said("2400:cb00:79:1024::a29e:ed17")],
        True,
        "was asked by 2400:cb00:79:1024::a29e:ed17",
    ),
    "asked over IPv6 by an IPv4 address": ([said("162.158.237.29", at=V6)], True, "162.158.237.29"),
    "a resolver asked over IPv4 by IPv6": ([cloudflare("2400:cb00::1")], None, "a VPN"),
    "no address": ([said("")], None, "answered with no addresses"),
    "refused": ([said("", "RA", rcode=5)], None, "answered REFUSED instead of an address"),
    "silence": ([SILENT], None, "did not answer within 1.8 s"),
    "nobody": ([], None, "No service named who asks"),
}


@pytest.mark.parametrize(("said_", "intercepted", "words"), TABLE.values(), ids=TABLE.keys())
def test_only_what_no_other_line_could_explain_is_proof(
    said_: list[Named], intercepted: bool | None, words: str
) -> None:
    trial = judge(said_, OURS)
    assert (trial.name, trial.intercepted) == ("whoami", intercepted)
    assert words in trial.detail


def test_without_known_addresses_nothing_is_told() -> None:
    assert judge([said("62.180.3.7", "RA")], frozenset()).intercepted is None


def test_a_home_is_its_ipv4_addresses_and_its_ipv6_networks() -> None:
    assert belongs(ip_address("81.2.69.142"), OURS)
    assert not belongs(ip_address("81.2.69.143"), OURS)
    assert belongs(ip_address("2a02:8071:1:2:ffff::1"), OURS)
    assert not belongs(ip_address("2a02:8071:1:3::1"), OURS)
