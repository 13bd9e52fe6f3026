"""Examining accounts: who is held back is not asked, and it is told why and for what."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest

from agent.call import fingerprint
from agent.decide.jobs import lock_name
from agent.diagnosis.accounts import examine_accounts
from agent.diagnosis.evidence import AccountExam
from agent.store import Store
from agent.values import Config
from providers.engine.limits import Ledger, Lock
from providers.engine.outcome import Cause, Refused, Unchanged
from tests.sim.home import SimHome
from tests.support.asked_service import AskedService, household
from tests.support.simloop import run_simulated

Remember = Callable[[Config, float], Ledger]


def examined(remember: Remember | None = None) -> tuple[dict[str, AccountExam], AskedService]:
    """Two accounts, of which `home` has this past; and its service."""
    home, service, spare = SimHome(), AskedService(), AskedService()
    settings = household(home, {"home": service, "spare": spare})

    async def main() -> dict[str, AccountExam]:
        with closing(Store(None, lambda _: None)) as store:
            world = home.world(store)
            if remember is not None:
                ledger = remember(settings, world.now())
                own = fingerprint(world, settings.accounts["home"])
                locks = (replace(one, fingerprint=one.fingerprint or own) for one in ledger.locks)
                store.save_ledger("home", replace(ledger, locks=tuple(locks)))
            exams = await examine_accounts(world, settings, limit=5.0)
        return {exam.account.name: exam for exam in exams}

    exams = run_simulated(main())
    assert list(exams) == ["home", "spare"]
    assert exams["spare"].proof == Unchanged()
    assert len(spare.jobs) == 1
    return exams, service


def lock(cause: Cause, *, name: str = "", fingerprint: str = "") -> Lock:
    """A stop; without a fingerprint it is that of the present settings."""
    return Lock(cause=cause, text="It said no.", since=0.0, fingerprint=fingerprint, name=name)


def test_an_account_without_a_past_is_asked() -> None:
    exams, service = examined()
    one = exams["home"]
    assert (one.proof, one.locked, one.locked_until, one.locked_text) == (
        Unchanged(),
        None,
        None,
        "",
    )
    assert len(service.jobs) == 1


def test_a_stopped_account_is_not_asked() -> None:
    exams, service = examined(lambda *_: Ledger(locks=(lock(Cause.CREDENTIALS),)))
    one = exams["home"]
    assert (one.proof, one.locked, one.locked_names) == (None, Cause.CREDENTIALS, ())
    assert one.locked_text == "It said no."
    assert service.jobs == []


def test_a_stop_of_one_record_is_told_of_that_record() -> None:
    exams, service = examined(
        lambda settings, _: Ledger(
            locks=(lock(Cause.NOT_FOUND, name=lock_name(settings.records[1])),)
        )
    )
    one = exams["home"]
    assert (one.locked, one.locked_names) == (Cause.NOT_FOUND, ("b.home.example.com",))
    assert service.jobs == []


def test_a_stop_of_the_account_is_more_than_that_of_a_record() -> None:
    exams, _ = examined(
        lambda settings, _: Ledger(
            locks=(
                lock(Cause.NOT_FOUND, name=lock_name(settings.records[0])),
                lock(Cause.BLOCKED),
            )
        )
    )
    assert (exams["home"].locked, exams["home"].locked_names) == (Cause.BLOCKED, ())


def test_a_stop_of_other_settings_is_none() -> None:
    exams, service = examined(
        lambda *_: Ledger(locks=(lock(Cause.CREDENTIALS, fingerprint="before"),))
    )
    assert exams["home"].locked is None
    assert len(service.jobs) == 1


def test_an_account_that_waits_is_not_asked_until_then() -> None:
    exams, service = examined(
        lambda _, now: Ledger(not_before=now + 60, set_at=now - 1, reason="it asked for a pause")
    )
    one = exams["home"]
    assert one.locked_until == pytest.approx(1772334060.0)
    assert (one.locked, one.locked_text) == (None, "it asked for a pause")
    assert service.jobs == []


def test_a_wait_that_is_over_is_none() -> None:
    exams, service = examined(lambda _, now: Ledger(not_before=now - 1, set_at=now - 60))
    assert exams["home"].locked_until is None
    assert len(service.jobs) == 1


def test_an_account_that_was_called_as_often_as_is_polite_waits() -> None:
    exams, service = examined(lambda _, now: Ledger(paid_until=now + 5 * 30.0))
    assert "paced" in exams["home"].locked_text
    assert service.jobs == []


def test_a_refusal_is_evidence_and_not_written_down() -> None:
    """To be asked is no attempt: the account goes on as before."""
    home = SimHome()
    service = AskedService(lambda: Refused(cause=Cause.CREDENTIALS, text="No."))
    settings = household(home, {"home": service})

    async def main() -> None:
        with closing(Store(None, lambda _: None)) as store:
            for _ in range(2):
                (exam,) = await examine_accounts(home.world(store), settings, limit=5.0)
                assert exam.proof == Refused(cause=Cause.CREDENTIALS, text="No.")
            assert store.ledger("home") == Ledger()

    run_simulated(main())
