"""One lab for the whole run; every case arranges it anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lab.lab import Lab
from tests.lab.plan import Plan

Arrange = Callable[[Plan], Lab]


@pytest.fixture(scope="session")
def running_lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


@pytest.fixture
def arrange(running_lab: Lab, tmp_path: Path) -> Arrange:
    """Set the stage for a case: `lab = arrange(Plan(upnp=False))`."""

    def arranged(plan: Plan) -> Lab:
        running_lab.arrange(plan, tmp_path)
        return running_lab

    return arranged
