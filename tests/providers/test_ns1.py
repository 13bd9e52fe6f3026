"""NS1: RRsets that are more than their addresses stay as they are, and refusals say what to do."""

from __future__ import annotations

import pytest

from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from providers.ns1 import NS1
from tests.support.provider_fakes.ns1 import Ns1, no
from tests.support.scripted import NAME, brought

OLD, NEW = "198.51.100.1", "198.51.100.2"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"filters": [{"filter": "up", "config": {}}]}, "steered"),
        ({"regions": {"eu": {"meta": {}}}}, "steered"),
        ({"tier": 3}, "steered"),
        ({"answers": [{"answer": [OLD], "meta": {"up": {"feed": "5"}}}]}, "steered"),
        ({"answers": [{"answer": [OLD], "region": "eu"}]}, "steered"),
        ({"link": "other.example.test", "answers": []}, "set the address there"),
    ],
    ids=["filters", "regions", "tier", "answer metadata", "answer region", "link"],
)
def test_what_is_more_than_its_addresses_is_not_touched(
    more: dict[str, object], words: str
) -> None:
    def before(fake: Ns1) -> None:
        fake.seed(NAME, "A", OLD, **more)

    end, fake = brought(NS1, Ns1, NEW, before=before)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (Cause.REJECTED, True), end.text
    assert (fake.held(NAME, "A"), fake.writes) == ([OLD], [])


def test_one_answer_may_hold_several_addresses() -> None:
    def before(fake: Ns1) -> None:
        fake.seed(NAME, "A", OLD, answers=[{"answer": [OLD, NEW], "meta": {}}])

    assert brought(NS1, Ns1, OLD, NEW, before=before)[0] == Unchanged()


@pytest.mark.parametrize(
    ("refused", "cause", "words"),
    [
        (no(401, "Unauthorized"), Cause.CREDENTIALS, "NS1 portal > Account settings"),
        (no(403, "permission denied"), Cause.CREDENTIALS, "let it manage zones"),
        (no(400, "invalid answers"), Cause.REJECTED, "invalid answers"),
    ],
)
def test_a_refusal_says_what_to_do(refused: Exception, cause: Cause, words: str) -> None:
    def before(fake: Ns1) -> None:
        def refuse() -> None:
            raise refused

        fake.before_write = refuse

    end, _ = brought(NS1, Ns1, NEW, before=before)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text


@pytest.mark.parametrize(("made", "kind"), [(NEW, Unchanged), (OLD, Refused)])
def test_somebody_who_was_faster_is_looked_at_again(made: str, kind: type) -> None:
    def before(fake: Ns1) -> None:
        def somebody() -> None:
            fake.seed(NAME, "A", made, ttl=300)

        fake.before_write = somebody

    assert isinstance(brought(NS1, Ns1, NEW, before=before)[0], kind)


def test_the_rest_of_the_zone_is_not_asked_for() -> None:
    end, fake = brought(NS1, Ns1, NEW)
    assert end == Changed()
    assert fake.calls[0] == "GET /zones/example.test?records=false"
