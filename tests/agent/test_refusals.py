"""What a person meets most often at a DNS service: a sentence to act on, the right lock, the exit.

Each reply is what the vendor documents, or what its users have reported word for word.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from ipaddress import ip_address

import pytest

from agent.decide.exit_status import Exit
from agent.decide.plan import withheld
from agent.report import EXIT_OF_CAUSE
from agent.values import Hold
from providers.catalogue import by_id
from providers.engine import limits
from providers.engine.drive import drive
from providers.engine.limits import Ledger, Lock
from providers.engine.outcome import Cause, Refused
from providers.engine.wire import Call, Fault, Job, Reply, Request, Response, RRset, Secret

NOW = 1_800_000_000.0
NAME, ZONE = "home.example.com", "example.com"


@dataclass
class Case:
    """What is answered to every call that `to` (a part of its address) fits to; 200 `{}` else."""

    provider: str
    status: int
    document: object
    cause: Cause
    words: tuple[str, ...]
    exit: Exit
    scope: str  # "account", "record", or "wait"
    headers: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=lambda: {"token": "made-up-1"})


CASES = {
    "a wrong token": Case(
        "digitalocean",
        401,
        {"id": "Unauthorized", "message": "Unable to authenticate you"},
        Cause.CREDENTIALS,
        ("DigitalOcean", "credentials"),
        Exit.PROVIDER,
        "account",
    ),
    "a zone that is not there": Case(
        "digitalocean",
        404,
        {"id": "not_found", "message": "The resource you requested could not be found."},
        Cause.NOT_FOUND,
        ("no zone example.com in this account", "check the account"),
        Exit.USER_MUST_ACT,
        "record",
    ),
    "a token that may only read": Case(
        "hetzner",
        401,
        {"error": {"code": "token_readonly", "message": "the token is only allowed to read"}},
        Cause.CREDENTIALS,
        ("read only", "make one to write"),
        Exit.PROVIDER,
        "account",
    ),
    "a small account at GoDaddy": Case(
        "godaddy",
        403,
        {"code": "ACCESS_DENIED", "message": "Authenticated user is not allowed access"},
        Cause.BLOCKED,
        ("ten domains",),
        Exit.PROVIDER,
        "account",
        settings={"key": "made-up-1", "secret": "made-up-2"},
    ),
    "a domain at Porkbun without API access": Case(
        "porkbun",
        400,
        {"status": "ERROR", "message": "Domain is not opted in to API access."},
        Cause.BLOCKED,
        ("API Access", "switch on"),
        Exit.PROVIDER,
        "account",
        settings={"api_key": "made-up-1", "secret_key": "made-up-2"},
    ),
    "a full quota at deSEC": Case(
        "desec",
        429,
        {"detail": "Request was throttled. Expected available in 86400 seconds."},
        Cause.RATE_LIMITED,
        ("24 hours", "300 times a day", "goes on by itself"),
        Exit.PROVIDER,
        "wait",
        headers={"retry-after": "86400"},
    ),
}
each = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def refusal(case: Case) -> Refused:
    """How an update ends at a service that answers every call so."""
    provider = by_id(case.provider)
    assert provider is not None
    keys = {one.key for one in provider.fields if one.required}
    assert keys <= set(case.settings), keys
    settings = {key: Secret(value) for key, value in case.settings.items()}
    wanted = RRset(name=NAME, rtype="A", values=frozenset({ip_address("198.51.100.1")}))
    body = json.dumps(case.document).encode()

    async def send(call: Call, *, limit: float) -> Reply | Fault:
        assert isinstance(call, Request)
        return Response(status=case.status, headers=case.headers, body=body)

    job = Job(zone=ZONE, rrsets=(wanted,), settings=settings)
    outcome = asyncio.run(drive(provider.update(job), send, title=provider.title, pauses=()))
    assert isinstance(outcome, Refused), outcome
    return outcome


def remembered(refused: Refused) -> tuple[Ledger, Hold | None, Hold | None]:
    """The account's ledger afterwards, and what it says of this record and of another one."""
    how = {"now": NOW, "fingerprint": "f"}
    pace = limits.Pace()
    ledger = limits.settle(Ledger(), refused, pace, jitter=0.0, name=NAME, **how)  # type: ignore[arg-type]  # the same words
    later = {"now": NOW + 7200.0, "fingerprint": "f"}
    this = limits.may_call(ledger, pace, name=NAME, **later)  # type: ignore[arg-type]
    other = limits.may_call(ledger, pace, name="other.example.com", **later)  # type: ignore[arg-type]
    return ledger, withheld(this, "home"), withheld(other, "home")


@each
def test_it_ends_in_a_sentence_to_act_on(case: Case) -> None:
    refused = refusal(case)
    assert refused.cause is case.cause
    for words in case.words:
        assert words in refused.text, refused.text


@each
def test_it_locks_what_it_is_about_and_nothing_else(case: Case) -> None:
    ledger, this, other = remembered(refusal(case))
    assert this is not None
    match case.scope:
        case "wait":
            assert ledger.locks == ()
            assert this.until is not None
            assert this.until >= NOW + 86400.0
        case scope:
            (lock,) = ledger.locks
            assert isinstance(lock, Lock)
            assert (lock.name == "") is (scope == "account")
            assert (other is None) is (scope == "record")
            assert "upstun unlock home" in this.because


@each
def test_the_exit_status_says_whose_turn_it_is_at_once_and_later(case: Case) -> None:
    refused = refusal(case)
    _, later, _ = remembered(refused)
    assert later is not None
    assert later.cause is not None
    assert EXIT_OF_CAUSE[later.cause] is case.exit
    if case.scope != "wait":
        assert EXIT_OF_CAUSE[refused.cause] is case.exit
