"""Netlify: what its refusals mean, what it keeps itself, and the description it is held against."""

from __future__ import annotations

from typing import Any

import pytest

from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from providers.netlify import NETLIFY
from tests.support.openapi import Exchange, description
from tests.support.provider_fakes.netlify import Netlify, no
from tests.support.scripted import NAME, ZONE, brought
from tests.support.tools import need_vendor

OLD, NEW = "198.51.100.1", "198.51.100.2"


@pytest.mark.parametrize(
    ("refusal", "cause", "words"),
    [
        (no(401, "Access Denied"), Cause.CREDENTIALS, "may have expired"),
        (no(403, "Forbidden"), Cause.CREDENTIALS, "not manage DNS in this team"),
        (no(422, "A record already exists with that value"), Cause.CONFLICT, "already"),
        (no(422, "ttl is invalid"), Cause.REJECTED, "ttl is invalid"),
    ],
)
def test_a_refusal_says_what_to_do(refusal: Any, cause: Cause, words: str) -> None:
    def refuse() -> None:
        raise refusal

    def before(fake: Netlify) -> None:
        fake.before_write = refuse

    end, fake = brought(NETLIFY, Netlify, NEW, before=before)
    assert isinstance(end, Refused)
    assert end.cause is cause
    assert words in end.text
    assert fake.held(NAME, "A") == []


def test_the_new_record_stands_before_the_old_one_goes() -> None:
    end, fake = brought(NETLIFY, Netlify, NEW, before=lambda fake: fake.seed(NAME, "A", OLD))
    assert end == Changed()
    records = "/dns_zones/71/dns_records"
    assert fake.writes == [f"POST {records}", f"DELETE {records}/1000"]


def test_a_ttl_alone_is_not_worth_a_moment_with_two_records() -> None:
    def before(fake: Netlify) -> None:
        fake.seed(NAME, "A", NEW, ttl=3600)

    end, fake = brought(NETLIFY, Netlify, NEW, before=before, ttl=60)
    assert end == Unchanged()
    assert fake.writes == []


def test_what_the_vendor_keeps_itself_is_left_alone() -> None:
    def before(fake: Netlify) -> None:
        fake.seed(NAME, "A", OLD, managed=True)

    end, fake = brought(NETLIFY, Netlify, NEW, before=before)
    assert end == Changed()
    assert fake.held(NAME, "A") == [OLD, NEW]


@pytest.mark.oracle("netlify", "the vendor's API description")
@pytest.mark.parametrize("values", [(), (OLD,), (NEW, OLD)])
def test_the_vendors_description_finds_nothing_wrong(values: tuple[str, ...]) -> None:
    need_vendor("netlify.json")
    end, fake = brought(NETLIFY, Netlify, NEW, before=lambda fake: fake.seed(NAME, "A", *values))
    assert end == Changed()
    assert fake.violations == []
    assert fake.held(NAME, "A") == [NEW]


POST = ("POST", "/api/v1/dns_zones/71/dns_records")


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "words"),
    [
        (*POST, {}, b'{"ttl": "60"}', "integer"),
        (*POST, {}, b"", "body"),
        ("PUT", "/api/v1/dns_zones/71/dns_records/5", {}, b"{}", "not found"),
        ("GET", "/api/v1/dns_zones", {"name": ZONE}, b"", "unknown query parameter name"),
        ("GET", "/v1/dns_zones", {}, b"", "not found"),
    ],
)
def test_the_vendors_description_finds_what_is_wrong(
    method: str, path: str, query: dict[str, str], body: bytes, words: str
) -> None:
    need_vendor("netlify.json")
    vendor = description("netlify.json", "https://api.netlify.com")
    assert vendor is not None
    headers = {"Authorization": "Bearer token", "Content-Type": "application/json"}
    exchange = Exchange(method=method, path=path, query=query, headers=headers, body=body)
    assert words in " ".join(vendor.violations(exchange)).lower()


def test_the_vendors_description_wants_a_token() -> None:
    need_vendor("netlify.json")
    vendor = description("netlify.json", "https://api.netlify.com")
    assert vendor is not None
    exchange = Exchange(method="GET", path="/api/v1/dns_zones", query={}, headers={})
    assert vendor.violations(exchange) != []
    signed = {"Authorization": "Bearer token"}
    exchange = Exchange(method="GET", path="/api/v1/dns_zones", query={}, headers=signed)
    wrong = (200, b'[{"id": 71, "name": "example.test"}]')
    assert vendor.violations(exchange) == []
    assert vendor.violations(exchange, wrong) != []
