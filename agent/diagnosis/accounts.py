"""Examining accounts: their credentials, proved without a write, and what holds them back."""

from __future__ import annotations

from agent.act import permit
from agent.diagnosis.evidence import AccountExam
from agent.prove import prove
from agent.values import Account, Config
from agent.world import World
from providers.engine.limits import Go, Locked, Wait


async def examine_accounts(world: World, config: Config) -> tuple[AccountExam, ...]:
    """Every account of the configuration, side by side.

    A locked account is not asked: a question with credentials that were refused is one refusal
    more in the eyes of the service, and some count them.
    """
    exams = {name: _held_back(world, config, one) for name, one in config.accounts.items()}
    free = {name for name, exam in exams.items() if exam.locked is None}
    proofs = await prove(world, config, free)
    return tuple(
        AccountExam(
            account=exam.account,
            proof=proofs.get(name),
            locked=exam.locked,
            locked_until=exam.locked_until,
            locked_text=exam.locked_text,
        )
        for name, exam in exams.items()
    )


def _held_back(world: World, config: Config, account: Account) -> AccountExam:
    """What memory holds against calling this account for any of its records."""
    permits = [
        permit(world, account, record)
        for record in config.records
        if record.account == account.name
    ]
    for one in permits:
        if isinstance(one, Locked):
            return AccountExam(account=account, locked=one.lock.cause, locked_text=one.lock.text)
    for one in permits:
        if isinstance(one, Wait):
            return AccountExam(account=account, locked_until=one.until, locked_text=one.why)
    assert all(isinstance(one, Go) for one in permits)
    return AccountExam(account=account)
