"""Every service of the dyndns2 family, end to end against a strict fake on loopback."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from providers import dyndns2, tellers
from providers.dyndns2 import DYNDNS2
from providers.engine.dyndns2 import Service
from providers.engine.outcome import Changed, Outcome, Refused, Unchanged, Unconfirmed
from providers.engine.spec import Provider
from providers.engine.wire import Basic, Request, Response, Secret, Text
from providers.tellers import TELLERS
from tests.support.provider_fakes.dyndns2 import ANY_STYLE, SHAPES, FakeDyndns2, Shape
from tests.support.provider_fakes.errand import BAD_WEATHER, errand, job, kind
from tests.support.provider_fakes.service import MISCHIEFS

HOST = "home.example.com"
V4, V6 = "198.51.100.7", "2001:db8::7"
PASSWORD = "pa/ss+w örd"
ROWS = (*DYNDNS2, *TELLERS)
BY_ID = {provider.id: provider for provider in ROWS}
WORDS = {"empty": "confused", "html": "confused", "nul bytes": "confused"}
every_row = pytest.mark.parametrize("provider", ROWS, ids=lambda provider: provider.id)


def host_of(provider: Provider) -> str:
    """The host as the service knows it: DNS Made Easy knows its records by number."""
    return "1007" if provider.id == "dnsmadeeasy" else HOST


def settings(provider: Provider, endpoint: str, **more: Text) -> dict[str, Text]:
    keys = {field.key for field in provider.fields}
    own = {"username": "ann", "record_id": "1007"}
    named: dict[str, Text] = {key: value for key, value in own.items() if key in keys}
    return {**named, "password": Secret(PASSWORD), "endpoint": endpoint, **more}


def talk(
    provider: Provider,
    *rounds: tuple[str, ...],
    mischief: str = "",
    limit: float = 10.0,
    clears: bool = False,
    shape: Shape | None = None,
    host: str = "",
    **more: Any,
) -> tuple[list[Outcome], FakeDyndns2]:
    """Update the host once for each round of addresses; `host` is the one that is there instead."""
    shape = shape or SHAPES[provider.id]
    login = (shape.user.replace("{host}", HOST), PASSWORD)

    async def main() -> tuple[list[Outcome], FakeDyndns2]:
        async with FakeDyndns2(host or host_of(provider), logins={login}, shape=shape) as fake:
            fake.mischief, fake.clears = mischief, clears
            options = settings(provider, fake.url(shape.path), **more)
            ends = [
                await errand(provider, job(HOST, *addresses, **options), limit)
                for addresses in rounds
            ]
            return ends, fake

    return asyncio.run(main())


def test_every_row_has_its_strict_service_and_every_service_its_row() -> None:
    assert set(BY_ID) == set(SHAPES)
    assert len(ROWS) >= 45


@every_row
def test_a_new_address_is_set_and_the_same_one_again_is_unchanged(provider: Provider) -> None:
    ends, fake = talk(provider, (V4,), (V4,), ("198.51.100.8",))
    says_so = SHAPES[provider.id].same is not None
    assert ends == [Changed(), Unchanged() if says_so else Changed(), Changed()]
    assert fake.hosts[host_of(provider)] == {4: "198.51.100.8"}
    assert fake.nochg == 1
    assert fake.violations == []


@every_row
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


@every_row
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
    ends, fake = talk(BY_ID["dyndns2"], (V4, V6), style=style, shape=ANY_STYLE)
    assert ends == [Changed()]
    assert len(fake.requests) == calls
    assert fake.hosts[HOST] == {4: V4, 6: V6}


def test_a_service_that_clears_what_is_not_mentioned_is_told_to_leave_it_alone() -> None:
    rounds = ((V4, V6), ("2001:db8::8",), ("198.51.100.8",))
    apart: dict[str, Any] = {"style": "apart", "clears": True, "shape": ANY_STYLE}
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


@every_row
def test_a_wrong_password_is_told_once_and_not_shown(provider: Provider) -> None:
    wrong = Secret("wrong-s3cret")
    (end,), fake = talk(provider, (V4,), password=wrong)
    assert kind(end) == "credentials"
    assert "wrong-s3cret" not in repr(end)
    assert fake.hosts[host_of(provider)] == {}
    assert len(fake.requests) == 1


@every_row
def test_a_host_of_somebody_else_is_told_as_such(provider: Provider) -> None:
    shape = SHAPES[provider.id]
    if not shape.host:
        return  # the credentials tell the host, and there is no other one
    (end,), fake = talk(provider, (V4,), host="other.example.com")
    silent = shape.nohost is None  # says the same as to a wrong password
    assert kind(end) == ("credentials" if silent else "not_found")
    assert fake.hosts == {"other.example.com": {}}
    assert len(fake.requests) == 1


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


@pytest.mark.parametrize(
    "service", [*dyndns2.SERVICES, *tellers.SERVICES], ids=lambda service: service.id
)
def test_each_row_calls_its_vendor_by_tls_and_wraps_the_password(service: Service) -> None:
    provider = BY_ID[service.id]
    endpoint = "" if service.url else "https://dns.test/nic/update"
    options = {**settings(provider, endpoint), **({} if service.url else {"endpoint": endpoint})}
    request = next(provider.update(job(HOST, V4, **options)))
    assert isinstance(request, Request)
    assert request.url == (service.url or endpoint)
    assert request.url.startswith("https://")
    said = request.form or request.query
    secrets = [value for _, value in said if isinstance(value, Secret)]
    basic = isinstance(request.auth, Basic)
    assert secrets == ([] if basic else [Secret(PASSWORD)])
    assert (request.write, request.idempotent) == (True, False)
    assert PASSWORD not in repr(request)


OWN_WORDS = [
    ("allinkl", 200, "good 127.0.0.1", "blocked"),
    ("changeip", 200, "Unsuccessful", "confused"),
    ("changeip", 402, "402 Premium", "blocked"),
    ("dd24", 200, "code = 549\ndescription = abuse prevention triggered", "rate_limited"),
    ("dd24", 200, "code = 2005", "confused"),
    ("ddnss", 200, "Updated 1 hostname to 198.51.100.8", "unconfirmed"),
    ("dnsmadeeasy", 200, "error-auth-suspend", "blocked"),
    ("dnsmadeeasy", 200, "error-record-auth", "credentials"),
    ("dnsmadeeasy", 200, "error-system", "transient"),
    ("dnsmadeeasy", 200, "no success", "confused"),
    ("domeneshop", 200, "", "confused"),
    ("dynv6", 200, "addresses", "confused"),
    ("easydns_dyndns", 200, "NOERROR", "changed"),
    ("easydns_dyndns", 200, "OK", "changed"),
    ("easydns_dyndns", 200, "OKAY", "confused"),
    ("easydns_dyndns", 200, "no update required", "unchanged"),
    ("easydns_dyndns", 200, "TOO_FREQ", "rate_limited"),
    ("easydns_dyndns", 200, "NO_SERVICE", "blocked"),
    ("easydns_dyndns", 200, "ILLEGAL INPUT", "rejected"),
    ("freemyip", 200, "<html>OK</html>", "confused"),
    ("freemyip", 400, "OK", "rejected"),
    ("freemyip", 500, "OK", "transient"),
    ("goip", 200, "home.goip.de (198.51.100.8)", "unconfirmed"),
    ("goip", 200, "home.goip.de", "confused"),
    ("infomaniak_dyndns", 200, "successfully_changed 198.51.100.8", "unconfirmed"),
    ("infomaniak_dyndns", 200, "good 198.51.100.7", "changed"),
    ("myaddr", 400, "no such address", "rejected"),
    (
        "njalla_dyndns",
        200,
        '{"message": "record updated", "value": {"A": "1.2.3.4"}}',
        "unconfirmed",
    ),
    ("njalla_dyndns", 200, '{"message": "ok"}', "confused"),
    ("regfish", 200, "error|402|", "credentials"),
    ("regfish", 200, "error|408|", "rejected"),
    ("regfish", 200, "error|414|", "transient"),
    ("selfhost", 410, "", "blocked"),
    ("selfhost", 412, "", "rejected"),
    ("servercow", 200, "FAILED - no such host", "confused"),
    ("strato", 200, "abuse", "blocked"),
    ("zoneedit", 200, '<ERROR CODE="702" TEXT="Minimum 600 seconds">', "rate_limited"),
    ("zoneedit", 200, '<ERROR CODE="707" TEXT="Duplicate updates">', "unchanged"),
    ("zoneedit", 200, '<ERROR CODE="709" TEXT="Invalid hostname">', "not_found"),
    ("zoneedit", 200, '<ERROR CODE="704" TEXT="no name">', "rejected"),
    ("zoneedit", 200, '<ERROR CODE="799">', "confused"),
]


@pytest.mark.parametrize(("name", "status", "body", "expected"), OWN_WORDS)
def test_words_of_ones_own_have_their_meaning(
    name: str, status: int, body: str, expected: str
) -> None:
    provider = BY_ID[name]
    steps = provider.update(job(HOST, V4, **settings(provider, "https://dns.test/")))
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(Response(status=status, body=body.encode()))
    assert kind(end.value.value) == expected


def test_a_lost_answer_leaves_the_change_in_doubt() -> None:
    (end,), fake = talk(BY_ID["noip"], (V4,), mischief="lost reply")
    assert isinstance(end, Unconfirmed)
    assert fake.hosts[HOST] == {4: V4}
