"""Names that servers give themselves: evidence, and proof in two cases."""

from __future__ import annotations

import dns.edns
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rrset
import pytest

from discovery.live_dns.targets import Authority
from discovery.live_dns.trials.identity import Card, judge, names_in


def card(server: str, *names: str, operator: str = "", software: str = "") -> Card:
    return Card(
        authority=Authority(server=server, operator=operator or server),
        names=frozenset(names),
        software=frozenset({software} if software else ()),
    )


TABLE: dict[str, tuple[list[Card], bool | None, str]] = {
    "two roots": (
        [card("a:53", "nnn1-fra5"), card("k:53", "ns1.nl-ams.k.ripe.net")],
        None,
        'a:53 calls itself "nnn1-fra5"; k:53 calls itself "ns1.nl-ams.k.ripe.net".',
    ),
    "several names of one": ([card("a:53", "b", "a")], None, 'a:53 calls itself "a, b".'),
    "nobody tells": ([card("a:53"), card("k:53")], None, "No server told its name."),
    "one box for two operators": (
        [card("a:53", "box"), card("k:53", "box")],
        True,
        'a:53 and k:53 both call themselves "box"',
    ),
    "two addresses of one operator": (
        [card("a:53", "x", operator="RIPE"), card("a6:53", "x", operator="RIPE")],
        None,
        "calls itself",
    ),
    "the same software everywhere": (
        [card("a:53", software="NSD 4.8.0"), card("k:53", software="NSD 4.8.0")],
        None,
        "No server told its name.",
    ),
    "a home router's software": (
        [card("a:53", software="dnsmasq-2.90")],
        True,
        'a:53 calls itself "dnsmasq-2.90", which it cannot be.',
    ),
    "a name that only homes give": ([card("a:53", "router.lan")], True, '"router.lan"'),
    "a Fritz!Box": ([card("a:53", "fritz.box")], True, '"fritz.box"'),
    "a name that only looks like it": ([card("a:53", "planet.example")], None, "calls itself"),
}


@pytest.mark.parametrize(("cards", "intercepted", "words"), TABLE.values(), ids=TABLE.keys())
def test_a_name_proves_something_when_the_server_cannot_have_it(
    cards: list[Card], intercepted: bool | None, words: str
) -> None:
    trial = judge(cards)
    assert (trial.name, trial.intercepted) == ("identity", intercepted)
    assert words in trial.detail


def test_names_are_read_from_texts_and_from_the_nsid_fit_to_be_shown() -> None:
    query = dns.message.make_query("hostname.bind", "TXT", dns.rdataclass.CH, use_edns=0)
    reply = dns.message.make_response(query)
    texts = ('"ns1"', '"a\\000\\027[31mb"', '"  "', f'"{"x" * 200}"')
    reply.answer = [dns.rrset.from_text("hostname.bind.", 0, "CH", "TXT", *texts)]
    reply.use_edns(0, options=[dns.edns.NSIDOption(b"frontend-7")])
    assert set(names_in(reply)) == {"ns1", "a[31mb", "x" * 64, "frontend-7"}
    assert list(names_in(None)) == []


def test_a_refusal_that_repeats_no_question_names_nobody() -> None:
    query = dns.message.make_query("hostname.bind", "TXT", dns.rdataclass.CH)
    reply = dns.message.make_response(query)
    reply.set_rcode(dns.rcode.REFUSED)
    reply.question = []
    assert list(names_in(reply)) == []
