"""The dyndns2 grammar, word by word: what services say, and what only looks like it."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.catalogue import by_id
from providers.engine.dyndns2_reply import outcome_of
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed
from providers.engine.wire import Response, Secret
from tests.support.provider_fakes.errand import job
from tests.support.tools import need_vendor

V4, V6 = "198.51.100.7", "2001:db8::7"
HOST = ("home.example.com",)


def read(
    body: str | bytes,
    status: int = 200,
    hosts: tuple[str, ...] = HOST,
    sent: tuple[str, ...] = (V4,),
) -> Outcome:
    raw = body.encode() if isinstance(body, str) else body
    reply = Response(status=status, body=raw)
    return outcome_of("Vendor", reply, hosts=hosts, sent=[ip_address(text) for text in sent])


def kind(outcome: Outcome) -> str:
    return outcome.cause if isinstance(outcome, Refused) else type(outcome).__name__.lower()


ONE_HOST = [
    # ---- success
    (f"good {V4}\n", "changed"),
    ("good", "changed"),
    ("GOOD", "changed"),
    ("Good 198.51.100.7\r\n", "changed"),
    (f"\ufeffgood {V4}", "changed"),
    (f"\r\n\r\n  good\t{V4}  \r\n", "changed"),
    (f"good {V4}\rgood {V4}\r", "changed"),
    (f"good {V4} 2026-03-01 03:00", "changed"),
    (f"good {V4}\nthank you for flying with us", "changed"),
    (f"nochg {V4}", "unchanged"),
    ("nochg", "unchanged"),
    ("NOCHG", "unchanged"),
    (f"nochg {V4}\n\n\n", "unchanged"),
    # ---- another address than the one that was sent
    ("good 198.51.100.8", "unconfirmed"),
    ("nochg 198.51.100.8", "unconfirmed"),
    (f"good {V6}", "unconfirmed"),
    (f"good {V4},198.51.100.8", "unconfirmed"),
    (f"good {V4} {V6}", "changed"),  # what it holds besides
    ("good 127.0.0.1", "blocked"),
    ("good ::1", "blocked"),
    ("good 0.0.0.0", "unconfirmed"),
    # ---- words inside words
    ("goodbye", "confused"),
    ("notgood", "confused"),
    ("good-ish", "confused"),
    ("good,198.51.100.7", "confused"),
    ("nochgs", "confused"),
    ("badauthority", "confused"),
    ("not badauth", "confused"),
    ("the update was good", "confused"),
    ("9110", "confused"),
    ("abuses", "confused"),
    ("nohosts", "confused"),
    ("!", "confused"),
    # ---- no reply of this protocol at all
    ("", "confused"),
    (" \r\n\t", "confused"),
    ("\ufeff", "confused"),
    ("\0", "confused"),
    ("good\0", "confused"),
    (b"\xff\xfeg\x00o\x00o\x00d\x00", "confused"),
    ("<html><body>good 198.51.100.7</body></html>", "confused"),
    ("<!DOCTYPE html>\ngood 198.51.100.7", "confused"),
    ('{"status": "good"}', "confused"),
    ("x" * 200_000, "confused"),
    ("word " * 40_000, "confused"),
    ("\n" * 200_000, "confused"),
    ("g\u200bood", "confused"),
    # ---- refusals
    ("badauth", "credentials"),
    ("BADAUTH\r\n", "credentials"),
    ("!yours", "credentials"),
    ("nohost", "not_found"),
    ("notfqdn", "rejected"),
    ("numhost", "rejected"),
    ("badsys", "rejected"),
    ("badrequest", "rejected"),
    ("badparam myip", "rejected"),
    ("!donator", "rejected"),
    ("!active", "blocked"),
    ("2fa", "blocked"),
    ("abuse", "blocked"),
    ("badagent", "blocked"),
    ("dnserr", "transient"),
    ("911", "transient"),
    ("911 [maintenance]", "transient"),
    ("toofast", "rate_limited"),
    ("interval", "rate_limited"),
    ("too_soon", "rate_limited"),
    ("TOO_FREQ", "rate_limited"),
    # ---- a success and a refusal: the refusal counts
    (f"good {V4}\nabuse", "blocked"),
    ("abuse\ngood", "blocked"),
    ("dnserr\nbadauth", "credentials"),
    ("nohost\n911", "transient"),
]


@pytest.mark.parametrize(("body", "expected"), ONE_HOST, ids=lambda value: repr(value)[:40])
def test_each_reply_for_one_host_has_its_meaning(body: str | bytes, expected: str) -> None:
    outcome = read(body)
    assert kind(outcome) == expected
    if not isinstance(outcome, Changed | Unchanged):
        assert outcome.text.startswith("Vendor ")
        assert len(outcome.text) < 260
        assert "\n" not in outcome.text


@pytest.mark.parametrize(
    ("body", "wait"),
    [
        ("911", 1800.0),
        ("dnserr", 1800.0),
        ("toofast", 600.0),
        ("interval", 600.0),
        ("what?", 1800.0),
        ("", 1800.0),
        ("badauth", None),
        ("abuse", None),
    ],
)
def test_a_refusal_that_passes_says_how_long_to_wait(body: str, wait: float | None) -> None:
    outcome = read(body)
    assert isinstance(outcome, Refused)
    assert outcome.wait == wait


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, "badauth", "credentials"),
        (401, "", "credentials"),
        (401, "<html>", "credentials"),
        (403, "badagent", "blocked"),
        (403, "abuse", "blocked"),
        (403, "who are you", "credentials"),
        (400, "nohost", "not_found"),
        (400, "911", "transient"),
        (404, "Not Found", "not_found"),
        (400, "good", "rejected"),  # a status that denies what the word says
        (401, "good 198.51.100.7", "credentials"),
        (200, "badauth", "credentials"),
        (204, "", "confused"),
    ],
)
def test_a_known_refusal_goes_before_the_status_and_the_status_before_success(
    status: int, body: str, expected: str
) -> None:
    assert kind(read(body, status)) == expected


HOSTS = ("a.test", "b.test", "c.test")


@pytest.mark.parametrize(
    ("body", "expected", "named"),
    [
        ("good\ngood\ngood", "changed", ""),
        ("nochg\ngood\nnochg", "changed", ""),
        ("nochg\r\nnochg\r\nnochg\r\n", "unchanged", ""),
        ("good", "unconfirmed", "b.test, c.test"),
        ("good\ngood", "unconfirmed", "c.test"),
        ("nochg", "unconfirmed", "b.test, c.test"),
        ("good\nnohost\ngood", "not_found", "nohost for b.test"),
        ("good\nnohost\nabuse", "blocked", "abuse for c.test"),
        ("good\ngoodbye\ngood", "confused", "goodbye"),
        ("badauth", "credentials", "badauth for a.test, b.test, c.test"),
        ("911", "transient", "a.test, b.test, c.test"),
        ("good 198.51.100.7\ngood 198.51.100.8\ngood 198.51.100.7", "unconfirmed", "198.51.100.8"),
        ("good\ngood\ngood\ngood", "changed", ""),
        ("good\ngood\ngood\nabuse", "blocked", "abuse"),
    ],
)
def test_several_hosts_are_answered_line_by_line(body: str, expected: str, named: str) -> None:
    outcome = read(body, hosts=HOSTS)
    assert kind(outcome) == expected
    assert named in getattr(outcome, "text", "")


@pytest.mark.parametrize(
    "echo", [f"{V4},{V6}", f"{V4} {V6}", V4, V6, "", "2001:0DB8:0:0::7", f"{V6},{V4},"]
)
def test_two_addresses_may_be_echoed_in_any_form_or_not_at_all(echo: str) -> None:
    assert read(f"good {echo}", sent=(V4, V6)) == Changed()


def test_a_mismatch_names_both_addresses() -> None:
    outcome = read("good 203.0.113.9")
    assert isinstance(outcome, Unconfirmed)
    assert "203.0.113.9" in outcome.text
    assert V4 in outcome.text


def test_a_loopback_address_that_was_sent_may_be_echoed() -> None:
    assert read("good 127.0.0.1", sent=("127.0.0.1",)) == Changed()


def test_an_undocumented_answer_is_shown() -> None:
    outcome = read("Your account needs attention,\nplease log in")
    assert isinstance(outcome, Refused)
    assert "Your account needs attention, please log in" in outcome.text


@given(st.binary(max_size=300), st.integers(200, 499))
def test_no_answer_is_an_exception_and_only_the_words_are_success(body: bytes, status: int) -> None:
    outcome = read(body, status)
    if isinstance(outcome, Changed | Unchanged):
        assert body.decode("utf-8", "replace").removeprefix("\ufeff").split()[0].casefold() in (
            "good",
            "nochg",
        )


# ---- replies collected from the sources of other clients ---------------------------------------

COLLECTED: dict[str, list[str]] = {
    "updated": ["changed"],
    "unchanged": ["unchanged"],
    "auth": [Cause.CREDENTIALS],
    "unknown": [Cause.CONFUSED],
    "mismatch": ["unconfirmed"],
    "partial": ["unconfirmed"],
}


IDS = {"infomaniak": "infomaniak_dyndns", "easydns": "easydns_dyndns", "desec": "desec_dyndns"}
IDS |= {"njalla": "njalla_dyndns"}


def _read_as(name: str, case: dict[str, Any]) -> Outcome:
    reply = Response(status=case["http_status"], body=case["body"].encode())
    if name == "dyndns2":
        return outcome_of(
            "Vendor", reply, hosts=HOST, sent=[ip_address(text) for text in case["sent"]]
        )
    provider = by_id(IDS.get(name, name))
    assert provider is not None
    host = "home.duckdns.org" if name == "duckdns" else "home.example.com"
    settings = {"token": Secret("secret"), "password": Secret("secret")}
    work = replace(job(host, *case["sent"], **settings), zone="example.com")
    steps = provider.update(work)
    next(steps)
    try:
        steps.send(reply)
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome
    raise AssertionError("one call is enough")


def test_collected_replies_are_read_as_their_collectors_say() -> None:
    cases = json.loads(need_vendor("dyndns_replies.json").read_text("utf-8"))["cases"]
    assert len(cases) >= 28
    for case in cases:
        outcome = _read_as(case["provider"], case)
        expected = COLLECTED.get(case["outcome"], [case["outcome"]])
        assert kind(outcome) in expected, case
        if "min_retry_s" in case:
            assert isinstance(outcome, Refused)
            assert (outcome.wait or 0) >= case["min_retry_s"], case
