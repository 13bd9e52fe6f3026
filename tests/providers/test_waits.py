"""How long to wait, in every form in which services say it, and in forms that say nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from providers.engine.waits import clock_error, http_date, span, told_wait

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
DATE = "Sun, 01 Mar 2026 03:00:00 GMT"
LATER = "Sun, 01 Mar 2026 03:02:00 GMT"
UNIX = "1772334120"  # two minutes after AT

SAID = [
    ({"retry-after": "120"}, 120.0),
    ({"retry-after": " 120 "}, 120.0),
    ({"retry-after": "0"}, 0.0),
    ({"retry-after": "1.5"}, 1.5),
    ({"retry-after": LATER, "date": DATE}, 120.0),
    ({"retry-after": DATE, "date": LATER}, 0.0),
    ({"ratelimit-reset": "120"}, 120.0),
    ({"ratelimit-reset": UNIX, "date": DATE}, 120.0),
    ({"x-ratelimit-reset": "120"}, 120.0),
    ({"x-ratelimit-reset": UNIX + "000", "date": DATE}, 120.0),
    ({"x-rate-limit-reset": "120"}, 120.0),
    ({"ratelimit": '"default";r=0;t=120'}, 120.0),
    ({"ratelimit": '"burst";r=0;t=3, "daily";r=0;t=120'}, 120.0),
    ({"ratelimit": '"burst";r=0;t=120, "daily";r=5;t=80000'}, 120.0),
    ({"ratelimit": "limit=100, remaining=0, reset=120"}, 120.0),
    ({"retry-after": "120", "ratelimit": '"d";r=0;t=9', "x-ratelimit-reset": "8"}, 120.0),
    ({"ratelimit": '"d";r=0;t=120', "x-ratelimit-reset": "8"}, 120.0),
    ({"retry-after": "soon", "x-ratelimit-reset": "120"}, 120.0),
]


@pytest.mark.parametrize(("headers", "seconds"), SAID)
@pytest.mark.parametrize("clock", [AT + timedelta(days=400), AT - timedelta(days=400), None])
def test_the_wait_is_read_whatever_the_clock_here_says(
    headers: dict[str, str], seconds: float, clock: datetime | None
) -> None:
    assert told_wait(headers, clock) == seconds


@pytest.mark.parametrize("headers", [{"retry-after": LATER}, {"x-ratelimit-reset": UNIX}])
def test_without_a_date_header_the_clock_here_measures(headers: dict[str, str]) -> None:
    assert told_wait(headers, AT) == 120.0
    assert told_wait(headers) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"retry-after": ""},
        {"retry-after": "soon"},
        {"retry-after": "-5"},
        {"retry-after": "inf"},
        {"retry-after": "nan"},
        {"retry-after": "1e9"},
        {"retry-after": "٣٠"},  # digits, but not those of HTTP
        {"retry-after": "9" * 5000},
        {"retry-after": "Mon, 99 Foo 20266 99:99:99 GMT"},
        {"retry-after": "Sun, 01 Mar 99999999999999999999 03:00:00 GMT"},
        {"ratelimit": '"default";r=5;t=30'},
        {"ratelimit": '"default";r=0'},
        {"ratelimit": ";;;,,,==="},
        {"ratelimit": '"x";r=0;t=' + "9" * 50},
        {"x-ratelimit-reset": "tomorrow"},
    ],
)
def test_what_says_nothing_is_none_and_never_an_error(headers: dict[str, str]) -> None:
    assert told_wait(headers, AT) is None


def test_an_http_date_without_a_zone_is_utc() -> None:
    assert http_date("Sun, 01 Mar 2026 03:00:00 -0000") == AT


def test_the_clock_error_is_positive_when_the_clock_here_is_ahead() -> None:
    assert clock_error({"date": DATE}, AT + timedelta(seconds=9)) == 9.0
    assert clock_error({"date": DATE}, AT - timedelta(seconds=9)) == -9.0
    assert clock_error({}, AT) is None
    assert clock_error({"date": "now"}, AT) is None


@pytest.mark.parametrize(
    ("body", "wait"),
    [
        (b'{"code": "TOO_MANY_REQUESTS", "retryAfterSec": 30}', 30),
        (b'{"retry_after": "86400"}', 86400),
        (b'{"detail": "Request was throttled. Expected available in 86 seconds."}', 86),
        (b'{"retryAfterSec": "soon"}', None),
        (b"available in 99999999999 seconds", None),
        (b"\xff\xfe", None),
    ],
)
def test_a_body_may_tell_the_wait_where_the_headers_do_not(body: bytes, wait: int | None) -> None:
    assert told_wait({}, None, body) == wait
    assert told_wait({"retry-after": "7"}, None, body) == 7


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (120, "120 s"), (7200, "2 hours"), (86400, "24 hours"), (172800, "2 days")],
)
def test_a_length_of_time_is_told_as_people_do(seconds: float, words: str) -> None:
    assert span(seconds) == words
