"""The rules of the house, held by tests: who may import whom, where time and chance come from."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("agent", "discovery", "providers")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))

ONLY_IMPORTER = {
    "miniupnpc": {"discovery/router/upnp_worker.py"},
    "aioice": {"discovery/stun_codec.py"},
    "aiohttp": {
        "discovery/echo.py",
        "discovery/live_dns/doh.py",
        "providers/engine/sender.py",
        "providers/engine/sole.py",
    },
    "lexicon": {"providers/engine/lexicon_worker.py"},
    "requests": {"providers/engine/lexicon_worker.py"},
    "sqlite3": {"agent/state_file.py"},
    "aiortc": {"discovery/webrtc/peers.py"},
    "rich": {"agent/diagnosis/live.py"},
    "jinja2": {"agent/diagnosis/page.py"},
}
"""Each library lives behind one file (or the few files of one adapter)."""

PLATFORM_BOUND = {"fcntl", "resource", "pwd", "grp", "termios", "msvcrt", "winreg", "_winapi"}
HEAVY = {
    "aiohttp",
    "aioice",
    "aiortc",
    "dns",
    "miniupnpc",
    "idna",
    "lexicon",
    "requests",
    "platformdirs",
    "av",
    "rich",
    "jinja2",
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0], node


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_the_import_contract_holds() -> None:
    """agent stands on discovery and providers, which know neither it nor each other."""
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("library", sorted(ONLY_IMPORTER))
def test_a_library_lives_behind_one_file(library: str) -> None:
    users = {name(path) for path in SOURCES if library in dict(imports(parsed(path)))}
    assert users <= ONLY_IMPORTER[library]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_nothing_platform_bound_is_imported_at_module_level(path: Path) -> None:
    """Every module imports on Linux, macOS and Windows alike."""
    top = ast.Module(body=[], type_ignores=[])
    top.body = [one for one in parsed(path).body if isinstance(one, ast.Import | ast.ImportFrom)]
    assert not {found for found, _ in imports(top)} & PLATFORM_BOUND


CLOCKS = {
    ("time", "time"), ("time", "monotonic"), ("time", "sleep"), ("datetime", "now"),
    ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
}  # fmt: skip
CHANCE = {"random", "choice", "randint", "uniform", "shuffle"}
MAY_READ_THE_CLOCK = {"agent/wiring.py"}  # where it is injected


TIMELESS = [path for path in SOURCES if name(path) not in MAY_READ_THE_CLOCK]


@pytest.mark.parametrize("path", TIMELESS, ids=name)
def test_time_and_chance_are_injected(path: Path) -> None:
    """So that the whole daemon runs in simulated time, months in seconds."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used = (node.value.id, node.attr)
            assert used not in CLOCKS, f"{name(path)}:{node.lineno} reads the clock"
            assert not (used[0] == "random" and used[1] in CHANCE), f"{name(path)}:{node.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_the_median_file_is_short() -> None:
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES)
    assert lengths[len(lengths) // 2] < 150


def loaded_by(code: str) -> set[str]:
    """Which top-level modules a fresh interpreter has loaded after running `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {module.partition(".")[0] for module in done.stdout.split()}


@pytest.mark.parametrize(
    "code",
    [
        "import agent.cli",
        "import agent.commands.once",
        "import agent.commands.run",
        "import agent.commands.diagnose",
    ],
)
def test_starting_a_command_loads_no_heavy_library(code: str) -> None:
    """Each is loaded by the adapter that needs it, when it first needs it."""
    assert not loaded_by(code) & HEAVY


def test_every_module_can_be_imported_by_itself() -> None:
    """No module leans on another having been imported before it."""
    modules = [name(path).removesuffix(".py").replace("/", ".") for path in SOURCES]
    skip = {"agent.__main__", "discovery.router.upnp_worker"}
    code = "import importlib\n" + "\n".join(
        f"importlib.import_module('{module.removesuffix('.__init__')}')"
        for module in modules
        if module not in skip
    )
    assert "agent" in loaded_by(code)
