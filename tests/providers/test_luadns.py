"""LuaDNS beyond what every provider is asked: its refusals, its own records, its least TTL."""

from __future__ import annotations

import pytest

from providers.engine.outcome import Changed, Refused
from providers.luadns import LUADNS
from tests.support.provider_fakes.luadns import LuaDns
from tests.support.scripted import NAME, Answer, brought, told

SETTINGS = LuaDns().settings()
ZONES: Answer = (200, [{"id": 71, "name": "example.test"}])
REFUSALS: list[tuple[list[Answer], str, str]] = [
    ([(401, "")], "credentials", "whether the API is on"),
    ([(403, {"message": "Forbidden"})], "credentials", "make one for this zone under API Keys"),
    ([(200, [])], "not_found", "no zone example.test in this account"),
    ([ZONES, (200, []), (403, "")], "credentials", "does not let this key do that"),
    ([ZONES, (200, []), (400, [{"message": "invalid name"}])], "rejected", "invalid name"),
]


@pytest.mark.parametrize(("answers", "cause", "words"), REFUSALS)
def test_a_refusal_says_what_to_do(answers: list[Answer], cause: str, words: str) -> None:
    end = told(LUADNS, SETTINGS, *answers)
    assert isinstance(end, Refused)
    assert end.cause == cause
    assert words in end.text


def test_what_luadns_made_itself_is_left_alone() -> None:
    def before(fake: LuaDns) -> None:
        fake.seed(NAME, "A", "198.51.100.1", generated=True)

    end, fake = brought(LUADNS, LuaDns, "198.51.100.2", before=before)
    assert end == Changed()
    assert fake.held(NAME, "A") == ["198.51.100.1", "198.51.100.2"]


def test_a_ttl_below_the_least_one_is_raised_once_and_for_all() -> None:
    end, fake = brought(LUADNS, LuaDns, "198.51.100.2", ttl=60)
    assert end == Changed()
    assert [record.ttl for record in fake.at(NAME)] == [300]
