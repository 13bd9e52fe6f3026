"""Route 53: what its refusals mean to a person, and what must stay as it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from providers.engine.errors import Confused
from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from providers.engine.route53_xml import xml_of
from providers.engine.wire import Response, Secret
from providers.route53 import ROUTE53
from tests.support.provider_fakes.route53 import Route53, no
from tests.support.provider_fakes.vendor import Settings
from tests.support.scripted import NAME, Answer, brought, told

OLD, NEW = "198.51.100.1", "198.51.100.2"
SETTINGS: Settings = {
    "access_key": "AKID",
    "secret_key": Secret("hush"),
    "session_token": Secret("fleeting"),
}


def said(status: int, code: str, message: str = "so it is") -> Answer:
    document = no(status, code, message).said.document
    assert isinstance(document, str)
    return status, document


@pytest.mark.parametrize(
    ("answer", "cause", "words"),
    [
        (said(403, "InvalidClientTokenId"), Cause.CREDENTIALS, "make a new key in IAM"),
        (said(403, "SignatureDoesNotMatch"), Cause.CREDENTIALS, "enter both anew"),
        (
            said(403, "SignatureDoesNotMatch", "Signature expired: 2026 is now earlier than 2027"),
            Cause.TRANSIENT,
            "set the clock",
        ),
        (said(403, "RequestExpired"), Cause.TRANSIENT, "set the clock"),
        (said(403, "ExpiredToken"), Cause.CREDENTIALS, "get a new one"),
        (said(403, "AccessDenied", "User is not authorized"), Cause.CREDENTIALS, "its policy"),
        (said(403, "OptInRequired"), Cause.BLOCKED, "sign up"),
        (said(400, "Throttling", "Rate exceeded"), Cause.RATE_LIMITED, "too often"),
        (said(400, "PriorRequestNotComplete"), Cause.TRANSIENT, "still busy"),
        (said(404, "NoSuchHostedZone"), Cause.NOT_FOUND, "zone_id"),
        (said(400, "InvalidInput", "bad name"), Cause.REJECTED, "bad name"),
    ],
    ids=lambda value: value[1].split("Code>")[1][:-2] if isinstance(value, tuple) else "",
)
def test_a_refusal_says_what_to_do(answer: Answer, cause: Cause, words: str) -> None:
    end = told(ROUTE53, SETTINGS, answer)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text
    assert "<" not in end.text


def other(name: str, rtype: str, **more: str) -> Callable[[Route53], object]:
    return lambda fake: fake.seed(name, rtype, OLD, **more)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (other(NAME, "A", AliasTarget="d1.cloudfront.net"), "is an alias of something else"),
        (other(NAME, "A", SetIdentifier="home", Weight="10"), "routing policy"),
        (other(NAME, "A", HealthCheckId="abc"), "health check"),
        (other(NAME, "A", TrafficPolicyInstanceId="abc"), "traffic policy"),
        (other(NAME, "CNAME"), "delete it there first"),
    ],
)
def test_what_is_more_than_a_simple_record_is_left_alone(
    before: Callable[[Route53], object], words: str
) -> None:
    end, fake = brought(ROUTE53, Route53, NEW, before=before)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (Cause.REJECTED, True), end.text
    assert [record.content for record in fake.records.values()] == [OLD]


def test_the_name_that_follows_is_not_taken_for_the_one_asked_for() -> None:
    def before(fake: Route53) -> None:
        fake.seed(f"host.{NAME}", "A", NEW)  # with just the address that is wanted

    end, fake = brought(ROUTE53, Route53, NEW, before=before)
    assert end == Changed()
    assert fake.held(NAME, "A") == [NEW]


def test_a_private_zone_is_left_alone_unless_it_is_named() -> None:
    def before(fake: Route53) -> None:
        fake.private = set(fake.zones)

    end, _ = brought(ROUTE53, Route53, NEW, before=before)
    assert isinstance(end, Refused)
    assert end.cause is Cause.NOT_FOUND


class Chosen(Route53):
    """Two zones of one name; the settings name the second one."""

    def __init__(self, *zones: str) -> None:
        super().__init__(*zones, *zones)

    def settings(self) -> Settings:
        return {**super().settings(), "zone_id": "Z1EXAMPLE"}


class Twice(Chosen):
    """The same, and the settings name none."""

    def settings(self) -> Settings:
        return Route53.settings(self)


def test_of_two_zones_with_one_name_the_user_chooses() -> None:
    end, _ = brought(ROUTE53, Twice, NEW)
    assert isinstance(end, Refused)
    assert (end.cause, "zone_id" in end.text) == (Cause.REJECTED, True)
    end, fake = brought(ROUTE53, Chosen, NEW)
    assert end == Changed()
    assert fake.writes == ["POST /hostedzone/Z1EXAMPLE/rrset/"]


def test_a_zone_id_of_another_zone_is_noticed() -> None:
    end, fake = brought(ROUTE53, Chosen, NEW, before=rename)
    assert isinstance(end, Refused)
    assert end.cause is Cause.NOT_FOUND
    assert fake.writes == []


def rename(fake: Route53) -> None:
    fake.zones = dict.fromkeys(fake.zones, "other.test")


@pytest.mark.parametrize("after", ["", OLD])
def test_somebody_who_was_faster_is_looked_at_again(after: str) -> None:
    """A DELETE names what is held; of what is gone already, nothing is left to do."""

    def somebody(fake: Route53) -> None:
        fake.seed(NAME, "A", *filter(None, [after]))

    def before(fake: Route53) -> None:
        fake.seed(NAME, "A", NEW)
        fake.before_write = partial(somebody, fake)

    end, fake = brought(ROUTE53, Route53, before=before)
    if after:
        assert isinstance(end, Refused)
        assert end.cause is Cause.CONFLICT
    else:
        assert isinstance(end, Unchanged)
    assert fake.held(NAME, "A") == [*filter(None, [after])]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa">]><x><y>&a;</y></x>'


@pytest.mark.parametrize(
    "body",
    [
        BOMB.encode(),
        b" " * 5000 + BOMB.encode(),
        BOMB.encode("utf-16"),
        b"<x>" * 100_000 + b"</x>" * 100_000,
        b"<x/>",
        b"<x>text</x>",
        b"<x><y></x>",
        b"\xff\xfe\x00",
        b"",
    ],
)
def test_damaged_xml_is_told_and_no_entity_is_read(body: bytes) -> None:
    with pytest.raises(Confused, match="not the documented XML"):
        xml_of(Response(status=200, body=body))
