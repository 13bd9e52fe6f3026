"""INWX's own client and upstun, each at its own copy of the same fake, make the same calls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from INWX.Domrobot import (  # type: ignore[import-untyped]  # has no annotations
    ApiClient,
    ApiType,
)

from providers.engine.drive import drive
from providers.engine.outcome import Changed
from providers.engine.sender import Sender
from providers.engine.signing import Moment
from providers.inwx_api import INWX_API
from providers.signers.totp import password_of
from tests.support.provider_fakes.inwx import Inwx
from tests.support.scripted import NAME, ZONE, job
from tests.support.signing_inputs import Chance

witness = pytest.mark.oracle("inwx_api", "inwx-domrobot, the vendor's client")
OLD, OTHER, NEW = "198.51.100.1", "198.51.100.3", "198.51.100.2"
SHARED, AT, TAN = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59, "287082"  # RFC 6238, appendix B
INFO = ("nameserver.info", {"domain": ZONE})


def update(call: Callable[..., Any]) -> None:
    call(*INFO)
    first, second = call(*INFO)["resData"]["record"]
    call("nameserver.updateRecord", {"id": first["id"], "content": NEW, "ttl": 600})
    call("nameserver.deleteRecord", {"id": second["id"]})


def create(call: Callable[..., Any]) -> None:
    call(*INFO)
    assert "record" not in call(*INFO)["resData"]
    record = {"domain": ZONE, "name": NAME, "type": "A", "content": NEW, "ttl": 600}
    call("nameserver.createRecord", record)


@witness
@pytest.mark.parametrize("tan", ["", TAN], ids=["one factor", "two factors"])
@pytest.mark.parametrize(
    ("before", "work"), [((OLD, OTHER), update), ((), create)], ids=["changed", "made anew"]
)
def test_both_make_the_same_calls(
    before: tuple[str, ...], work: Callable[[Callable[..., Any]], None], tan: str
) -> None:
    async def vendor(fake: Inwx) -> None:
        await asyncio.to_thread(by_vendor, fake)

    def by_vendor(fake: Inwx) -> None:
        client = ApiClient(fake.endpoint.removesuffix("/jsonrpc"), ApiType.JSON_RPC)
        with patch("INWX.Domrobot.time.time", lambda: AT):
            assert client.login(fake.user, fake.token, SHARED)["code"] == 1000
        work(client.call_api)
        assert client.logout()["code"] == 1500

    assert calls(before, tan, upstun) == calls(before, tan, vendor)


@witness
def test_a_thousand_one_time_passwords() -> None:
    for chance in Chance(6):
        secret = "".join(chance.pick(*"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(32))
        at = chance.moment().at
        with patch("INWX.Domrobot.time.time", at.timestamp):
            assert password_of(secret, at) == f"{ApiClient.get_secret_code(secret):06}"


@witness
@pytest.mark.parametrize(
    ("at", "password"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_passwords_of_the_rfc(at: int, password: str) -> None:
    assert password_of(SHARED, datetime.fromtimestamp(at, UTC)) == password


async def upstun(fake: Inwx) -> None:
    settings = {**fake.settings(), "endpoint": fake.endpoint, "shared_secret": SHARED}
    sender = Sender(moment=lambda: Moment(at=datetime.fromtimestamp(AT, UTC), nonce=""))
    try:
        work = job(NEW, settings=settings, ttl=600)
        assert await drive(INWX_API.update(work), sender, pauses=()) == Changed()
    finally:
        await sender.aclose()


def calls(before: tuple[str, ...], tan: str, act: Callable[[Inwx], Awaitable[None]]) -> list[Any]:
    """Every call as the fake heard it, after both have ended with the same record."""

    async def main() -> list[Any]:
        async with Inwx(ZONE) as fake:
            fake.tan = tan
            fake.seed(NAME, "A", *before)
            await act(fake)
            assert [(record.content, record.ttl) for record in fake.at(NAME)] == [(NEW, 600)]
            assert fake.violations == []
            assert fake.sessions == {}
            heard = [json.loads(body) for _, _, body in fake.heard]
            for call in heard:
                if call["method"] == "account.unlock":
                    call["params"]["tan"] = f"{call['params']['tan']:>06}"
            return heard

    return asyncio.run(main())
