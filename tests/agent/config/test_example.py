"""The example and the page cannot rot: both are held against what the loader really reads."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from agent.config import records, sections
from agent.config.accounts import COMMON
from agent.config.inputs import Inputs
from agent.config.load import Loaded, load
from agent.config.table import Report, Table
from agent.values import Config
from providers.catalogue import by_id, ids
from tests.agent.config.fakes import PROVIDERS, read

ROOT = Path(__file__).parents[3]
EXAMPLE = (ROOT / "config.toml").read_text("utf-8")
PAGE = (ROOT / "docs" / "configuration.md").read_text("utf-8")


def with_everything(text: str) -> str:
    """The example with every commented setting line switched on."""
    return re.sub(r"^#(?=\S)", "", text, flags=re.MULTILINE)


def load_example(text: str, folder: Path) -> Loaded:
    (folder / "ca.pem").touch()
    result = load(
        text,
        source="config.toml",
        base=folder,
        environ={"DUCKDNS_TOKEN": "made up"},
        find=PROVIDERS.get,
        ids=lambda: tuple(PROVIDERS),
    )
    assert isinstance(result, Loaded), [str(problem) for problem in result]
    return result


def known() -> dict[str, set[str]]:
    """Every table of the configuration and the keys that the loader asks it for."""
    report = Report("", {})
    tables = {
        name: Table(report, {}, (name,), title=f"[{name}]")
        for name in ("agent", "discovery", "dns")
    }
    read_as(tables)
    found = {table.title: set(table.asked) for table in report.finished}
    found["[account.NAME]"] = set(COMMON)
    return found


def read_as(tables: dict[str, Table]) -> None:
    inputs = Inputs(
        base=Path(),
        environ={},
        find=PROVIDERS.get,
        ids=tuple,
        read_secret=lambda _: pytest.fail("no secret is read"),
        is_file=lambda _: True,
        exposed=False,
    )
    sections.read_agent(tables["agent"], inputs)
    sections.read_discovery(tables["discovery"])
    sections.read_dns(tables["dns"])
    record = Table(tables["agent"].report, {}, title="[[record]]")
    records.read_records((record,), {}, Config(source="").discovery)


def rows(page: str) -> dict[str, set[str]]:
    """The keys in the first column of each table of the page, by heading."""
    return {
        section.partition("`")[0]: set(re.findall(r"^\| `([a-z0-9_]+)`", section, re.MULTILINE))
        for section in re.split(r"^## `", page, flags=re.MULTILINE)[1:]
    }


def test_the_example_is_valid_as_it_stands(tmp_path: Path) -> None:
    loaded = load_example(EXAMPLE, tmp_path)

    assert [record.name for record in loaded.config.records] == ["home.example.com"]
    assert loaded.warnings == ()


def test_what_the_example_shows_are_the_defaults(tmp_path: Path) -> None:
    config = load_example(EXAMPLE, tmp_path).config
    standard = read("# nothing")

    assert isinstance(standard, Loaded)
    for part in ("poll", "settle", "state", "log", "contact", "discovery", "dns"):
        assert getattr(config, part) == getattr(standard.config, part), part


def test_the_example_is_valid_with_everything_switched_on(tmp_path: Path) -> None:
    text = with_everything(EXAMPLE)

    assert text.count("\n#") < EXAMPLE.count("\n#")
    assert set(load_example(text, tmp_path).config.accounts) == {"home", "web"}


def test_the_example_shows_every_key() -> None:
    shown = set(re.findall(r"^([a-z0-9_]+) =", with_everything(EXAMPLE), re.MULTILINE))

    for table, keys in known().items():
        assert keys - {"upnp", "stun", "http"} <= shown, table


def test_every_setting_of_the_example_stands_on_one_line() -> None:
    for line in with_everything(EXAMPLE).splitlines():
        assert not line or re.match(r"#|\[|[a-z0-9_]+ = \S", line), line
        assert line.count("[") == line.count("]"), line


def test_the_page_has_every_key_and_no_other() -> None:
    assert rows(PAGE) == known()


def test_the_example_is_valid_with_the_services_that_there_are(tmp_path: Path) -> None:
    result = load(
        EXAMPLE,
        source="config.toml",
        base=tmp_path,
        environ={},
        find=by_id,
        ids=ids,
    )

    assert isinstance(result, Loaded), [str(problem) for problem in result]


def test_reading_a_configuration_loads_no_heavy_library() -> None:
    heavy = "{'aiohttp', 'dns', 'aioice', 'miniupnpc', 'idna', 'platformdirs', 'difflib'}"
    program = (
        "import sys; from agent.config import find, load; "
        f"print(sorted({heavy} & {{name.partition('.')[0] for name in sys.modules}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
