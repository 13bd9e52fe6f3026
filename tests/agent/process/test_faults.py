"""Everything hostile, fed to the real command: nothing wrong is published, and a sentence says why.

Each row of the tables beside this file is tried in one shared pretend home, with a name, a
configuration and a state of its own. The rows run side by side, the slow ones first.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.agent.process import (
    faults_of_http,
    faults_of_names,
    faults_of_router,
    faults_of_stun,
    faults_of_update,
)
from tests.support.fault_bench import Ended, Fault, Ran, endure, open_bench

pytestmark = pytest.mark.skipif(os.name != "posix", reason="measures memory by POSIX")

TABLE = (
    *faults_of_router.FAULTS,
    *faults_of_stun.FAULTS,
    *faults_of_names.FAULTS,
    *faults_of_update.FAULTS,
    *faults_of_http.FAULTS,
)
_UNFIT = ("Errno", "Exception", "Error(", "Traceback", "object at", " None", "b'", "<class")


@pytest.fixture(scope="module")
def ends(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Future[Ended]]]:
    """The rows that were chosen, all under way."""
    names = {item.name.partition("[")[2].rstrip("]") for item in request.session.items}
    chosen = [fault for fault in TABLE if fault.name in names]
    folder = tmp_path_factory.mktemp("faults")
    with (
        open_bench(folder) as bench,
        ThreadPoolExecutor(12) as waiting,
        ThreadPoolExecutor(3) as working,
    ):
        yield {
            fault.name: (waiting if fault.slow else working).submit(endure, bench, fault)
            for fault in sorted(chosen, key=lambda fault: not fault.slow)
        }


def assert_sentence(text: str) -> None:
    """One line that a person can read, without the entrails of a program."""
    assert text == text.strip() != ""
    assert text.isprintable()
    assert len(text) <= 500, text
    for sign in _UNFIT:
        assert sign not in text, text


def assert_bounded(ran: Ran, mebibytes: int) -> None:
    assert ran.peak < mebibytes << 20, f"{ran.peak >> 20} MiB"


@pytest.mark.parametrize("fault", TABLE, ids=lambda fault: fault.name)
def test_a_fault_ends_as_the_table_says(fault: Fault, ends: Mapping[str, Future[Ended]]) -> None:
    ended = ends[fault.name].result()
    once, said = ended.once, ended.once.json
    (record,) = said["records"]
    address = said["addresses"]["ipv4"]
    assert {
        "exit": (once.status, said["exit"]),
        "action": record["action"],
        "outcome": record["outcome"] or "",
        "code": record["code"] or "",
        "verdict": address["verdict"],
        "served": ended.served,
    } == {
        "exit": (fault.status, fault.status),
        "action": fault.action,
        "outcome": fault.outcome,
        "code": fault.code,
        "verdict": fault.verdict,
        "served": frozenset({fault.serves} - {""}),
    }, once.stdout
    for reason, words in ((record["reason"], fault.says), (address["reason"], fault.why)):
        assert_sentence(reason)
        assert words in reason
    assert_bounded(once, fault.memory)
    if ended.ip is not None:
        answer = ended.ip.json["ipv4"]
        assert (ended.ip.status, answer["verdict"]) == (fault.ip, fault.verdict), answer
        assert_sentence(answer["reason"])
        assert_bounded(ended.ip, fault.memory)
    if ended.again is not None:
        (later,) = ended.again.json["records"]
        assert (later["action"], later["code"], later["outcome"]) == ("hold", fault.again, None)
        assert_sentence(later["reason"])


def test_the_table_names_every_row_once() -> None:
    assert len({fault.record for fault in TABLE}) == len(TABLE)
    assert all(len(fault.record) <= 63 + len(".example.com") for fault in TABLE)
