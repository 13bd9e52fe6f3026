"""One neighbourhood for all tests of a file that need real machines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.discovery.signals.neighbourhood import Neighbourhood


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbourhood]:
    made = Neighbourhood(tmp_path_factory.mktemp("neighbourhood"))
    try:
        yield made
    finally:
        made.close()
