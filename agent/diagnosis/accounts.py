"""Examining accounts: their credentials, proved without a write, and what holds them back."""

from __future__ import annotations

from dataclasses import replace

from agent.act import permit
from agent.diagnosis.evidence import AccountExam
from agent.prove import prove
from agent.values import Account, Config
from agent.world import World
from providers.engine.limits import Locked, Wait


async def examine_accounts(
    world: World, config: Config, *, limit: float
) -> tuple[AccountExam, ...]:
    """Every account of the configuration, side by side, `limit` seconds for each.

    One that is locked, or that waits, is not asked: a question with credentials that were refused
    is one refusal more in the eyes of the service, and some count every call.
    """
    exams = {name: _held_back(world, config, one) for name, one in config.accounts.items()}
    free = {name for name, one in exams.items() if one.locked is None and one.locked_until is None}
    proofs = await prove(world, config, free, limit=limit)
    return tuple(replace(exam, proof=proofs.get(name)) for name, exam in exams.items())


def _held_back(world: World, config: Config, account: Account) -> AccountExam:
    """What memory holds against calling this account for any of its records.

    A lock of the whole account tells more than that of a record, and that more than a wait.
    """
    permits = {
        record.name: permit(world, account, record)
        for record in config.records
        if record.account == account.name
    }
    locks = {name: one.lock for name, one in permits.items() if isinstance(one, Locked)}
    for lock in sorted(locks.values(), key=lambda one: bool(one.name)):
        names = tuple(locks) if lock.name else ()
        return AccountExam(
            account=account, locked=lock.cause, locked_names=names, locked_text=lock.text
        )
    waits = [one for one in permits.values() if isinstance(one, Wait)]
    if waits:
        last = max(waits, key=lambda one: one.until)
        return AccountExam(account=account, locked_until=last.until, locked_text=last.why)
    return AccountExam(account=account)
