"""FreeDNS, end to end against a strict fake, and its replies one by one."""

from __future__ import annotations

import asyncio

import pytest

from providers.engine.outcome import Changed, Outcome, Unchanged
from providers.engine.wire import Request, Response, Secret, Text
from providers.freedns import FREEDNS
from tests.support.provider_fakes.errand import BAD_WEATHER, errand, job, kind
from tests.support.provider_fakes.freedns import FakeFreeDns
from tests.support.provider_fakes.service import MISCHIEFS

NAME = "home.mooo.com"
V4, V6 = "198.51.100.7", "2001:db8::7"
TOKEN, TOKEN6 = "r1ght-t0ken/4", "r1ght-t0ken/6"


def talk(
    *rounds: tuple[str, ...], mischief: str = "", **more: Text
) -> tuple[list[Outcome], FakeFreeDns]:
    settings: dict[str, Text] = {"token": Secret(TOKEN), "token6": Secret(TOKEN6), **more}

    async def main() -> tuple[list[Outcome], FakeFreeDns]:
        async with FakeFreeDns(NAME, token=TOKEN, token6=TOKEN6) as fake:
            fake.mischief = mischief
            parameter = settings.get("address_parameter", "both")
            fake.names = {"ip", "address"} if parameter == "both" else {str(parameter)}
            ends = []
            for addresses in rounds:
                work = job(NAME, *addresses, endpoint=fake.url("/u"), **settings)
                ends.append(await errand(FREEDNS, work, 0.3 if "hang" in mischief else 10.0))
            return ends, fake

    return asyncio.run(main())


def test_each_family_has_its_token_and_again_is_unchanged_though_it_says_error() -> None:
    ends, fake = talk((V4, V6), (V4, V6), ("198.51.100.8", V6))
    assert ends == [Changed(), Unchanged(), Changed()]
    assert fake.hosts[NAME] == {4: "198.51.100.8", 6: V6}
    assert fake.violations == []


@pytest.mark.parametrize("parameter", ["ip", "address"])
def test_the_address_is_named_as_configured(parameter: str) -> None:
    ends, fake = talk((V4,), address_parameter=parameter)
    assert ends == [Changed()]
    assert fake.violations == []


def test_a_family_without_its_token_is_refused_before_any_call() -> None:
    (end,), fake = talk((V4, V6), token6=Secret(""))
    assert kind(end) == "rejected"
    assert "set token6" in repr(end)
    assert fake.requests == []


@pytest.mark.parametrize("mischief", MISCHIEFS)
def test_bad_weather_ends_in_its_outcome_and_shows_no_token(mischief: str) -> None:
    (end,), fake = talk((V4,), mischief=mischief)
    # A lost answer is in doubt; a strange one to a write may have been a success.
    expected, _ = BAD_WEATHER.get(mischief, ("confused", None))
    assert kind(end) in (expected, "unconfirmed")
    assert len(fake.requests) == 1
    for part in (TOKEN, "r1ght-t0ken", "r1ght-t0ken%2F4"):
        assert part not in repr(end)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"Updated {NAME} from 198.51.100.1 to {V4}\n", "changed"),
        (f"Updated 1 host(s) {NAME} to {V4} in 0.123 seconds", "changed"),
        (f"Updated {NAME} from 198.51.100.1 to 198.51.100.8", "unconfirmed"),
        (f"Updated other.mooo.com from 198.51.100.1 to {V4}", "credentials"),
        (f"ERROR: Address {V4} has not changed.", "unchanged"),
        (f"No IP change detected for {NAME} with IP {V4}, skipping update", "unchanged"),
        ("ERROR: Unable to locate this record (changed password recently?)", "credentials"),
        ("ERROR: Invalid update URL (2)", "credentials"),
        ("ERROR: 10.0.0.256 is an invalid IP address.", "rejected"),
    ],
)
def test_each_reply_has_its_meaning(body: str, expected: str) -> None:
    steps = FREEDNS.update(job(NAME, V4, token=Secret(TOKEN)))
    request = next(steps)
    assert isinstance(request, Request)
    assert (request.url, request.tail) == ("https://sync.afraid.org/u", (Secret(TOKEN), ""))
    assert TOKEN not in repr(request)
    with pytest.raises(StopIteration) as end:
        steps.send(Response(status=200, body=body.encode()))
    assert kind(end.value.value) == expected


def test_ipv6_goes_to_the_host_that_takes_it() -> None:
    request = next(FREEDNS.update(job(NAME, V6, token6=Secret(TOKEN6))))
    assert isinstance(request, Request)
    assert request.url == "https://v6.sync.afraid.org/u"
