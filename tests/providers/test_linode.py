"""Linode: what its refusals mean, its steps of TTLs, its pages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.engine.outcome import Cause, Changed, Refused
from providers.engine.wire import Secret
from providers.linode import LINODE
from tests.support.provider_fakes.linode import Linode
from tests.support.scripted import NAME, ZONE, brought, told

NEW = "198.51.100.2"
TOKEN = {"token": Secret("my-own")}
DOMAINS = {"data": [{"id": 71, "domain": ZONE}], "page": 1, "pages": 1, "results": 1}
NONE: dict[str, Any] = {"data": [], "page": 1, "pages": 1, "results": 0}


def no(reason: str) -> object:
    return {"errors": [{"reason": reason}]}


@pytest.mark.parametrize(
    ("status", "reason", "cause", "words"),
    [
        (401, "Invalid Token", Cause.CREDENTIALS, "may have expired"),
        (
            401,
            "Your OAuth token is not authorized to use this endpoint.",
            Cause.CREDENTIALS,
            "Domains: Read/Write",
        ),
        (403, "Unauthorized", Cause.CREDENTIALS, "Domains: Read/Write"),
        (400, "Record conflict - CNAMES must be unique", Cause.CONFLICT, "clashes"),
    ],
)
def test_a_refusal_says_what_to_do(status: int, reason: str, cause: Cause, words: str) -> None:
    again = [(200, NONE)] if cause is Cause.CONFLICT else []  # a conflict is looked at once more
    end = told(LINODE, TOKEN, (200, DOMAINS), (200, NONE), (status, no(reason)), *again)
    assert isinstance(end, Refused)
    assert end.cause is cause
    assert words in end.text


@pytest.mark.parametrize(("asked", "stored"), [(30, 30), (60, 120), (301, 3600), (9**9, 2419200)])
def test_a_ttl_between_the_steps_is_rounded_up(asked: int, stored: int) -> None:
    end, fake = brought(LINODE, Linode, NEW, ttl=asked)
    assert end == Changed()
    _, _, body = fake.heard[-1]
    assert json.loads(body)["ttl_sec"] == stored


def test_a_record_on_the_second_page_is_found() -> None:
    def before(fake: Linode) -> None:
        for number in range(500):
            fake.seed(f"host{number}.{ZONE}", "A", "198.51.100.9")
        fake.seed(NAME, "A", "198.51.100.1")

    end, fake = brought(LINODE, Linode, NEW, before=before)
    assert end == Changed()
    assert fake.writes == ["PUT /domains/71/records/1500"]


def test_a_record_with_the_ttl_of_its_zone_keeps_it() -> None:
    def before(fake: Linode) -> None:
        fake.seed(NAME, "A", "198.51.100.1", ttl=0)

    end, fake = brought(LINODE, Linode, NEW, before=before)
    assert end == Changed()
    assert [(held.content, held.ttl) for held in fake.at(NAME)] == [(NEW, 0)]
