"""Every service of the dyndns2 family, end to end against a strict fake on loopback."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from providers.dyndns2 import DYNDNS2, SERVICES
from providers.engine.outcome import Changed, Outcome, Refused, Unchanged, Unconfirmed
from providers.engine.spec import Provider
from providers.engine.wire import Basic, Request, Secret, Text
from tests.support.provider_fakes.dyndns2 import FakeDyndns2
from tests.support.provider_fakes.errand import BAD_WEATHER, errand, job, kind
from tests.support.provider_fakes.service import MISCHIEFS

HOST = "home.example.com"
V4, V6 = "198.51.100.7", "2001:db8::7"
PASSWORD = "pa/ss+w örd"
BY_ID = {provider.id: provider for provider in DYNDNS2}
WORDS = {"empty": "confused", "html": "confused", "nul bytes": "confused"}


def user_of(provider: Provider) -> str:
    return HOST if provider.id == "he" else "ann"


def settings(provider: Provider, endpoint: str, **more: Text) -> dict[str, Text]:
    name: dict[str, Text] = {} if provider.id == "he" else {"username": "ann"}
    return {**name, "password": Secret(PASSWORD), "endpoint": endpoint, **more}


def talk(
    provider: Provider,
    *rounds: tuple[str, ...],
    mischief: str = "",
    limit: float = 10.0,
    clears: bool = False,
    **more: Any,
) -> tuple[list[Outcome], FakeDyndns2]:
    """Update the host once for each round of addresses."""

    async def main() -> tuple[list[Outcome], FakeDyndns2]:
        async with FakeDyndns2(HOST, logins={(user_of(provider), PASSWORD)}) as fake:
            fake.mischief, fake.clears = mischief, clears
            options = settings(provider, fake.url("/nic/update"), **more)
            ends = [
                await errand(provider, job(HOST, *addresses, **options), limit)
                for addresses in rounds
            ]
            return ends, fake

    return asyncio.run(main())


@pytest.mark.parametrize("provider", DYNDNS2, ids=lambda provider: provider.id)
def test_a_new_address_is_set_and_the_same_one_again_is_unchanged(provider: Provider) -> None:
    ends, fake = talk(provider, (V4,), (V4,), ("198.51.100.8",))
    assert ends == [Changed(), Unchanged(), Changed()]
    assert fake.hosts[HOST] == {4: "198.51.100.8"}
    assert fake.nochg == 1
    assert fake.violations == []


@pytest.mark.parametrize("provider", DYNDNS2, ids=lambda provider: provider.id)
def test_both_families_arrive_in_as_few_calls_as_the_service_allows(provider: Provider) -> None:
    ends, fake = talk(provider, (V4, V6))
    if "AAAA" not in provider.families:
        (end,) = ends
        assert isinstance(end, Refused)
        assert "AAAA" in end.text
        assert fake.requests == []
        return
    assert ends == [Changed()]
    assert fake.hosts[HOST] == {4: V4, 6: V6}
    assert len(fake.requests) == (1 if provider.both_families_one_call else 2)
    assert fake.violations == []


@pytest.mark.parametrize("provider", DYNDNS2, ids=lambda provider: provider.id)
def test_one_family_leaves_the_other_alone(provider: Provider) -> None:
    if "AAAA" not in provider.families:
        return
    ends, fake = talk(provider, (V4, V6), ("2001:db8::8",), ("198.51.100.8",))
    assert ends == [Changed(), Changed(), Changed()]
    assert fake.hosts[HOST] == {4: "198.51.100.8", 6: "2001:db8::8"}
    assert fake.violations == []


def test_the_second_family_counts_too_when_each_has_its_call() -> None:
    ends, _ = talk(BY_ID["he"], (V4,), (V4, V6), (V4, V6), ("198.51.100.8", V6))
    assert ends == [Changed(), Changed(), Unchanged(), Changed()]


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("noip", [{"hostname": HOST, "myip": f"{V4},{V6}"}]),
        ("he", [{"hostname": HOST, "myip": V4}, {"hostname": HOST, "myip": V6}]),
        ("dynu", [{"hostname": HOST, "myip": V4, "myipv6": V6}]),
        (
            "ovh_dynhost",
            [
                {"system": "dyndns", "hostname": HOST, "myip": V4},
                {"system": "dyndns", "hostname": HOST, "myip": V6},
            ],
        ),
    ],
)
def test_the_parameters_are_those_of_the_vendors_page(
    name: str, queries: list[dict[str, str]]
) -> None:
    _, fake = talk(BY_ID[name], (V4, V6))
    assert fake.queries == queries


def test_dynu_is_told_to_leave_the_other_family_alone() -> None:
    _, fake = talk(BY_ID["dynu"], (V4,), (V6,))
    assert fake.queries == [
        {"hostname": HOST, "myip": V4, "myipv6": "no"},
        {"hostname": HOST, "myip": "no", "myipv6": V6},
    ]


def test_dnsomatic_keeps_what_else_the_host_has() -> None:
    _, fake = talk(BY_ID["dnsomatic"], (V4,))
    unchanged = {"wildcard": "NOCHG", "mx": "NOCHG", "backmx": "NOCHG"}
    assert fake.queries == [{**unchanged, "hostname": HOST, "myip": V4}]


@pytest.mark.parametrize(("style", "calls"), [("together", 1), ("apart", 1), ("single", 2)])
def test_a_service_of_ones_own_is_spoken_to_in_its_style(style: str, calls: int) -> None:
    ends, fake = talk(BY_ID["dyndns2"], (V4, V6), style=style)
    assert ends == [Changed()]
    assert len(fake.requests) == calls
    assert fake.hosts[HOST] == {4: V4, 6: V6}


def test_a_service_that_clears_what_is_not_mentioned_is_told_to_leave_it_alone() -> None:
    rounds = ((V4, V6), ("2001:db8::8",), ("198.51.100.8",))
    apart: dict[str, Any] = {"style": "apart", "clears": True}
    _, fake = talk(BY_ID["dyndns2"], *rounds, silence="preserve", **apart)
    assert fake.hosts[HOST] == {4: "198.51.100.8", 6: "2001:db8::8"}
    assert fake.queries[1:] == [
        {"hostname": HOST, "myip": "preserve", "myipv6": "2001:db8::8"},
        {"hostname": HOST, "myip": "198.51.100.8", "myipv6": "preserve"},
    ]
    _, fake = talk(BY_ID["dyndns2"], *rounds, **apart)
    assert fake.hosts[HOST] == {4: "198.51.100.8"}, "this is what the word is for"


@pytest.mark.parametrize(
    ("more", "agent"),
    [
        ({"contact": "ann@example.com"}, "upstun/0 ann@example.com"),
        ({"username": "ann@example.com"}, "upstun/0 ann@example.com"),
        ({}, "upstun/0"),
    ],
)
def test_noip_is_told_a_contact(more: dict[str, Any], agent: str) -> None:
    _, fake = talk(BY_ID["noip"], (V4,), **more)
    assert fake.agents == [agent]


def test_other_services_are_not_told_who_the_user_is() -> None:
    _, fake = talk(BY_ID["dynu"], (V4,), username="ann@example.com")
    assert fake.agents == ["upstun/0"]


@pytest.mark.parametrize("provider", DYNDNS2, ids=lambda provider: provider.id)
def test_a_wrong_password_is_told_once_and_not_shown(provider: Provider) -> None:
    wrong = Secret("wrong-s3cret")
    (end,), fake = talk(provider, (V4,), password=wrong)
    assert kind(end) == "credentials"
    assert "wrong-s3cret" not in repr(end)
    assert fake.hosts[HOST] == {}
    assert len(fake.requests) == 1


def test_a_host_of_somebody_else_is_not_found() -> None:
    async def main() -> Outcome:
        async with FakeDyndns2("other.example.com", logins={("ann", PASSWORD)}) as fake:
            options = settings(BY_ID["noip"], fake.url("/nic/update"))
            return await errand(BY_ID["noip"], job(HOST, V4, **options))

    end = asyncio.run(main())
    assert kind(end) == "not_found"
    assert HOST in repr(end)


def test_the_second_call_is_not_made_after_a_refusal() -> None:
    (end,), fake = talk(BY_ID["he"], (V4, V6), password=Secret("wrong"))
    assert kind(end) == "credentials"
    assert len(fake.requests) == 1


@pytest.mark.parametrize("mischief", MISCHIEFS)
def test_bad_weather_ends_in_its_outcome_and_is_never_made_worse(mischief: str) -> None:
    limit = 0.3 if "hang" in mischief else 10.0
    (end,), fake = talk(BY_ID["noip"], (V4,), mischief=mischief, limit=limit)
    expected, wait = BAD_WEATHER.get(mischief, (WORDS.get(mischief), 1800.0))
    assert kind(end) == expected
    if isinstance(end, Refused):
        assert end.wait == wait
    assert len(fake.requests) == 1, "an update that was lost is never repeated"
    assert fake.hosts[HOST] == ({4: V4} if mischief == "lost reply" else {})


@pytest.mark.parametrize("mischief", MISCHIEFS)
def test_no_outcome_shows_a_credential(mischief: str) -> None:
    limit = 0.3 if "hang" in mischief else 10.0
    (end,), _ = talk(BY_ID["dyndns2"], (V4,), mischief=mischief, limit=limit)
    seen = repr(end)
    for form in (PASSWORD, "pa%2Fss", "YW5uOnBhL3NzK3cgw7ZyZA", "pa/ss"):
        assert form not in seen, form


def test_a_clock_that_is_years_off_is_mentioned_with_the_refusal() -> None:
    (end,), _ = talk(BY_ID["noip"], (V4,), mischief="403 long ago")
    assert "clock here" in repr(end)


def test_a_hotel_login_page_is_quoted() -> None:
    (end,), _ = talk(BY_ID["noip"], (V4,), mischief="html")
    assert "Log in to the hotel" in repr(end)


@pytest.mark.parametrize("addresses", [(), ("198.51.100.7", "198.51.100.8")])
def test_none_or_two_addresses_of_a_family_are_refused_before_any_call(
    addresses: tuple[str, ...],
) -> None:
    (end,), fake = talk(BY_ID["noip"], addresses)
    assert kind(end) == "rejected"
    assert fake.requests == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
def test_each_row_calls_its_vendor_by_tls_and_keeps_the_credentials_out_of_the_url(
    service: Any,
) -> None:
    provider = BY_ID[service.id]
    endpoint = "" if service.url else "https://dns.test/nic/update"
    options = {**settings(provider, endpoint), **({} if service.name_help else {"username": ""})}
    request = next(provider.update(job(HOST, V4, **options)))
    assert isinstance(request, Request)
    assert request.url == (service.url or endpoint)
    assert request.url.startswith("https://")
    assert isinstance(request.auth, Basic)
    assert not any(isinstance(value, Secret) for _, value in request.query)
    assert (request.write, request.idempotent) == (True, False)
    assert PASSWORD not in repr(request)


def test_a_lost_answer_leaves_the_change_in_doubt() -> None:
    (end,), fake = talk(BY_ID["noip"], (V4,), mischief="lost reply")
    assert isinstance(end, Unconfirmed)
    assert fake.hosts[HOST] == {4: V4}
