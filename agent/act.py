"""Calling providers: every step is written down before it is taken, so that no crash forgets it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace

from agent.decide.jobs import errand, gather, lock_name
from agent.decide.plan import Publication, PublicationState, withheld
from agent.events import Answered, Sent
from agent.report import Row
from agent.values import Account, Ask, Config, Hold, Push, Record
from agent.world import World, fault_name
from providers.engine import limits
from providers.engine.drive import drive, read_back
from providers.engine.limits import Permit
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed

CALL_LIMIT_S = 30.0
DECISION_LASTS_S = 30.0
"""How long after the decisions calls may still begin: a slow service must not be told old news."""

_ABOUT_ONE_RECORD = {Cause.NOT_FOUND, Cause.REJECTED}


def permit(world: World, account: Account, record: Record) -> Permit:
    """Whether this record's account may be called now, by what is remembered of it."""
    remembered = world.store.ledger(account.name)
    ledger = limits.notice_clock(remembered, now=world.now())
    if ledger != remembered:
        world.store.save_ledger(account.name, ledger)
    return limits.may_call(
        ledger,
        account.provider.pace,
        now=world.now(),
        fingerprint=_fingerprint(world, account),
        name=lock_name(record),
    )


async def act(
    world: World, config: Config, rows: Sequence[Row], *, round_number: int
) -> tuple[Row, ...]:
    """Carry out every Push and Ask; accounts side by side, the errands of one in turn.

    What a slow service leaves no time for is held until the next round, which may begin at once.
    """
    end = asyncio.get_running_loop().time() + DECISION_LASTS_S
    due: dict[str, list[Row]] = {}
    for row in rows:
        if isinstance(row.decision, Push | Ask):
            due.setdefault(row.record.account, []).append(row)
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_account(world, config.accounts[name], some, round_number, end))
            for name, some in due.items()
        ]
    done = {(row.record.name, row.rtype): row for task in tasks for row in task.result()}
    return tuple(done.get((row.record.name, row.rtype), row) for row in rows)


async def _account(
    world: World, account: Account, rows: Sequence[Row], round_number: int, end: float
) -> list[Row]:
    pushed = [row for row in rows if isinstance(row.decision, Push)]
    asked = [(row,) for row in rows if isinstance(row.decision, Ask)]  # an API is read set by set
    done: list[Row] = []
    for group in (*gather(pushed, account.provider), *asked):
        if asyncio.get_running_loop().time() < end:
            done += await _errand(world, account, group, round_number)
        else:
            text = f"{account.provider.title} was too slow for one round; the next one goes on"
            later = Hold(code="paced", because=text, until=world.now())
            done += [replace(row, decision=later) for row in group]
    return done


async def _errand(
    world: World, account: Account, rows: Sequence[Row], round_number: int
) -> Sequence[Row]:
    """One errand; when its refusal may be about one record of several, each is tried alone."""
    for row in rows:
        if stop := withheld(permit(world, account, row.record), account.name):
            return [replace(row, decision=stop) for row in rows]
    outcome = await _call(world, account, rows, round_number)
    if _about_one_of(rows, outcome):
        return [one for row in rows for one in await _errand(world, account, (row,), round_number)]
    confirmed = isinstance(rows[0].decision, Ask) and isinstance(outcome, Changed | Unchanged)
    return [replace(row, outcome=outcome, verified=confirmed) for row in rows]


def _about_one_of(rows: Sequence[Row], outcome: Outcome) -> bool:
    """Whether a refusal tells nothing yet, for it may be about any one of these records."""
    about_one = isinstance(outcome, Refused) and outcome.cause in _ABOUT_ONE_RECORD
    return about_one and len(rows) > 1


async def _call(world: World, account: Account, rows: Sequence[Row], round_number: int) -> Outcome:
    names = tuple(dict.fromkeys(row.record.name for row in rows))
    pace, store = account.provider.pace, world.store
    start = asyncio.get_running_loop().time()
    called = limits.called(store.ledger(account.name), pace, now=world.now())
    store.save_ledger(account.name, called)
    for row in rows:
        _remember(world, row, "sending")
    world.emit(Sent(at=world.wall(), round=round_number, account=account.name, names=names))
    outcome = await _converse(world, account, rows)
    if not _about_one_of(rows, outcome):
        settled = limits.settle(
            store.ledger(account.name),  # read anew: somebody may have said `unlock` meanwhile
            outcome,
            pace,
            now=world.now(),
            fingerprint=_fingerprint(world, account),
            name=lock_name(rows[0].record),
            jitter=world.rng.random(),
        )
        store.save_ledger(account.name, settled)
    for row in rows:
        _remember_outcome(world, row, outcome)
    world.emit(
        Answered(
            at=world.wall(),
            round=round_number,
            account=account.name,
            names=names,
            outcome=outcome,
            took=asyncio.get_running_loop().time() - start,
        )
    )
    return outcome


async def _converse(world: World, account: Account, rows: Sequence[Row]) -> Outcome:
    """The call itself. A fault of ours must not cut short what other accounts are doing."""
    try:
        return await _tell_or_ask(world, account, rows)
    except Exception as fault:
        if world.strict:
            raise
        text = f"telling {account.provider.title} failed inside upstun ({fault_name(fault)})"
        return Unconfirmed(text=f"{text}; the change may have been made")


async def _tell_or_ask(world: World, account: Account, rows: Sequence[Row]) -> Outcome:
    """Where DNS cannot show a record, ask what the API holds before anything is written."""
    job, provider, send = errand(rows, account), account.provider, world.send(account)
    if provider.read is not None and isinstance(rows[0].decision, Ask):
        held = await read_back(
            provider.read(job), send, limit=CALL_LIMIT_S, title=provider.title, wall=world.wall
        )
        if isinstance(held, Refused):
            return held
        if held.values == {rows[0].wanted}:
            return Unchanged(note="the provider's API holds it already")
    return await drive(
        provider.update(job), send, limit=CALL_LIMIT_S, title=provider.title, wall=world.wall
    )


def _remember(world: World, row: Row, state: PublicationState) -> None:
    if row.wanted is None:
        return
    now, before = world.now(), row.memory
    again = before is not None and before.address == row.wanted and before.state != "served"
    since = before.since if before is not None and again else now
    publication = Publication(address=row.wanted, state=state, at=now, since=since)
    world.store.save_publication(row.record.name, row.rtype, publication)


def _remember_outcome(world: World, row: Row, outcome: Outcome) -> None:
    """Write down what the call came to; "sending" stays where that is not known.

    It is not known when an answer was lost, when somebody else was faster, and when an API that
    alone could show it refused, perhaps half-way.
    """
    by_api = isinstance(row.decision, Ask)
    match outcome:
        case Changed() | Unchanged():
            _remember(world, row, "served" if by_api else "accepted")
        case Refused(cause=cause) if cause is not Cause.CONFLICT and not by_api:
            world.store.save_publication(row.record.name, row.rtype, row.memory)
        case _:
            pass


def _fingerprint(world: World, account: Account) -> str:
    """The account's fingerprint under a salt of this installation, so that it tells nobody else."""
    salt = world.store.fact("salt")
    if salt is None:
        salt = world.rng.randbytes(16).hex()
        world.store.save_fact("salt", salt)
    return hmac.new(salt.encode(), account.fingerprint.encode(), hashlib.sha256).hexdigest()
