"""Keeping records with ids: every step by hand, at a service that is a dictionary."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest

from providers.engine.api import Api
from providers.engine.asking import Done, Found, Rows
from providers.engine.kit import Cause, Pace, Records, Row, Stop, Todo, Wish, Zone
from providers.engine.outcome import Changed, Refused, Unchanged
from providers.engine.wire import Held, Job, RRset, RType

ZONE, NAME = "example.test", "home.example.test"


class Notebook:
    """A service that writes down what it is told."""

    def __init__(self, *rows: Row) -> None:
        self.rows = {row.id: row for row in rows}
        self.told: list[str] = []
        self.before_put: Callable[[], None] = lambda: None

    def zone(self, _job: Job, name: str) -> Found:
        yield from ()
        return Zone(name=name) if name == ZONE else None

    def list(self, _job: Job, _zone: Zone, _name: str) -> Rows:
        yield from ()
        return list(self.rows.values())

    def put(self, _job: Job, _zone: Zone, wish: Wish, row: Row | None) -> Done:
        yield from ()
        self.before_put()
        id_ = row.id if row else f"new{len(self.told)}"
        self.told.append(f"{'alter' if row else 'create'} {wish.value} ttl {wish.ttl}")
        self.rows[id_] = held(id_, str(wish.value), wish.rtype, name=wish.name, ttl=wish.ttl)
        return None

    def delete(self, _job: Job, _zone: Zone, row: Row) -> Done:
        yield from ()
        self.told.append(f"delete {row.content}")
        del self.rows[row.id]
        return None

    def note(self, word: str) -> Callable[[Job, Zone], Done]:
        def noting(_job: Job, _zone: Zone) -> Done:
            yield from ()
            self.told.append(word)
            return None

        return noting

    def run(self, job: Job, **how: Any) -> Any:
        return finish(self.provider(**how).update(job))

    def provider(self, **how: Any) -> Any:
        calls = {"put": self.put, "delete": self.delete} | how
        records = Records(
            api=Api(title="Notebook", base="https://api.test"),
            zone=self.zone,
            rows=self.list,
            **calls,
        )
        return records.provider(id="notebook", docs="https://docs.test", fields=(), pace=Pace())


def held(
    id_: str,
    value: str,
    rtype: str = "A",
    *,
    name: str = NAME,
    ttl: int = 60,
    foreign: bool = False,
) -> Row:
    return Row(id=id_, name=name, rtype=rtype, content=value, ttl=ttl, foreign=foreign)


def wanted(*values: str, rtype: RType = "A", ttl: int | None = 60, name: str = NAME) -> RRset:
    return RRset(name=name, rtype=rtype, values=frozenset(map(ip_address, values)), ttl=ttl)


def job(*rrsets: RRset, **settings: str) -> Job:
    return Job(zone=ZONE, rrsets=rrsets, settings=settings)


def finish(steps: Any) -> Any:
    with pytest.raises(StopIteration) as end:
        next(steps)
    return end.value.value


def test_nothing_is_gone_before_its_successor_stands() -> None:
    book = Notebook(held("1", "192.0.2.1"), held("2", "192.0.2.2"), held("3", "192.0.2.3"))
    wish = job(wanted("192.0.2.9"), wanted("2001:db8::9", rtype="AAAA"))
    assert book.run(wish) == Changed()
    assert book.told == [
        "alter 192.0.2.9 ttl 60",
        "create 2001:db8::9 ttl 60",
        "delete 192.0.2.2",
        "delete 192.0.2.3",
    ]


def test_a_service_that_alters_nothing_gets_the_new_record_first() -> None:
    book = Notebook(held("1", "192.0.2.1"))
    assert book.run(job(wanted("192.0.2.9")), alters=False) == Changed()
    assert book.told == ["create 192.0.2.9 ttl 60", "delete 192.0.2.1"]


def test_where_nothing_can_be_altered_a_ttl_alone_is_left_as_it_is() -> None:
    book = Notebook(held("1", "192.0.2.1", ttl=300))
    assert book.run(job(wanted("192.0.2.1")), alters=False) == Unchanged()
    assert book.told == []


def test_all_steps_go_in_one_call_where_a_service_takes_them() -> None:
    seen: list[Todo] = []

    def write_all(_job: Job, _zone: Zone, todo: Todo) -> Done:
        yield from ()
        seen.append(todo)
        return None

    book = Notebook(held("1", "192.0.2.1"), held("2", "192.0.2.2"))
    assert book.run(job(wanted("192.0.2.9")), write_all=write_all) == Changed()
    (todo,) = seen
    assert [row.id for row, _ in todo.altered] == ["1"]
    assert [row.id for row in todo.gone] == ["2"]
    assert todo.new == ()
    assert book.run(job(wanted("192.0.2.1", "192.0.2.2")), write_all=write_all) == Unchanged()
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("asked", "before", "told"),
    [
        (None, None, "create 192.0.2.9 ttl 300"),
        (None, 900, "alter 192.0.2.9 ttl 900"),
        (60, 900, "alter 192.0.2.9 ttl 120"),
        (200, 900, "alter 192.0.2.9 ttl 300"),
        (200, None, "create 192.0.2.9 ttl 300"),
        (9999, None, "create 192.0.2.9 ttl 900"),
    ],
)
def test_the_ttl_is_the_asked_one_as_the_service_stores_it_else_the_old_or_the_usual(
    asked: int | None, before: int | None, told: str
) -> None:
    book = Notebook(*([held("1", "192.0.2.1", ttl=before)] if before else []))
    wish = job(wanted("192.0.2.9", ttl=asked))
    assert book.run(wish, ttl_min=100, ttl_steps=(60, 120, 300, 900), usual_ttl=250) == Changed()
    assert book.told == [told]


def test_what_is_foreign_or_at_another_name_is_neither_touched_nor_counted() -> None:
    book = Notebook(
        held("1", "192.0.2.1", foreign=True),
        held("2", "192.0.2.2", name=f"x{NAME}"),
        held("3", "not an address", "TXT"),
        held("4", "192.0.2.4", name=NAME.upper() + "."),
    )
    assert book.run(job(wanted("192.0.2.9"))) == Changed()
    assert book.told == ["alter 192.0.2.9 ttl 60"]
    assert book.rows["1"].content == "192.0.2.1"
    read = finish(book.provider().read(job(wanted())))
    assert read == Held(values=frozenset({ip_address("192.0.2.9")}))


def test_an_alias_at_one_name_does_not_keep_the_others_from_being_done() -> None:
    other = f"other.{ZONE}"
    book = Notebook(held("1", "elsewhere.test.", "CNAME"), held("2", "192.0.2.2", name=other))
    outcome = book.run(job(wanted("192.0.2.9"), wanted("192.0.2.9", name=other)))
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.REJECTED
    assert f"alias (CNAME) at {NAME}" in outcome.text
    assert book.rows["2"].content == "192.0.2.9"


def test_a_conflict_over_the_very_same_value_is_a_success_of_somebody_else() -> None:
    book = Notebook(held("1", "192.0.2.1"))

    def somebody_else() -> None:
        book.rows["1"] = held("1", "192.0.2.9")
        raise Stop(Refused(cause=Cause.CONFLICT, text="there is one like this"))

    book.before_put = somebody_else
    outcome = book.run(job(wanted("192.0.2.9")))
    assert outcome == Unchanged(note="there is one like this")


def test_a_conflict_over_another_value_stays_one() -> None:
    book = Notebook(held("1", "192.0.2.1"))

    def somebody_else() -> None:
        raise Stop(Refused(cause=Cause.CONFLICT, text="it has changed"))

    book.before_put = somebody_else
    outcome = book.run(job(wanted("192.0.2.9")))
    assert outcome == Refused(cause=Cause.CONFLICT, text="it has changed")


def test_publishing_comes_after_the_writes_and_also_when_there_were_none() -> None:
    book = Notebook(held("1", "192.0.2.1"))
    how = {"publish": book.note("publish"), "close": book.note("close")}
    assert book.run(job(wanted("192.0.2.9")), **how) == Changed()
    assert book.run(job(wanted("192.0.2.9")), **how) == Unchanged()
    assert book.told == ["alter 192.0.2.9 ttl 60", "publish", "close", "publish", "close"]


def test_a_session_is_closed_after_a_refusal_too_and_the_refusal_stays() -> None:
    book = Notebook(held("1", "192.0.2.1"))

    def refuse() -> None:
        raise Stop(Refused(cause=Cause.BLOCKED, text="not paid"))

    book.before_put = refuse
    outcome = book.run(job(wanted("192.0.2.9")), close=book.note("close"))
    assert outcome == Refused(cause=Cause.BLOCKED, text="not paid")
    assert book.told == ["close"]


def test_a_zone_that_is_not_there_is_named_with_what_to_check() -> None:
    outcome = Notebook().run(job(wanted("192.0.2.9", name="a.b.test"), zone="b.test"))
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.NOT_FOUND
    assert "Notebook has no zone b.test in this account" in outcome.text


def test_without_a_known_zone_every_parent_is_tried_and_then_the_user_is_asked() -> None:
    book = Notebook()
    unknown = Job(zone="", rrsets=(wanted("192.0.2.9", name="a.b.test"),))
    outcome = book.run(unknown)
    assert isinstance(outcome, Refused)
    assert "set zone" in outcome.text
    found = Job(zone="", rrsets=(wanted("192.0.2.9"),))
    assert book.run(found) == Changed()


def test_proving_credentials_lists_and_writes_nothing() -> None:
    book = Notebook(held("1", "192.0.2.1"))
    assert finish(book.provider().verify(job(wanted()))) == Unchanged()
    assert book.told == []
