"""Scaleway: what its refusals mean to a person, its pages, and what must stay as it is."""

from __future__ import annotations

import json

import pytest

from providers.engine.outcome import Cause, Changed, Refused
from providers.scaleway import SCALEWAY
from tests.support.provider_fakes.scaleway import Scaleway, no
from tests.support.scripted import NAME, ZONE, brought

OLD, NEW = "198.51.100.1", "198.51.100.2"


@pytest.mark.parametrize(
    ("kind", "cause", "words"),
    [
        ("denied_authentication", Cause.CREDENTIALS, "IAM > API keys"),
        ("permissions_denied", Cause.CREDENTIALS, "DomainsDNSFullAccess"),
        ("quotas_exceeded", Cause.BLOCKED, "delete records or ask"),
        ("resource_expired", Cause.BLOCKED, "renew it"),
        ("precondition_failed", Cause.REJECTED, "its own name servers"),
        ("locked", Cause.TRANSIENT, "tried again"),
        ("transient_state", Cause.TRANSIENT, "tried again"),
    ],
)
def test_a_refusal_says_what_to_do(kind: str, cause: Cause, words: str) -> None:
    def before(fake: Scaleway) -> None:
        def refuse() -> None:
            raise no(kind)

        fake.before_write = refuse

    end, _ = brought(SCALEWAY, Scaleway, NEW, before=before)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text


@pytest.mark.parametrize("way", ["geo_ip_config", "weighted_config", "http_service_config"])
def test_what_answers_by_place_or_weight_is_not_touched(way: str) -> None:
    def before(fake: Scaleway) -> None:
        fake.seed(NAME, "A", OLD, **{way: {"default": OLD}})

    end, fake = brought(SCALEWAY, Scaleway, NEW, before=before)
    assert isinstance(end, Refused)
    assert end.cause is Cause.REJECTED
    assert (fake.held(NAME, "A"), fake.writes) == ([OLD], [])


def test_the_apex_is_found_on_a_later_page() -> None:
    def before(fake: Scaleway) -> None:
        for number in range(150):
            fake.seed(f"host{number}.{ZONE}", "A", OLD)
        fake.seed(ZONE, "A", OLD)

    end, fake = brought(SCALEWAY, Scaleway, NEW, name=ZONE, before=before)
    assert end == Changed()
    assert fake.held(ZONE, "A") == [NEW]
    assert len(fake.records) == 151


def test_a_comment_stays_when_its_address_goes() -> None:
    def before(fake: Scaleway) -> None:
        fake.seed(NAME, "A", OLD, comment="the router at home")

    _, fake = brought(SCALEWAY, Scaleway, NEW, before=before)
    assert [(held.content, held.more["comment"]) for held in fake.at(NAME)] == [
        (NEW, "the router at home")
    ]


def test_no_zone_is_made_by_the_way() -> None:
    _, fake = brought(SCALEWAY, Scaleway, NEW)
    ((_, _, body),) = [heard for heard in fake.heard if heard[0] == "PATCH"]
    assert json.loads(body)["disallow_new_zone_creation"] is True
