"""Every provider's settings are explained by `check` in the provider's own words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.config.load import Loaded, load
from providers.catalogue import by_id, everything, ids
from providers.engine.spec import Field, Provider
from tests.agent.config import fakes

each = pytest.mark.parametrize("provider", everything(), ids=lambda provider: provider.id)
SAMPLES = {
    "text": '"some text"',
    "integer": "7",
    "flag": "true",
    "url": '"https://dns.example/path"',
    "endpoint": '"192.0.2.53:53"',
}


def sample(field: Field) -> str:
    if field.choices:
        return f'"{field.choices[0]}"'
    return '"example.test"' if field.key == "zone" else SAMPLES[field.kind]


def account(provider: Provider, *, without: str = "", way: int = 0, extra: str = "") -> str:
    chosen = provider.either[way] if provider.either else ()
    settings = [
        f"{field.key} = {sample(field)}"
        for field in provider.fields
        if field.key != without and (field.required or field.key in chosen)
    ]
    return "\n".join(["[account.mine]", f'provider = "{provider.id}"', *settings, extra])


def mistakes(text: str, *providers: Provider) -> list[str]:
    found = {provider.id: provider for provider in providers}
    result = load(
        text,
        source="config.toml",
        base=Path("base"),
        environ={},
        find=lambda name: found.get(name) or by_id(name),
        ids=ids,
        read_secret=lambda _: fakes.MISSING,
        is_file=lambda _: True,
    )
    if isinstance(result, Loaded):
        return []
    problems = [" ".join(str(problem).split()) for problem in result]
    return [problem for problem in problems if "[[record]]" not in problem]


@each
def test_its_settings_in_full_are_accepted(provider: Provider) -> None:
    for way in range(max(1, len(provider.either))):
        assert mistakes(account(provider, way=way)) == []


@each
def test_a_missing_setting_is_explained_by_its_own_help(provider: Provider) -> None:
    for field in provider.fields:
        if field.required and field.default is None:
            (told,) = mistakes(account(provider, without=field.key))
            assert field.help.rstrip(".") in told
            assert f"{field.key}: " in told or f"add {field.key}" in told


@each
def test_a_misspelt_setting_is_guessed(provider: Provider) -> None:
    for field in provider.fields:
        misspelt = field.key[:-1] + ("x" if field.key[-1] != "x" else "y")
        told = mistakes(account(provider, extra=f"{misspelt} = {sample(field)}"))
        (unknown,) = (one for one in told if f"{misspelt}:" in one)
        assert "did you mean" in unknown
        assert any(one.key in unknown for one in provider.fields), unknown  # token, or token6


@each
def test_a_setting_of_the_wrong_kind_is_told_with_what_was_expected(provider: Provider) -> None:
    for field in provider.fields:
        without = account(provider, without=field.key)
        told = mistakes(f"{without}\n{field.key} = [1, 2]")
        assert any(f"{field.key}:" in one and "expected" in one for one in told), told


# ---- ways to sign in ----------------------------------------------------------------------------

TWO_WAYS = replace(
    fakes.NAMECHEAP,
    id="twoways",
    fields=(
        Field(key="token", help="A token of today.", secret=True, required=False),
        Field(key="email", help="The address of the account.", required=False),
        Field(key="api_key", help="The key of yesterday.", secret=True, required=False),
    ),
    either=(("token",), ("email", "api_key")),
)


def ways(settings: str) -> list[str]:
    return mistakes(f'[account.mine]\nprovider = "twoways"\n{settings}', TWO_WAYS)


def test_either_way_in_full_is_enough() -> None:
    assert ways('token = "t"') == []
    assert ways('email = "me@example.test"\napi_key = "k"') == []


def test_no_way_at_all_is_told_once_with_all_of_them() -> None:
    (told,) = ways("")
    assert "token, or email and api_key" in told
    assert "upstun providers twoways" in told


def test_half_a_way_is_told_by_what_it_lacks() -> None:
    (told,) = ways('email = "me@example.test"')
    assert "The key of yesterday" in told
    assert "add api_key" in told


def test_a_way_that_was_given_wrongly_is_told_for_that_alone() -> None:
    (told,) = ways("token = 7")
    assert "token" in told
    assert "ways to sign in" not in told
