"""The driver: what may be repeated, when an errand is over, and what people are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import pytest

from providers.engine.drive import drive, read_back
from providers.engine.errors import Confused, json_object, refusal, response_of
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed
from providers.engine.signing import Signed
from providers.engine.wire import (
    Basic,
    Call,
    DnsReply,
    DnsUpdate,
    Fault,
    Held,
    Reading,
    Reply,
    Request,
    Response,
    Secret,
    Steps,
    TsigKey,
)
from tests.support.simloop import run_simulated

READ = Request(method="GET", url="https://dns.test/zone")
PUT = Request(method="PUT", url="https://dns.test/zone", write=True, idempotent=True)
POST = Request(method="POST", url="https://dns.test/zone", write=True)
UPDATE = DnsUpdate(server="192.0.2.53:53", zone="example.com", rrsets=(), key=None)
LOST = Fault(sent=True, text="no answer")
UNSENT = Fault(sent=False, text="no connection")
OK = Response(status=200, body=b"{}")


@dataclass
class Script:
    """A sender that answers from a list, and remembers when it was asked for what."""

    replies: Iterator[Reply | Fault]
    takes: float = 0.0
    calls: list[Call] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)

    async def __call__(self, call: Call, *, limit: float) -> Reply | Fault:
        self.calls.append(call)
        self.times.append(asyncio.get_running_loop().time())
        self.limits.append(limit)
        await asyncio.sleep(min(self.takes, limit))
        return next(self.replies)


def script(*replies: Reply | Fault, takes: float = 0.0) -> Script:
    return Script(iter(replies), takes)


def one(call: Call) -> Steps:
    """A provider of one call, which reads the answer by the shared table."""
    reply = yield call
    if isinstance(reply, Response):
        return refusal("Vendor", reply) or Changed()
    return Changed()


def run(steps: Steps, send: Script, **options: Any) -> Outcome:
    return run_simulated(drive(steps, send, title="Vendor", **options))


def cause_of(outcome: Outcome) -> str:
    return outcome.cause if isinstance(outcome, Refused) else type(outcome).__name__


def http(status: int, body: bytes = b"", /, **headers: str) -> Response:
    return Response(
        status=status,
        body=body,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


# ---- the table of trouble -----------------------------------------------------------------------

TABLE = [
    # what comes back every time, then: calls made and the end, for a read, a PUT and a POST
    (UNSENT, (3, "transient"), (3, "transient"), (1, "transient")),
    (LOST, (3, "transient"), (3, "Unconfirmed"), (1, "Unconfirmed")),
    (http(502), (3, "transient"), (3, "Unconfirmed"), (1, "Unconfirmed")),
    (http(504), (3, "transient"), (3, "Unconfirmed"), (1, "Unconfirmed")),
    (http(500), (3, "transient"), (3, "transient"), (1, "transient")),
    (http(503), (3, "transient"), (3, "transient"), (1, "transient")),
    (http(503, retry_after="60"), (1, "transient"), (1, "transient"), (1, "transient")),
    (http(429), (1, "rate_limited"), (1, "rate_limited"), (1, "rate_limited")),
    (http(301, location="/b"), (1, "confused"), (1, "confused"), (1, "confused")),
    (http(304), (1, "confused"), (1, "confused"), (1, "confused")),
    (http(101), (1, "confused"), (1, "confused"), (1, "confused")),
    (http(600), (1, "confused"), (1, "confused"), (1, "confused")),
    (
        Response(status=200, body=b"x", cut=True),
        (1, "confused"),
        (1, "Unconfirmed"),
        (1, "Unconfirmed"),
    ),
    (Response(status=404, body=b"x", cut=True), (1, "confused"), (1, "confused"), (1, "confused")),
    (http(401), (1, "credentials"), (1, "credentials"), (1, "credentials")),
    (http(404), (1, "not_found"), (1, "not_found"), (1, "not_found")),
    (OK, (1, "Changed"), (1, "Changed"), (1, "Changed")),
]


@pytest.mark.parametrize("column", [0, 1, 2], ids=["read", "idempotent write", "other write"])
@pytest.mark.parametrize("row", TABLE, ids=lambda row: repr(row[0])[:60])
def test_every_kind_of_trouble_ends_as_the_table_says(row: tuple[Any, ...], column: int) -> None:
    call = (READ, PUT, POST)[column]
    send = script(*[row[0]] * 9)
    outcome = run(one(call), send)
    assert (len(send.calls), cause_of(outcome)) == row[1 + column]


@pytest.mark.parametrize("call", [READ, PUT, POST])
def test_what_cannot_be_sent_as_it_is_configured_is_the_users_to_mend(call: Call) -> None:
    hopeless = Fault(sent=False, text="use https", hopeless=True)
    sends = script(hopeless)
    outcome = run(one(call), sends)
    assert outcome == Refused(cause=Cause.REJECTED, text="Vendor: use https")
    assert len(sends.calls) == 1


def test_a_lost_dns_update_is_repeated_because_it_replaces_whole_sets() -> None:
    send = script(LOST, DnsReply(rcode="NOERROR"))
    assert run(one(UPDATE), send) == Changed()
    send = script(LOST, LOST, LOST)
    assert cause_of(run(one(UPDATE), send)) == "Unconfirmed"


def test_a_signed_query_changes_nothing_so_its_loss_leaves_no_doubt() -> None:
    query = DnsUpdate(server="a:53", zone="b", rrsets=(), key=None, query_only=True)
    assert cause_of(run(one(query), script(LOST, LOST, LOST))) == "transient"


@pytest.mark.parametrize("first", [UNSENT, LOST, http(500), http(504)])
def test_a_repeated_call_may_yet_succeed(first: Reply | Fault) -> None:
    assert run(one(PUT), script(first, OK)) == Changed()


@pytest.mark.parametrize("status", [404, 400, 503])
def test_a_refusal_after_a_lost_write_is_not_believed(status: int) -> None:
    delete = Request(method="DELETE", url="https://dns.test/r/1", write=True, idempotent=True)
    outcome = run(one(delete), script(LOST, *[http(status)] * 2))
    assert isinstance(outcome, Unconfirmed)
    assert "earlier try" in outcome.text


@pytest.mark.parametrize(
    ("status", "cause"), [(401, Cause.CREDENTIALS), (402, Cause.BLOCKED), (429, Cause.RATE_LIMITED)]
)
def test_a_stop_after_a_lost_write_still_stops(status: int, cause: Cause) -> None:
    assert cause_of(run(one(PUT), script(LOST, http(status)))) == cause


def test_redirects_are_named_and_not_followed() -> None:
    send = script(http(307, location="https://u:p@evil.test/login?token=abc"))
    outcome = run(one(READ), send)
    assert isinstance(outcome, Refused)
    assert "https://evil.test/login" in outcome.text
    assert "token=abc" not in outcome.text
    assert "u:p" not in outcome.text
    assert len(send.calls) == 1


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry_after": "120"}, 120.0),
        (
            {
                "retry_after": "Sun, 01 Mar 2026 03:02:00 GMT",
                "date": "Sun, 01 Mar 2026 03:00:00 GMT",
            },
            120,
        ),
        ({"retry_after": "Sun, 01 Mar 2026 03:02:00 GMT"}, 60.0),  # by the clock here, 03:01
    ],
)
def test_a_rate_limit_carries_the_wait_that_was_told(
    headers: dict[str, Any], wait: float | None
) -> None:
    wall = datetime(2026, 3, 1, 3, 1, tzinfo=UTC)
    outcome = run(one(POST), script(http(429, **headers)), wall=lambda: wall)
    assert isinstance(outcome, Refused)
    assert (outcome.cause, outcome.wait) == (Cause.RATE_LIMITED, wait)


# ---- time ---------------------------------------------------------------------------------------


def test_pauses_grow_and_come_from_outside() -> None:
    send = script(UNSENT, UNSENT, UNSENT, UNSENT)
    run(one(READ), send, pauses=(1.0, 3.0, 5.0))
    assert send.times == [0.0, 1.0, 4.0, 9.0]


def test_the_deadline_is_for_the_errand_and_not_for_each_call() -> None:
    def pages() -> Steps:
        for _ in range(5):
            yield READ
        return Unchanged()

    send = script(*[OK] * 9, takes=8.0)
    outcome = run(pages(), send, limit=30.0)
    assert send.limits == [30.0, 22.0, 14.0, 6.0]
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.TRANSIENT
    assert "30 s" in outcome.text


def test_nothing_is_repeated_when_the_pause_would_end_after_the_deadline() -> None:
    send = script(UNSENT, UNSENT, takes=9.0)

    async def main() -> float:
        await drive(one(READ), send, limit=10.0, pauses=(2.0,))
        return asyncio.get_running_loop().time()

    assert run_simulated(main()) == 9.0
    assert len(send.calls) == 1


def test_a_provider_that_pages_for_ever_is_left() -> None:
    def endless() -> Steps:
        while True:
            yield READ

    send = script(*[OK] * 99)
    assert cause_of(run(endless(), send)) == "confused"
    assert len(send.calls) == 64


# ---- providers that stumble ---------------------------------------------------------------------


def _raise(error: BaseException) -> Callable[[Response], object]:
    def read(_: Response) -> object:
        raise error

    return read


def _deep(response: Response) -> object:
    return _deep(response)


WEIRD = [
    (b'{"result": null}', lambda r: json_object(r)["result"]["id"]),
    (b'{"result": []}', lambda r: json_object(r)["result"][0]),
    (b"{}", lambda r: json_object(r)["result"]),
    (b"[]", json_object),
    (b"<html><title>Portal</title>", json_object),
    (b"", json_object),
    (b"\xff\xfe\x00", json_object),
    (b"[" * 100_000, json_object),
    (b"nope", lambda r: ip_address(r.body.decode())),
    (b"deep", _deep),
    (b"odd", _raise(StopIteration("inside"))),
    (b"odd", _raise(MemoryError())),
    (b"odd", _raise(Confused("with a riddle"))),
]


@pytest.mark.parametrize(("body", "read"), WEIRD)
@pytest.mark.parametrize("call", [READ, POST], ids=["read", "write"])
def test_an_undocumented_answer_is_a_sentence(
    body: bytes, read: Callable[[Response], object], call: Request
) -> None:
    def careless() -> Steps:
        read(response_of((yield call)))
        return Changed()

    outcome = run(careless(), script(Response(status=200, body=body)))
    assert isinstance(outcome, Refused if call is READ else Unconfirmed)
    if isinstance(outcome, Refused):
        assert outcome.cause is Cause.CONFUSED
    assert outcome.text.startswith("Vendor answered")
    assert len(outcome.text) < 300
    assert "\n" not in outcome.text


def test_confusion_after_an_accepted_write_is_unconfirmed() -> None:
    def create_then_list() -> Steps:
        yield POST
        json_object(response_of((yield READ)))
        return Changed()

    assert cause_of(run(create_then_list(), script(OK, http(200, b"?")))) == "Unconfirmed"
    assert cause_of(run(create_then_list(), script(http(400), http(200, b"?")))) == "confused"


def test_confusion_over_the_answer_to_a_repeated_write_is_unconfirmed() -> None:
    def put() -> Steps:
        json_object(response_of((yield PUT)))
        return Changed()

    assert cause_of(run(put(), script(LOST, http(404, b"?")))) == "Unconfirmed"
    assert cause_of(run(put(), script(http(404, b"?")))) == "confused"


def test_settings_of_which_no_request_can_be_made_are_rejected_and_nothing_is_sent() -> None:
    def broken() -> Steps:
        raise ValueError("Xyzzy")
        yield READ

    send = script()
    outcome = run(broken(), send)
    assert isinstance(outcome, Refused)
    assert outcome.cause is Cause.REJECTED
    assert "Xyzzy" not in outcome.text  # it may be a credential: none is known yet
    assert not send.calls


def test_a_reply_of_the_other_kind_is_a_sentence_too() -> None:
    def expects_http() -> Steps:
        response_of((yield READ))
        return Changed()

    assert cause_of(run(expects_http(), script(DnsReply(rcode="NOERROR")))) == "confused"


@pytest.mark.parametrize("end", ["return", "raise", "trouble", "cancel"])
def test_the_generator_is_always_closed(end: str) -> None:
    closed = []

    def careful() -> Steps:
        try:
            yield READ
            if end == "raise":
                raise KeyError("x")
            return Changed()
        finally:
            closed.append(True)

    steps = careful()  # held here, so that no garbage collector closes it instead

    async def main() -> None:
        send = script(http(429) if end == "trouble" else OK, takes=1.0)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(drive(steps, send))
            await asyncio.sleep(0.5)
            if end == "cancel":
                task.cancel()

    run_simulated(main())
    assert closed == [True]


def test_cancelling_is_not_taken_for_trouble() -> None:
    async def main() -> bool:
        task = asyncio.ensure_future(drive(one(POST), script(OK, takes=5.0)))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return task.cancelled()

    assert run_simulated(main())


# ---- what people are told -----------------------------------------------------------------------

TOKEN = Secret("tok-5ecret/99")
SPEAKING = Request(
    method="POST",
    url="https://dns.test/",
    query=(("key", TOKEN),),
    auth=Basic(user="ann", password=Secret("pa ss")),
    json={"deep": [{"secret": Secret("in-json")}]},
    write=True,
)


@pytest.mark.parametrize(
    "said",
    ["tok-5ecret/99", "tok-5ecret%2F99", "YW5uOnBhIHNz", "pa+ss", "pa%20ss", "in-json", "IN-JSON"],
)
def test_no_end_of_an_errand_shows_a_secret(said: str) -> None:
    def loud(end: str) -> Steps:
        yield SPEAKING
        match end:
            case "changed":
                return Changed(note=f"set with {said}")
            case "unchanged":
                return Unchanged(note=f"set with {said}")
            case "confused":
                raise Confused(f"with {said}")
            case _:
                raise KeyError(said)

    body = f"you sent {said}, I see".encode()
    outcomes = [
        run(loud(end), script(http(200, body))) for end in ("changed", "unchanged", "confused", "")
    ]
    outcomes += [
        run(one(SPEAKING), script(reply))
        for reply in (
            http(400, body),
            http(500, body),
            http(302, location=f"https://x.test/{said}"),
            Fault(sent=True, text=f"lost {said}"),
        )
    ]
    for outcome in outcomes:
        assert said.lower() not in repr(outcome).lower()
        assert "***" in repr(outcome)


def test_a_secret_cut_in_two_by_the_excerpt_is_struck_as_well() -> None:
    for padding in range(90, 120):
        outcome = run(
            one(SPEAKING), script(http(400, b"x" * padding + b" tok-5ecret/99 and more " * 9))
        )
        assert "tok-5" not in repr(outcome), padding


def test_the_key_of_a_dns_update_is_a_secret_too() -> None:
    key = TsigKey(name="home.", secret=Secret("c2VjcmV0IGtleQ=="))
    call = DnsUpdate(server="a:53", zone="b", rrsets=(), key=key)
    outcome = run(one(call), script(*[Fault(sent=False, text="key c2VjcmV0IGtleQ== is bad")] * 3))
    assert "c2VjcmV0" not in repr(outcome)


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (timedelta(hours=2), "2 hours ahead"),
        (timedelta(minutes=-6), "360 s behind"),
        (timedelta(minutes=4), ""),
        (timedelta(0), ""),
    ],
)
def test_a_refusal_of_credentials_mentions_a_wrong_clock(off: timedelta, words: str) -> None:
    served = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
    reply = http(403, date="Sun, 01 Mar 2026 03:00:00 GMT")
    outcome = run(one(READ), script(reply), wall=lambda: served + off)
    assert isinstance(outcome, Refused)
    assert words in outcome.text
    assert ("clock" in outcome.text) is bool(words)


def test_a_wrong_clock_locks_no_account_whose_requests_are_signed() -> None:
    call = replace(READ, auth=Signed(signer=lambda draft, *_: draft, keys={}))
    reply = http(403, date="Sun, 01 Mar 2026 03:00:00 GMT")
    for wall, cause, words in (
        (datetime(1970, 1, 1, tzinfo=UTC), Cause.TRANSIENT, "The clock here is 20513 days behind"),
        (datetime(2026, 3, 1, 3, 0, 30, tzinfo=UTC), Cause.CREDENTIALS, "credentials"),
    ):
        outcome = run(one(call), script(reply), wall=lambda wall=wall: wall)
        assert isinstance(outcome, Refused)
        assert outcome.cause is cause
        assert words in outcome.text


def test_other_refusals_do_not_mention_the_clock() -> None:
    reply = http(404, date="Sun, 01 Mar 2020 03:00:00 GMT")
    outcome = run(one(READ), script(reply), wall=lambda: datetime(2026, 3, 1, tzinfo=UTC))
    assert "clock" not in repr(outcome)


# ---- reading back -------------------------------------------------------------------------------


def _reading() -> Reading:
    yield READ
    return Held(values=frozenset({ip_address("192.0.2.1")}))


def test_reading_back_tells_what_is_held() -> None:
    held = run_simulated(read_back(_reading(), script(OK)))
    assert held == Held(values=frozenset({ip_address("192.0.2.1")}))


@pytest.mark.parametrize(
    ("reply", "cause"), [(LOST, Cause.TRANSIENT), (http(429), Cause.RATE_LIMITED)]
)
def test_reading_back_is_refused_and_never_in_doubt(reply: Reply | Fault, cause: Cause) -> None:
    ended = run_simulated(read_back(_reading(), script(*[reply] * 3), title="Vendor"))
    assert isinstance(ended, Refused)
    assert ended.cause is cause


def test_reading_back_through_a_lost_login_is_refused_too() -> None:
    def with_login() -> Reading:
        yield POST
        return Held(values=frozenset())

    ended = run_simulated(read_back(with_login(), script(LOST)))
    assert isinstance(ended, Refused)
    assert ended.cause is Cause.TRANSIENT
