"""What the happenings amount to: flips, the one sentence when it failed, and the JSON document."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from agent.demo.tale import (
    Checked,
    Flip,
    Happening,
    LineUp,
    Noticed,
    Published,
    Quiet,
    Served,
    Stalled,
    Tale,
    flips,
    problem,
    to_json,
)

FIRST, SECOND = IPv4Address("81.2.69.142"), IPv4Address("81.2.69.160")
STALLED = Stalled(waited=10.0, last_word="the router is silent.")


def chapter(
    before: IPv4Address | None, address: IPv4Address, *, at: float = 0.0
) -> tuple[Happening, ...]:
    """One address that comes through in every respect."""
    right = frozenset({str(address)})
    return (
        LineUp(at=at, before=before, address=address),
        Noticed(after=0.1, sources=("upnp", "stun")),
        Published(
            after=0.2,
        ),
        Served(after=0.35, agreeing=2, asked=2),
        Checked(wanted=address, answers=(right, right)),
    )


WELL = Tale(
    happenings=(*chapter(None, FIRST), *chapter(FIRST, SECOND), Quiet(at=3.0)),
    planned=2,
    calls=2,
    rounds=3,
)


def test_each_address_is_summed_up_with_its_times() -> None:
    whole = Flip(before=None, address=FIRST, noticed=0.1, published=0.2, served=0.35, verified=True)
    assert flips(WELL.happenings) == (whole, replace(whole, before=FIRST, address=SECOND))


def test_a_tale_that_went_well_has_no_problem() -> None:
    assert problem(WELL) == ""


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [
        (1, "81.2.69.160 was not noticed"),
        (2, "81.2.69.160 was noticed but not published"),
        (3, "81.2.69.160 was published but is not served by every name server"),
    ],
)
def test_a_chapter_that_stops_is_named_by_how_far_it_came(kept: int, sentence: str) -> None:
    told = (*chapter(None, FIRST), *chapter(FIRST, SECOND)[:kept], STALLED)
    expected = f"{sentence} within 10 s; upstun's last word was: the router is silent."
    assert problem(replace(WELL, happenings=told)) == expected


def test_without_a_last_word_none_is_made_up() -> None:
    told = (*chapter(FIRST, SECOND)[:1], replace(STALLED, last_word=""))
    assert problem(replace(WELL, happenings=told)) == "81.2.69.160 was not noticed within 10 s."


@pytest.mark.parametrize(
    "answers",
    [
        (frozenset({str(SECOND)}), frozenset({str(FIRST)})),
        (frozenset({str(SECOND)}), frozenset()),
        (frozenset({str(SECOND), str(FIRST)}),) * 2,
        (),
    ],
    ids=["one lags", "one is silent", "both have one too many", "nobody was asked"],
)
def test_only_the_same_single_address_everywhere_is_right(
    answers: tuple[frozenset[str], ...],
) -> None:
    told = (*chapter(FIRST, SECOND)[:-1], Checked(wanted=SECOND, answers=answers))
    sentence = "81.2.69.160 is not what every name server answers when asked directly."
    assert problem(replace(WELL, happenings=told)) == sentence


@pytest.mark.parametrize(
    ("tale", "sentence"),
    [
        (replace(WELL, planned=4), "only 2 of 4 addresses were shown."),
        (replace(WELL, calls=3), "the provider was called 3 times where 2 are enough."),
        (
            replace(WELL, happenings=(*WELL.happenings[:-1], STALLED)),
            "all went well, but no further look came within 10 s; "
            "upstun's last word was: the router is silent.",
        ),
        (replace(WELL, happenings=(), fault="no room."), "no room."),
    ],
    ids=["too few addresses", "too many calls", "no quiet look", "no home"],
)
def test_other_ways_to_fail(tale: Tale, sentence: str) -> None:
    assert problem(tale) == sentence


def test_the_document_lists_the_changes_and_not_the_first_address() -> None:
    assert to_json(WELL) == {
        "schema": "upstun.demo/1",
        "flips": [
            {
                "from": "81.2.69.142",
                "to": "81.2.69.160",
                "noticed_ms": 100,
                "published_ms": 200,
                "served_ms": 350,
                "verified": True,
            }
        ],
        "provider_calls": 2,
        "rounds": 3,
        "problem": None,
    }


def test_the_document_of_a_failure_keeps_unknown_apart_from_zero() -> None:
    told = (*chapter(None, FIRST), *chapter(FIRST, SECOND)[:2], STALLED)
    document = to_json(replace(WELL, happenings=told))
    assert document["flips"][0]["published_ms"] is None
    assert document["flips"][0]["verified"] is False
    assert document["problem"].startswith("81.2.69.160 was noticed but not published")
