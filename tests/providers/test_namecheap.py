"""Namecheap's dynamic DNS: where the domain ends, and what each XML answer means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from providers.engine.errors import Confused
from providers.engine.outcome import Changed
from providers.engine.wire import Job, Request, Response, Secret, Text
from providers.namecheap import NAMECHEAP
from tests.support.provider_fakes.errand import job, kind
from tests.support.provider_fakes.namecheap import _DONE, _PAGE, _REFUSED

V4 = "198.51.100.7"
PASSWORD = Secret("the-domain-s-own")


def work(name: str = "home.example.co.uk", zone: str = "example.co.uk", **more: str) -> Job:
    """A job in a zone that live DNS told; `more` are settings."""
    return replace(job(name, V4, password=PASSWORD, **more), zone=zone)


def configured(name: str) -> Job:
    """The same where the configuration tells the zone, and live DNS another one."""
    settings: dict[str, Text] = {"password": PASSWORD, "zone": "Example.co.uk."}
    return replace(work(name, zone="wrong.example"), settings=settings)


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("home.example.co.uk", "home"),
        ("a.b.example.co.uk", "a.b"),
        ("example.co.uk", "@"),
        ("*.example.co.uk", "*"),
    ],
)
def test_the_name_is_split_at_its_zone(name: str, host: str) -> None:
    for task in (work(name), configured(name)):
        request = next(NAMECHEAP.update(task))
        assert isinstance(request, Request)
        said = (("host", host), ("domain", "example.co.uk"), ("password", PASSWORD), ("ip", V4))
        assert request.query == said


@pytest.mark.parametrize(
    ("task", "word"),
    [
        (work(zone=""), "set zone"),
        (work("home.example.org"), "not inside the zone"),
        (job("home.example.co.uk", "2001:db8::1", password=PASSWORD), "AAAA"),
    ],
    ids=["no zone", "another zone", "IPv6"],
)
def test_what_cannot_be_told_is_refused_before_any_call(task: Job, word: str) -> None:
    with pytest.raises(StopIteration) as end:
        next(NAMECHEAP.update(task))
    assert kind(end.value.value) == "rejected"
    assert word in end.value.value.text


def answer(body: str) -> object:
    steps = NAMECHEAP.update(work())
    next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(Response(status=200, body=body.encode()))
    return end.value.value


@pytest.mark.parametrize(
    ("number", "text", "expected"),
    [
        ("304156", "Passwords do not match", "credentials"),
        ("316153", "Domain name not found", "not_found"),
        ("316154", "Domain name not active", "blocked"),
        ("380091", "No Records updated. A record not Found;", "not_found"),
        ("", "No Records updated. A record not Found;", "not_found"),
        ("380098", "Updating A record(s) failed", "transient"),
        ("380099", "Updating A record(s) failed", "transient"),
        ("999999", "Something new", "confused"),
    ],
)
def test_each_error_has_its_meaning(number: str, text: str, expected: str) -> None:
    end = answer(_PAGE.format(_REFUSED.format(number, text)))
    assert kind(end) == expected  # type: ignore[arg-type]  # an outcome, as its kind shows
    assert text in repr(end)


def test_another_address_than_the_sent_one_is_no_success() -> None:
    assert answer(_PAGE.format(_DONE.format(V4))) == Changed()
    end = answer(_PAGE.format(_DONE.format("198.51.100.8")))
    assert "instead of" in repr(end)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<interface-response>",
        "<interface-response><ErrCount>many</ErrCount></interface-response>",
        "<interface-response><ErrCount>0</ErrCount><Done>false</Done></interface-response>",
        "<html><ErrCount>0</ErrCount></html>",
    ],
)
def test_xml_that_says_neither_is_not_understood(body: str) -> None:
    steps = NAMECHEAP.update(work())
    next(steps)
    with pytest.raises(Confused):
        steps.send(Response(status=200, body=body.encode()))
