"""Huawei Cloud DNS: what its refusals mean, its regions, and record sets that stay as they are."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from providers.engine.outcome import Cause, Changed, Refused
from providers.engine.wire import Request
from providers.huawei import HUAWEI
from tests.support.provider_fakes.huawei import Huawei, no
from tests.support.provider_fakes.vendor import No, Settings
from tests.support.scripted import NAME, brought, job

OLD, NEW, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"
Spoil = Callable[[Huawei], object]


class Stranger(Huawei):
    def settings(self) -> Settings:
        return {**super().settings(), "access_key": "HWAKsomebody"}


def slow(fake: Huawei) -> None:
    fake.now = lambda: time.time() + 3600  # so the clock here is an hour slow


def weighted(fake: Huawei) -> None:
    fake.seed(NAME, "A", OLD, OTHER)
    for part, held in enumerate(fake.at(NAME)):
        held.more["set"] = str(part)


def being(**more: Any) -> Spoil:
    def spoil(fake: Huawei) -> None:
        fake.seed(NAME, "A", OLD, **more)

    return spoil


def refusing(status: int, code: str, key: str = "code") -> Spoil:
    def refuse() -> None:
        raise No(status, {key: code}) if key != "code" else no(status, code, "")

    def spoil(fake: Huawei) -> None:
        fake.before_write = refuse

    return spoil


@pytest.mark.parametrize(
    ("spoil", "cause", "words"),
    [
        (slow, Cause.TRANSIENT, "set it"),
        (weighted, Cause.REJECTED, "make them one"),
        (being(status="DISABLE"), Cause.REJECTED, "enable or delete it"),
        (being(alias_target={"resource_type": "waf"}), Cause.REJECTED, "is an alias"),
        (refusing(401, "DNS.0005"), Cause.CREDENTIALS, "DNS Administrator"),
        (refusing(403, "APIGW.0302", "error_code"), Cause.CREDENTIALS, "DNS Administrator"),
        (refusing(429, "APIGW.0308", "error_code"), Cause.RATE_LIMITED, "too often"),
        (refusing(403, "DNS.0014"), Cause.RATE_LIMITED, "too often"),
        (refusing(403, "DNS.0013"), Cause.BLOCKED, "frozen"),
        (refusing(403, "DNS.0040"), Cause.BLOCKED, "verify your identity"),
        (refusing(403, "DNS.0403"), Cause.BLOCKED, "quota"),
        (refusing(400, "DNS.0312"), Cause.CONFLICT, "already"),
        (refusing(409, "DNS.0314"), Cause.TRANSIENT, "last change"),
        (refusing(400, "DNS.0319"), Cause.REJECTED, "TTL"),
    ],
)
def test_a_refusal_says_what_to_do(spoil: Spoil, cause: Cause, words: str) -> None:
    def before(fake: Huawei) -> None:
        fake.seed(NAME, "A", OLD)
        spoil(fake)

    end, fake = brought(HUAWEI, Huawei, NEW, before=before)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text
    assert NEW not in fake.held(NAME, "A")


def test_a_key_of_somebody_else_is_told() -> None:
    end, fake = brought(HUAWEI, Stranger, NEW)
    assert isinstance(end, Refused)
    assert end.cause is Cause.CREDENTIALS
    assert "make a new one at My Credentials" in end.text
    assert len(fake.calls) == 1


def test_a_record_set_of_another_line_stays() -> None:
    def before(fake: Huawei) -> None:
        fake.seed(NAME, "A", OLD, line="Dianxin")

    end, fake = brought(HUAWEI, Huawei, NEW, before=before)
    assert end == Changed()
    lines = {held.content: held.more.get("line") for held in fake.at(NAME)}
    assert lines == {OLD: "Dianxin", NEW: "default_view"}


def test_a_description_stays_when_its_address_goes() -> None:
    def before(fake: Huawei) -> None:
        fake.seed(NAME, "A", OLD, description="the router at home")

    _, fake = brought(HUAWEI, Huawei, NEW, before=before)
    assert [(held.content, held.more["description"]) for held in fake.at(NAME)] == [
        (NEW, "the router at home")
    ]


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        ({}, "https://dns.myhuaweicloud.com/"),
        ({"region": "cn-north-4"}, "https://dns.cn-north-4.myhuaweicloud.com/"),
        ({"region": "cn-north-4", "endpoint": "https://dns.test"}, "https://dns.test/"),
    ],
)
def test_a_region_is_called_at_its_own_address(settings: Settings, host: str) -> None:
    first = next(HUAWEI.update(job(NEW, settings=settings)))
    assert isinstance(first, Request)
    assert first.url == f"{host}v2/zones"
