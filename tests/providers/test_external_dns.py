"""external-dns: what Kubernetes' refusals mean to a person, and what must stay as it is."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest

from providers.engine.external_dns_api import resource
from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from providers.external_dns import EXTERNAL_DNS
from tests.support.provider_fakes.external_dns import Kubernetes, no
from tests.support.provider_fakes.vendor import No, Settings
from tests.support.scripted import NAME, ZONE, Answer, brought, told

OLD, NEW = "198.51.100.1", "198.51.100.2"
SETTINGS: Settings = {**Kubernetes(ZONE).settings(), "endpoint": "https://127.0.0.1:6443"}
ABSENT: Answer = (404, {"kind": "Status", "reason": "NotFound", "code": 404})


def said(status: int, reason: str, message: str) -> Answer:
    refusal: No = no(status, reason, message)
    return refusal.said.status, refusal.said.document


@pytest.mark.parametrize(
    ("answers", "cause", "words"),
    [
        ([said(401, "Unauthorized", "Unauthorized")], Cause.CREDENTIALS, "make a new one"),
        ([said(403, "Forbidden", "User x cannot get")], Cause.CREDENTIALS, "needs get, create"),
        ([(404, "404 page not found\n")], Cause.BLOCKED, "install external-dns's CRD"),
        ([ABSENT, said(404, "NotFound", 'namespaces "x" not found')], Cause.NOT_FOUND, "namespace"),
        (
            [ABSENT, said(403, "Forbidden", "x is forbidden: exceeded quota: crs, used: 5")],
            Cause.BLOCKED,
            "raise it",
        ),
        (
            [ABSENT, said(403, "Forbidden", 'admission webhook "a" denied the request: no')],
            Cause.REJECTED,
            "has a rule",
        ),
        ([ABSENT, said(422, "Invalid", "spec.endpoints: bad")], Cause.REJECTED, "bad"),
    ],
)
def test_a_refusal_says_what_to_do(answers: list[Answer], cause: Cause, words: str) -> None:
    end = told(EXTERNAL_DNS, SETTINGS, *answers)
    assert isinstance(end, Refused)
    assert (end.cause, words in end.text) == (cause, True), end.text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"*.{NAME}", f"x.{NAME}"),
        ("_a.example.test", "xa.example.test"),
        (f"*.{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.test", f"{'a' * 60}.test"),
    ],
)
def test_every_name_has_a_resource_of_its_own_that_kubernetes_takes(one: str, other: str) -> None:
    assert resource(other) == other
    assert resource(one) != resource(other)
    label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    assert re.fullmatch(rf"{label}(\.{label})*", resource(one))
    assert len(resource(one)) <= 253


def endpoint(rtype: str, *targets: str, name: str = NAME, **more: Any) -> dict[str, Any]:
    return {"dnsName": name, "recordType": rtype, "targets": list(targets), **more}


@pytest.mark.parametrize(
    "endpoints",
    [
        [endpoint("A", OLD, setIdentifier="home")],
        [endpoint("A", OLD), endpoint("A", OLD)],
        [endpoint("CNAME", "a.test")],
    ],
    ids=["one of several", "twice", "an alias"],
)
def test_what_is_not_one_plain_endpoint_is_left_alone(endpoints: list[Any]) -> None:
    end, fake = brought(
        EXTERNAL_DNS, Kubernetes, NEW, before=lambda fake: fake.store(NAME, endpoints)
    )
    assert isinstance(end, Refused)
    assert (end.cause, "take them away" in end.text) == (Cause.REJECTED, True), end.text
    assert fake.writes == []


def test_whatever_else_the_resource_holds_stays() -> None:
    others = [
        endpoint("TXT", "hello"),
        endpoint("A", OLD, name="next.example.test"),
        endpoint("A", NEW, name="next.example.test", setIdentifier="second"),
    ]
    props = [{"name": "external-dns.alpha.kubernetes.io/cloudflare-proxied", "value": "true"}]
    mine = endpoint("A", OLD, providerSpecific=props, labels={"a": "b"})

    def before(fake: Kubernetes) -> None:
        fake.store(NAME, [mine, *others], labels={"app": "home"}, annotations={"who": "me"})

    end, fake = brought(EXTERNAL_DNS, Kubernetes, NEW, before=before, ttl=60)
    assert end == Changed()
    held = fake.resources[NAME]
    assert held["spec"]["endpoints"] == [*others, {**mine, "targets": [NEW], "recordTTL": 60}]
    assert held["metadata"]["labels"] == {"app": "home"}
    assert held["metadata"]["annotations"] == {"who": "me"}
    end, fake = brought(EXTERNAL_DNS, Kubernetes, before=before)
    assert fake.resources[NAME]["spec"]["endpoints"] == others
    end, fake = brought(
        EXTERNAL_DNS, Kubernetes, before=lambda fake: fake.store(NAME, [endpoint("A", OLD)])
    )
    assert fake.resources == {}


@pytest.mark.parametrize(("ttl", "end"), [(None, Unchanged()), (60, Changed())])
def test_a_ttl_that_was_left_to_the_dns_service_is_set_when_asked_for(
    ttl: int | None, end: object
) -> None:
    def before(fake: Kubernetes) -> None:
        fake.store(NAME, [endpoint("A", OLD)])

    assert brought(EXTERNAL_DNS, Kubernetes, OLD, before=before, ttl=ttl)[0] == end


@pytest.mark.parametrize(
    ("before", "meanwhile", "same"),
    [(OLD, "198.51.100.9", False), ("", OLD, False), ("", NEW, True), (OLD, NEW, True)],
)
def test_somebody_who_was_faster_is_looked_at_again(
    before: str, meanwhile: str, same: bool
) -> None:
    def somebody(fake: Kubernetes) -> None:
        fake.seed(NAME, "A", meanwhile)

    def prepare(fake: Kubernetes) -> None:
        fake.seed(NAME, "A", *filter(None, [before]))
        fake.before_write = partial(somebody, fake)

    end, fake = brought(EXTERNAL_DNS, Kubernetes, NEW, before=prepare)
    if same:
        assert isinstance(end, Unchanged)
    else:
        assert isinstance(end, Refused)
        assert end.cause is Cause.CONFLICT
    assert fake.held(NAME, "A") == [meanwhile]
    assert len(fake.writes) == 1
