"""AWS Signature Version 4, against botocore."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from random import Random
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4Auth  # type: ignore[import-untyped]  # of another project
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]  # likewise
from botocore.credentials import Credentials  # type: ignore[import-untyped]  # likewise

from providers.engine.signing import Draft, Moment
from providers.signers.sigv4 import sign
from tests.support.tools import need_vendor

BASE = "https://route53.amazonaws.com"
KEYS = {"access_key": "AKID", "secret_key": "hush", "region": "us-east-1", "service": "route53"}
NOON = Moment(at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), nonce="0" * 32)
ODD = "aZ09-_.~ *'()+/=&%@:,;!$\\\"äé😀"  # characters that encodings disagree about


def test_the_vectors_come_out_letter_for_letter() -> None:
    document = json.loads(need_vendor("signing_vectors.json").read_text())
    vectors = document["aws_sigv4_route53"]["vectors"]
    assert len(vectors) >= 2
    for vector in vectors:
        stamp = datetime.strptime(vector["amz_date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
        query = f"?{urlencode(vector['params'])}" if vector["params"] else ""
        draft = Draft(
            method=vector["method"],
            url=vector["url"] + query,
            headers=vector["headers"],
            body=vector["body"].encode(),
        )
        signed = sign(draft, vector, Moment(at=stamp, nonce=""))
        assert signed.headers["Authorization"] == vector["authorization"]


@pytest.mark.oracle("route53", "botocore's SigV4Auth, 1,000 random requests")
def test_a_thousand_random_requests_are_signed_as_botocore_signs_them() -> None:
    dice = Random(4)
    for _ in range(1000):
        draft, keys, moment = random_request(dice)
        signed = sign(draft, keys, moment)
        credentials = Credentials(keys["access_key"], keys["secret_key"], keys["session_token"])
        theirs = AWSRequest(
            method=draft.method, url=signed.url, headers=dict(draft.headers), data=draft.body
        )
        for name in ("User-Agent", "Accept-Encoding"):
            del theirs.headers[name]  # which a proxy may change: no matter of the signature
        with patch("botocore.auth.get_current_datetime", return_value=moment.at):
            SigV4Auth(credentials, keys["service"], keys["region"]).add_auth(theirs)
        for name in ("Authorization", "X-Amz-Date", "X-Amz-Security-Token"):
            assert signed.headers.get(name) == theirs.headers.get(name), draft.url
        assert (signed.method, signed.body) == (draft.method, draft.body)


def random_request(dice: Random) -> tuple[Draft, dict[str, str], Moment]:
    def text(most: int = 12, alphabet: str = ODD) -> str:
        return "".join(dice.choices(alphabet, k=dice.randint(1, most)))

    port = dice.choice(("", "", ":443", ":8443"))
    path = "".join(f"/{text(8, 'aZ09-_~%25%20@:,=')}" for _ in range(dice.randint(0, 4)))
    query = urlencode([(text(), text() * dice.randint(0, 1)) for _ in range(dice.randint(0, 5))])
    headers = {"User-Agent": "upstun/0", "Accept-Encoding": "identity"}
    if dice.random() < 0.5:
        headers["Content-Type"] = dice.choice(("text/xml", " text/xml;   charset=utf-8 "))
    draft = Draft(
        method=dice.choice(("GET", "POST", "DELETE")),
        url=f"https://{dice.choice(('route53.amazonaws.com', '[2001:db8::1]'))}{port}{path}"
        + (f"?{query}" if query else ""),
        headers=headers,
        body=dice.choice((b"", text(200).encode())),
    )
    keys = {
        "access_key": text(20, "AKIDEXAMPLE0"),
        "secret_key": text(40),
        "session_token": dice.choice(("", text(300, "aZ09+/="))),
        "region": dice.choice(("us-east-1", "cn-northwest-1")),
        "service": dice.choice(("route53", "execute-api")),
    }
    at = datetime.fromtimestamp(dice.randrange(2_000_000_000), UTC)
    return draft, keys, Moment(at=at, nonce="")


def test_the_query_is_sent_as_it_was_signed() -> None:
    signed = sign(Draft(method="GET", url=f"{BASE}/x?name=%2A.a+b&dns=1&dns=0"), KEYS, NOON)
    assert signed.url == f"{BASE}/x?dns=0&dns=1&name=%2A.a%20b"


def test_a_request_that_is_repeated_later_is_signed_anew() -> None:
    draft = Draft(method="GET", url=f"{BASE}/x")
    later = Moment(at=NOON.at.replace(second=6), nonce=NOON.nonce)
    assert sign(draft, KEYS, NOON).headers != sign(draft, KEYS, later).headers
    assert draft.headers == {}
