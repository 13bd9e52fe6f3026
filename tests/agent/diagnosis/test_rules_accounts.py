"""Accounts: what a service's refusal is worth, and what holds an account back."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest

from agent.diagnosis.evidence import AccountExam, Evidence
from agent.diagnosis.rules.accounts import of_accounts
from discovery.live_dns.exam import Port53, Trial
from providers.engine.outcome import Cause, Changed, Refused, Unchanged, Unconfirmed
from tests.support.evidence import account, plain_home, record
from tests.support.evidence_parts import AT
from tests.support.rule_table import Row, Told, check, judged, unknown
from tests.support.views import SILENT, view

BENT = Port53(trials=(Trial(name="nobody", intercepted=True, detail="Somebody answered."),))
CLEAR = Port53(trials=(Trial(name="nobody", intercepted=False, detail="Nobody answered."),))
NOW = AT.timestamp()


def home(*exams: AccountExam, **changes: Any) -> Evidence:
    return plain_home(accounts=exams, **changes)


def refused(cause: Cause) -> AccountExam:
    return account(proof=Refused(cause=cause, text="The server says no."))


def by_https(exam: AccountExam) -> AccountExam:
    """The same at a service that is reached by HTTPS."""
    other = replace(exam.account.provider, id="duckdns")
    return replace(exam, account=replace(exam.account, provider=other))


def locked(cause: Cause, *names: str) -> AccountExam:
    return account(locked=cause, locked_names=names, locked_text="the server refused it")


def waits(until: float | None) -> AccountExam:
    return account(locked_until=until, locked_text="the server asked for a pause")


def intercepted() -> Evidence:
    """Something answered in the place of the record's own servers."""
    shown = record(SILENT)
    bent = replace(shown, exam=replace(shown.exam, view=view(SILENT, intercepted="It is bent.")))
    return home(refused(Cause.CREDENTIALS), records=(bent,))


NO, UNPROVED, STOPPED, LATER = (
    *("account_rejected", "account_unproved"),
    *("account_locked", "account_waits"),
)
KEY = refused(Cause.CREDENTIALS)
UNSURE = account(proof=Unconfirmed(text="It did not answer."))
REJECTED, ACT = Told("error", 8, subject="household"), Told("error", 3, subject="household")
DOUBT = Told("warn", 0, "likely", "household")
ROWS = [
    Row("no account", home(), NO, None),
    Row("nobody can ask", home(account()), UNPROVED, None),
    *(
        Row("all is well", home(account(proof=proof)), code, None)
        for proof in (Changed(), Unchanged())
        for code in (NO, UNPROVED)
    ),
    Row("the key is wrong", home(KEY), NO, REJECTED),
    Row("the account is blocked", home(refused(Cause.BLOCKED)), NO, REJECTED),
    Row("a name is not there", home(refused(Cause.NOT_FOUND)), NO, ACT),
    Row("a value is not accepted", home(refused(Cause.REJECTED)), NO, ACT),
    *(
        Row(f"{cause} proves nothing", home(refused(cause)), code, told)
        for cause in (Cause.TRANSIENT, Cause.RATE_LIMITED, Cause.CONFUSED, Cause.CONFLICT)
        for code, told in ((NO, None), (UNPROVED, DOUBT))
    ),
    Row("nobody answered", home(UNSURE), UNPROVED, DOUBT),
    Row("nobody answered, which is no refusal", home(UNSURE), NO, None),
    Row("port 53 is taken over: who refused?", home(KEY, port53=BENT), NO, None),
    Row("port 53 is taken over: not proved", home(KEY, port53=BENT), UNPROVED, DOUBT),
    Row("port 53 is clear", home(KEY, port53=CLEAR), NO, REJECTED),
    Row("the record's servers are not heard themselves", intercepted(), NO, None),
    Row("the record's servers are not heard: not proved", intercepted(), UNPROVED, DOUBT),
    Row("HTTPS does not go by port 53", home(by_https(KEY), port53=BENT), NO, REJECTED),
    Row("nothing outside can be asked", judged(home(KEY, UNSURE), unknown("offline")), NO, None),
    Row("nothing outside can be asked: told once, elsewhere",
        judged(home(KEY, UNSURE), unknown("offline")), UNPROVED, None),
    Row("stopped for its key", home(locked(Cause.CREDENTIALS)), STOPPED, REJECTED),
    Row("stopped by the service", home(locked(Cause.BLOCKED)), STOPPED, REJECTED),
    Row("one record is stopped", home(locked(Cause.NOT_FOUND, "a.example.com")), STOPPED, ACT),
    Row("stopped, also where nothing can be asked",
        judged(home(locked(Cause.BLOCKED)), unknown("offline")), STOPPED, REJECTED),
    Row("it waits", home(waits(NOW + 60)), LATER, Told("info", subject="household")),
    Row("waiting is no stop", home(waits(NOW + 60)), STOPPED, None),
    Row("a stop is more than a wait",
        home(replace(locked(Cause.BLOCKED), locked_until=NOW + 60)), LATER, None),
    Row("it does not wait", home(account()), LATER, None),
    Row("a damaged ledger", home(waits(inf), waits(nan)), LATER, None),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.title}: {row.code}" for row in ROWS])
def test_row(row: Row) -> None:
    check(of_accounts, row)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (NOW + 61, "until 03:01:01 UTC"),
        (NOW + 86400 * 3, "until 2026-03-04 03:00 UTC"),
        (NOW - 86400, "until 2026-02-28 03:00 UTC"),
        (NOW + 86400 * 400, "for more than a year"),
        (1e18, "for more than a year"),
    ],
)
def test_a_wait_is_told_with_its_date_where_that_is_not_today(until: float, words: str) -> None:
    (finding,) = of_accounts(home(waits(until)))
    assert finding.fact == f"Account household waits {words}: the server asked for a pause."


def test_a_stop_is_told_of_what_is_stopped() -> None:
    facts = [
        finding.fact
        for exam in (
            locked(Cause.BLOCKED),
            locked(Cause.NOT_FOUND, "a.example.com"),
            locked(Cause.NOT_FOUND, "a.example.com", "b.example.com"),
        )
        for finding in of_accounts(home(exam))
    ]
    assert facts == [
        "Account household is stopped: the server refused it.",
        "a.example.com of account household is stopped: the server refused it.",
        "a.example.com and b.example.com of account household are stopped: the server refused it.",
    ]


def test_a_refusal_that_may_be_about_one_name_does_not_condemn_all() -> None:
    (key,) = of_accounts(home(refused(Cause.CREDENTIALS)))
    (name,) = of_accounts(home(refused(Cause.NOT_FOUND)))
    assert key.consequence == "No record of this account can be changed."
    assert name.consequence == "At least one record of this account cannot be changed."
