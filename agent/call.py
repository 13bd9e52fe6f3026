"""One call to a provider, written down before it is made, so that no crash forgets it.

The disk is made to wait for twice, however many records the call is about: before it, that it is on
its way; after it, what came of it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Coroutine, Sequence
from dataclasses import replace

from agent.decide.jobs import errand, lock_name
from agent.decide.plan import Publication
from agent.events import Answered, Sent
from agent.hurry import Hurry
from agent.report import Row
from agent.values import Account, Ask
from agent.world import World, fault_name
from providers.engine import limits
from providers.engine.drive import drive, read_back
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed

CALL_LIMIT_S = 30.0

OVERDUE_S = 3.0
"""How long a service may take before nobody else waits for it."""

_Sent = tuple[Publication | None, Publication]  # what was remembered before, and what is now

_ABOUT_ONE_RECORD = {Cause.NOT_FOUND, Cause.REJECTED}


async def call(
    world: World,
    account: Account,
    rows: Sequence[Row],
    *,
    round_number: int,
    hurry: Hurry,
) -> tuple[Row, ...]:
    """Tell the account about the RRsets of one errand, or ask it; the rows with the outcome.

    `hurry` ends the wait for an answer that is overdue: others have something newer to be told.
    """
    names = tuple(dict.fromkeys(row.record.name for row in rows))
    start = asyncio.get_running_loop().time()
    with world.store.together():
        sent = _begin(world, account, rows)
        world.emit(Sent(at=world.wall(), round=round_number, account=account.name, names=names))
    outcome = await _unless_overdue(_converse(world, account, rows), account, hurry)
    took = asyncio.get_running_loop().time() - start
    with world.store.together():
        _end(world, account, rows, outcome, sent)
        world.emit(
            Answered(
                at=world.wall(),
                round=round_number,
                account=account.name,
                names=names,
                outcome=outcome,
                took=took,
            )
        )
    confirmed = isinstance(outcome, Changed | Unchanged)
    return tuple(
        replace(row, outcome=outcome, verified=confirmed and isinstance(row.decision, Ask))
        for row in rows
    )


def about_one_of(rows: Sequence[Row], outcome: Outcome | None) -> bool:
    """Whether a refusal tells nothing yet, for it may be about any one of these records."""
    about_one = isinstance(outcome, Refused) and outcome.cause in _ABOUT_ONE_RECORD
    return about_one and len(rows) > 1


def fingerprint(world: World, account: Account) -> str:
    """The account's fingerprint under a salt of this installation, so that it tells nobody else."""
    salt = world.store.fact("salt")
    if salt is None:
        salt = world.rng.randbytes(16).hex()
        world.store.save_fact("salt", salt)
    return hmac.new(salt.encode(), account.fingerprint.encode(), hashlib.sha256).hexdigest()


async def _unless_overdue(
    conversation: Coroutine[None, None, Outcome], account: Account, hurry: Hurry
) -> Outcome:
    """The outcome; where something newer comes up and it is overdue, that nobody knows it."""
    talking = asyncio.create_task(conversation)
    overdue = asyncio.create_task(_overdue(hurry))
    try:
        await asyncio.wait((talking, overdue), return_when=asyncio.FIRST_COMPLETED)
        if talking.done():
            return talking.result()
    finally:
        for task in (talking, overdue):
            task.cancel()
        await asyncio.wait((talking, overdue))
    text = f"{account.provider.title} had not answered yet when there was something newer to tell"
    return Unconfirmed(text=f"{text}; the change may have been made")


async def _overdue(hurry: Hurry) -> None:
    """Wait until any answer would be late, and somebody is waiting for it in vain."""
    await asyncio.sleep(OVERDUE_S)
    await hurry.called()


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
    provider, send = account.provider, world.send(account)
    job = errand(rows, account)
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


def _begin(world: World, account: Account, rows: Sequence[Row]) -> list[_Sent]:
    """Write down that the call is on its way."""
    store, now = world.store, world.now()
    called = limits.called(store.ledger(account.name), account.provider.pace, now=now)
    store.save_ledger(account.name, called)
    sent = []
    for row in rows:
        assert row.wanted is not None, "only what is settled is sent"
        before = store.publication(row.record.name, row.rtype)
        again = before and before.address == row.wanted and before.state != "served"
        since = before.since if before and again else now
        sending = Publication(address=row.wanted, state="sending", at=now, since=since)
        store.save_publication(row.record.name, row.rtype, sending)
        sent.append((before, sending))
    return sent


def _end(
    world: World,
    account: Account,
    rows: Sequence[Row],
    outcome: Outcome,
    sent: Sequence[_Sent],
) -> None:
    """Write down what the call came to; where that is not known, "sending" stays.

    It is not known when an answer was lost, when somebody else was faster, when an API that alone
    could show it refused, perhaps half-way, and when a refusal may be about others of the errand:
    of that, later calls about fewer of them find out.
    """
    if about_one_of(rows, outcome):
        return
    settled = limits.settle(
        world.store.ledger(account.name),  # read anew: somebody may have said `unlock` meanwhile
        outcome,
        account.provider.pace,
        now=world.now(),
        fingerprint=fingerprint(world, account),
        name=lock_name(rows[0].record),
        jitter=world.rng.random(),
    )
    world.store.save_ledger(account.name, settled)
    for row, (before, sending) in zip(rows, sent, strict=True):
        by_api, name, rtype = isinstance(row.decision, Ask), row.record.name, row.rtype
        match outcome:
            case Changed() | Unchanged():
                done = replace(sending, state="served" if by_api else "accepted", at=world.now())
                world.store.save_publication(name, rtype, done)
            case Refused(cause=cause) if not by_api and cause is not Cause.CONFLICT:
                if before == row.memory or cause in _ABOUT_ONE_RECORD:
                    world.store.save_publication(name, rtype, row.memory)
            case _:
                pass
