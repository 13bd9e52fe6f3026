"""A loop of its own: what goes wrong in it stays in it, and ends with it."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import pytest

from discovery.webrtc import side_loop
from discovery.webrtc.side_loop import run_aside

PATIENT = 10.0


class Apart(Exception):
    """What the work raises."""


def asides() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("aside")]


def watched(main: Coroutine[Any, Any, None]) -> list[dict[str, Any]]:
    """Run `main`, and give what reached the exception handler of the application's loop."""
    complaints: list[dict[str, Any]] = []

    async def watch() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told))
        await main
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(watch())
    assert asides() == []
    return complaints


def test_the_work_is_done_in_another_thread_and_its_result_comes_back() -> None:
    async def work() -> int:
        return threading.get_ident()

    async def main() -> None:
        assert await run_aside(work, limit=PATIENT) != threading.get_ident()

    assert watched(main()) == []


def test_what_the_work_raises_comes_back() -> None:
    async def work() -> None:
        raise Apart

    async def main() -> None:
        with pytest.raises(Apart):
            await run_aside(work, limit=PATIENT)

    assert watched(main()) == []


def test_the_application_goes_on_while_the_work_holds_up_its_thread() -> None:
    goes_on = threading.Event()

    async def work() -> bool:
        return goes_on.wait(PATIENT)

    async def main() -> None:
        working = asyncio.ensure_future(run_aside(work, limit=PATIENT))
        await asyncio.sleep(0)
        goes_on.set()
        assert await working

    assert watched(main()) == []


def test_work_that_takes_too_long_is_cancelled_and_may_clean_up() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("cleaned up")

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await run_aside(work, limit=0.01)

    assert watched(main()) == []
    assert ended == ["cleaned up"]


@pytest.mark.parametrize("begun", [False, True])
def test_a_caller_who_is_cancelled_ends_the_work(begun: bool) -> None:
    began, ended = threading.Event(), threading.Event()

    async def work() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def main() -> None:
        working = asyncio.ensure_future(run_aside(work, limit=PATIENT))
        await asyncio.sleep(0)
        if begun:
            await asyncio.to_thread(began.wait, PATIENT)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        assert asides() == []

    assert watched(main()) == []
    assert ended.is_set() == began.is_set()


def test_a_cancellation_that_meets_the_end_of_the_work_is_no_accident(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The loop aside is closed already, and the thread has not told so yet."""
    closed, may_end = threading.Event(), threading.Event()

    def live(loop: asyncio.AbstractEventLoop, *_: Any) -> None:
        loop.close()
        closed.set()
        may_end.wait(PATIENT)

    async def work() -> None:
        raise AssertionError("unreachable")

    async def main() -> None:
        working = asyncio.ensure_future(run_aside(work, limit=PATIENT))
        await asyncio.sleep(0)
        await asyncio.to_thread(closed.wait, PATIENT)
        working.cancel()
        asyncio.get_running_loop().call_later(0.01, may_end.set)
        with pytest.raises(asyncio.CancelledError):
            await working

    monkeypatch.setattr(side_loop, "_live", live)
    assert watched(main()) == []


def test_work_that_answers_its_cancellation_with_an_error_is_not_heard_out() -> None:
    began = threading.Event()

    async def work() -> None:
        began.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        raise Apart

    async def main() -> None:
        working = asyncio.ensure_future(run_aside(work, limit=PATIENT))
        await asyncio.to_thread(began.wait, PATIENT)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working

    assert watched(main()) == []


def test_forgotten_tasks_errors_and_sockets_end_with_the_loop(
    caplog: pytest.LogCaptureFixture,
) -> None:
    left: dict[str, Any] = {}

    async def stay() -> None:
        await asyncio.Event().wait()

    async def fail() -> None:
        raise Apart

    async def work() -> None:
        loop = asyncio.get_running_loop()
        left["task"] = asyncio.ensure_future(stay())
        left["error"] = asyncio.ensure_future(fail())
        left["socket"], _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
        )
        loop.call_soon(lambda: 1 / 0)

    async def main() -> None:
        await run_aside(work, limit=PATIENT)
        assert left["task"].cancelled()
        assert left["socket"].get_extra_info("socket").fileno() == -1
        left.clear()  # a failed task that nobody has asked complains when it is collected
        gc.collect()

    assert watched(main()) == []
    assert caplog.records == []
