"""Calling providers: every step is written down before it is taken, so that no crash forgets it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import replace

from agent.decide.jobs import errand, gather, lock_name
from agent.decide.plan import Publication, PublicationState
from agent.events import Answered, Sent
from agent.report import Row
from agent.values import Account, Ask, Config, Hold, Push, Record
from agent.world import World
from providers.engine import limits
from providers.engine.drive import drive, read_back
from providers.engine.limits import Go, Permit
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged
from providers.engine.wire import Held

CALL_LIMIT_S = 30.0
_ABOUT_ONE_RECORD = {Cause.NOT_FOUND, Cause.REJECTED}


def permit(world: World, account: Account, record: Record) -> Permit:
    """Whether this record's account may be called now, by what is remembered of it."""
    remembered = world.store.ledger(account.name)
    ledger = limits.rebase(remembered, now=world.now())
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
    """Carry out every Push and Ask; accounts side by side, the errands of one in turn."""
    due: dict[str, list[Row]] = {}
    for row in rows:
        if isinstance(row.decision, Push | Ask):
            due.setdefault(row.record.account, []).append(row)
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_account(world, config.accounts[name], some, round_number))
            for name, some in due.items()
        ]
    done = {(row.record.name, row.rtype): row for task in tasks for row in task.result()}
    return tuple(done.get((row.record.name, row.rtype), row) for row in rows)


async def _account(
    world: World, account: Account, rows: Sequence[Row], round_number: int
) -> list[Row]:
    pushes = [row for row in rows if isinstance(row.decision, Push)]
    asks = [(row,) for row in rows if isinstance(row.decision, Ask)]  # a reading is of one RRset
    done: list[Row] = []
    for group in (*gather(pushes, account.provider), *asks):
        done += await _errand(world, account, group, round_number)
    return done


async def _errand(
    world: World, account: Account, rows: Sequence[Row], round_number: int
) -> Sequence[Row]:
    """One errand; when its refusal may be about one record of several, each is tried alone."""
    for row in rows:
        now = permit(world, account, row.record)
        if not isinstance(now, Go):
            return [_held(row, now) for row in rows]
    outcome = await _call(world, account, rows, round_number)
    if _somebodys(outcome, rows):
        return [one for row in rows for one in await _errand(world, account, (row,), round_number)]
    by_api = all(isinstance(row.decision, Ask) for row in rows)
    confirmed = by_api and isinstance(outcome, Changed | Unchanged)
    return [replace(row, outcome=outcome, verified=confirmed) for row in rows]


def _somebodys(outcome: Outcome, rows: Sequence[Row]) -> bool:
    """Whether one of several records was refused, and it cannot be told which."""
    about_one = isinstance(outcome, Refused) and outcome.cause in _ABOUT_ONE_RECORD
    return about_one and len(rows) > 1


def _held(row: Row, now: Permit) -> Row:
    until = now.until if isinstance(now, limits.Wait) else None
    because = now.why if isinstance(now, limits.Wait) else "the account was locked a moment ago"
    return replace(row, decision=Hold(code="paced", because=because, until=until))


async def _call(world: World, account: Account, rows: Sequence[Row], round_number: int) -> Outcome:
    names = tuple(dict.fromkeys(row.record.name for row in rows))
    provider, store = account.provider, world.store
    start = asyncio.get_running_loop().time()
    ledger = limits.called(store.ledger(account.name), provider.pace, now=world.now())
    store.save_ledger(account.name, ledger)
    _remember(world, rows, "sending")
    world.emit(Sent(at=world.wall(), round=round_number, account=account.name, names=names))
    outcome = await _converse(world, account, rows)
    if not _somebodys(outcome, rows):  # a lock would hit the wrong record
        ledger = limits.settle(
            ledger,
            outcome,
            provider.pace,
            now=world.now(),
            fingerprint=_fingerprint(world, account),
            name=lock_name(rows[0].record),
            jitter=world.rng.random(),
        )
        store.save_ledger(account.name, ledger)
    _remember_outcome(world, rows, outcome)
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
    """Where DNS cannot show a record, ask what the API holds before anything is written."""
    job, provider, send = errand(rows, account), account.provider, world.send(account)
    if provider.read is not None and all(isinstance(row.decision, Ask) for row in rows):
        held = await read_back(
            provider.read(job), send, limit=CALL_LIMIT_S, title=provider.title, wall=world.wall
        )
        if isinstance(held, Refused):
            return held
        if _right(held, rows):
            return Unchanged(note="the provider's API holds it already")
    return await drive(
        provider.update(job), send, limit=CALL_LIMIT_S, title=provider.title, wall=world.wall
    )


def _right(held: Held, rows: Iterable[Row]) -> bool:
    return held.values == {row.wanted for row in rows}


def _remember(world: World, rows: Iterable[Row], state: PublicationState) -> None:
    for row in rows:
        if row.wanted is not None:
            publication = Publication(address=row.wanted, state=state, at=world.now())
            world.store.save_publication(row.record.name, row.rtype, publication)


def _remember_outcome(world: World, rows: Sequence[Row], outcome: Outcome) -> None:
    match outcome:
        case Changed() | Unchanged():
            by_api = all(isinstance(row.decision, Ask) for row in rows)
            _remember(world, rows, "served" if by_api else "accepted")
        case Refused():  # nothing was changed: what was remembered before is true again
            for row in rows:
                world.store.restore_publication(row.record.name, row.rtype, row.memory)
        case _:  # an answer was lost: "sending" stays, and the next round looks at DNS first
            pass


def _fingerprint(world: World, account: Account) -> str:
    """The account's fingerprint under a salt of this installation, so that it tells nobody else."""
    salt = world.store.fact("salt")
    if salt is None:
        salt = world.rng.randbytes(16).hex()
        world.store.save_fact("salt", salt)
    return hmac.new(bytes.fromhex(salt), account.fingerprint.encode(), hashlib.sha256).hexdigest()
