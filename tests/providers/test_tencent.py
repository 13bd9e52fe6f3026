"""DNSPod by Tencent Cloud: what its refusals mean, and records of other lines."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from providers.engine.outcome import Cause, Changed, Refused, Unconfirmed
from providers.engine.wire import Secret
from providers.tencent import TENCENT
from tests.support.provider_fakes.tencent import Tencent, no
from tests.support.provider_fakes.vendor import Settings
from tests.support.scripted import NAME, brought, told

OLD, NEW = "198.51.100.1", "198.51.100.2"
Spoil = Callable[[Tencent], object]
SETTINGS = Tencent("example.test").settings()


class Stranger(Tencent):
    def settings(self) -> Settings:
        return {**super().settings(), "secret_id": Secret("AKIDsomebody")}


def free_plan(fake: Tencent) -> None:
    fake.free = True


def slow(fake: Tencent) -> None:
    fake.now = lambda: time.time() + 600  # so the clock here is ten minutes slow


def refusing(code: str) -> Spoil:
    def refuse() -> None:
        raise no(code)

    def spoil(fake: Tencent) -> None:
        fake.before_write = refuse

    return spoil


@pytest.mark.parametrize(
    ("spoil", "cause", "words"),
    [
        (free_plan, Cause.REJECTED, "set ttl = 600"),
        (slow, Cause.TRANSIENT, "set it"),
        (refusing("AuthFailure.UnauthorizedOperation"), Cause.CREDENTIALS, "QcloudDNSPod"),
        (refusing("UnauthorizedOperation"), Cause.CREDENTIALS, "QcloudDNSPod"),
        (refusing("OperationDenied.NoPermissionToOperateDomain"), Cause.CREDENTIALS, "grant it"),
        (refusing("AuthFailure.TokenFailure"), Cause.CREDENTIALS, "make a new one"),
        (refusing("RequestLimitExceeded"), Cause.RATE_LIMITED, "too often"),
        (refusing("FailedOperation.FrequencyLimit"), Cause.RATE_LIMITED, "too often"),
        (refusing("LimitExceeded.FailedLoginLimitExceeded"), Cause.BLOCKED, "wrong keys"),
        (refusing("FailedOperation.NotRealNamedUser"), Cause.BLOCKED, "verify your identity"),
        (refusing("InvalidParameter.UnrealNameUser"), Cause.BLOCKED, "verify your identity"),
        (refusing("InvalidParameter.AccountIsBanned"), Cause.BLOCKED, "ask its support"),
        (refusing("FailedOperation.DomainIsSpam"), Cause.BLOCKED, "see its console"),
        (refusing("FailedOperation.DomainIsLocked"), Cause.REJECTED, "unlock it"),
        (refusing("LimitExceeded.SubdomainRollLimit"), Cause.REJECTED, "no more addresses"),
        (refusing("LimitExceeded.AAAACountLimit"), Cause.REJECTED, "on the plan"),
        (refusing("InvalidParameter.SubdomainInvalid"), Cause.REJECTED, "SubdomainInvalid"),
        (refusing("InvalidParameter.DomainRecordExist"), Cause.CONFLICT, "already"),
        (refusing("InternalError"), Cause.TRANSIENT, "trouble of its own"),
    ],
)
def test_a_refusal_says_what_to_do(spoil: Spoil, cause: Cause, words: str) -> None:
    def before(fake: Tencent) -> None:
        fake.seed(NAME, "A", OLD)
        spoil(fake)

    end, fake = brought(TENCENT, Tencent, NEW, before=before, ttl=60)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text
    assert fake.held(NAME, "A") == [OLD]


def test_a_key_of_somebody_else_is_told() -> None:
    end, fake = brought(TENCENT, Stranger, NEW)
    assert isinstance(end, Refused)
    assert end.cause is Cause.CREDENTIALS
    assert "make a new one at console.cloud.tencent.com" in end.text
    assert len(fake.calls) == 1


def test_an_answer_without_its_envelope_confirms_nothing() -> None:
    zone = {"Response": {"DomainInfo": {"Domain": "example.test"}}}
    end = told(TENCENT, SETTINGS, (200, zone), (200, {"Response": {"RecordList": []}}), (200, {}))
    assert isinstance(end, Unconfirmed)


@pytest.mark.parametrize("theirs", [{"line": "电信", "line_id": "10=0"}, {"status": "DISABLE"}])
def test_another_line_and_a_disabled_record_stay(theirs: dict[str, str]) -> None:
    def before(fake: Tencent) -> None:
        fake.seed(NAME, "A", OLD, **theirs)

    end, fake = brought(TENCENT, Tencent, NEW, before=before)
    assert end == Changed()
    assert fake.held(NAME, "A") == [OLD, NEW]
    assert {record.ttl for record in fake.at(NAME) if record.content == NEW} == {600}
