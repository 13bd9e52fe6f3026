"""Azure DNS: what its refusals mean to a person, and what must stay as it is."""

from __future__ import annotations

from functools import partial

import pytest

from providers.azure import AZURE
from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from tests.support.provider_fakes.azure import Azure, entra, no
from tests.support.provider_fakes.vendor import No, Settings
from tests.support.scripted import NAME, ZONE, Answer, brought, told

OLD, NEW = "198.51.100.1", "198.51.100.2"
SETTINGS = Azure(ZONE).settings()
TOKEN: Answer = (200, {"access_token": "fleeting", "expires_in": 3599, "token_type": "Bearer"})


def login(error: str, number: int) -> list[Answer]:
    said = entra(401, error, number, "so it is").said
    return [(said.status, said.document)]


def refused(refusal: No) -> list[Answer]:
    return [TOKEN, (refusal.said.status, refusal.said.document)]


@pytest.mark.parametrize(
    ("answers", "cause", "words"),
    [
        (login("invalid_client", 7000215), Cause.CREDENTIALS, "not its ID"),
        (login("invalid_client", 7000222), Cause.CREDENTIALS, "make a new one"),
        (login("unauthorized_client", 700016), Cause.CREDENTIALS, "does not know client_id"),
        (login("invalid_request", 90002), Cause.CREDENTIALS, "correct tenant_id"),
        (login("access_denied", 53003), Cause.BLOCKED, "Conditional Access"),
        (refused(no(403, "AuthorizationFailed", "x")), Cause.CREDENTIALS, "DNS Zone Contributor"),
        (
            refused(no(401, "InvalidAuthenticationTokenTenant", "x")),
            Cause.CREDENTIALS,
            "another tenant_id",
        ),
        (refused(no(404, "SubscriptionNotFound", "x")), Cause.REJECTED, "subscription_id"),
        (refused(no(409, "ReadOnlyDisabledSubscription", "x")), Cause.BLOCKED, "disabled"),
        (refused(no(409, "ScopeLocked", "x")), Cause.BLOCKED, "lock"),
        (refused(no(409, "Conflict", "x", wrapped=False)), Cause.CONFLICT, "meanwhile"),
    ],
)
def test_a_refusal_says_what_to_do(answers: list[Answer], cause: Cause, words: str) -> None:
    end = told(AZURE, SETTINGS, *answers)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text


def test_a_resource_group_that_is_none_is_told_as_such() -> None:
    class Elsewhere(Azure):
        def settings(self) -> Settings:
            return {**super().settings(), "resource_group": "other-rg"}

    end, _ = brought(AZURE, Elsewhere, NEW)
    assert isinstance(end, Refused)
    assert (end.cause, "correct it" in end.text) == (Cause.REJECTED, True), end.text


def test_an_alias_of_a_resource_is_left_alone() -> None:
    def before(fake: Azure) -> None:
        fake.seed(NAME, "A", OLD)
        fake.alias = "/subscriptions/x/publicIPAddresses/front"

    end, fake = brought(AZURE, Azure, NEW, before=before)
    assert isinstance(end, Refused)
    assert (end.cause, "alias of another Azure resource" in end.text) == (Cause.REJECTED, True)
    assert fake.writes == []


def test_an_alias_of_a_name_is_told_as_such() -> None:
    end, _ = brought(AZURE, Azure, NEW, before=lambda fake: fake.seed(NAME, "CNAME", "a.test"))
    assert isinstance(end, Refused)
    assert (end.cause, "delete it there first" in end.text) == (Cause.REJECTED, True), end.text


def test_the_tags_of_a_record_set_stay() -> None:
    def before(fake: Azure) -> None:
        fake.seed(NAME, "A", OLD)
        fake.tags = {"owner": "me"}

    end, fake = brought(AZURE, Azure, NEW, before=before)
    assert end == Changed()
    assert fake.tags == {"owner": "me"}


@pytest.mark.parametrize(
    ("before", "meanwhile", "same"),
    [((OLD,), ("198.51.100.9",), False), ((), (OLD,), False), ((), (NEW,), True)],
    ids=["changed", "created", "created alike"],
)
def test_somebody_who_was_faster_is_looked_at_again(
    before: tuple[str, ...], meanwhile: tuple[str, ...], same: bool
) -> None:
    def somebody(fake: Azure) -> None:
        fake.seed(NAME, "A", *meanwhile)

    def prepare(fake: Azure) -> None:
        fake.seed(NAME, "A", *before)
        fake.before_write = partial(somebody, fake)

    end, fake = brought(AZURE, Azure, NEW, before=prepare)
    if same:
        assert isinstance(end, Unchanged)
    else:
        assert isinstance(end, Refused)
        assert end.cause is Cause.CONFLICT
    assert fake.held(NAME, "A") == list(meanwhile)
    assert len(fake.writes) == 1
