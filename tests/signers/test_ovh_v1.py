"""OVHcloud's signature against recorded vectors and the vendor's own client."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import ovh
import pytest

from providers.engine.signing import Draft, Moment
from providers.signers import ovh_v1
from tests.support.signing_inputs import Chance, draft, vectors

witness = pytest.mark.oracle("ovh", "ovh, the vendor's client")
BASE = "https://eu.api.ovh.com/1.0"
KEYS = ("application_key", "application_secret", "consumer_key")


@witness
@pytest.mark.parametrize("told", [True, False], ids=["the service's clock", "our clock"])
def test_recorded_vectors(told: bool) -> None:
    for vector in vectors("ovh_v1"):
        stamp = vector["timestamp"]
        keys = {name: vector[name] for name in KEYS}
        now = datetime.fromtimestamp(0 if told else stamp, UTC)
        signed = ovh_v1.sign(
            Draft(method=vector["method"], url=vector["url"], body=vector["body"].encode()),
            keys | ({"timestamp": str(stamp)} if told else {}),
            Moment(at=now, nonce=""),
        )
        assert signed.headers == {
            "X-Ovh-Application": vector["application_key"],
            "X-Ovh-Consumer": vector["consumer_key"],
            "X-Ovh-Timestamp": str(stamp),
            "X-Ovh-Signature": vector["signature"],
        }


@witness
def test_a_thousand_random_requests() -> None:
    for chance in Chance(5):
        keys = {name: chance.key() for name in KEYS}
        document: dict[str, str] = chance.parameters()
        method = chance.pick("GET", "POST", "PUT", "DELETE")
        body = json.dumps(document, separators=(",", ":")).encode() if document else b""
        asked = draft(method, BASE + chance.path(), chance.pairs(), body)
        moment = chance.moment()
        signed = ovh_v1.sign(asked, keys, moment)
        assert signed.headers == by_vendor(asked, document or None, keys, moment)
        assert (signed.method, signed.url, signed.body) == (asked.method, asked.url, asked.body)


def by_vendor(asked: Draft, document: Any, keys: dict[str, str], moment: Moment) -> dict[str, str]:
    client = ovh.Client(endpoint="ovh-eu", **keys)
    client._time_delta = 0
    heard: list[dict[str, Any]] = []
    session = SimpleNamespace(request=lambda *_, **how: heard.append(how))
    with (
        patch.object(client, "_session", session),
        patch("ovh.client.time.time", moment.at.timestamp),
    ):
        client.raw_call(asked.method, asked.url.removeprefix(BASE), document)
    headers: dict[str, str] = heard[0]["headers"]
    assert heard[0]["data"].encode() == asked.body
    headers.pop("Content-type", None)
    return headers
