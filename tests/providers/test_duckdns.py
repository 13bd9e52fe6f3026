"""Duck DNS, end to end against a strict fake on loopback, and its replies one by one."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

import pytest

from providers.duckdns import DUCKDNS
from providers.engine.outcome import Changed, Outcome, Refused, Unchanged
from providers.engine.wire import Job, Request, Response, RRset, Secret
from tests.support.provider_fakes.duckdns import FakeDuckDns
from tests.support.provider_fakes.errand import BAD_WEATHER, errand, job, kind
from tests.support.provider_fakes.service import MISCHIEFS

NAME = "home.duckdns.org"
V4, V6 = "198.51.100.7", "2001:db8::7"
TOKEN = "a7c4d0ad-114e-40ef-ba1d-d217904a50f2"


def talk(
    *rounds: tuple[str, ...],
    name: str = NAME,
    token: str = TOKEN,
    mischief: str = "",
    limit: float = 10.0,
) -> tuple[list[Outcome], FakeDuckDns]:
    async def main() -> tuple[list[Outcome], FakeDuckDns]:
        async with FakeDuckDns("home", token=TOKEN) as fake:
            fake.mischief = mischief
            ends = []
            for addresses in rounds:
                work = job(name, *addresses, token=Secret(token), endpoint=fake.url("/update"))
                ends.append(await errand(DUCKDNS, work, limit))
            return ends, fake

    return asyncio.run(main())


def test_both_families_go_in_one_call_and_again_is_unchanged() -> None:
    ends, fake = talk((V4, V6), (V4, V6), ("198.51.100.8", V6))
    assert ends == [Changed(), Unchanged(), Changed()]
    assert fake.labels["home"] == {4: "198.51.100.8", 6: V6}
    assert len(fake.requests) == 3
    assert fake.violations == []


def test_one_family_leaves_the_other_alone() -> None:
    ends, fake = talk((V4, V6), ("198.51.100.8",), ("2001:db8::8",))
    assert ends == [Changed()] * 3
    assert fake.labels["home"] == {4: "198.51.100.8", 6: "2001:db8::8"}
    assert fake.violations == []


def test_a_deeper_name_is_served_by_its_label() -> None:
    ends, fake = talk((V4,), name="www.cam.home.duckdns.org")
    assert ends == [Changed()]
    assert fake.labels["home"] == {4: V4}


@pytest.mark.parametrize(
    ("name", "token"), [(NAME, "wrong-t0ken"), ("stranger.duckdns.org", TOKEN)]
)
def test_a_refusal_says_honestly_that_its_cause_is_hidden(name: str, token: str) -> None:
    (end,), fake = talk((V4,), name=name, token=token)
    assert isinstance(end, Refused)
    assert kind(end) == "credentials"
    assert "without a reason" in end.text
    assert token not in repr(end)
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "name",
    [
        "home.example.com",
        "duckdns.org",
        "home.notduckdns.org",
        "home.duckdns.org.example.com",
        "homeduckdns.org",
        "org",
        "",
    ],
)
def test_a_name_elsewhere_is_refused_before_any_call(name: str) -> None:
    (end,), fake = talk((V4,), name=name)
    assert kind(end) == "rejected"
    assert "below duckdns.org only" in repr(end)
    assert fake.requests == []


def test_an_empty_set_is_never_sent() -> None:
    nothing = RRset(name=NAME, rtype="A", values=frozenset())
    with pytest.raises(StopIteration) as end:
        next(DUCKDNS.update(Job(zone="", rrsets=(nothing,), settings={})))
    assert kind(end.value.value) == "rejected"


@pytest.mark.parametrize("mischief", MISCHIEFS)
def test_bad_weather_ends_in_its_outcome_and_shows_no_token(mischief: str) -> None:
    limit = 0.3 if "hang" in mischief else 10.0
    (end,), fake = talk((V4,), mischief=mischief, limit=limit)
    expected, _ = BAD_WEATHER.get(mischief, ("confused", None))
    assert kind(end) == expected
    assert len(fake.requests) == 1
    for part in (TOKEN, TOKEN[:13], TOKEN[-12:]):
        assert part not in repr(end), part


REPLIES = [
    ("OK", "changed"),
    ("ok\n", "changed"),
    (f"OK\r\n{V4}\r\n\r\nUPDATED", "changed"),
    (f"OK\n{V4}\n\nNOCHANGE", "unchanged"),
    (f"\ufeffOK\n{V4}\n{V6}\nUPDATED", "changed"),
    ("OK\n198.51.100.8\n\nUPDATED", "unconfirmed"),
    ("OK\n198.51.100.8\n\nNOCHANGE", "unconfirmed"),
    ("KO", "credentials"),
    ("ko\n", "credentials"),
    ("OKAY", "confused"),
    ("NOT OK", "confused"),
    ("KOOK", "confused"),
    ("", "confused"),
    ("\0", "confused"),
    ("<html>OK</html>", "confused"),
    ("UPDATED", "confused"),
    ("O" * 200_000, "confused"),
]


@pytest.mark.parametrize(("body", "expected"), REPLIES, ids=lambda value: repr(value)[:30])
def test_each_reply_has_its_meaning(body: str, expected: str) -> None:
    steps = DUCKDNS.update(job(NAME, V4, token=Secret(TOKEN)))
    request = next(steps)
    assert isinstance(request, Request)
    assert request.url == "https://www.duckdns.org/update"
    assert TOKEN not in repr(request)
    with pytest.raises(StopIteration) as end:
        steps.send(Response(status=200, body=body.encode()))
    assert kind(end.value.value) == expected


def test_a_value_that_is_no_address_is_not_compared() -> None:
    assert ip_address(V4).version == 4
    steps = DUCKDNS.update(job(NAME, V4, token=Secret(TOKEN)))
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(Response(status=200, body=b"OK\nyour address\n\nUPDATED"))
    assert end.value.value == Changed()
