"""What the real world signs its requests with."""

from __future__ import annotations

import asyncio

from agent.store import Store
from agent.values import Account
from agent.wiring import Wiring, defaults, moment
from providers.engine.drive import drive
from providers.engine.outcome import Changed
from providers.tencent import TENCENT
from tests.support.provider_fakes.tencent import Tencent
from tests.support.scripted import ZONE, job


def test_every_moment_has_a_nonce_of_its_own() -> None:
    first, second = moment(), moment()
    assert len(bytes.fromhex(first.nonce)) == 16
    assert first.nonce != second.nonce


def test_the_world_signs_by_the_clock_of_the_machine() -> None:
    """The fake proves every signature, and that its time is now."""

    async def main() -> None:
        store = Store(None, print)
        async with Wiring(store, print) as wiring, Tencent(ZONE) as fake:
            settings = {**fake.settings(), "endpoint": fake.endpoint}
            account = Account(name="home", provider=TENCENT, settings=settings, fingerprint="")
            send = wiring.world(defaults()).send(account)
            steps = TENCENT.update(job("198.51.100.2", settings=settings))
            assert await drive(steps, send) == Changed()
        store.close()

    asyncio.run(main())
