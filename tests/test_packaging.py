"""What installing asks for on which machine, and what a wheel holds."""

from __future__ import annotations

import configparser
import importlib.metadata
import os
import re
import runpy
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterable
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.support.tools import absent

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

BASE = {"aioice", "aiohttp", "dnspython", "platformdirs", "idna", "rich", "jinja2"}
"""What has wheels everywhere."""

MACHINES = {
    "64-bit Linux, Python 3.11": ("linux", "x86_64", "3.11.7", {"aiortc", "miniupnpc"}),
    "64-bit Linux, Python 3.12": ("linux", "x86_64", "3.12.1", {"aiortc", "miniupnpc"}),
    "64-bit Linux, Python 3.13": ("linux", "x86_64", "3.13.0", {"aiortc", "miniupnpc"}),
    "64-bit Linux, Python 3.14": ("linux", "x86_64", "3.14.0", {"aiortc"}),
    "Raspberry Pi, 64-bit": ("linux", "aarch64", "3.11.2", {"aiortc", "miniupnpc"}),
    "Raspberry Pi, 32-bit": ("linux", "armv7l", "3.11.2", set()),
    "Raspberry Pi Zero": ("linux", "armv6l", "3.11.2", set()),
    "32-bit PC": ("linux", "i686", "3.12.1", set()),
    "Linux on RISC-V": ("linux", "riscv64", "3.12.1", set()),
    "Windows": ("win32", "AMD64", "3.13.0", {"aiortc", "miniupnpc"}),
    "Windows, Python 3.14": ("win32", "AMD64", "3.14.0", {"aiortc"}),
    "Windows on ARM": ("win32", "ARM64", "3.13.0", set()),
    "Mac": ("darwin", "arm64", "3.12.1", {"aiortc", "miniupnpc"}),
    "Mac, Python 3.14": ("darwin", "arm64", "3.14.0", {"aiortc"}),
    "Intel Mac": ("darwin", "x86_64", "3.12.1", {"miniupnpc"}),
    "FreeBSD": ("freebsd14", "amd64", "3.11.9", set()),
}
"""Platform, processor, Python version, and what is asked for besides BASE."""


def environment(platform: str, machine: str, python: str) -> dict[str, str]:
    return {
        "sys_platform": platform,
        "platform_machine": machine,
        "python_version": ".".join(python.split(".")[:2]),
        "python_full_version": python,
        "implementation_name": "cpython",
        "extra": "",
    }


def computed(monkeypatch: pytest.MonkeyPatch, gnu_type: str | None) -> list[Requirement]:
    """What setup.py asks for when the package is built on such a system."""
    setuptools = pytest.importorskip("setuptools")
    asked: dict[str, Any] = {}
    monkeypatch.setattr(setuptools, "setup", asked.update)
    monkeypatch.setattr(sysconfig, "get_config_var", {"HOST_GNU_TYPE": gnu_type}.get)
    runpy.run_path(str(ROOT / "setup.py"))
    return [Requirement(line) for line in asked["install_requires"]]


def wanted(requirements: Iterable[Requirement], where: dict[str, str]) -> set[str]:
    return {one.name for one in requirements if one.marker is None or one.marker.evaluate(where)}


def pinned(file: str) -> list[Requirement]:
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8")
    return [Requirement(line.rstrip(" \\")) for line in re.findall(r"^\w.*$", text, re.MULTILINE)]


@pytest.mark.parametrize("machine", MACHINES)
def test_nothing_is_asked_for_that_would_have_to_be_compiled(
    machine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    *where, more = MACHINES[machine]
    asked = computed(monkeypatch, "x86_64-pc-linux-gnu")
    assert wanted(asked, environment(*where)) == BASE | more


@pytest.mark.parametrize(
    "gnu_type",
    ["x86_64-pc-linux-musl", "aarch64-alpine-linux-musl", "armv7-alpine-linux-musleabihf"],
)
def test_built_on_alpine_it_does_without_miniupnpc(
    gnu_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = computed(monkeypatch, gnu_type)
    assert wanted(asked, environment("linux", "x86_64", "3.12.1")) == BASE | {"aiortc"}


def test_a_python_that_does_not_know_its_system_is_taken_for_an_ordinary_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Windows has no such variable."""
    asked = computed(monkeypatch, None)
    assert "miniupnpc" in wanted(asked, environment("win32", "AMD64", "3.13.0"))


# ---- the pins ------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["run.txt", "dev.txt"])
@pytest.mark.parametrize("machine", MACHINES)
def test_the_pins_are_those_of_the_requirements(
    machine: str, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever edits setup.py renews the pins (make pins)."""
    where = environment(*MACHINES[machine][:3])
    asked = [one for one in computed(monkeypatch, "") if one.name in wanted([one], where)]
    pins = {one.name: one for one in pinned(file) if one.name in wanted([one], where)}
    for one in asked:
        (exactly,) = pins[one.name].specifier
        assert exactly.operator == "=="
        assert Version(exactly.version) in one.specifier
    assert not {"aiortc", "miniupnpc"} & (set(pins) - {one.name for one in asked})


@pytest.mark.parametrize("file", ["run.txt", "dev.txt"])
def test_every_pin_is_exact_and_has_hashes(file: str) -> None:
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\w)", text.strip())
    assert len(entries) > 10
    for entry in entries:
        assert re.match(r"[\w-]+==[\w.]+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_what_runs_is_pinned_alike_for_tests() -> None:
    run, dev = ({str(one) for one in pinned(file)} for file in ("run.txt", "dev.txt"))
    # A tool may ask for a library on more machines than upstun does, so markers may differ.
    assert {one.partition(";")[0] for one in run} <= {one.partition(";")[0] for one in dev}


# ---- the wheel -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built as pip builds it, from a copy: a build leaves folders behind."""
    if Version(importlib.metadata.version("setuptools")) < Version("77"):
        absent("needs setuptools 77 or newer, which knows licence expressions")
    place = tmp_path_factory.mktemp("wheel")
    for part in ("agent", "discovery", "providers"):
        shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / part, place)
    # fmt: off
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", ".",
         "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", "dist"],
        cwd=place, capture_output=True, text=True, check=False,
    )
    # fmt: on
    if "No module named pip" in done.stderr:
        absent("needs pip")
    assert done.returncode == 0, done.stderr
    (built,) = (place / "dist").iterdir()
    return built


def test_a_wheel_holds_every_file_of_the_three_packages_and_nothing_else(wheel: Path) -> None:
    sources = {
        path.relative_to(ROOT).as_posix()
        for part in ("agent", "discovery", "providers")
        for path in (ROOT / part).rglob("*")
        if path.suffix in {".py", ".toml", ".typed", ".txt", ".j2"}
    }
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == sources
    assert {"agent/py.typed", "discovery/py.typed", "providers/py.typed"} < held
    assert "agent/demo/config.toml" in held


def metadata(wheel: Path, file: str) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(f"upstun-{PROJECT['version']}.dist-info/{file}")


def test_a_wheel_brings_the_command(wheel: Path) -> None:
    scripts = configparser.ConfigParser()
    scripts.read_string(metadata(wheel, "entry_points.txt").decode())
    assert dict(scripts["console_scripts"]) == PROJECT["scripts"]
    assert list(PROJECT["scripts"]) == ["upstun"]


def test_a_wheel_says_what_it_needs(wheel: Path) -> None:
    said = message_from_bytes(metadata(wheel, "METADATA"))
    assert said["Requires-Python"] == PROJECT["requires-python"]
    assert said["License-Expression"] == PROJECT["license"]
    asked = [Requirement(line) for line in said.get_all("Requires-Dist", [])]
    where = environment("linux", "x86_64", "3.14.0")
    assert wanted(asked, where) == BASE | {"aiortc"}


def test_the_command_works_from_an_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    """Unpacked as pip does it, and run by its entry point from a folder without sources."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = (
        "import sys; from importlib.metadata import distribution;"
        "(script,) = distribution('upstun').entry_points; sys.exit(script.load()())"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "--version"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"upstun {PROJECT['version']}\n"), done.stderr
