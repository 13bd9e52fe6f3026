"""What is on the drawing, how each station fares, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.diagnosis.codes import CODES
from agent.diagnosis.conclude import conclude
from agent.diagnosis.drawing.picture import Picture, picture
from agent.diagnosis.drawing.station import Station
from agent.diagnosis.drawing.tags import TAGS
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Finding, Severity
from agent.values import Verdict
from discovery.observation import Family
from providers.engine.outcome import Unchanged
from tests.support.evidence import account, bare_home, full_home, healthy, plain_home, record
from tests.support.evidence_parts import AROUND, DIRECT6, IPV6, STABLE6
from tests.support.sightings import OTHER, PUBLIC
from tests.support.troubled_homes import (
    HOMES,
    agreed,
    crowded_home,
    hotel,
    judged,
    right_home,
    vpn_home,
)
from tests.support.views import serves

NEVER_WORSE_THAN_GOOD_TO_KNOW = {
    "direct", "single_nat", "stun_agrees", "http_agrees", "nat_1to1", "router_upnp_off",
    "router_natpmp_off", "port_mappings", "no_hairpin", "port_reached", "port_unproved", "dns_ok",
    "dns_proxied", "account_waits", "slow_to_notice", "not_measured", "v6_direct",
    "v6_unconfirmed", "v6_waiting", "v6_absent",
}  # fmt: skip

ABOUT_NAMES = {code for code, tag in TAGS.items() if tag.places == ("dns",)}
"""Told at the name that is their subject."""


def drawn(home: Evidence) -> Picture:
    return picture(home, conclude(home))


def stations(found: Picture) -> tuple[Station, ...]:
    return (*found.path, *found.names, *((found.vpn,) if found.vpn else ()))


def named(found: Picture, id_: str) -> Station:
    return next(one for one in stations(found) if one.id == id_)


def with_finding(code: str, severity: Severity = "warn", subject: str = "") -> Picture:
    finding = Finding(code=code, severity=severity, fact="x", subject=subject)
    return picture(right_home(), healthy(finding))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("plain", ["machine", "router", "internet"]),
        ("right", ["machine", "router", "internet"]),
        ("cgnat", ["machine", "router", "provider", "internet"]),
        ("double_nat", ["machine", "router", "provider", "internet"]),
        ("silent_router", ["machine", "router", "provider", "internet"]),
        ("hotel", ["machine", "router", "provider", "internet"]),
        ("line_down", ["machine", "router", "internet"]),
        ("offline", ["machine", "internet"]),
        ("tunnel_only", ["machine", "internet"]),
    ],
)
def test_the_path_has_the_stations_that_are_known(name: str, path: list[str]) -> None:
    found = drawn(HOMES[name]())
    assert [one.id for one in found.path] == path
    assert len(found.ways) == len(path) - 1


@pytest.mark.parametrize(
    ("name", "station", "word"),
    [
        ("right", "machine", "Fine"),
        ("right", "router", "Fine"),
        ("right", "internet", "Fine"),
        ("right", "dns", "Fine"),
        ("right", "account", "Fine"),
        ("stale", "dns", "Trouble: wrong address"),
        ("stale", "account", "Not known: no proof without an update"),
        ("cgnat", "provider", "Trouble: shared by many customers (CGNAT)"),
        ("cgnat", "router", "Fine"),
        ("double_nat", "provider", "Look here: must forward the port, too"),
        ("silent_router", "router", "Look here: answers no question"),
        ("silent_router", "provider", "Not known: cannot be told from here"),
        ("disputed", "router", "Trouble: names another address than the world sees"),
        ("hotel", "provider", "Trouble: asks for a login"),
        ("hotel", "internet", "Not known: nobody there was heard"),
        ("line_down", "router", "Trouble: the internet line is down"),
        ("udp_blocked", "internet", "Look here: UDP does not pass"),
        ("vpn", "vpn", "Look here: answers may leave this way and get lost"),
        ("vpn", "machine", "Fine"),
        ("offline", "machine", "Trouble: no way out"),
        ("offline", "internet", "Not known: nobody there was heard"),
    ],
)
def test_each_station_says_in_words_how_it_fares_and_why(
    name: str, station: str, word: str
) -> None:
    assert named(drawn(HOMES[name]()), station).word == word


def test_every_code_that_can_be_a_warning_has_its_words_and_its_place() -> None:
    assert set(TAGS) == CODES - NEVER_WORSE_THAN_GOOD_TO_KNOW
    for code, tag in TAGS.items():
        assert tag.places, code
        assert len(tag.words) <= 42, code
        assert not tag.words.endswith("."), code


@pytest.mark.parametrize("code", sorted(set(TAGS) - ABOUT_NAMES))
@pytest.mark.parametrize("severity", ["warn", "error"])
def test_no_trouble_is_lost_for_want_of_a_box(code: str, severity: Severity) -> None:
    subject = "household" if "account" in TAGS[code].places else ""
    found = with_finding(code, severity, subject)
    assert any(TAGS[code].words in one.word for one in (*found.path, *found.names)), code


def test_good_news_changes_no_station() -> None:
    found = with_finding("single_nat", "info")
    assert {one.state for one in (*found.path, *found.names)} == {"sound"}


def test_the_heaviest_finding_gives_the_reason() -> None:
    warning = Finding(code="alg", severity="warn", fact="x")
    error = Finding(code="router_stale", severity="error", fact="x")
    found = picture(plain_home(), healthy(warning, error))
    assert named(found, "router").word == "Trouble: names an old address"


def test_stations_tell_the_addresses_on_the_way() -> None:
    found = drawn(right_home())
    assert named(found, "machine").lines == ("192.168.1.10", str(IPV6.chosen))
    assert named(found, "router").lines == ("Home Box 3", "192.168.1.1", f"says it has {PUBLIC}")
    assert named(found, "internet").lines == (f"sees you as {PUBLIC}", "3 witnesses outside")
    assert named(found, "dns").lines == (str(PUBLIC),)


def test_the_way_through_a_vpn_is_drawn_with_the_address_that_it_has_there() -> None:
    found = drawn(vpn_home())
    assert found.vpn is not None
    assert found.vpn.lines == ("ordinary traffic", f"there you are {OTHER}")
    assert drawn(right_home()).vpn is None
    alone = plain_home(around=replace(AROUND, default_is_tunnel=True))
    assert named(drawn(alone), "vpn").lines == ("ordinary traffic",)


def test_a_finding_about_one_name_is_not_told_of_another() -> None:
    right, wrong = record(serves(str(PUBLIC))), record(serves(str(OTHER)), name="nas.example.com")
    found = drawn(judged(configured=True, records=(right, wrong)))
    words = {one.title: one.word for one in found.names}
    assert words["nas.example.com A"] == "Trouble: wrong address"
    assert "wrong address" not in words["home.example.com A"]


def test_an_a_record_is_not_blamed_for_the_aaaa_record_of_its_name() -> None:
    right, wrong = record(serves(str(PUBLIC))), record(serves("2a02:8109::1"), rtype="AAAA")
    home = replace(right_home(), records=(right, wrong))
    found = drawn(home)
    assert "wrong address" not in found.names[0].word
    assert found.names[1].word == "Trouble: wrong address"


def another_machine(served: str, verdict: Verdict) -> Picture:
    wanted = "2a02:8109:9440:1::1234"
    exam = agreed(record(serves(served), rtype="AAAA", wanted=wanted))
    exam = replace(exam, record=replace(exam.record, ipv6="::1234"))
    own = agreed(record(serves(str(PUBLIC))))
    home = replace(right_home(), records=(own, exam))
    return drawn(replace(home, verdicts={**home.verdicts, Family.V6: verdict}))


def test_another_machines_record_is_compared_with_its_own_address() -> None:
    right = another_machine("2a02:8109:9440:1::1234", DIRECT6)
    assert right.names[1].word == "Fine"
    wrong = another_machine(str(STABLE6), DIRECT6)
    assert wrong.names[1].word == "Trouble: wrong address"


def test_a_prefix_that_is_not_known_is_told_at_the_name_that_needs_it() -> None:
    found = another_machine("2a02:8109:9440:1::1234", replace(DIRECT6, network=None))
    assert found.names[1].word == "Look here: the home's prefix is not known"
    assert found.names[0].word == "Fine", "its A record is another matter"


def test_a_name_that_cannot_be_compared_is_not_called_fine() -> None:
    name = agreed(record(serves(str(PUBLIC)), wanted=None))
    found = drawn(replace(bare_home(), records=(name,)))
    assert named(found, "dns").word == "Not known: nothing to compare it with"


def test_of_many_names_the_worst_are_shown_and_the_others_counted() -> None:
    found = drawn(crowded_home())
    assert [one.title for one in found.names] == [
        "the-last-one.example.com A",
        "host-0.example.com A",
        "and 11 more names",
        "Account account-0",
        "and 4 more accounts",
    ]
    assert found.names[0].word == "Trouble: wrong address"
    assert found.names[2].word == "Fine"


def test_trouble_among_those_that_are_only_counted_is_told() -> None:
    wrong = [record(serves(str(OTHER)), name=f"host-{n}.example.com") for n in range(5)]
    home = judged(configured=True, records=tuple(wrong), accounts=(account(proof=Unchanged()),))
    more = drawn(home).names[2]
    assert (more.title, more.word) == ("and 3 more names", "Trouble: 3 of them; see below")


@pytest.mark.parametrize("name", HOMES)
def test_the_summary_tells_everything_that_is_drawn(name: str) -> None:
    found = drawn(HOMES[name]())
    summary = found.summary.lower()
    for station in stations(found):
        assert station.title.lower() in summary
        assert station.why.lower() in summary
        assert all(line.lower() in summary for line in station.lines)
    for way in found.ways:
        assert way.out.words.lower() in summary
        assert way.back.words.lower() in summary


def test_the_summary_reads_as_sentences() -> None:
    summary = drawn(hotel()).summary
    assert summary.startswith("This machine (192.168.1.10): fine. Your router (192.168.1.1; ")
    assert "Out from a login page to the internet: only after a login." in summary
    assert summary.endswith(".")


def test_a_router_without_a_name_has_its_address() -> None:
    found = drawn(replace(full_home(), router=None))
    assert named(found, "router").lines[0] == "192.168.1.1"
