"""What a round comes to: exit status, settled or not, action and reason, for every combination."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from agent.decide.agreement import Agreement, compare
from agent.decide.exit_status import HELD_BY
from agent.report import EXIT_OF_CAUSE, Report, Row
from agent.values import (
    Ask,
    Decision,
    Disputed,
    Hold,
    Keep,
    OutOfReach,
    Push,
    Record,
    Settled,
    Unknown,
    Verdict,
)
from discovery.observation import Family
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed
from tests.support.views import LAME, serves, view

OURS, OLD = ip_address("81.2.69.142"), ip_address("81.2.69.160")
SETTLED = Settled(
    family=Family.V4, address=OURS, code="single_nat", sources=("upnp",), because="it is ours"
)
RIGHT, WRONG = view(serves(str(OURS))), view(serves(str(OLD)))
KEEP, PUSH, ASK = (
    Keep(because="kept"),
    Push(address=OURS, because="wrong"),
    Ask(address=OURS, because="proxied"),
)


def seen(what: object = WRONG) -> Agreement:
    return compare(what, frozenset({OURS}))  # type: ignore[arg-type]


def row(
    decision: Decision,
    outcome: Outcome | None = None,
    *,
    verified: bool = False,
    after: Agreement | None = None,
    verdict: Verdict = SETTLED,
) -> Row:
    return Row(
        record=Record(name="home.example.com", account="home"),
        rtype="A",
        view=WRONG,
        verdict=verdict,
        before=seen(),
        after=after or seen(RIGHT if verified else WRONG),
        memory=None,
        decision=decision,
        outcome=outcome,
        verified=verified,
    )


def held(code: str, cause: Cause | None = None) -> Hold:
    return Hold(code=code, because="held", cause=cause)


def refused(cause: Cause) -> Refused:
    return Refused(cause=cause, text="no")


LOST = Unconfirmed(text="lost")
LAMED = compare(view(serves(str(OURS)), LAME), frozenset({OURS}))

# The row; then its exit status, whether it is settled, its action, and its reason.
TABLE: list[tuple[Row, int, bool, str, str]] = [
    (row(KEEP, verified=True), 0, True, "keep", "kept"),
    (row(KEEP, verified=True, after=LAMED), 7, True, "keep", "kept"),
    (row(PUSH), 1, False, "push", "wrong"),  # a dry run
    (row(PUSH, Changed(), verified=True), 0, True, "push",
     "updated; 1 of 1 name servers serve it"),
    (row(PUSH, Unchanged(), verified=True), 0, True, "push",
     "updated; 1 of 1 name servers serve it"),
    (row(PUSH, LOST, verified=True), 0, True, "push", "updated; 1 of 1 name servers serve it"),
    (row(PUSH, Changed()), 1, False, "push",
     "the provider accepted it; the name servers serve 81.2.69.160"),
    (row(PUSH, Unchanged()), 1, False, "push",
     "the provider accepted it; the name servers serve 81.2.69.160"),
    (row(PUSH, LOST), 1, False, "push", "lost"),
    (row(PUSH, refused(Cause.CREDENTIALS)), 8, True, "push", "no"),
    (row(PUSH, refused(Cause.BLOCKED)), 8, True, "push", "no"),
    (row(PUSH, refused(Cause.NOT_FOUND)), 3, True, "push", "no"),
    (row(PUSH, refused(Cause.REJECTED)), 3, True, "push", "no"),
    (row(PUSH, refused(Cause.RATE_LIMITED)), 1, False, "push", "no"),
    (row(PUSH, Refused(cause=Cause.RATE_LIMITED, text="no", wait=3599.0)), 1, False, "push", "no"),
    (row(PUSH, Refused(cause=Cause.RATE_LIMITED, text="no", wait=3600.0)), 8, True, "push", "no"),
    (row(PUSH, Refused(cause=Cause.TRANSIENT, text="no", wait=9999.0)), 1, False, "push", "no"),
    (row(PUSH, refused(Cause.TRANSIENT)), 1, False, "push", "no"),
    (row(PUSH, refused(Cause.CONFUSED)), 1, False, "push", "no"),
    (row(PUSH, refused(Cause.CONFLICT)), 1, False, "push", "no"),
    (row(ASK), 1, False, "push", "proxied"),  # a dry run
    (row(ASK, Unchanged(), verified=True), 0, True, "keep",
     "updated; 1 of 1 name servers serve it"),
    (row(ASK, Changed(), verified=True), 0, True, "push",
     "updated; 1 of 1 name servers serve it"),
    (row(ASK, LOST), 1, False, "push", "lost"),
    (row(ASK, refused(Cause.CREDENTIALS)), 8, True, "push", "no"),
    (row(held("dns_intercepted")), 7, False, "hold", "held"),
    (row(held("dns_unknown")), 7, False, "hold", "held"),
    (row(held("dns_cname")), 3, True, "hold", "held"),
    (row(held("dns_partial")), 1, False, "hold", "held"),
    (row(held("dns_waiting")), 1, False, "hold", "held"),
    (row(held("dns_waiting"), verified=True), 0, True, "hold", "held"),  # served while watched
    (row(held("paced")), 1, False, "hold", "held"),
    (row(held("paced", Cause.BLOCKED)), 8, True, "hold", "held"),  # the service said for how long
    (row(held("locked", Cause.CREDENTIALS)), 8, True, "hold", "held"),
    (row(held("locked", Cause.BLOCKED)), 8, True, "hold", "held"),
    (row(held("locked", Cause.NOT_FOUND)), 3, True, "hold", "held"),
    (row(held("locked", Cause.REJECTED)), 3, True, "hold", "held"),
    (row(held("cgnat")), 4, True, "hold", "held"),
    (row(held("cgnat_likely")), 4, True, "hold", "held"),
    (row(held("ds_lite")), 4, True, "hold", "held"),
    (row(held("upstream_nat")), 5, False, "hold", "held"),
    (row(held("witnesses_disagree")), 5, False, "hold", "held"),
    (row(held("liar")), 5, False, "hold", "held"),
    (row(held("one_witness")), 1, False, "hold", "held"),
    (row(held("wan_down")), 6, False, "hold", "held"),
    (row(held("captive")), 6, False, "hold", "held"),
    (row(held("offline")), 6, False, "hold", "held"),
    (row(held("no_address")), 6, False, "hold", "held"),
    (row(held("unsupported")), 3, True, "hold", "held"),
    (row(held("double_nat")), 4, True, "hold", "held"),
    (row(held("multi_wan")), 5, False, "hold", "held"),
    (row(held("nat64")), 4, True, "hold", "held"),
    (row(held("v6_unconfirmed")), 1, False, "hold", "held"),
    (row(held("v6_nat66_or_vpn")), 5, False, "hold", "held"),
    (row(held("v6_none")), 3, True, "hold", "held"),
    (row(held("v6_absent")), 4, True, "hold", "held"),
    (row(held("flapping")), 1, False, "hold", "held"),
    (row(held("v6_waiting")), 1, False, "hold", "held"),
    (row(held("v6_no_prefix")), 3, True, "hold", "held"),
]  # fmt: skip


def label(one: Row) -> str:
    decided = getattr(one.decision, "code", type(one.decision).__name__)
    ended = "" if one.outcome is None else f"-{type(one.outcome).__name__}"
    cause = getattr(one.outcome, "cause", None) or getattr(one.decision, "cause", None)
    return f"{decided}{ended}{f'-{cause}' if cause else ''}{'-served' if one.verified else ''}"


@pytest.mark.parametrize(
    ("one", "status", "settled", "action", "reason"), TABLE, ids=[label(one) for one, *_ in TABLE]
)
def test_row_of_the_table(one: Row, status: int, settled: bool, action: str, reason: str) -> None:
    report = Report(addresses={Family.V4: SETTLED}, rows=(one,))
    assert (report.exit, report.settled, one.action, one.reason) == (
        status,
        settled,
        action,
        reason,
    )
    entry = report.as_json()["records"][0]
    assert (entry["action"], entry["reason"]) == (action, reason)
    assert report.as_json()["exit"] == status


def test_the_table_has_every_cause_and_every_reason_to_hold() -> None:
    rows = [one for one, *_ in TABLE]
    causes = {one.outcome.cause for one in rows if isinstance(one.outcome, Refused)}
    assert causes == set(Cause) == set(EXIT_OF_CAUSE)
    codes = {one.decision.code for one in rows if isinstance(one.decision, Hold)}
    assert codes == set(HELD_BY)


def test_several_records_end_in_the_strongest_status_and_are_settled_together() -> None:
    def of(*rows: Row) -> tuple[int, bool]:
        report = Report(addresses={Family.V4: SETTLED}, rows=rows)
        return report.exit, report.settled

    right, locked = row(KEEP, verified=True), row(held("locked", Cause.CREDENTIALS))
    assert of(right, locked) == (8, True)
    assert of(right, locked, row(held("paced"))) == (8, False)
    assert of(row(held("unsupported")), row(held("offline"))) == (6, False)
    assert of(row(held("unsupported")), right) == (3, True)
    assert of(row(held("dns_partial")), row(held("dns_unknown"))) == (7, False)


VERDICTS: list[tuple[Verdict, int]] = [
    (SETTLED, 0),
    (replace(SETTLED, code="cgnat"), 0),  # published by the user's wish
    (replace(SETTLED, code="upstream_nat"), 0),
    (replace(SETTLED, code="one_witness"), 0),
    (OutOfReach(family=Family.V4, address=OURS, code="cgnat", sources=("stun",), because=""), 4),
    (Disputed(family=Family.V4, candidates=(), code="witnesses_disagree", sources=(), because=""),
     5),
    (Unknown(family=Family.V4, code="wan_down", because=""), 6),
    (Unknown(family=Family.V4, code="one_witness", because=""), 1),
    (Unknown(family=Family.V6, code="unsupported", because=""), 3),
    (Unknown(family=Family.V6, code="v6_absent", because=""), 4),
    (Unknown(family=Family.V6, code="v6_waiting", because=""), 1),
]  # fmt: skip


@pytest.mark.parametrize(("verdict", "status"), VERDICTS, ids=lambda one: getattr(one, "code", ""))
def test_without_records_the_verdict_alone_decides(verdict: Verdict, status: int) -> None:
    report = Report(addresses={verdict.family: verdict}, rows=())
    assert report.exit == status
    assert report.settled
