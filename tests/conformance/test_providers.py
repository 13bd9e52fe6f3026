"""One suite for every provider: the same errands, the same bad weather, the same honesty.

No outcome of any trial may hold a secret, and no service may have seen a request that its
documentation does not allow: `Trial` checks both every time.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from ipaddress import ip_address

import pytest

from agent.wiring import moment
from providers.engine.drive import drive, read_back
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed
from providers.engine.sender import Sender
from providers.engine.wire import Held, Job, RRset, RType, Secret
from tests.conformance.bench import Bench, Service, Settings
from tests.conformance.benches import BENCHES
from tests.support.gremlin import http, http_without_end

OLD, NEW, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"
OLD6, NEW6 = "2001:db8:1::1", "2001:db8:1::2"
_LABELS = (f"trial{number}" for number in itertools.count())  # no trial meets another's records


@dataclass
class Trial:
    """One service in one trial, and a name in its zone that nobody used before."""

    bench: Bench
    service: Service
    sender: Sender
    name: str
    outcomes: list[Outcome | Held] = field(default_factory=list)

    def rrset(self, *values: str, rtype: RType = "A", name: str = "") -> RRset:
        """The wanted RRset; what the service holds now is what live DNS shows of it."""
        name = name or self.name
        return RRset(
            name=name,
            rtype=rtype,
            values=frozenset(map(ip_address, values)),
            ttl=max(60, self.bench.provider.ttl_min or 0),
            live=frozenset(map(ip_address, self.service.held(name, rtype))),
        )

    async def update(
        self, *rrsets: RRset, settings: Settings | None = None, zone: str | None = None
    ) -> Outcome:
        zone = self.bench.zone if zone is None else zone
        job = Job(zone=zone, rrsets=rrsets, settings={**self.service.settings, **(settings or {})})
        title = self.bench.provider.title
        steps = self.bench.provider.update(job)
        outcome = await drive(steps, self.sender, limit=20, title=title, pauses=(0.0,))
        self.outcomes.append(outcome)
        return outcome

    def check(self) -> None:
        secrets = [*self.service.settings.values(), *self.service.wrong_key.values()]
        for secret in (value.reveal() for value in secrets if isinstance(value, Secret)):
            assert secret not in "".join(map(repr, self.outcomes))
        assert self.service.violations() == []


def trial_of(benches: Iterable[Bench]) -> pytest.MarkDecorator:
    """Try out these benches: which they are is a matter of their traits, stated here."""
    return pytest.mark.parametrize("bench", benches, indirect=True, ids=lambda bench: bench.name)


ALL = trial_of(BENCHES)
HTTP = trial_of([bench for bench in BENCHES if bench.traits.http])
READERS = trial_of([bench for bench in BENCHES if bench.provider.read is not None])
VERIFIERS = trial_of([bench for bench in BENCHES if bench.provider.verify is not None])


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Bench], None]]:
    """Start a bench's server at its first trial; all are stopped after the last one."""
    running: set[str] = set()
    with ExitStack() as end:

        def start_once(bench: Bench) -> None:
            if bench.name not in running:
                bench.start(tmp_path_factory.mktemp("conformance"), end)
                running.add(bench.name)

        yield start_once


@pytest.fixture
def bench(request: pytest.FixtureRequest, start: Callable[[Bench], None]) -> Bench:
    chosen: Bench = request.param
    start(chosen)
    return chosen


def try_out(bench: Bench, story: Callable[[Trial], Awaitable[None]]) -> None:
    async def main() -> None:
        sender = Sender(user_agent="upstun/0 (test)", moment=moment)
        try:
            async with bench.serve() as service:
                trial = Trial(bench, service, sender, f"{next(_LABELS)}.{bench.zone}")
                await story(trial)
                trial.check()
        finally:
            await sender.aclose()

    asyncio.run(main())


def is_refused(outcome: Outcome, *causes: Cause) -> None:
    assert isinstance(outcome, Refused), outcome
    assert outcome.cause in causes, outcome
    assert outcome.text


def nothing_new(bench: Bench) -> Outcome:
    """What an update that changes nothing ends in."""
    return Unchanged() if bench.traits.tells_unchanged else Changed()


# ---- good weather -------------------------------------------------------------------------------


@ALL
def test_the_first_address_of_a_name(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        if not bench.traits.makes_names:
            is_refused(await trial.update(trial.rrset(NEW)), bench.traits.no_name)
            trial.service.seed(trial.name, "A")  # the user makes the host, without an address
        assert await trial.update(trial.rrset(NEW)) == Changed()
        assert trial.service.held(trial.name, "A") == [NEW]

    try_out(bench, story)


@ALL
def test_a_changed_address_replaces_the_old_one(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        assert await trial.update(trial.rrset(NEW)) == Changed()
        assert trial.service.held(trial.name, "A") == [NEW]

    try_out(bench, story)


@ALL
def test_the_same_address_is_not_written_again(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", NEW)
        assert await trial.update(trial.rrset(NEW)) == nothing_new(bench)
        assert trial.service.writes == (0 if bench.traits.looks_first else 1)

    try_out(bench, story)


@ALL
def test_ipv6_beside_ipv4(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        trial.service.seed(trial.name, "AAAA", OLD6)
        if "AAAA" not in bench.provider.families:
            is_refused(await trial.update(trial.rrset(NEW6, rtype="AAAA")), Cause.REJECTED)
            assert trial.service.wire.requests == []
            return
        assert await trial.update(trial.rrset(NEW6, rtype="AAAA")) == Changed()
        assert trial.service.held(trial.name, "A") == [OLD]
        assert trial.service.held(trial.name, "AAAA") == [NEW6]
        both = (trial.rrset(NEW), trial.rrset(OLD6, rtype="AAAA"))
        before = trial.service.writes
        assert await trial.update(*both) == Changed()
        assert trial.service.held(trial.name, "A") == [NEW]
        assert trial.service.held(trial.name, "AAAA") == [OLD6]
        writes = (1 if bench.traits.both_families else 2) * bench.traits.change
        assert trial.service.writes - before == writes

    try_out(bench, story)


@ALL
def test_several_addresses_and_stale_ones(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        if not bench.traits.many_values:
            trial.service.seed(trial.name, "A", OLD)
            is_refused(await trial.update(trial.rrset(NEW, OTHER)), Cause.REJECTED)
            assert trial.service.wire.requests == []
            return
        trial.service.seed(trial.name, "A", OLD, OTHER, "198.51.100.9")
        assert await trial.update(trial.rrset(NEW)) == Changed()
        assert trial.service.held(trial.name, "A") == [NEW]
        assert await trial.update(trial.rrset(NEW, OTHER)) == Changed()
        assert trial.service.held(trial.name, "A") == [NEW, OTHER]
        # One record changed and two deleted, one created; or the whole set, twice.
        assert trial.service.writes == (2 if bench.traits.atomic else 3 + bench.traits.change)

    try_out(bench, story)


@ALL
def test_what_is_not_ours_is_left_alone(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        neighbour = f"next-to-{trial.name}"
        theirs = [(neighbour, "A", OLD)]
        if bench.traits.zones:
            theirs.append((trial.name, "TXT", '"not an address"'))
        for name, rtype, value in theirs:
            trial.service.seed(name, rtype, value)
        trial.service.seed(trial.name, "A", OLD)
        assert await trial.update(trial.rrset(NEW)) == Changed()
        for name, rtype, value in theirs:
            assert trial.service.held(name, rtype) == [value]

    try_out(bench, story)


@ALL
def test_the_apex_a_wildcard_and_an_internationalised_name(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        if not bench.traits.zones:
            return await a_service_of_hosts(trial)
        for name in (bench.zone, f"*.{trial.name}", f"xn--bcher-kva.{trial.name}"):
            trial.service.seed(name, "A", OLD)
            outcome = await trial.update(trial.rrset(NEW, name=name))
            if name == bench.zone and not bench.traits.apex:
                is_refused(outcome, Cause.REJECTED)
                assert trial.service.held(name, "A") == [OLD]
                continue
            assert outcome == Changed()
            assert trial.service.held(name, "A") == [NEW]
        return None

    async def a_service_of_hosts(trial: Trial) -> None:
        name = f"xn--bcher-kva.{bench.zone}"
        trial.service.seed(name, "A", OLD)
        assert await trial.update(trial.rrset(NEW, name=name)) == Changed()
        assert trial.service.held(name, "A") == [NEW]

    try_out(bench, story)


@ALL
def test_two_names_in_one_errand(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        second = f"second-{trial.name}"
        for name in (trial.name, second):
            trial.service.seed(name, "A", OLD)
        pair = (trial.rrset(NEW), trial.rrset(OTHER, name=second))
        outcome = await trial.update(*pair)
        if not bench.traits.zones:
            is_refused(outcome, Cause.REJECTED)
            assert trial.service.wire.requests == []
            return
        assert outcome == Changed()
        assert trial.service.held(trial.name, "A") == [NEW]
        assert trial.service.held(second, "A") == [OTHER]
        changes = 1 if bench.provider.batch == "zone" else 2
        assert trial.service.writes == changes * bench.traits.change

    try_out(bench, story)


@READERS
def test_reading_tells_what_is_held(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        job = Job(zone=bench.zone, rrsets=(trial.rrset(NEW),), settings=trial.service.settings)
        assert bench.provider.read is not None
        held = await read_back(bench.provider.read(job), trial.sender, pauses=())
        assert held == Held(values=frozenset({ip_address(OLD)}))
        assert trial.service.writes == 0

    try_out(bench, story)


@VERIFIERS
def test_proving_the_credentials_writes_nothing(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        right = {**trial.service.settings}
        wrong = {**right, **trial.service.wrong_key}
        assert bench.provider.verify is not None
        for settings, expected in ((right, Unchanged), (wrong, Refused)):
            job = Job(zone=bench.zone, rrsets=(trial.rrset(NEW),), settings=settings)
            outcome = await drive(bench.provider.verify(job), trial.sender, pauses=())
            trial.outcomes.append(outcome)
            assert isinstance(outcome, expected)
        assert trial.service.writes == 0
        assert trial.service.held(trial.name, "A") == [OLD]

    try_out(bench, story)


# ---- refusals -----------------------------------------------------------------------------------


@ALL
def test_a_wrong_key(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        outcome = await trial.update(trial.rrset(NEW), settings=trial.service.wrong_key)
        is_refused(outcome, bench.traits.wrong_key)
        assert trial.service.held(trial.name, "A") == [OLD]
        assert len(trial.service.wire.requests) == bench.traits.first_with_key

    try_out(bench, story)


@ALL
def test_an_unknown_zone(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        stranger = replace(trial.rrset(NEW), name="host.stranger.example", live=None)
        outcome = await trial.update(stranger, zone="stranger.example")
        if not bench.traits.zones:
            is_refused(outcome, bench.traits.no_name, Cause.REJECTED)
        elif bench.traits.no_zone is None:
            assert outcome == Changed()
        else:
            is_refused(outcome, bench.traits.no_zone)

    try_out(bench, story)


# ---- bad weather over HTTP ----------------------------------------------------------------------


DATE = "Sun, 01 Mar 2026 03:00:00 GMT"


@HTTP
@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": "Sun, 01 Mar 2026 03:02:00 GMT", "Date": DATE}, 120),
        ({"RateLimit-Reset": "120"}, 120),
        ({"X-RateLimit-Reset": "1772334120", "Date": DATE}, 120),
        ({"Ratelimit": '"default";r=0;t=120'}, 120),
        ({}, None),
    ],
    ids=["seconds", "date", "reset", "unix time", "structured", "silent"],
)
def test_a_rate_limit_is_told_with_its_wait(
    bench: Bench, headers: dict[str, str], wait: float | None
) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        trial.service.wire.answer = http(429, b'{"message": "slow down"}', headers)
        outcome = await trial.update(trial.rrset(NEW))
        is_refused(outcome, Cause.RATE_LIMITED)
        assert isinstance(outcome, Refused)
        assert outcome.wait == wait
        assert len(trial.service.wire.requests) == 1

    try_out(bench, story)


@HTTP
@pytest.mark.parametrize("status", [500, 503, 520])
def test_the_services_own_trouble_passes(bench: Bench, status: int) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        trial.service.wire.answer = http(status, b"<html>sorry</html>")
        is_refused(await trial.update(trial.rrset(NEW)), Cause.TRANSIENT)
        trial.service.wire.answer = None
        assert await trial.update(trial.rrset(NEW)) == Changed()

    try_out(bench, story)


HTML = b"<!DOCTYPE html><html><head><title>Log in to the hotel</title></head></html>"
RECORD = {"id": 5, "name": ["x"], "type": {}, "content": 7, "ttl": "soon", "kind": 1}
NONSENSE: dict[str, bytes] = {
    "a page": HTML,
    "nothing": b"",
    "octets": bytes(range(256)),
    "a list": b"[]",
    "null": b"null",
    "a number": b"42",
    "text": b'"good"',
    "cut": b'{"success": true, "result": [{"id": "',
    "deep": b"[" * 100_000,
    "no result": b'{"success": true}',
    "a text as result": b'{"success": true, "result": "all of them", "rrsets": "all of them"}',
    "numbers as result": b'{"success": true, "result": [1, 2], "rrsets": [1, 2]}',
    "success as text": b'{"success": "true", "result": []}',
    "records of wrong types": json.dumps(
        {"success": True, "result": [RECORD], "rrsets": [RECORD], "result_info": []}
    ).encode(),
    "a list of wrong types": json.dumps([RECORD]).encode(),
    "errors that are numbers": b'{"success": false, "errors": [7], "result": null}',
    "errors with odd codes": b'{"success": false, "errors": [{"code": {}}], "result": null}',
}


@HTTP
@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_no_success(bench: Bench, body: bytes) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        trial.service.wire.answer = http(200, body, {"Content-Type": "application/json"})
        outcome = await trial.update(trial.rrset(NEW))
        if bench.traits.looks_first:
            # An empty list is an honest answer, of a service that has no such zone.
            is_refused(outcome, Cause.CONFUSED, *((Cause.NOT_FOUND,) * (body == b"[]")))
        else:
            assert isinstance(outcome, Refused | Unconfirmed), outcome
            assert not isinstance(outcome, Refused) or outcome.cause is Cause.CONFUSED
            assert outcome.text

    try_out(bench, story)


@HTTP
@pytest.mark.parametrize("body", [HTML, b"", b"{}"], ids=["a page", "nothing", "no error"])
@pytest.mark.parametrize("status", [400, 403, 404, 418])
def test_a_refusal_without_a_reason_is_still_a_refusal(
    bench: Bench, status: int, body: bytes
) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        trial.service.wire.answer = http(status, body)
        assert isinstance(await trial.update(trial.rrset(NEW)), Refused)

    try_out(bench, story)


@HTTP
def test_a_redirect_is_not_followed(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        elsewhere = {"Location": f"http://127.0.0.1:{trial.service.wire.port}/elsewhere"}
        trial.service.wire.answer = http(302, b"", elsewhere)
        is_refused(await trial.update(trial.rrset(NEW)), Cause.CONFUSED)
        assert len(trial.service.wire.requests) == 1

    try_out(bench, story)


@HTTP
def test_a_body_of_300_megabytes_is_not_read(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        trial.service.wire.answer = http_without_end(300 * 1024 * 1024)
        trial.service.wire.endless = True
        outcome = await trial.update(trial.rrset(NEW))
        assert isinstance(outcome, Refused | Unconfirmed)
        assert trial.service.wire.spilt < 32 * 1024 * 1024

    try_out(bench, story)


# ---- bad weather for all ------------------------------------------------------------------------


@ALL
def test_a_connection_that_is_cut(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        trial.service.wire.cut = True
        outcome = await trial.update(trial.rrset(NEW))
        assert isinstance(outcome, Unconfirmed) or (
            isinstance(outcome, Refused) and outcome.cause is Cause.TRANSIENT
        )
        trial.service.wire.cut = False
        assert await trial.update(trial.rrset(NEW)) == Changed()
        assert trial.service.held(trial.name, "A") == [NEW]

    try_out(bench, story)


@ALL
def test_half_an_answer(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        trial.service.wire.answer = http(200, b'{"success": tr', {"Content-Length": "900"})
        outcome = await trial.update(trial.rrset(NEW))
        assert isinstance(outcome, Refused | Unconfirmed)
        assert not isinstance(outcome, Refused) or outcome.cause is Cause.TRANSIENT

    try_out(bench, story)


@ALL
@pytest.mark.parametrize("before", [(), (OLD,)], ids=["created", "changed"])
def test_a_lost_answer_to_a_write_leaves_no_doubt_behind(
    bench: Bench, before: tuple[str, ...]
) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", *before)
        whole = bench.traits.many_values and bench.traits.atomic
        values = (NEW, OTHER) if whole else (NEW,)
        wanted = trial.rrset(*values)
        trial.service.wire.lose = trial.service.is_write
        outcome = await trial.update(wanted)
        # Done, and nobody knows. Repeated where that is harmless, else left to a look at DNS.
        assert isinstance(outcome, Unconfirmed) or (
            isinstance(outcome, Refused) and outcome.cause is Cause.CONFLICT
        ), outcome
        half_way = before if bench.traits.change > 1 else ()
        assert trial.service.held(trial.name, "A") == sorted({*values, *half_way})
        trial.service.wire.lose = lambda _request: False
        end = Changed() if half_way else nothing_new(bench)
        assert await trial.update(trial.rrset(*values)) == end
        assert trial.service.held(trial.name, "A") == sorted(values)

    try_out(bench, story)


@ALL
def test_nobody_listening(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        wanted = trial.rrset(NEW)
        port = trial.service.wire.port
        await trial.service.wire.__aexit__(None, None, None)
        is_refused(await trial.update(wanted), Cause.TRANSIENT)
        assert str(port) in repr(trial.outcomes) or bench.traits.http

    try_out(bench, story)


@ALL
def test_a_failed_errand_is_begun_anew_and_never_resumed(bench: Bench) -> None:
    async def story(trial: Trial) -> None:
        trial.service.seed(trial.name, "A", OLD)
        stale = trial.rrset(NEW)
        trial.service.seed(trial.name, "A", OTHER)  # somebody else, after live DNS was asked
        outcome = await trial.update(stale)
        if isinstance(outcome, Refused):
            assert outcome.cause is Cause.CONFLICT
            assert trial.service.held(trial.name, "A") == [OTHER]
        assert isinstance(await trial.update(trial.rrset(NEW)), Changed | Unchanged)
        assert trial.service.held(trial.name, "A") == [NEW]

    try_out(bench, story)
