from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.config.form import Misfit
from agent.config.network import endpoint, family_or_host_part, stun_server, url


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("192.0.2.53", "192.0.2.53:53"),
        ("192.0.2.53:5353", "192.0.2.53:5353"),
        ("[2001:DB8::53]", "[2001:db8::53]:53"),
        ("[2001:db8::53]:1", "[2001:db8::53]:1"),
        ("[fe80::1%eth0]:53", "[fe80::1%eth0]:53"),
        ("NS1.Example.com.", "ns1.example.com:53"),
        ("localhost:65535", "localhost:65535"),
    ],
)
def test_an_endpoint_always_has_its_port(written: str, read: str) -> None:
    assert endpoint(53).read(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "",
        ":53",
        "192.0.2.53:",
        "192.0.2.53:0",
        "192.0.2.53:65536",
        "192.0.2.53:dns",
        "192.0.2.300",
        "2001:db8::53",
        "[2001:db8::53",
        "[192.0.2.53]:53",
        "[]:53",
        "a b:53",
        "https://ns1.example.com",
        "user:pw@ns1.example.com:53",
        53,
        True,
    ],
)
def test_what_is_no_endpoint_is_refused(written: object) -> None:
    with pytest.raises(Misfit):
        endpoint(53).read(written)


def test_where_an_address_is_demanded_a_name_is_refused() -> None:
    form = endpoint(53, literal=True)

    assert form.read("[2001:db8::53]:53") == "[2001:db8::53]:53"
    with pytest.raises(Misfit, match="address instead of its name"):
        form.read("ns1.example.com")


def test_an_ipv6_address_without_brackets_is_told_how_to_write_it() -> None:
    with pytest.raises(Misfit) as caught:
        endpoint(53).read("2001:db8::53")
    assert caught.value.hint == 'write "[2001:db8::53]"'


def test_a_credential_in_place_of_an_endpoint_is_not_shown() -> None:
    assert endpoint(53).show("https://user:sesame@example.com/sesame") == '"https://example.com…"'
    assert endpoint(53).show("sesame@example.com") == "text"


@pytest.mark.parametrize(
    "written",
    [
        "https://api.example.com",
        "https://api.example.com:8443/v1?x=y",
        "https://192.0.2.1/",
        "https://[2001:db8::1]:8443/",
        "http://127.0.0.1:8080",
        "http://[::1]/",
        "http://localhost:1/",
        "http://api.localhost/",
    ],
)
def test_a_url_is_taken_as_it_is_written(written: str) -> None:
    assert url(cleartext=False).read(written) == written


@pytest.mark.parametrize(
    "written",
    [
        "",
        "api.example.com",
        "ftp://api.example.com",
        "https://",
        "https:///path",
        "https://user:pw@api.example.com",
        "https://api.example.com/#part",
        "https://api.example.com:0/",
        "https://api.example.com:99999/",
        "https://[2001:db8::1/",
        "https://a b/",
        "https://a_\u00e4/",
        "https://ex..ample/",
        "http://api.example.com",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        5,
    ],
)
def test_what_is_no_url_of_a_service_is_refused(written: object) -> None:
    with pytest.raises(Misfit):
        url(cleartext=False).read(written)


def test_cleartext_is_a_decision() -> None:
    assert url(cleartext=True).read("http://api.example.com") == "http://api.example.com"
    with pytest.raises(Misfit, match="allow_http = true"):
        url(cleartext=False).read("http://api.example.com")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("http://user:sesame@example.com/sesame?sesame", '"http://example.com…"'),
        ("https://example.com", '"https://example.com"'),
        ("sesame", "text"),
        ("https://[sesame", "text"),
        (5, "5"),
    ],
)
def test_of_a_url_scheme_and_host_are_shown(value: object, shown: str) -> None:
    assert url(cleartext=False).show(value) == shown


@pytest.mark.parametrize("written", ["stun:stun.example.com:3478", "stun.a.org", "auto:a.org"])
def test_a_stun_server_is_taken_as_it_is_written(written: str) -> None:
    assert stun_server.read(written) == written


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("turn:turn.example.com", "a STUN server is wanted"),
        ("stun:x:0", "the port is a number from 1 to 65535"),
        ("[::1", "the bracket is not closed"),
    ],
)
def test_what_is_no_stun_server_is_refused_with_the_reason(written: str, hint: str) -> None:
    with pytest.raises(Misfit, match=hint) as caught:
        stun_server.read(written)
    assert written not in caught.value.hint


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (True, True),
        (False, False),
        ("::1234", "::1234"),
        ("::0001", "::1"),
        ("::abcd:12ff:fe34:5678", "::abcd:12ff:fe34:5678"),
    ],
)
def test_ipv6_is_a_yes_a_no_or_a_host_part(written: object, read: object) -> None:
    assert family_or_host_part.read(written) == read


@pytest.mark.parametrize(
    "written", ["::", "true", "2001:db8::1", "1::", "::1:0:0:0:0", "::1%eth0", "::1/64", "x", 1, []]
)
def test_what_is_no_host_part_is_refused(written: object) -> None:
    with pytest.raises(Misfit):
        family_or_host_part.read(written)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_no_text_makes_a_form_fail_otherwise_than_by_a_misfit(written: str) -> None:
    for form in (endpoint(53), url(cleartext=True), stun_server, family_or_host_part):
        form.show(written)
        try:
            form.read(written)
        except Misfit:
            continue
