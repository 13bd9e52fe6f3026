from __future__ import annotations

import pytest

from providers.engine.outcome import Cause
from providers.engine.wire import Job, RRset
from providers.engine.zones import candidates, inside, strangers


def job(*names: str, zone: str = "", **settings: str) -> Job:
    rrsets = tuple(RRset(name=name, rtype="A", values=frozenset()) for name in names)
    return Job(zone=zone, rrsets=rrsets, settings=settings)


@pytest.mark.parametrize(
    ("errand", "tried"),
    [
        (job("a.b.example.com"), ("a.b.example.com", "b.example.com", "example.com", "com")),
        (job("*.b.example.com"), ("b.example.com", "example.com", "com")),
        (job("nas.lan"), ("nas.lan", "lan")),
        (job("a.example.com", "b.example.com"), ("example.com", "com")),
        (job("a.b.example.com", zone="b.example.com"), ("b.example.com",)),
        (job("a.example.com", "b.example.org"), ()),
    ],
)
def test_zones_are_tried_from_the_longest_parent_that_holds_every_name(
    errand: Job, tried: tuple[str, ...]
) -> None:
    assert candidates(errand) == tried


def test_the_configured_zone_wins_over_the_one_that_dns_told() -> None:
    errand = Job(
        zone="a.example.com",
        rrsets=job("www.a.example.com").rrsets,
        settings={"zone": "Example.COM."},
    )
    assert candidates(errand) == ("example.com",)


@pytest.mark.parametrize(
    ("name", "zone", "answer"),
    [
        ("example.com", "example.com", True),
        ("*.example.com", "example.com", True),
        ("a.example.com", "example.com", True),
        ("notexample.com", "example.com", False),
        ("example.com", "a.example.com", False),
    ],
)
def test_inside_goes_by_whole_labels(name: str, zone: str, answer: bool) -> None:
    assert inside(name, zone) is answer


def test_a_name_outside_its_zone_is_refused_by_name() -> None:
    refused = strangers(job("a.example.com", "b.example.org"), "example.com")
    assert refused is not None
    assert refused.cause is Cause.REJECTED
    assert "b.example.org" in refused.text
    assert strangers(job("a.example.com"), "example.com") is None
