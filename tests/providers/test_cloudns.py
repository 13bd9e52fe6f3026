"""ClouDNS beyond what every provider is asked: who one is, its refusals, its steps of TTLs."""

from __future__ import annotations

import pytest

from providers.cloudns import CLOUDNS
from providers.engine.outcome import Changed, Refused
from providers.engine.wire import Secret
from tests.support.provider_fakes.cloudns import ClouDns
from tests.support.scripted import NAME, Answer, brought, told

SETTINGS = ClouDns().settings()
ZONE: Answer = (200, {"name": "example.test", "type": "master", "zone": "domain", "status": "1"})
NO_RECORDS: Answer = (200, [])


def failed(said: str) -> Answer:
    return (200, {"status": "Failed", "statusDescription": said})


REFUSALS: list[tuple[list[Answer], str, str]] = [
    ([failed("Invalid authentication, incorrect auth-id …")], "credentials", "with this password"),
    ([failed("You don't have access to the HTTP API. Check your plan.")], "blocked", "a paid one"),
    ([failed("You don't have permission to do that.")], "credentials", "add the zone to it"),
    ([failed("Missing domain-name")], "not_found", "no zone example.test"),
    ([failed("What nobody expects")], "confused", "What nobody expects"),
    ([ZONE, NO_RECORDS, failed("Invalid TTL")], "rejected", "does not accept this record"),
]


@pytest.mark.parametrize(("answers", "cause", "words"), REFUSALS)
def test_a_refusal_says_what_to_do(answers: list[Answer], cause: str, words: str) -> None:
    end = told(CLOUDNS, SETTINGS, *answers)
    assert isinstance(end, Refused)
    assert end.cause == cause
    assert words in end.text


def test_what_is_not_said_to_be_a_success_is_none() -> None:
    end = told(CLOUDNS, SETTINGS, ZONE, NO_RECORDS, (200, {"status": "Pending"}))
    assert type(end).__name__ == "Unconfirmed"


@pytest.mark.parametrize("who", ["auth_id", "sub_auth_id", "sub_auth_user"])
def test_each_kind_of_user_is_named_in_the_form(who: str) -> None:
    class Fake(ClouDns):
        def settings(self) -> dict[str, str | Secret | int | bool]:
            return {who: self.auth_id, "auth_password": Secret(self.token)}

    end, fake = brought(CLOUDNS, Fake, "198.51.100.2")
    assert end == Changed()
    assert all(f"{who.replace('_', '-')}=1234&".encode() in body for _, _, body in fake.heard)


@pytest.mark.parametrize("more", [{"status": 0}, {"geodns-location-code": "EU"}])
def test_what_is_off_or_for_another_place_is_left_alone(more: dict[str, object]) -> None:
    def before(fake: ClouDns) -> None:
        fake.seed(NAME, "A", "198.51.100.1", **more)

    end, fake = brought(CLOUDNS, ClouDns, "198.51.100.2", before=before)
    assert end == Changed()
    assert fake.held(NAME, "A") == ["198.51.100.1", "198.51.100.2"]


def test_a_ttl_is_rounded_up_to_the_next_step() -> None:
    _, fake = brought(CLOUDNS, ClouDns, "198.51.100.2", ttl=61)
    assert [record.ttl for record in fake.at(NAME)] == [300]
