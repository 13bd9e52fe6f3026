"""Proving credentials: every account side by side, and nothing is written."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import closing
from dataclasses import replace

import pytest

from agent.prove import prove
from agent.store import Store
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed
from tests.sim.home import SimHome
from tests.support.asked_service import AskedService, household
from tests.support.simloop import run_simulated


def proved(
    services: dict[str, AskedService],
    *bare: str,
    only: Collection[str] | None = None,
    limit: float = 5.0,
    strict: bool = False,
) -> tuple[dict[str, Outcome | None], float]:
    """What comes of asking, and how long it takes."""
    home = SimHome()
    settings = household(home, services, *bare)

    async def main() -> tuple[dict[str, Outcome | None], float]:
        with closing(Store(None, lambda _: None)) as store:
            world = replace(home.world(store), strict=strict)
            said = await prove(world, settings, only, limit=limit)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return said, asyncio.get_running_loop().time()

    return run_simulated(main())


def refusal() -> Outcome:
    return Refused(cause=Cause.CREDENTIALS, text="The token is not known.")


def test_every_account_is_asked_side_by_side() -> None:
    services = {
        "good": AskedService(took=2.0),
        "bad": AskedService(refusal, took=2.0),
        "busy": AskedService(Changed, took=1.0),
    }
    said, took = proved(services)
    assert said == {"good": Unchanged(), "bad": refusal(), "busy": Changed()}
    assert took == pytest.approx(2.0)


def test_a_call_that_writes_nothing_names_the_records_and_no_address() -> None:
    service = AskedService()
    proved({"home": service})
    (job,) = service.jobs
    assert [rrset.name for rrset in job.rrsets] == ["a.home.example.com", "b.home.example.com"]
    assert {rrset.values for rrset in job.rrsets} == {frozenset()}


def test_who_cannot_tell_or_has_no_name_is_not_asked() -> None:
    services = {"mute": AskedService(None), "idle": AskedService(), "home": AskedService()}
    said, _ = proved(services, "idle")
    assert said == {"mute": None, "idle": None, "home": Unchanged()}
    assert [len(one.jobs) for one in services.values()] == [0, 0, 1]


@pytest.mark.parametrize("only", [[], ["one"], {"one", "nobody"}])
def test_only_those_are_asked_that_are_named(only: Collection[str]) -> None:
    services = {"one": AskedService(), "two": AskedService()}
    said, _ = proved(services, only=only)
    assert set(said) == set(only) & {"one"}
    assert [bool(one.jobs) for one in services.values()] == ["one" in only, False]


def test_one_that_hangs_is_given_up_and_the_others_count() -> None:
    services = {"slow": AskedService(took=1000.0), "good": AskedService()}
    said, took = proved(services, limit=5.0)
    assert isinstance(said["slow"], Unconfirmed | Refused)
    assert said["good"] == Unchanged()
    assert took == pytest.approx(5.0)


def test_one_that_breaks_inside_leaves_the_others_standing() -> None:
    services = {"broken": AskedService(fault=LookupError("s3cret")), "good": AskedService(took=3.0)}
    said, _ = proved(services)
    assert said == {
        "broken": Unconfirmed(text="asking Asked failed inside upstun (LookupError)"),
        "good": Unchanged(),
    }


def test_tests_see_the_exception_itself() -> None:
    with pytest.raises(ExceptionGroup):
        proved({"broken": AskedService(fault=LookupError("s3cret"))}, strict=True)


def test_a_cancellation_reaches_every_call() -> None:
    services = {"one": AskedService(took=1000.0), "two": AskedService(took=1000.0)}
    home = SimHome()
    settings = household(home, services)

    async def main() -> None:
        with closing(Store(None, lambda _: None)) as store:
            running = asyncio.create_task(prove(home.world(store), settings))
            await asyncio.sleep(1.0)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            assert asyncio.all_tasks() == {asyncio.current_task()}

    run_simulated(main())
    assert all(one.cancelled for one in services.values())
