"""Alibaba Cloud DNS: what its refusals mean, its older signature, and records of other lines."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from providers.aliyun import ALIYUN
from providers.engine.outcome import Cause, Changed, Refused
from providers.engine.wire import Secret
from tests.support.provider_fakes.aliyun import Aliyun, no
from tests.support.provider_fakes.vendor import Settings
from tests.support.scripted import NAME, brought

OLD, NEW = "198.51.100.1", "198.51.100.2"
Spoil = Callable[[Aliyun], object]


class Stranger(Aliyun):
    def settings(self) -> Settings:
        return {**super().settings(), "access_key_id": "LTAIsomebody"}


class OldCloud(Aliyun):
    """A private cloud that knows the first version of the signature alone."""

    def settings(self) -> Settings:
        return {**super().settings(), "signature": "v1"}


class OldCloudOfSomebody(OldCloud):
    def settings(self) -> Settings:
        return {**super().settings(), "access_key_secret": Secret("wrong-secret")}


def locked(fake: Aliyun) -> None:
    fake.seed(NAME, "A", OLD, locked=True)


def free_plan(fake: Aliyun) -> None:
    fake.free = True


def alias(fake: Aliyun) -> None:
    def made() -> None:
        fake.seed(NAME, "CNAME", "elsewhere.test")

    fake.before_write = made


def fast(fake: Aliyun) -> None:
    fake.now = lambda: time.time() - 3600  # so the clock here is an hour fast


def refusing(status: int, code: str) -> Spoil:
    def refuse() -> None:
        raise no(status, code)

    def spoil(fake: Aliyun) -> None:
        fake.before_write = refuse

    return spoil


@pytest.mark.parametrize(
    ("spoil", "cause", "words"),
    [
        (locked, Cause.REJECTED, "unlock it in the console"),
        (free_plan, Cause.REJECTED, "set ttl = 600"),
        (alias, Cause.REJECTED, "excludes an address"),
        (fast, Cause.TRANSIENT, "set it"),
        (refusing(400, "SignatureNonceUsed"), Cause.TRANSIENT, "before"),
        (refusing(400, "InvalidTimeStamp.Format"), Cause.TRANSIENT, "set it"),
        (refusing(403, "Forbidden.RAM"), Cause.CREDENTIALS, "grant it the policy"),
        (refusing(403, "NoPermission"), Cause.CREDENTIALS, "grant it the policy"),
        (refusing(400, "Throttling.User"), Cause.RATE_LIMITED, "too often"),
        (refusing(400, "QuotaExceeded.Record"), Cause.BLOCKED, "upgrade it"),
        (refusing(400, "DomainExpiredDNSForbidden"), Cause.BLOCKED, "see its console"),
        (refusing(400, "DomainRecordDuplicate"), Cause.CONFLICT, "already"),
    ],
)
def test_a_refusal_says_what_to_do(spoil: Spoil, cause: Cause, words: str) -> None:
    def before(fake: Aliyun) -> None:
        fake.seed(NAME, "A", OLD)
        spoil(fake)

    end, fake = brought(ALIYUN, Aliyun, NEW, before=before, ttl=60)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text
    assert fake.held(NAME, "A") == [OLD]


@pytest.mark.parametrize("account", [Stranger, OldCloudOfSomebody])
def test_a_key_of_somebody_else_is_told(account: type[Aliyun]) -> None:
    end, fake = brought(ALIYUN, account, NEW)
    assert isinstance(end, Refused)
    assert end.cause is Cause.CREDENTIALS
    assert "does not accept the AccessKey; make a new one" in end.text
    assert len(fake.calls) == 1


def test_an_old_private_cloud_is_spoken_to_in_its_own_way() -> None:
    def before(fake: OldCloud) -> None:
        fake.seed(NAME, "A", OLD)

    end, fake = brought(ALIYUN, OldCloud, NEW, before=before)
    assert end == Changed()
    assert fake.held(NAME, "A") == [NEW]
    assert all("SignatureVersion=1.0" in call for call in fake.calls)


@pytest.mark.parametrize("theirs", [{"line": "telecom"}, {"status": "DISABLE"}])
def test_another_line_and_a_disabled_record_stay(theirs: dict[str, str]) -> None:
    def before(fake: Aliyun) -> None:
        fake.seed(NAME, "A", OLD, **theirs)

    end, fake = brought(ALIYUN, Aliyun, NEW, before=before)
    assert end == Changed()
    assert fake.held(NAME, "A") == [OLD, NEW]
    assert {record.ttl for record in fake.at(NAME) if record.content == NEW} == {600}
