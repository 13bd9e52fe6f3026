"""Small parts of speech: sentences, times, who spoke."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.diagnosis.evidence import Noticing
from agent.diagnosis.phrases import (
    first_of,
    lasting,
    noticed,
    sentence,
    speaker,
    took,
    who_says,
    within,
)
from discovery.observation import Observation, PmpEvidence, Seen, StunEvidence
from tests.support.evidence_parts import DOH, PCP, SEEN6
from tests.support.sightings import HTTP, PMP, PUBLIC, ROUTER, STUN, missed, seen

BY_TCP = StunEvidence(server="192.0.2.1:3478", transport="tcp", local="", mapped_port=1)
NAT_PMP = PmpEvidence(gateway="192.168.1.1", protocol="nat-pmp", result=0)


@pytest.mark.parametrize(
    ("clause", "told"),
    [
        ("", ""),
        ("the router is silent", "The router is silent."),
        ("The router is silent.", "The router is silent."),
        ("it is private (ULA)", "It is private (ULA)."),
        ("it isn't there", "It isn't there."),
        ("stun.example.net:3478 is silent", "stun.example.net:3478 is silent."),
        ("https://example.net/ is silent", "https://example.net/ is silent."),
        ("eth0 is down", "eth0 is down."),
        ("192.168.1.1 is silent", "192.168.1.1 is silent."),
        ("NAT-PMP is off", "NAT-PMP is off."),
        ("iTunes is off", "iTunes is off."),
        ("it says “no.”", "It says “no.”"),
        ("and so on…", "And so on…"),
        ("  is it?  ", "Is it?"),
    ],
)
def test_a_clause_becomes_a_sentence_and_a_name_keeps_its_spelling(clause: str, told: str) -> None:
    assert sentence(clause) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.0, "under 1 ms"), (0.0004, "under 1 ms"), (0.018, "18 ms"), (2.5, "2500 ms")],
)
def test_how_long_an_answer_took(seconds: float, told: str) -> None:
    assert took(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.005, "5 ms"),
        (1, "1 s"),
        (2.5, "2.5 s"),
        (90, "90 s"),
        (119, "119 s"),
        (120, "2 minutes"),
        (300, "5 minutes"),
        (7199, "119 minutes"),
        (86400, "24 hours"),
        (172800, "2 days"),
        (1e7, "115 days"),
    ],
)
def test_times_are_told_in_the_unit_that_people_would_choose(seconds: float, told: str) -> None:
    assert lasting(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.035, "within 35 ms"),
        (1.2, "within 1.2 s"),
        (72.0, "within 72 s"),
        (119.5, "within 119.5 s"),
        (120.0, "within 2 minutes"),
        (120.5, "within 3 minutes"),
        (360.0, "within 6 minutes"),
        (7199.0, "within 2 hours"),
        (103680.0, "within 29 hours"),
    ],
)
def test_a_bound_is_never_rounded_down(seconds: float, told: str) -> None:
    assert within(seconds) == told


@pytest.mark.parametrize(
    ("noticing", "told"),
    [
        (
            Noticing(by="gena", seconds=0.035, latest_s=5.0),
            "within 35 ms, by UPnP events of the router; if an event gets lost, within 5 s",
        ),
        (
            Noticing(by="natpmp_poll", seconds=1.0, latest_s=1.0),
            "within 1 s, by asking the router (NAT-PMP)",
        ),
        (
            Noticing(by=None, seconds=360.0, latest_s=360.0),
            "within 6 minutes, by looking now and then",
        ),
    ],
)
def test_what_notices_a_new_address_is_told_with_the_time(noticing: Noticing, told: str) -> None:
    assert noticed(noticing) == told


def test_long_lists_say_how_many_are_left_out() -> None:
    assert first_of(["a", "b"], 2) == ("a", "b")
    assert first_of(["a", "b", "c", "d"], 2) == ("a", "b", "and 2 more")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (seen(ROUTER, PUBLIC), "router UPnP"),
        (missed(PMP), "router NAT-PMP"),
        (replace(missed(PMP), evidence=NAT_PMP), "router NAT-PMP"),
        (replace(missed(PMP), evidence=PCP), "router PCP"),
        (replace(missed(PMP), witness="the router (PCP)"), "router PCP"),
        (seen(STUN[0], PUBLIC), "one.example STUN"),
        (replace(seen(STUN[0], PUBLIC), evidence=BY_TCP), "one.example STUN over TCP"),
        (seen(HTTP[0], PUBLIC), "four.example HTTPS"),
        (replace(seen(HTTP[0], PUBLIC), witness="http://ip.four.example/"), "four.example HTTP"),
        (DOH, "cloudflare.com DoH"),
        (replace(missed(HTTP[0]), witness="four.example (DoH)"), "four.example DoH"),
        (replace(seen(STUN[0], PUBLIC), source="interface"), "this machine"),
    ],
)
def test_one_operator_is_told_by_the_protocol_that_it_spoke(said: Observation, name: str) -> None:
    assert speaker(said) == name


def test_who_says_so_has_a_line_for_each_family() -> None:
    four = replace(seen(STUN[0], PUBLIC), elapsed=0.018)
    assert isinstance(SEEN6, Seen)
    assert list(who_says((four, missed(STUN[1]), SEEN6))) == [
        "IPv4: one.example STUN 18 ms · 1 named none",
        "IPv6: one.example STUN under 1 ms",
    ]
    assert list(who_says((missed(STUN[0]),))) == ["Nobody: 1 were asked, none named an address."]
    assert list(who_says(())) == ["Nobody was asked."]
