"""`upstun unlock ACCOUNT`: the user's word that the cause of a lock is mended."""

from __future__ import annotations

import argparse
from difflib import get_close_matches

from agent.commands.common import Refusal, complain, configured, memory
from agent.config.problem import shown
from agent.decide.exit_status import Exit
from agent.values import Config
from providers.engine import limits


def run(arguments: argparse.Namespace) -> int:
    """Lift the locks and waits of one account. A running daemon sees it before its next call."""
    try:
        config = configured(arguments.config)
        account = _account(config, arguments.account)
        store = memory(config)
    except Refusal as refusal:
        return complain(refusal)
    ledger = store.ledger(account)
    store.save_ledger(account, limits.unlock(ledger))
    store.close()
    if not ledger.locks and not ledger.not_before:
        print(f"{account} was not locked")
        return Exit.HEALTHY
    for lock in ledger.locks:
        print(f"{account} is unlocked. It was stopped because: {lock.text}")
    if not ledger.locks:
        print(f"{account} need not wait any longer. It waited because: {ledger.reason}")
    return Exit.HEALTHY


def _account(config: Config, name: str) -> str:
    if name in config.accounts:
        return name
    near = get_close_matches(name, config.accounts, 1)
    hint = f'did you mean "{near[0]}"?' if near else f"there are: {', '.join(config.accounts)}"
    if not config.accounts:
        hint = "the configuration has none"
    raise Refusal(f"no account is called {shown(name)}; {hint}")
