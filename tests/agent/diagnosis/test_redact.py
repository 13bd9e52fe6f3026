"""What a masked report may tell and what it may not, for homes of every kind."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.diagnosis.document import as_json
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Finding
from agent.diagnosis.redact import Redactor
from agent.diagnosis.redaction.literals import PUBLIC_SERVERS
from agent.diagnosis.redaction.own_names import WELL_KNOWN
from agent.values import Settled
from discovery.address import publishable
from discovery.observation import Family
from discovery.router.view import RouterView
from tests.support.evidence import account, full_home, healthy, plain_home, record
from tests.support.evidence_parts import IGD, SINGLE_NAT, STABLE6, TSIG_SECRET, resolver
from tests.support.sightings import OTHER, PUBLIC, STUN, seen
from tests.support.views import serves

FULL = full_home()
MASKER = Redactor(FULL)  # whose words are numbered by now

MASKED: list[tuple[str, str]] = [
    (f"It is {PUBLIC}.", "It is [your-IPv4]."),
    (f"{PUBLIC}:53, http://{PUBLIC}:80/x", "[your-IPv4]:53, http://[your-IPv4]:80/x"),
    ("081.002.069.142", "[your-IPv4]"),
    ("256.81.2.69.142", "256.[your-IPv4]"),
    (f"::ffff:{PUBLIC}", "[your-IPv4]"),
    (f"host-{str(PUBLIC).replace('.', '-')}.dialin", "host-[your-IPv4].dialin"),
    (f"{PUBLIC} and {OTHER} and {PUBLIC}", "[your-IPv4] and [IPv4-1] and [your-IPv4]"),
    (f"{STABLE6}", "[your-IPv6]"),
    (f"[{STABLE6}]:53", "[[your-IPv6]]:53"),
    (f"{STABLE6.exploded.upper()}/64", "[your-IPv6]/64"),
    (f"{STABLE6}:53", "[your-IPv6]:53"),
    ("%5B2A02%3A8109:9440:1:9e7b:efff:fe12:3456%5D", "[[your-IPv6]]"),
    ("%2538%2531%252e2.69.142", "[your-IPv4]"),
    ("prefix 2a02:8109:9440:1", "prefix [IPv6-part-1]"),
    ("fe80::3a10:d5ff:fe12:3456%eth0", "[link-local-1]%eth0"),
    ("fe80::3a10:d5ff:fe12:3456%ed0", "[link-local-1]%ed0"),
    ("fd12:3456:789a:1::10", "[ULA-1]"),
    ("100.64.0.1", "[CGNAT-1]"),
    ("ff02::1:ff12:3456", "[IPv6-2]"),
    ("64:ff9b::5102:458e", "[IPv6-2]"),
    ("142.69.2.81.in-addr.arpa", "[reverse-1]"),
    ("uuid:75802409-BCCB-40e7-8e6c-fa095ecce13e", "uuid:[UUID-1]"),
    ("38:10:d5:12:34:56, 38-10-D5-12-34-57, 3810.d512.3458", "[MAC-1], [MAC-2], [MAC-3]"),
    ("enx3810d5123456", "enx[MAC-1]"),
    ("http://192.168.1.1:5000/0A1B2C3D4E5F/x", "http://192.168.1.1:5000/[id-1]/x"),
    ("home.example.com", "[name-1]"),
    ("EXAMPLE.com.", "[zone-1]."),
    ("*.example.com", "*.[zone-1]"),
    ("erika@example.com", "[mail-1]"),
    ("stun.one.example:3478", "[server-1]:3478"),
    ("https://dns.example.net/dns-query/a1b2c3", "https://[server-11]/..."),
    ("https://ip.four.example/: none", "https://[server-5]/: none"),
    ("https://ip.four.example/me?key=x: none", "https://[server-5]/...: none"),
    ("Account household is stopped", "Account [account-1] is stopped"),
    ("[account.spare] and spare parts", "[account.[account-2]] and [account-2] parts"),
    ("Erika Mustermann's\n  router", "[router-1]"),
    ("Erika Mustermann&#x27;s router", "[router-1]"),
    (quote("Erika Mustermann's router"), "[router-1]"),
    ("signed with johns-key", "signed with [setting-1]"),
    (f"the key is {TSIG_SECRET}", "the key is ***"),
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_it_is_masked(text: str, masked: str) -> None:
    assert Redactor(FULL).text(text) == masked


READABLE = [
    "192.168.1.10, 10.0.0.1/8, 172.16.0.1, 127.0.0.1, 0.0.0.0, 169.254.1.1, 192.0.0.2",
    "1.1.1.1:53, 8.8.8.8, 9.9.9.9 and 2606:4700:4700::1111",
    "192.0.2.53, 203.0.113.9 and 2001:db8::1 are for documentation",
    "::, ::1, ff02::c, fe80::/10, fc00::/7, 64:ff9b::/96, 64:ff9b::192.0.0.170, 2002::/16",
    "at 13:25:44, 2026-03-01T03:00:00Z, in 1:02:03, 100%, 25%",
    "Linux/4.14 UPnP/1.1 MiniUPnPd/2.2.1, dead:beef, std::vector, a::after, li::before",
    "stun.cloudflare.com:3478, dns.google, https://api64.ipify.org, cloudflare-dns.com (DoH)",
    "example.org, notexample.com, my-example.com, com",
    "http://192.168.1.1:5000/igd2desc.xml",
    "see [account.NAME] in the configuration of your home",
    "256.1.1.1, 1.2.3, 1.2.3.4444",
]


@pytest.mark.parametrize("text", READABLE)
def test_it_stays_readable(text: str) -> None:
    assert Redactor(FULL).text(text) == text


@pytest.mark.parametrize("text", [*READABLE, *(masked for _, masked in MASKED)])
def test_what_is_masked_stays_as_it_is(text: str) -> None:
    assert Redactor(FULL).text(text) == text


def test_a_document_is_masked_whole_and_says_so() -> None:
    finding = Finding(
        code="account_locked",
        severity="error",
        fact="Account spare is stopped.",
        fix="upstun unlock spare",
        subject="spare",
    )
    document = Redactor(FULL).document(as_json(FULL, healthy(finding)))
    assert document["redacted"] is True
    told = json.dumps(document)
    for original in (
        *(str(PUBLIC), str(OTHER), "62.155.240.9", "100.64.0.1", str(STABLE6), "9440", "3456"),
        *("example.com", "home.", "nas.", "alias.", "Erika", "household", "spare", "johns-key"),
        *(TSIG_SECRET, "0a1b2c3d4e5f", "75802409", "one.example", "dns.example.net", "a1b2c3"),
    ):
        assert original.lower() not in told.lower(), original
    for kept in ("192.168.1.1", "1.1.1.1", "Home Box 3", "cloudflare-dns.com", "2.2.1", "51820"):
        assert kept in told, kept
    assert document["findings"][0]["subject"] == document["accounts"][1]["name"] == "[account-2]"


def test_the_words_of_the_interface_stay_whatever_an_account_is_called() -> None:
    named = full_home(
        accounts=(account("info"), account("proved"), account("path")),
        records=(record(serves(str(PUBLIC))),),
    )
    document = Redactor(named).document(as_json(named, healthy()))
    assert document["findings"][0]["severity"] == "info"
    assert document["summary"]["ipv4"]["confidence"] == "proved"
    assert all(one["name"].startswith("[account-") for one in document["accounts"])
    assert "path" in document


def test_an_everyday_word_is_struck_out_only_where_it_is_a_name() -> None:
    named = full_home(accounts=(account("home"), account("a")), records=())
    masker = Redactor(named)
    assert masker.text("A router at home") == "A router at home"
    assert masker.text("upstun unlock home") == "upstun unlock [account-1]"
    document = masker.document(as_json(named, healthy()))
    assert [one["name"] for one in document["accounts"]] == ["[account-1]", "[account-2]"]


NAMES = [
    ("Home Box 3", "Acme", "Home Box 3", True),
    ("Acme wireless router", "Acme", "", True),
    ("Internet Gateway Device", "", "", True),
    ("Acme of Erika", "Acme", "", False),
    ("ErikasBox", "Acme", "Box", False),
]


@pytest.mark.parametrize(("name", "vendor", "model", "kept"), NAMES)
def test_a_routers_name_is_kept_when_it_is_that_of_its_model(
    name: str, vendor: str, model: str, kept: bool
) -> None:
    igd = replace(IGD, name=name, vendor=vendor, model=model)
    home = plain_home(router=RouterView(gateway="192.168.1.1", igds=(igd,)))
    document = Redactor(home).document(as_json(home, healthy()))
    assert document["router"]["igds"][0]["name"] == (name if kept else "[router-1]")


def test_columns_stay_where_they_were() -> None:
    table = [
        f"{'NAME':<24}{'ADDRESS':<18}TTL",
        f"{'home.example.com':<24}{PUBLIC!s:<18}60",
        f"{'stun.cloudflare.com':<24}{OTHER!s:<18}60",
        f"{'x':<24}{'192.168.1.1':<18}60",
    ]
    lines = Redactor(FULL).text("\n".join(table)).split("\n")
    assert [line.index("60") for line in lines[1:]] == [42, 42, 42]
    assert Redactor(FULL).text(f"{STABLE6}\nx   y") == "[your-IPv6]\nx   y"
    assert [line.index("[") for line in lines[1:3]] == [0, 24]


def test_an_html_page_is_masked_and_stays_a_page() -> None:
    named = full_home(accounts=(account("table"), account("label")))
    page = (
        "<!doctype html><style>table::after{content:'x'} .label{}</style>\n"
        f"<table class='label' aria-label=\"the path of table, {PUBLIC}\" data-x={PUBLIC}>"
        f"<p>{html.escape(IGD.name)} &lt;{PUBLIC}&gt; label</p><a href='http://{STABLE6}/'>"
        "<svg><text>nas.home.example.com</text></svg></table>"
    )
    assert Redactor(named).text(page) == (
        "<!doctype html><style>table::after{content:'x'} .label{}</style>\n"
        "<table class='label' aria-label=\"the path of [account-2], [your-IPv4]\" "
        "data-x=[your-IPv4]><p>[router-1] &lt;[your-IPv4]&gt; [account-3]</p>"
        "<a href='http://[your-IPv6]/'><svg><text>[name-4]</text></svg></table>"
    )


def test_two_forms_of_one_examination_use_the_same_words() -> None:
    text = f"{OTHER} home.example.com 100.64.0.1 {PUBLIC} stun.two.example"
    backwards = " ".join(reversed(text.split()))
    masked = Redactor(FULL).text(backwards).split()
    assert Redactor(FULL).text(text).split() == masked[::-1]


def test_an_international_name_is_masked_in_both_spellings() -> None:
    home = full_home(records=(record(serves(str(PUBLIC)), name="nas.xn--mller-kva.example"),))
    masked = Redactor(home).text("nas.xn--mller-kva.example nas.müller.example MÜLLER.example")
    assert "xn--" not in masked
    assert "ller" not in masked.lower()


HOSTILE = {
    "dots": "a.b" * 30_000,
    "colons": "a:b." * 3_000,
    "dotted digits": "1.2.3." * 20_000,
    "escapes": "%41a" * 20_000,
    "attributes": "<!doctype html>" + "<a b='" * 10_000,
    "mail": "a@b." * 20_000,
    "arpa": "a.1." * 20_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_text_that_is_made_to_keep_a_pattern_busy_does_not(text: str) -> None:
    """Unbounded, each of these would take hours."""
    assert MASKER.text(text)


def test_a_disputed_home_has_an_address_too() -> None:
    home = plain_home(verdicts={}, router=None, witnesses=(seen(STUN[0], OTHER),))
    assert Redactor(home).text(f"{OTHER} {PUBLIC}") == "[your-IPv4] [IPv4-1]"


def test_well_known_hosts_are_host_names() -> None:
    assert "stun.cloudflare.com" in WELL_KNOWN
    assert all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host) for host in WELL_KNOWN)


# ---- whatever the home is called and numbered ---------------------------------------------------

PUBLIC4 = st.ip_addresses(v=4).filter(publishable)
PUBLIC6 = st.integers(0, 2**125 - 1).map(lambda low: IPv6Address(2**125 + low)).filter(publishable)
LABEL = st.from_regex(r"[a-z]([a-z0-9-]{1,8}[a-z0-9])", fullmatch=True)
NAME = st.lists(LABEL, min_size=2, max_size=4).map(".".join)


def home_of(four: IPv4Address, six: IPv6Address, name: str) -> Evidence:
    verdicts = {
        Family.V4: replace(SINGLE_NAT, address=four),
        Family.V6: Settled(
            family=Family.V6, address=six, code="v6_direct", sources=(), because=f"{six} is right."
        ),
    }
    witness = seen(STUN[0], four)
    shown = record(serves(str(four)), name=name, resolvers=(resolver(str(four)),))
    return plain_home(
        verdicts=verdicts, witnesses=(witness,), records=(shown,), accounts=(account(),)
    )


def encoded(text: str) -> str:
    return "".join(f"%{ord(letter):02X}" for letter in text)


def spellings(address: IPv4Address | IPv6Address) -> list[str]:
    plain = str(address)
    forms = [plain, plain.upper(), address.exploded, f"{plain}/64", encoded(plain), f"x={plain};"]
    if isinstance(address, IPv4Address):
        padded = ".".join(f"{int(octet):03}" for octet in plain.split("."))
        forms += [f"::ffff:{plain}", f"http://{plain}:80/p?q={plain}", f"{plain}:53.", padded]
    else:
        forms += [f"[{plain}]:53", f"http://[{plain}]/", quote(f"http://[{plain}]/", safe="")]
    return forms


@settings(deadline=None, max_examples=50)  # each compiles a pattern of its own
@given(four=PUBLIC4, six=PUBLIC6, name=NAME)
def test_nothing_of_a_home_survives_in_any_spelling(
    four: IPv4Address, six: IPv6Address, name: str
) -> None:
    if four in PUBLIC_SERVERS:
        return
    home = home_of(four, six, name)
    masker = Redactor(home)
    screen = "\n".join([*spellings(four), *spellings(six), name, name.upper(), encoded(name)])
    told = masker.text(screen) + json.dumps(masker.document(as_json(home, healthy())))
    for original in (str(four), str(six), six.exploded, name):
        assert original not in told.lower()
    assert masker.text(screen).count("[your-IPv4]") >= len(spellings(four))
    assert masker.text(screen).count("[your-IPv6]") >= len(spellings(six))
    assert masker.text(masker.text(screen)) == masker.text(screen)


@settings(deadline=None)
@given(addresses=st.lists(st.one_of(PUBLIC4, PUBLIC6), min_size=2, max_size=6, unique=True))
def test_equal_stays_equal_and_different_stays_different(
    addresses: list[IPv4Address | IPv6Address],
) -> None:
    unknown = [one for one in addresses if one not in PUBLIC_SERVERS | {PUBLIC, OTHER, STABLE6}]
    masker = Redactor(FULL)
    first, again = ([masker.text(f"<{one}>") for one in unknown] for _ in range(2))
    assert first == again
    assert len(set(first)) == len(unknown)
    assert all(re.fullmatch(r"<\[IPv[46]-\d+\]>", word) for word in first)


@settings(deadline=None)
@given(text=st.text(alphabet="0123456789abcdefABCDEF:.%/[]- \n", max_size=60))
def test_no_public_address_stands_in_any_masked_text(text: str) -> None:
    masked = MASKER.text(text)
    for token in re.split(r"[^0-9a-fA-F:.]", masked):
        try:
            address = ip_address(token)
        except ValueError:
            continue
        assert not publishable(address) or address in PUBLIC_SERVERS


@settings(deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_can_be_masked(text: str) -> None:
    assert isinstance(MASKER.text(text), str)
    assert isinstance(MASKER.text(f"<!doctype html>{text}"), str)
