"""The lab's name space, proved with `dig`: what is wrong with it is wrong where it should be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dns.message
import pytest

from tests.lab.asking import curl, dig, header
from tests.lab.lab import Lab
from tests.lab.places import (
    BOGUS_RECORD,
    CLOUDFLARE,
    CLOUDFLARE_DOH,
    CLOUDFLARE_DOH_NAME,
    DOH,
    DOH_NAME,
    ECHO_NAMES,
    GOOGLE,
    HOME,
    LIE,
    POWER,
    POWER_RECORD,
    PRIMARY,
    RECORD,
    RESOLVER,
    ROUTER,
    SECONDARY,
    SIGNED_RECORD,
    STALE,
    TLD_SERVER,
    WAN,
    ZONE,
)
from tests.lab.plan import Plan, RecordState

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

SERVERS = (PRIMARY, SECONDARY)
NOBODY = "192.0.2.53"  # runs no DNS (RFC 5737)


@pytest.mark.parametrize(
    ("record", "served"),
    [
        ("stale", [STALE]),
        ("right", [WAN]),
        ("missing", []),
        ("extra", [LIE, WAN]),
        ("cname", [f"{POWER_RECORD}."]),
        ("wildcard", [WAN]),
        ("private", [HOME]),
        ("ttl_high", [WAN]),
    ],
)
def test_both_name_servers_serve_what_the_plan_has(
    arrange: Arrange, record: RecordState, served: list[str]
) -> None:
    lab = arrange(Plan(record=record))
    for server in SERVERS:
        assert dig(lab, f"@{server}", "+norecurse", RECORD) == served
    stranger = dig(lab, f"@{PRIMARY}", "+norecurse", f"nobody-made-this.{ZONE}")
    assert stranger == ([WAN] if record == "wildcard" else [])


@pytest.mark.parametrize(("record", "ttl"), [("right", "60"), ("ttl_high", "86400")])
def test_a_record_is_to_be_kept_as_long_as_the_plan_has(
    arrange: Arrange, record: RecordState, ttl: str
) -> None:
    told = arrange(Plan(record=record)).home("dig", f"@{PRIMARY}", "+noall", "+answer", RECORD)
    assert told.stdout.split()[1] == ttl


def test_a_server_that_lags_has_what_was_there_before(arrange: Arrange) -> None:
    lab = arrange(Plan(record="right", secondary_lags=True))
    assert lab.zone() == {PRIMARY: [WAN], SECONDARY: [STALE]}


def test_a_lame_server_is_named_on_both_sides_and_refuses(arrange: Arrange) -> None:
    lab = arrange(Plan(name_servers="lame"))
    named = [f"ns{number}.{ZONE}." for number in (1, 2, 3)]
    assert dig(lab, f"@{PRIMARY}", "NS", ZONE) == named
    assert _delegated(lab) == named
    assert dig(lab, f"ns3.{ZONE}") == [POWER]
    assert header(lab, f"@{POWER}", "+norecurse", RECORD)[0] == "REFUSED"


def test_a_parent_may_name_other_servers_than_the_zone(arrange: Arrange) -> None:
    lab = arrange(Plan(name_servers="parent_differs"))
    assert _delegated(lab) == [f"ns{number}.{ZONE}." for number in (1, 2)]
    assert dig(lab, f"@{PRIMARY}", "NS", ZONE) == [f"ns{number}.{ZONE}." for number in (1, 2, 3)]
    lab = arrange(Plan())
    assert dig(lab, f"@{PRIMARY}", "NS", ZONE) == _delegated(lab)


def _delegated(lab: Lab) -> list[str]:
    """The name servers in the parent's referral."""
    words = ("+norecurse", "+noall", "+authority")
    told = lab.home("dig", f"@{TLD_SERVER}", *words, "NS", ZONE).stdout
    return sorted(line.split()[-1] for line in told.splitlines() if line.strip())


@pytest.mark.parametrize("resolver", [RESOLVER, GOOGLE, CLOUDFLARE])
def test_every_public_resolver_answers_ordinary_questions(arrange: Arrange, resolver: str) -> None:
    lab = arrange(Plan(record="right"))
    assert dig(lab, f"@{resolver}", RECORD) == [WAN]
    assert dig(lab, f"@{resolver}", "+tcp", RECORD) == [WAN]
    code, flags = header(lab, f"@{resolver}", RECORD)
    assert (code, flags & {"ra", "aa"}) == ("NOERROR", {"ra"})


def test_a_resolver_has_forgotten_what_the_case_before_had_it_learn(arrange: Arrange) -> None:
    assert dig(arrange(Plan(record="right")), RECORD) == [WAN]
    assert dig(arrange(Plan(record="stale")), RECORD) == [STALE]
    assert dig(arrange(Plan(record="missing")), RECORD) == []


def test_two_services_tell_who_asks_them(arrange: Arrange) -> None:
    lab = arrange(Plan())
    for transport in ("+notcp", "+tcp"):
        cloudflare = ("CH", "TXT", "whoami.cloudflare", f"@{CLOUDFLARE}")
        google = ("TXT", "o-o.myaddr.l.google.com", "@ns1.google.com")
        assert dig(lab, transport, *cloudflare) == dig(lab, transport, *google) == [f'"{WAN}"']
    assert dig(lab, "TXT", "o-o.myaddr.l.google.com") == [f'"{RESOLVER}"'], "the resolver asked"


def test_the_services_that_tell_who_asks_know_little_else(arrange: Arrange) -> None:
    lab = arrange(Plan())
    assert header(lab, "@ns1.google.com", RECORD)[0] == "REFUSED"
    assert header(lab, "@ns1.google.com", "www.google.com")[0] == "NXDOMAIN"
    assert header(lab, f"@{CLOUDFLARE}", "+opcode=NOTIFY", RECORD)[0] == "NOTIMP"


def test_a_resolver_answers_over_https_too(arrange: Arrange) -> None:
    lab = arrange(Plan())
    service = f"https://{DOH_NAME}/dns-query"
    url = f"https://{ECHO_NAMES[0]}/"
    assert curl(lab, url, "--doh-url", service) == WAN
    asked = lab.home("curl", "-sS", "--doh-url", service, url).left
    assert DOH in {packet.destination for packet in asked}
    assert curl(lab, url, "--doh-url", f"https://{DOH_NAME}/elsewhere") == ""


def over_https(
    lab: Lab, room: Path, name: str, rtype: str, rdclass: str = "IN", url: str = ""
) -> list[str]:
    """The values of an answer that comes over HTTP/1.1, as upstun asks."""
    (room / "question").write_bytes(dns.message.make_query(name, rtype, rdclass).to_wire())
    (room / "answer").unlink(missing_ok=True)
    kind = "Content-Type: application/dns-message"
    post = ("-H", kind, "--data-binary", "@question", "--fail", "-o", "answer")
    curl(lab, url or f"https://{CLOUDFLARE_DOH_NAME}/dns-query", "--http1.1", *post)
    if not (room / "answer").exists():
        return []
    answer = dns.message.from_wire((room / "answer").read_bytes()).answer
    return [str(value) for rrset in answer for value in rrset]


def test_the_other_service_over_https_tells_who_asks(arrange: Arrange, tmp_path: Path) -> None:
    lab = arrange(Plan(record="right"))
    assert over_https(lab, tmp_path, "whoami.cloudflare", "TXT", "CH") == [f'"{WAN}"']
    assert over_https(lab, tmp_path, RECORD, "A") == [WAN]
    assert dig(lab, CLOUDFLARE_DOH_NAME) == [CLOUDFLARE_DOH]
    elsewhere = f"https://{CLOUDFLARE_DOH_NAME}/elsewhere"
    assert over_https(lab, tmp_path, RECORD, "A", url=elsewhere) == []


def test_no_service_over_https_is_reached_from_behind_a_login_page(
    arrange: Arrange, tmp_path: Path
) -> None:
    lab = arrange(Plan(igd="none", portal=True))
    assert over_https(lab, tmp_path, RECORD, "A") == []
    assert dig(lab, CLOUDFLARE_DOH_NAME) == [ROUTER]


def test_intercepted_dns_leaves_the_services_over_https_alone(
    arrange: Arrange, tmp_path: Path
) -> None:
    lab = arrange(Plan(dns_intercepted=True))
    assert over_https(lab, tmp_path, "whoami.cloudflare", "TXT", "CH") == [f'"{WAN}"']


def test_intercepted_dns_gives_itself_away_in_every_way(arrange: Arrange) -> None:
    lab = arrange(Plan(dns_intercepted=True, record="right"))
    assert dig(lab, f"@{NOBODY}", RECORD) == [WAN]
    assert dig(lab, "CH", "TXT", "whoami.cloudflare", f"@{CLOUDFLARE}") == []
    assert dig(lab, "TXT", "o-o.myaddr.l.google.com", "@ns1.google.com") == [f'"{RESOLVER}"']
    lab = arrange(Plan(record="right"))
    assert (
        "no servers could be reached"
        in lab.home("dig", f"@{NOBODY}", "+time=1", "+tries=1", RECORD).stdout
    )


@pytest.mark.parametrize("resolver", [RESOLVER, GOOGLE, CLOUDFLARE])
def test_a_signature_holds_or_not(arrange: Arrange, resolver: str) -> None:
    lab = arrange(Plan())
    code, flags = header(lab, f"@{resolver}", "+adflag", SIGNED_RECORD)
    assert (code, "ad" in flags) == ("NOERROR", True)
    assert header(lab, f"@{resolver}", BOGUS_RECORD)[0] == "SERVFAIL"
    assert dig(lab, f"@{resolver}", "+cdflag", BOGUS_RECORD) == [LIE]
    assert "ad" not in header(lab, f"@{resolver}", "+adflag", RECORD)[1], "it is not signed"
