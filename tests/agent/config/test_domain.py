from __future__ import annotations

import builtins
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.config.domain import fqdn_of, inside, record_name, zone_name
from agent.config.form import Misfit


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("home.example.com", "home.example.com"),
        ("HOME.Example.COM.", "home.example.com"),
        (" home.example.com ", "home.example.com"),
        ("*.example.com", "*.example.com"),
        ("_acme.home.example.com", "_acme.home.example.com"),
        ("höme.example.com", "xn--hme-sna.example.com"),
        ("HÖME.example.com", "xn--hme-sna.example.com"),
        ("straße.example", "xn--strae-oqa.example"),  # IDNA 2003 said "strasse"
        ("家。example。com", "xn--fct.example.com"),
        ("xn--hme-sna.example.com", "xn--hme-sna.example.com"),
        (f"{'a' * 63}.example", f"{'a' * 63}.example"),
    ],
)
def test_a_name_is_held_as_dns_compares_it(written: str, name: str) -> None:
    assert record_name.read(written) == name


@pytest.mark.parametrize(
    "written",
    [
        "",
        ".",
        "..",
        "home",
        "*",
        "*.com",
        "a..b",
        ".example.com",
        "home.example.com..",
        "ho me.example.com",
        "home.example.com/",
        "https://home.example.com",
        "home.example.com:53",
        "a.*.example.com",
        "-a.example.com",
        "a-.example.com",
        "a\n.example.com",
        "a\0.example.com",
        "192.0.2.1",
        f"{'a' * 64}.example",
        ".".join(["a" * 60] * 5),
        "☃.example.com",
        "a" * 100_000,
        "ö" * 100_000,
        "\ud800.example.com",
        5,
        True,
        None,
        ["home.example.com"],
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_name_is_refused(written: object) -> None:
    with pytest.raises(Misfit):
        record_name.read(written)


def test_a_zone_may_be_one_label_and_never_a_wildcard() -> None:
    assert zone_name.read("Lan.") == "lan"
    with pytest.raises(Misfit):
        zone_name.read("*.example.com")


def test_without_the_idna_library_ascii_names_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "idna":
            raise ImportError
        return real(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "idna", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)

    assert fqdn_of("home.example.com") == "home.example.com"
    with pytest.raises(Misfit, match="xn--"):
        fqdn_of("höme.example.com")


@pytest.mark.parametrize(
    ("name", "zone", "answer"),
    [
        ("example.com", "example.com", True),
        ("home.example.com", "example.com", True),
        ("a.b.example.com", "example.com", True),
        ("badexample.com", "example.com", False),
        ("example.com", "home.example.com", False),
        ("home.example.org", "example.com", False),
    ],
)
def test_a_name_is_inside_a_zone_label_by_label(name: str, zone: str, *, answer: bool) -> None:
    assert inside(name, zone) is answer


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("aZ9.-_*öß。☃ é\n"), max_size=20) | st.text(max_size=20))
def test_a_name_read_once_reads_the_same_again(written: str) -> None:
    try:
        name = record_name.read(written)
    except Misfit:
        return
    assert record_name.read(name) == name
    assert name.isascii()
    assert name == name.lower()
    assert not name.endswith(".")
