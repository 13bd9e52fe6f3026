from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from discovery.router import upnp_worker
from discovery.router.upnp_process import library_folder
from discovery.router.upnp_worker import leads_to
from tests.discovery.router.fake_igd import FakeIgd, exhibit, honest
from tests.support.tools import absent

ROOT = Path(__file__).parents[3]
WORKER = Path(upnp_worker.__file__)


def run(*command: str, cwd: Path | None = None, path: str = "") -> dict[str, object]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    if path:
        environment["PYTHONPATH"] = path
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.decode("ascii").splitlines()
    assert len(lines) == 1
    report = json.loads(lines[0])
    assert isinstance(report, dict)
    return report


def folder() -> str:
    return library_folder() or absent("needs miniupnpc, which has no wheel for this Python")


def test_it_works_as_a_file_far_from_the_checkout(tmp_path: Path) -> None:
    with FakeIgd(exhibit("description_healthy"), honest()) as igd:
        report = run("-I", "-S", str(WORKER), igd.location, igd.host, folder(), cwd=tmp_path)
        assert report["address"] == "81.2.69.142"
        assert report["control_url"] == f"http://127.0.0.1:{igd.port}/ctl/IPConn"
        assert report["lanaddr"] == "127.0.0.1"


def test_it_works_as_a_module_too(tmp_path: Path) -> None:
    command = ("-m", "discovery.router.upnp_worker")
    with FakeIgd(exhibit("description_healthy"), honest()) as igd:
        report = run(*command, igd.location, igd.host, folder(), cwd=tmp_path, path=str(ROOT))
        assert report["address"] == "81.2.69.142"


def test_without_the_library_it_says_so(tmp_path: Path) -> None:
    report = run("-I", "-S", str(WORKER), "http://127.0.0.1:9/", "127.0.0.1", str(tmp_path))
    assert report["error"] == "library"


def test_it_imports_next_to_nothing() -> None:
    script = (
        f"import sys; worker = {str(WORKER)!r}; before = set(sys.modules)\n"
        f"sys.argv = [worker, 'http://127.0.0.1:9/', '127.0.0.1', {folder()!r}]\n"
        "code = compile(open(worker).read(), worker, 'exec')\n"
        "try: exec(code, {'__name__': '__main__'})\n"
        "except SystemExit: pass\n"
        "print(*set(sys.modules) - before, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, timeout=20, check=True
    )
    loaded = set(done.stderr.decode().splitlines()[-1].split())
    assert loaded <= {"__future__", "miniupnpc", "resource", "encodings.ascii"}


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS is kept by Linux alone")
def test_its_memory_is_bounded() -> None:
    script = (
        f"import runpy; worker = runpy.run_path({str(WORKER)!r})\n"
        "worker['_limit_memory']()\n"
        "try: bytearray(200 << 20); print('took it')\n"
        "except MemoryError: print('bounded')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=20, check=True
    )
    assert done.stdout == b"bounded\n"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://192.168.1.1/ctl", True),
        ("http://192.168.1.1:5000/ctl", True),
        ("http://192.168.1.10/ctl", False),
        ("http://192.168.1.1.evil.example/ctl", False),
        ("http://192.168.1.1:80@evil.example/ctl", False),
        ("http://192.168.1.1@evil.example/ctl", False),
        ("http://192.168.1.1?x/ctl", False),
        ("http://192.168.1.1:/ctl", False),
        ("http://192.168.1.1:\uff18\uff10/ctl", False),
        ("https://192.168.1.1/ctl", False),
        ("//192.168.1.1/ctl", False),
        ("", False),
    ],
)
def test_a_control_url_leads_to_the_allowed_host_or_it_is_refused(url: str, allowed: bool) -> None:
    assert leads_to(url, "192.168.1.1") is allowed


@pytest.mark.parametrize("text", ['a"b\\c', "\x00\x1f\n", "ä€", "\U0001f600", "</script>"])
def test_any_text_survives_as_json_in_ascii(text: str) -> None:
    line = upnp_worker._json({"text": text, "number": 7})
    assert line.isascii()
    assert "\n" not in line
    value = json.loads(line)
    assert value["number"] == 7
    assert value["text"] == text.replace("\U0001f600", "\ufffd")
