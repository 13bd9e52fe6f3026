"""Proving credentials: asking every account's provider, without writing anything."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from agent.act import CALL_LIMIT_S
from agent.decide.jobs import trial
from agent.values import Account, Config
from agent.world import World
from providers.engine.drive import drive
from providers.engine.outcome import Outcome


async def prove(
    world: World, config: Config, only: Collection[str] | None = None
) -> dict[str, Outcome | None]:
    """What each account's provider says of the credentials, by the account's name, side by side.

    `only` are the accounts to ask about; None asks about all.
    """
    async with asyncio.TaskGroup() as group:
        tasks = {
            account.name: group.create_task(_proof(world, config, account))
            for account in config.accounts.values()
            if only is None or account.name in only
        }
    return {name: task.result() for name, task in tasks.items()}


async def _proof(world: World, config: Config, account: Account) -> Outcome | None:
    """What the provider says of the credentials; None when it has no way to tell.

    A call that writes nothing is still about some record: an account without any is not asked.
    """
    job = trial(account, config.records)
    if account.provider.verify is None or not job.rrsets:
        return None
    return await drive(
        account.provider.verify(job),
        world.send(account),
        limit=CALL_LIMIT_S,
        title=account.provider.title,
        wall=world.wall,
    )
