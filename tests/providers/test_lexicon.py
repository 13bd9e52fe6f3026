"""What the bridge makes of dns-lexicon's answers: scripted, for no service can be asked to lie."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_address

import pytest

from providers.engine.drive import drive
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed
from providers.engine.spec import Field
from providers.engine.wire import (
    Call,
    Fault,
    Job,
    Lexicon,
    LexiconReply,
    LexiconStep,
    Reply,
    Response,
    RRset,
    Secret,
    Text,
)
from providers.lexicon import bridge

ZONE, NAME = "example.test", "home.example.test"
OLD, NEW, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"
FIELDS = (
    Field(key="auth_token", help="The token.", secret=True),
    Field(key="region", help="The region.", required=False),
)
PROVIDER = bridge("somewhere", fields=FIELDS, either=(), about="")
SETTINGS: dict[str, Text | int | bool] = {
    "auth_token": Secret("the-token"),
    "zone": ZONE,
    "allow_http": True,
}
Record = Mapping[str, object]


def record(content: str, id_: object = None, **more: object) -> Record:
    return {"type": "A", "name": NAME, "content": content, "ttl": "60", "id": id_, **more}


def held(*records: Record, wrote: bool = False) -> LexiconReply:
    """What a call with one wanted type lists: that type, and aliases."""
    return LexiconReply(listed=(list(records), []), wrote=wrote)


def job(*addresses: str, name: str = NAME, **settings: str) -> Job:
    wanted = RRset(name=name, rtype="A", values=frozenset(map(ip_address, addresses)), ttl=60)
    return Job(zone="", rrsets=(wanted,), settings={**SETTINGS, **settings})


def told(work: Job, *answers: Reply | Fault) -> tuple[Outcome, list[Lexicon]]:
    """How an update ends when lexicon answers just this, and what it was asked to do."""
    left, calls = list(answers), []

    async def answer(call: Call, *, limit: float) -> Reply | Fault:
        assert isinstance(call, Lexicon)
        calls.append(call)
        return left.pop(0)

    steps = PROVIDER.update(work)
    end = asyncio.run(drive(steps, answer, title=PROVIDER.title, pauses=(0.0,)))
    assert left == []
    for step in (step for call in calls for step in call.steps):
        assert step.name == work.rrsets[0].name
        assert step.act != "update" or step.id  # without one, lexicon changes any record, or all
    return end, calls


def writes(call: Lexicon) -> list[tuple[str, str, str]]:
    return [(step.act, step.id, step.content) for step in call.steps if step.act != "list"]


def test_a_call_names_the_zone_and_the_options_of_the_provider_alone() -> None:
    _, (call,) = told(job(OLD), held(record(OLD, 1)))
    assert (call.module, call.zone) == ("somewhere", ZONE)
    assert call.options == {"auth_token": Secret("the-token")}
    assert call.steps == (
        LexiconStep(act="list", rtype="A", name=NAME),
        LexiconStep(act="list", rtype="CNAME", name=NAME),
    )


def test_the_new_record_is_made_first_and_the_old_one_deleted_by_the_id_that_it_has_then() -> None:
    before = held(record(OLD, 7))
    between = held(record(NEW, 8), record(OLD, 9), wrote=True)  # ids change with every write
    end, calls = told(job(NEW), before, between, held(record(NEW, 10), wrote=True))
    assert end == Changed()
    assert [writes(call) for call in calls] == [
        [],
        [("create", "", NEW)],
        [("delete", "9", OLD)],
    ]


@pytest.mark.parametrize("ttl", [60, "60", "1h", None, -1], ids=repr)
@pytest.mark.parametrize("wanted", [300, None])
def test_the_ttl_is_the_configured_one_else_that_of_the_old_record(
    wanted: int | None, ttl: object
) -> None:
    work = job(NEW)
    work = replace(work, rrsets=(replace(work.rrsets[0], ttl=wanted),))
    old = record(OLD, 7, ttl=ttl)
    _, calls = told(work, held(old), held(old, record(NEW, 8)), held(record(NEW, 8)))
    known = ttl in (60, "60")
    assert calls[1].steps[0].ttl == (60 if known and wanted is None else 300)


SHARED = "example.test/home/A"
DELETIONS: dict[str, tuple[tuple[Record, ...], tuple[str, str, str]]] = {
    "ids of their own": ((record(NEW, "x"), record(OLD, "y")), ("delete", "y", OLD)),
    "ids that are numbers": ((record(NEW, 0), record(OLD, 1)), ("delete", "1", OLD)),
    "one id for the RRset": ((record(NEW, SHARED), record(OLD, SHARED)), ("delete", "", OLD)),
    "no ids": ((record(NEW), record(OLD)), ("delete", "", OLD)),
    "a double": ((record(NEW, "x"), record(NEW, "y")), ("delete", "y", NEW)),
}


@pytest.mark.parametrize(("rows", "deletion"), DELETIONS.values(), ids=DELETIONS)
def test_what_is_left_over_goes_by_its_id_only_where_that_is_its_own(
    rows: tuple[Record, ...], deletion: tuple[str, str, str]
) -> None:
    end, calls = told(job(NEW), held(*rows), held(rows[0], wrote=True))
    assert end == Changed()
    assert [writes(call) for call in calls] == [[], [deletion]]


def test_the_only_record_goes_by_its_content() -> None:
    """Its id may be that of the name, and take records of other types along."""
    end, calls = told(job(), held(record(OLD, "home")), held(wrote=True))
    assert end == Changed()
    assert writes(calls[1]) == [("delete", "", OLD)]


STRANGERS: dict[str, Record] = {
    "another type": record("2001:db8::1", 5, type="AAAA"),
    "another name": record(OTHER, 5, name="next.example.test"),
    "a name that ends alike": record(OTHER, 5, name="athome.example.test"),
    "the same again": record(NEW, 1),
}


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
def test_what_a_loose_filter_lets_pass_is_left_alone(stranger: Record) -> None:
    end, _ = told(job(NEW), held(record(NEW, 1), stranger))
    assert end == Unchanged()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (NAME, "home"),
        (NAME, "HOME.example.test."),
        (ZONE, "@"),
        (ZONE, ""),
        (ZONE, "example.test."),
        (f"*.{NAME}", "\\052.home.example.test"),
        (f"*.{NAME}", "*.home"),
    ],
)
def test_names_are_known_in_every_form(name: str, shown: str) -> None:
    end, _ = told(job(NEW, name=name), held(record(NEW, 1, name=shown)))
    assert end == Unchanged()


def test_an_alias_is_told_and_left_alone() -> None:
    alias = record("elsewhere.example.", 3, type="CNAME")
    end, _ = told(job(NEW), LexiconReply(listed=([], [alias])))
    assert isinstance(end, Refused)
    assert "alias (CNAME)" in end.text


# ---- where there can be only one -----------------------------------------------------------------


REFUSED = Response(status=422, body=b'{"message": "record exists"}')


def test_where_a_second_record_is_refused_the_one_is_changed_by_its_id() -> None:
    before = held(record(OLD, 7))
    end, calls = told(job(NEW), before, REFUSED, before, held(record(NEW, 7), wrote=True))
    assert end == Changed()
    assert writes(calls[-1]) == [("update", "7", NEW)]


@pytest.mark.parametrize("rows", [(), (record(OLD),)], ids=["nothing to change", "no id"])
def test_else_the_refusal_stands(rows: tuple[Record, ...]) -> None:
    end, _ = told(job(NEW), held(*rows), REFUSED, held(*rows))
    assert isinstance(end, Refused)
    assert (end.cause, "record exists" in end.text) == (Cause.REJECTED, True)


# ---- proof ---------------------------------------------------------------------------------------


def test_a_success_that_does_not_show_is_none() -> None:
    end, _ = told(job(NEW), held(), held(wrote=True))
    assert isinstance(end, Unconfirmed)
    assert "showed nothing for A home.example.test" in end.text


def test_a_deletion_that_does_not_show_is_none() -> None:
    both = record(NEW, 1), record(OLD, 2)
    end, _ = told(job(NEW), held(*both), held(*both, wrote=True))
    assert isinstance(end, Unconfirmed)
    assert f"showed {OLD}, {NEW}" in end.text


def test_trouble_after_a_write_leaves_the_change_in_doubt() -> None:
    stumbled = LexiconReply(failed="confused", text="KeyError: 'id'", wrote=True)
    end, _ = told(job(NEW), held(), stumbled)
    assert isinstance(end, Unconfirmed)
    assert "KeyError" in end.text


def test_a_lost_answer_is_asked_for_again_but_a_write_never_repeated() -> None:
    lost = Fault(sent=True, text="no answer within 9 s")
    end, calls = told(job(NEW), lost, held(), lost)
    assert isinstance(end, Unconfirmed)
    assert [bool(writes(call)) for call in calls] == [False, False, True]


# ---- refusals ------------------------------------------------------------------------------------


FAILURES: dict[str, tuple[Reply, Cause, str]] = {
    "a login": (
        LexiconReply(failed="login", text="Invalid credentials"),
        Cause.CREDENTIALS,
        "lexicon:somewhere does not accept these credentials (Invalid credentials)",
    ),
    "a login that means the zone": (
        LexiconReply(failed="login", text="No domain found"),
        Cause.NOT_FOUND,
        "lexicon:somewhere has no zone example.test in this account (No domain found)",
    ),
    "settings": (
        LexiconReply(failed="settings", text="region not defined"),
        Cause.REJECTED,
        "lexicon:somewhere cannot be called with these settings (region not defined)",
    ),
    "no lexicon any more": (
        LexiconReply(failed="missing", text="No module named 'lexicon'"),
        Cause.REJECTED,
        'run: pip install "upstun[lexicon]"',
    ),
    "an unknown end": (
        LexiconReply(failed="confused", text="Result: 17"),
        Cause.CONFUSED,
        "lexicon:somewhere answered in a way that dns-lexicon gives up on: Result: 17",
    ),
    "a secret in the text": (
        LexiconReply(failed="login", text="the-token is not valid"),
        Cause.CREDENTIALS,
        "(*** is not valid)",
    ),
    "a status": (Response(status=403), Cause.CREDENTIALS, "lexicon:somewhere does not accept"),
    "a wait": (
        Response(status=429, headers={"retry-after": "90"}),
        Cause.RATE_LIMITED,
        "wait",
    ),
    "no list": (LexiconReply(), Cause.CONFUSED, "another number of lists"),
    "a list of nonsense": (LexiconReply(listed=([7], [])), Cause.CONFUSED, "no list of records"),
    "no address": (held(record("parked", 1)), Cause.CONFUSED, "no address"),
}


@pytest.mark.parametrize(("reply", "cause", "words"), FAILURES.values(), ids=FAILURES)
def test_a_failure_has_its_cause_and_its_sentence(reply: Reply, cause: Cause, words: str) -> None:
    end, _ = told(job(NEW), reply)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text
    assert cause is not Cause.RATE_LIMITED or end.wait == 90


NO_CALLS: dict[str, tuple[Job, Cause, str]] = {
    "a name outside the zone": (
        job(NEW, name="notexample.test"),
        Cause.REJECTED,
        "notexample.test is not inside the zone example.test",
    ),
    "no zone": (job(NEW, zone=""), Cause.NOT_FOUND, "set zone"),
    "an endpoint": (
        job(NEW, endpoint="https://dns.example"),
        Cause.REJECTED,
        "takes no endpoint; see: upstun providers lexicon:somewhere",
    ),
}


@pytest.mark.parametrize(("work", "cause", "words"), NO_CALLS.values(), ids=NO_CALLS)
def test_what_cannot_be_right_is_refused_without_a_call(
    work: Job, cause: Cause, words: str
) -> None:
    end, calls = told(work)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text, calls) == (cause, True, []), end
