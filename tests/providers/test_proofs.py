"""The page that says what proves each provider says what this run has proved."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from providers.catalogue import everything
from tests.support import proofs

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "proofs.md"
FOLDERS = {"conformance", "oracles", "signers", "providers"}


@pytest.mark.last
def test_the_page_of_proofs_is_what_this_run_has_proved(request: pytest.FixtureRequest) -> None:
    whole = {Path(item.nodeid).parts[1] for item in request.session.items} >= FOLDERS
    ledger = request.config.stash[proofs.KEY]
    if not whole or request.config.option.keyword or hasattr(request.config, "workerinput"):
        pytest.skip(f"is about a run of all proofs in one process: {proofs.RENEWAL}")
    if ledger.open_:
        pytest.skip(f"{len(ledger.open_)} of the proofs did not pass, such as {min(ledger.open_)}")
    wanted = ledger.page(everything())
    if os.environ.get("UPSTUN_GOLDEN") == "write":
        PAGE.write_text(wanted, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == wanted, proofs.RENEWAL
