"""The webhook: what is filled in where, what is refused before a call, what an answer means."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from providers.engine.compose import laid_open
from providers.engine.outcome import Changed, Outcome, Refused, Unchanged
from providers.engine.signing import Draft, no_moment
from providers.engine.wire import Job, Request, Response, Secret, Text
from providers.webhook import WEBHOOK
from tests.support.provider_fakes.errand import job, kind

NAME = "home.example.com"
V4, V6 = "198.51.100.7", "2001:db8::7"
SECRET = 'a"b/c d'


def work(url: str, *addresses: str, **more: Text) -> Job:
    told = addresses or (V4,)
    plain = job(NAME, *told, url=url, secret=Secret(SECRET), **more)
    return replace(plain, zone="example.com")


def requests(task: Job) -> list[Request]:
    """Every call of an errand in which all goes well."""
    steps = WEBHOOK.update(task)
    made = []
    try:
        step = next(steps)
        while True:
            assert isinstance(step, Request)
            made.append(step)
            step = steps.send(Response(status=204))
    except StopIteration:
        return made


def sent(request: Request) -> Draft:
    return laid_open(request, user_agent="upstun/0", allow_http=True, moment=no_moment)


def refused(task: Job) -> str:
    with pytest.raises(StopIteration) as end:
        next(WEBHOOK.update(task))
    assert kind(end.value.value) == "rejected"
    text: str = end.value.value.text
    return text


URLS = [
    ("https://h.test/u?n={fqdn}&a={ip}", f"https://h.test/u?n={NAME}&a={V4}"),
    ("https://h.test/u/{fqdn}/{ip}", f"https://h.test/u/{NAME}/{V4}"),
    ("https://h.test/u/{secret}/?a={ip}", f"https://h.test/u/a%22b%2Fc%20d/?a={V4}"),
    ("https://h.test/u?k={secret}&a={ip}", f"https://h.test/u?k=a%22b%2Fc+d&a={V4}"),
    ("https://h.test/u/a%20b{ip}?c", f"https://h.test/u/a%20b{V4}?c="),
    ("https://h.test/u?flag&a={ip}", f"https://h.test/u?flag&a={V4}"),
    ("https://h.test/u/x{ip}y?flag=1", f"https://h.test/u/x{V4}y?flag=1"),
    ("https://h.test/u?a={ip}&t={type}&z={zone}", f"https://h.test/u?a={V4}&t=A&z=example.com"),
    ("https://h.test/u?a=%7Bip%7D&b={ip}", f"https://h.test/u?a=%7Bip%7D&b={V4}"),
    ("https://h.test/u?a={{ip}}&b={ip}", f"https://h.test/u?a=%7Bip%7D&b={V4}"),
    ("https://h.test/?a={ip}&o={old}", f"https://h.test/?a={V4}&o="),
    ("https://h.test:8443?a={ip}", f"https://h.test:8443?a={V4}"),
]


@pytest.mark.parametrize(("template", "url"), URLS)
def test_an_address_is_filled_and_escaped_by_its_place(template: str, url: str) -> None:
    (request,) = requests(work(template))
    assert sent(request).url == url
    assert SECRET not in repr(request)
    assert (request.write, request.idempotent) == (True, False)


def test_what_live_dns_shows_is_the_old_address() -> None:
    task = work("https://h.test/?a={ip}&o={old}")
    live = frozenset({ip_address("198.51.100.9"), ip_address("198.51.100.10")})
    task = replace(task, rrsets=(replace(task.rrsets[0], live=live),))
    (request,) = requests(task)
    assert request.query[1] == ("o", "198.51.100.10,198.51.100.9")


BODIES = [
    (
        '{"a": "{ip}", "k": ["{secret}", 1, null]}',
        "application/json",
        b'{"a": "198.51.100.7", "k": ["a\\"b/c d", 1, null]}',
    ),
    (
        '{"q": "set {fqdn} to {ip}"}',
        "application/graphql+json",
        b'{"q": "set home.example.com to 198.51.100.7"}',
    ),
    (
        "a={ip}&k={secret}&e=",
        "application/x-www-form-urlencoded",
        b"a=198.51.100.7&k=a%22b%2Fc+d&e=",
    ),
    ("<a>{ip}</a>", "text/xml", b"<a>198.51.100.7</a>"),
]


@pytest.mark.parametrize(("body", "kind_of_body", "octets"), BODIES)
def test_a_body_is_filled_and_escaped_by_its_kind(
    body: str, kind_of_body: str, octets: bytes
) -> None:
    task = work("https://h.test/", method="PUT", body=body, content_type=kind_of_body)
    (request,) = requests(task)
    draft = sent(request)
    assert (draft.method, draft.body) == ("PUT", octets)
    assert draft.headers["Content-Type"] == kind_of_body


def test_headers_are_sent_as_they_are_and_shown_nowhere() -> None:
    lines = "Authorization: Bearer t0p:s3cret\n\n  X-Kind:  {ip} \nContent-Type: application/json"
    body = '{"a": "{ip}"}'
    (request,) = requests(work("https://h.test/", headers=Secret(lines), body=body))
    headers = sent(request).headers
    assert headers["Authorization"] == "Bearer t0p:s3cret"
    assert headers["X-Kind"] == "{ip}"
    assert "s3cret" not in repr(request)


@pytest.mark.parametrize(
    "template", ["https://h.test/?a={ipv4}&b={ipv6}", "https://h.test/{ipv4}/{ipv6}"]
)
def test_both_families_go_in_one_call_where_the_template_names_both(template: str) -> None:
    (request,) = requests(work(template, V4, V6))
    url = sent(request).url
    assert V4 in url
    assert V6.replace(":", "%3A") in url


def test_a_template_for_either_is_called_for_each() -> None:
    made = requests(work("https://h.test/?a={ip}&t={type}&six={ipv6}", V4, V6))
    assert [dict(request.query) for request in made] == [
        {"a": V4, "t": "A"},
        {"a": V6, "t": "AAAA", "six": V6},
    ]


def test_an_address_that_is_left_alone_is_left_out_or_told_by_its_word() -> None:
    query = "https://h.test/?a={ipv4}&b={ipv6}"
    assert requests(work(query))[0].query == (("a", V4),)
    assert requests(work(query, silence="keep"))[0].query == (("a", V4), ("b", "keep"))
    body = '{"a": "{ipv4}", "b": "{ipv6}", "c": ["{ipv6}"]}'
    assert requests(work("https://h.test/", body=body))[0].json == {"a": V4, "c": []}
    assert "set silence" in refused(work("https://h.test/{ipv4}/{ipv6}"))
    assert "set silence" in refused(work("https://h.test/?a={ipv4}+{ipv6}"))


@pytest.mark.parametrize(
    ("task", "word"),
    [
        (work("https://h.test/?a={adress}"), "there is no {adress}"),
        (work("https://h.test/?a={ip}", body='{"b": "{host}"}'), "there is no {host}"),
        (work("https://h.test/?n={fqdn}"), "put {ip} there"),
        (work("https://h.test/?a={ipv4}", V4, V6), "{ipv6} for AAAA"),
        (replace(work("https://h.test/?a={ip}&z={zone}"), zone=""), "set zone"),
        (work("https://{fqdn}/?a={ip}"), "without placeholders"),
        (work("ftp://h.test/?a={ip}"), "begin with https"),
        (work("h.test/?a={ip}"), "begin with https"),
        (work("https://h.test/?{secret}=1&a={ip}"), "not the name of one"),
        (work("https://h.test/", body='{"a": {ip}}'), "between quotes"),
        (work("https://h.test/?a={ip}", headers=Secret("no colon")), "Name: value"),
        (work("https://h.test/?a={ip}", headers=Secret("a b: c")), "Name: value"),
        (work("https://h.test/?a={ip}", success="("), "no regular expression"),
        (work("https://h.test/?a={ip}", failure="x" * 501), "longer than 500"),
        (work("https://h.test/?a={ip}", unchanged="(a+)+b"), "repeats a repetition"),
        (work("https://h.test/?a={ip}", V4, "198.51.100.8"), "exactly one A address"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_in_the_settings_is_explained_before_any_call(task: Job, word: str) -> None:
    text = refused(task)
    assert word in text
    assert SECRET not in text


def read(status: int, body: str, **more: Text) -> Outcome:
    steps = WEBHOOK.update(work("https://h.test/?a={ip}", **more))
    next(steps)
    answer = Response(status=status, headers={"content-type": "text/plain"}, body=body.encode())
    with pytest.raises(StopIteration) as end:
        steps.send(answer)
    outcome: Outcome = end.value.value
    return outcome


@pytest.mark.parametrize(
    ("status", "body", "more", "expected"),
    [
        (200, "whatever", {}, "changed"),
        (204, "", {}, "changed"),
        (200, "<html>log in</html>", {}, "confused"),
        (200, "<html>done</html>", {"success": "done"}, "changed"),
        (200, "", {"success": "done"}, "confused"),
        (200, "Done, no change", {"success": "done", "unchanged": "no change"}, "unchanged"),
        (200, "done, error 5", {"success": "done", "failure": "error"}, "confused"),
        (201, "done", {"statuses": "200, 204"}, "confused"),
        (204, "", {"statuses": "200,204"}, "changed"),
        (404, "fine", {"statuses": "2xx 404"}, "changed"),
        (401, "no", {}, "credentials"),
        (404, "no", {}, "not_found"),
        (402, "no", {}, "blocked"),
        (422, "no", {}, "rejected"),
        (200, "x" * 70_000 + "done", {"success": "done"}, "confused"),
    ],
)
def test_an_answer_means_what_the_settings_say(
    status: int, body: str, more: dict[str, str], expected: str
) -> None:
    end = read(status, body, **more)
    assert kind(end) == expected
    assert not isinstance(end, Refused) or end.text.startswith("The webhook ")
    assert isinstance(end, Refused | Changed | Unchanged)


def test_the_second_call_is_not_made_after_a_refusal() -> None:
    steps = WEBHOOK.update(work("https://h.test/?a={ip}", V4, V6))
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(Response(status=401))
    assert kind(end.value.value) == "credentials"
