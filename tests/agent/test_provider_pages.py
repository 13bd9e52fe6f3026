"""What people read about services is made of their descriptions, and never older than they."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from agent.cli import main
from providers.catalogue import everything
from providers.engine.spec import Provider
from tests.support.provider_pages import BEGIN, END, RENEWAL, page, table

ROOT = Path(__file__).parents[2]
each = pytest.mark.parametrize("provider", everything(), ids=lambda provider: provider.id)


def current(path: Path, wanted: str) -> str:
    if os.environ.get("UPSTUN_GOLDEN") == "write":
        path.write_text(wanted, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def test_the_page_of_services_is_not_stale() -> None:
    wanted = page(everything())
    assert current(ROOT / "docs" / "providers.md", wanted) == wanted, RENEWAL


def test_the_readmes_table_of_services_is_not_stale() -> None:
    path = ROOT / "README.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = before + table(everything()) + after
    assert current(path, wanted) == wanted, RENEWAL


@each
def test_one_service_is_explained_on_the_screen(
    provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["providers", provider.id]) == 0
    printed = capsys.readouterr().out
    flat = " ".join(printed.split())
    for field in provider.fields:
        assert re.search(rf"^{field.key}\b", printed, re.MULTILINE)
        assert field.help in flat
    for note in provider.notes:
        assert note in flat
    assert max(map(len, printed.replace(provider.docs, "").splitlines())) <= 120


def test_all_services_are_listed_with_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["providers"]) == 0
    printed = capsys.readouterr().out
    for provider in everything():
        assert re.search(
            rf"^  {re.escape(provider.id)} +{re.escape(provider.title)}$", printed, re.MULTILINE
        )
    assert f"{len(everything())} services." in printed


@pytest.mark.parametrize(
    ("written", "meant"),
    [("no-ip", "noip"), ("CloudFlare", "cloudflare"), ("Duck DNS", "duckdns"), ("zzz", "see all")],
)
def test_a_name_that_is_written_otherwise_is_guessed(
    written: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["providers", written]) == 2
    assert meant in capsys.readouterr().err
