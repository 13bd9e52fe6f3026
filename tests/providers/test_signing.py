"""Requests with credentials in odd places, laid open and signed at the moment they are sent."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from providers.engine.compose import Unsendable, laid_open
from providers.engine.redact import redact, secrets_in
from providers.engine.secret import Secret, weave
from providers.engine.signing import Draft, Moment, Signed, UnusableKey, no_moment
from providers.engine.wire import Request

MOMENT = Moment(at=datetime(2026, 3, 1, 3, 0, tzinfo=UTC), nonce="0" * 32)


def stamp(draft: Draft, keys: Mapping[str, str], moment: Moment) -> Draft:
    """A scheme that shows all that it was given."""
    if keys["key"] == "rusty":
        raise UnusableKey("the key is rusty")
    seal = f"{draft.method} {draft.url} {draft.body.decode()} {keys['key']} {moment.at:%H:%M}"
    return replace(draft, headers={**draft.headers, "Seal": seal, "Nonce": moment.nonce})


def signed(key: str = "hush") -> Signed:
    return Signed(signer=stamp, keys={"key": Secret(key)})


def opened(request: Request) -> Draft:
    return laid_open(request, user_agent="upstun/0", allow_http=False, moment=lambda: MOMENT)


def test_a_signer_sees_the_request_as_it_goes_on_the_wire() -> None:
    draft = opened(
        Request(
            method="POST",
            url="https://dns.test/zone",
            query=(("a", "b c"),),
            json={"password": Secret("inner")},
            auth=signed(),
        )
    )
    assert draft.headers["Seal"] == (
        'POST https://dns.test/zone?a=b+c {"password": "inner"} hush 03:00'
    )
    assert draft.headers["Nonce"] == "0" * 32
    assert draft.headers["Content-Type"] == "application/json"


def test_an_unusable_key_is_a_sentence_and_nothing_is_sent() -> None:
    with pytest.raises(Unsendable, match="cannot be signed: the key is rusty"):
        opened(Request(method="GET", url="https://dns.test", auth=signed("rusty")))


def test_without_a_clock_nothing_is_signed_and_all_else_is_sent() -> None:
    plain = Request(method="GET", url="https://dns.test")
    assert laid_open(plain, user_agent="upstun/0", allow_http=False, moment=no_moment).url
    with pytest.raises(Unsendable, match="there is neither clock nor chance to sign it with"):
        laid_open(
            replace(plain, auth=signed()), user_agent="upstun/0", allow_http=False, moment=no_moment
        )


def test_a_signature_with_a_line_break_is_not_sent() -> None:
    with pytest.raises(Unsendable, match="Seal holds a line break"):
        opened(Request(method="GET", url="https://dns.test", auth=signed("a\r\nX-Evil: 1")))


def test_neither_draft_nor_moment_nor_keys_show_a_secret() -> None:
    request = Request(method="GET", url="https://dns.test", auth=signed())
    assert "hush" not in repr(request)
    assert "hush" not in repr(opened(request))


def test_a_credential_in_the_path_is_encoded_and_struck_from_what_people_see() -> None:
    request = Request(method="GET", url="https://dns.test/u", tail=(Secret("a/b+c"), "end"))
    assert opened(request).url == "https://dns.test/u/a%2Fb%2Bc/end"
    said = redact("no such page: /u/a%2Fb%2Bc/end", secrets_in(request))
    assert said == "no such page: /u/***/end"


def test_texts_around_a_secret_stay_secret_and_so_do_its_parts() -> None:
    header = weave("sso-key ", Secret("public"), ":", Secret("hush"))
    request = Request(method="GET", url="https://dns.test", headers=(("Authorization", header),))
    assert opened(request).headers["Authorization"] == "sso-key public:hush"
    assert f"{header}{header!r}" == "******"
    assert redact("public and hush", secrets_in(request)) == "*** and ***"
    assert not weave("", Secret(""))


def test_xml_rpc_carries_secrets_as_they_are() -> None:
    call = ("addRecord", ("user", Secret("<hush>&"), {"ttl": 60, "rdata": "192.0.2.1"}))
    request = Request(method="POST", url="https://dns.test/RPC", xmlrpc=call)
    draft = opened(request)
    assert draft.headers["Content-Type"] == "text/xml"
    values, method = xmlrpc.client.loads(draft.body)
    assert (method, values) == ("addRecord", ("user", "<hush>&", {"ttl": 60, "rdata": "192.0.2.1"}))
    assert "hush" not in repr(request)
    assert "<hush>&" in secrets_in(request)


def test_a_body_of_ones_own_has_the_type_that_its_headers_say() -> None:
    request = Request(
        method="POST",
        url="https://dns.test",
        headers=(("Content-Type", "application/xml"),),
        content=weave("<key>", Secret("hush"), "</key>"),
    )
    draft = opened(request)
    assert draft.body == b"<key>hush</key>"
    assert draft.headers["Content-Type"] == "application/xml"
    assert "hush" in secrets_in(request)


def test_a_type_that_the_vendor_insists_on_takes_the_place_of_the_usual_one() -> None:
    kind = "application/json;charset=utf-8"
    request = Request(
        method="PUT", url="https://dns.test", headers=(("Content-Type", kind),), json={}
    )
    assert opened(request).headers["Content-Type"] == kind
