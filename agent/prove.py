"""Proving credentials: asking every account's provider, without writing anything."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from agent.call import CALL_LIMIT_S
from agent.decide.jobs import trial
from agent.values import Account, Config
from agent.world import World, fault_name
from providers.engine.drive import drive
from providers.engine.outcome import Outcome, Unconfirmed


async def prove(
    world: World,
    config: Config,
    only: Collection[str] | None = None,
    *,
    limit: float = CALL_LIMIT_S,
) -> dict[str, Outcome | None]:
    """What each account's provider says of the credentials, by the account's name, side by side.

    `only` are the accounts to ask about; None asks about all. Each is given `limit` seconds.
    """
    async with asyncio.TaskGroup() as group:
        tasks = {
            account.name: group.create_task(_proof(world, config, account, limit))
            for account in config.accounts.values()
            if only is None or account.name in only
        }
    return {name: task.result() for name, task in tasks.items()}


async def _proof(world: World, config: Config, account: Account, limit: float) -> Outcome | None:
    """What the provider says of the credentials; None when it has no way to tell.

    A call that writes nothing is still about some record: an account without any is not asked. A
    fault of ours in one account must not cut short the proof of the others.
    """
    job = trial(account, config.records)
    if account.provider.verify is None or not job.rrsets:
        return None
    title = account.provider.title
    try:
        return await drive(
            account.provider.verify(job),
            world.send(account),
            limit=limit,
            title=title,
            wall=world.wall,
        )
    except Exception as fault:
        if world.strict:
            raise
        return Unconfirmed(text=f"asking {title} failed inside upstun ({fault_name(fault)})")
