"""Keeping whole RRsets, at a service that is a dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address
from typing import Any
from unittest.mock import patch

import pytest

from providers.engine.api import Api
from providers.engine.asking import Asking, Done, Found, Look
from providers.engine.kit import Cause, Change, Pace, RRsets, Shown, Stop, Zone
from providers.engine.outcome import Changed, Refused, Unchanged
from providers.engine.wire import Held, Job, RRset
from tests.providers.test_records import NAME, ZONE, finish, job, wanted


class Slate:
    """A service that holds sets."""

    def __init__(self, **sets: Shown) -> None:
        self.sets = dict(sets)
        self.told: list[list[Change]] = []
        self.refusal: Refused | None = None

    def zone(self, _job: Job, name: str) -> Found:
        yield from ()
        return Zone(name=name, raw={"least": 120}) if name == ZONE else None

    def held(self, _job: Job, _zone: Zone, rrset: RRset) -> Look:
        yield from ()
        return self.sets.get(rrset.rtype)

    def replace(self, _job: Job, _zone: Zone, changes: Sequence[Change]) -> Done:
        yield from ()
        self.told.append(list(changes))
        for change in changes:
            self.sets[change.rtype] = Shown(values=frozenset(change.values), ttl=change.ttl)
        if self.refusal:
            raise Stop(self.refusal)
        return None

    def provider(self, **how: Any) -> Any:
        sets = RRsets(
            api=Api(title="Slate", base="https://api.test"),
            zone=self.zone,
            held=self.held,
            replace=self.replace,
            **how,
        )
        return sets.provider(id="slate", docs="https://docs.test", fields=(), pace=Pace())

    def run(self, job_: Job, **how: Any) -> Any:
        return finish(self.provider(**how).update(job_))


def shown(*values: str, ttl: int | None = 300, blocked: str = "") -> Shown:
    return Shown(values=frozenset(map(ip_address, values)), ttl=ttl, blocked=blocked)


BOTH = (wanted("192.0.2.9", ttl=300), wanted("2001:db8::9", rtype="AAAA", ttl=300))


@pytest.mark.parametrize(("together", "calls"), [(True, 1), (False, 2)])
def test_both_families_go_in_as_few_calls_as_the_service_takes(together: bool, calls: int) -> None:
    slate = Slate(A=shown("192.0.2.1"))
    assert slate.run(job(*BOTH), together=together) == Changed()
    assert len(slate.told) == calls
    assert slate.sets == {"A": shown("192.0.2.9"), "AAAA": shown("2001:db8::9")}
    assert slate.provider(together=together).batch == ("zone" if together else "name")


def test_both_families_of_one_name_go_together_where_the_service_keeps_names() -> None:
    other = f"other.{NAME}"
    names = (*BOTH, replace(BOTH[0], name=other))
    slate = Slate()
    assert slate.run(job(*names), by_name=True) == Changed()
    assert [[(one.name, one.rtype) for one in part] for part in slate.told] == [
        [(NAME, "A"), (NAME, "AAAA")],
        [(other, "A")],
    ]
    provider = slate.provider(by_name=True)
    assert (provider.batch, provider.both_families_one_call) == ("name", True)


def test_what_is_found_out_at_the_beginning_is_there_for_every_call() -> None:
    class Guarded(Slate):
        def begin(self, job_: Job) -> Asking[Job]:
            yield from ()
            return replace(job_, settings={**job_.settings, "ticket": "t1"})

        def zone(self, job_: Job, name: str) -> Found:
            assert job_.text("ticket") == "t1"
            return super().zone(job_, name)

        def held(self, job_: Job, zone: Zone, rrset: RRset) -> Look:
            assert job_.text("ticket") == "t1"
            return super().held(job_, zone, rrset)

    slate = Guarded()
    assert slate.run(job(*BOTH), begin=slate.begin) == Changed()
    for steps in (slate.provider(begin=slate.begin).read, slate.provider(begin=slate.begin).verify):
        assert not isinstance(finish(steps(job(*BOTH))), Refused)


def test_only_what_differs_is_sent() -> None:
    slate = Slate(A=shown("192.0.2.9"), AAAA=shown("2001:db8::1"))
    assert slate.run(job(*BOTH), together=True) == Changed()
    ((change,),) = slate.told
    assert (change.name, change.rtype, change.texts()) == (NAME, "AAAA", ["2001:db8::9"])
    assert change.old == shown("2001:db8::1")
    assert slate.run(job(*BOTH), together=True) == Unchanged()
    assert len(slate.told) == 1


@pytest.mark.parametrize(
    ("asked", "old", "sent"),
    [
        (None, None, 300),
        (None, 900, 900),
        (60, None, 120),
        (60, 900, 120),
        (None, "none of ours to choose", 300),
    ],
)
def test_the_ttl_is_the_asked_one_but_at_least_the_zones_else_the_old_or_the_usual(
    asked: int | None, old: int | str | None, sent: int
) -> None:
    ttl = old if isinstance(old, int) else None
    slate = Slate(**({} if old is None else {"A": shown("192.0.2.1", ttl=ttl)}))
    wish = job(wanted("192.0.2.9", ttl=asked))
    assert slate.run(wish, least_ttl=lambda zone: zone.raw["least"]) == Changed()
    assert slate.told[0][0].ttl == sent


def test_a_ttl_alone_is_corrected_unless_the_service_decides_it() -> None:
    slate = Slate(A=shown("192.0.2.9", ttl=900))
    assert slate.run(job(wanted("192.0.2.9", ttl=600))) == Changed()
    fixed = Slate(A=shown("192.0.2.9", ttl=None))
    assert fixed.run(job(wanted("192.0.2.9", ttl=600))) == Unchanged()


def test_a_set_that_must_not_be_touched_is_refused_with_its_reason() -> None:
    slate = Slate(A=shown(blocked="points to a load balancer; remove it there first"))
    outcome = slate.run(job(*BOTH))
    assert outcome == Refused(
        cause=Cause.REJECTED,
        text=f"Slate: the A RRset of {NAME} points to a load balancer; remove it there first",
    )
    assert slate.told == []
    read = finish(slate.provider().read(job(*BOTH)))  # what it holds is not known to be nothing
    assert isinstance(read, Refused)
    assert read == outcome


def test_a_conflict_is_looked_at_again() -> None:
    slate = Slate()
    slate.refusal = Refused(cause=Cause.CONFLICT, text="changed meanwhile")
    assert slate.run(job(BOTH[0])) == Unchanged(note="changed meanwhile")
    refused = Refused(cause=Cause.CREDENTIALS, text="read only")
    slate.refusal = refused
    assert slate.run(job(wanted("192.0.2.77", ttl=300))) == refused


def test_a_conflict_after_a_change_does_not_hide_the_change() -> None:
    slate = Slate()
    calls = iter((None, Refused(cause=Cause.CONFLICT, text="changed meanwhile")))

    def replace_(job_: Job, zone: Zone, changes: Sequence[Change]) -> Done:
        slate.refusal = next(calls)
        return Slate.replace(slate, job_, zone, changes)

    with patch.object(slate, "replace", replace_):
        assert slate.run(job(*BOTH)) == Changed(note="changed meanwhile")


def test_reading_and_proving_write_nothing() -> None:
    slate = Slate(A=shown("192.0.2.1"))
    provider = slate.provider()
    assert finish(provider.read(job(wanted()))) == Held(values=shown("192.0.2.1").values)
    assert finish(provider.read(job(wanted(rtype="AAAA")))) == Held(values=frozenset())
    assert finish(provider.verify(job(wanted()))) == Unchanged()
    assert slate.told == []
