"""Secrets are struck in every form in which a service may say them back."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.engine.redact import redact, secrets_in, shown
from providers.engine.wire import Basic, Bearer, DnsUpdate, Request, Secret, TsigKey

AWKWARD = [
    "pa ss",
    'q"uo\\te',
    "a/b+c=d",
    "<&>'",
    "ümläut",
    "two  spaces",
    "x",
    "*",
    "\udc80raw",
    'ü"/ \\',
]


@pytest.mark.parametrize("secret", AWKWARD)
def test_each_form_is_struck(secret: str) -> None:
    raw = secret.encode("utf-8", "surrogatepass")
    forms = [
        secret,
        quote(raw, safe=""),
        quote(raw, safe="").lower(),
        quote_plus(raw),
        quote(raw),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html.escape(secret),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
        " ".join(secret.split()),
    ]
    for form in forms:
        assert redact(f"-{form}-", [secret]).strip("=-") == "***", form


def test_the_pair_of_basic_authentication_is_struck() -> None:
    call = Request(
        method="GET", url="https://a.test/", auth=Basic(user="ann", password=Secret("hunter2"))
    )
    assert redact("Basic YW5uOmh1bnRlcjI=", secrets_in(call)) == "Basic ***="


def test_longer_secrets_go_first_and_stars_are_not_struck_again() -> None:
    assert redact("abcdef * abc", ["abc", "abcdef", "*"]) == "*** *** ***"


@pytest.mark.parametrize("nothing", [[], [""], ["", ""]])
def test_an_empty_secret_strikes_nothing(nothing: list[str]) -> None:
    assert redact("as it was", nothing) == "as it was"


def test_the_user_part_of_an_address_is_struck_without_being_known() -> None:
    assert redact("see https://ann:pw@host/x", []) == "see https://***@host/x"


def test_a_secret_cut_by_an_ellipsis_is_struck() -> None:
    assert redact("token abcde…", ["abcdefgh"]) == "token ***…"
    assert redact("token ABC… and more", ["abcdefgh"]) == "token ***… and more"
    assert redact("cab…", ["abcdefgh"]) == "cab…"


_ANY = st.characters(exclude_categories=("Cs", "Co"))
_STRUCK = "\ue000"  # of private use (Co), so that what stood on both sides of a secret stays apart


@given(
    secret=st.text(alphabet=_ANY, min_size=4, max_size=40),
    before=st.text(alphabet="#~", max_size=5),
    after=st.text(alphabet="#~", max_size=5),
)
def test_whatever_the_secret_is_it_is_gone(secret: str, before: str, after: str) -> None:
    assert secret not in redact(before + secret + after, [secret]).replace("***", _STRUCK)


def test_every_place_of_a_request_is_searched() -> None:
    call = Request(
        method="POST",
        url="https://a.test/",
        query=(("a", Secret("s-query")), ("b", "plain")),
        headers=(("X-Key", Secret("Custom s-header")),),
        auth=Bearer(token=Secret("s-bearer")),
        json={"a": [Secret("s-json"), {"b": (Secret("s-deep"), 5, None)}]},
        form=(("c", Secret("s-form")), ("d", Secret(""))),
    )
    assert secrets_in(call) == {
        "s-query",
        "Custom s-header",
        "s-header",
        "s-bearer",
        "s-json",
        "s-deep",
        "s-form",
    }


def test_a_key_of_dns_updates_is_found_and_its_absence_is_fine() -> None:
    key = TsigKey(name="k.", secret=Secret("c2VjcmV0"))
    assert secrets_in(DnsUpdate(server="a:1", zone="b", rrsets=(), key=key)) == {"c2VjcmV0"}
    assert secrets_in(DnsUpdate(server="a:1", zone="b", rrsets=(), key=None)) == frozenset()


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("https://a.test/path?token=abc#frag", "https://a.test/path"),
        ("https://ann:pw@a.test:8443/x", "https://a.test:8443/x"),
        ("http://[2001:db8::1]:80/x", "http://[2001:db8::1]:80/x"),
        ("https://a.test/u/SECRET-KEY/", "https://a.test/u/***/"),
        ("https://a.test:99999/", "an address that is not a URL"),
        ("https://[broken/", "an address that is not a URL"),
    ],
)
def test_an_address_is_shown_without_query_user_and_secret_parts(url: str, seen: str) -> None:
    assert shown(url, ["secret-key"]) == seen
