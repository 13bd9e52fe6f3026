"""What holds for every test."""

from __future__ import annotations

import signal
from collections.abc import Generator

import pytest

from tests.support import proofs

# A shell starts its background jobs deaf to SIGINT (POSIX shell, section 2.11), and so is a
# CI runner's job and every child of it. Tests of the keyboard need children that hear it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Remember which tests prove a provider, and let what is made of them come last."""
    ledger = config.stash.setdefault(proofs.KEY, proofs.Proofs())
    ledger.collect(items)
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write down what passed."""
    report = yield
    if report.when == "call" and report.passed:
        item.config.stash[proofs.KEY].note(item)
    return report
