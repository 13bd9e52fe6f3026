"""Google's JWT bearer grant, against google-auth."""

from __future__ import annotations

import json
import sys
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from random import Random
from unittest.mock import patch
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from google.auth.crypt import RSASigner
from google.oauth2 import service_account

from providers.engine.signing import Draft, Moment, UnusableKey
from providers.signers.google_jwt import AUDIENCE, sign
from tests.support.tools import need_vendor

KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # short, for speed
SCOPE = "https://www.googleapis.com/auth/ndev.clouddns.readwrite"
DRAFT = Draft(method="POST", url=AUDIENCE)
NOON = Moment(at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), nonce="0" * 32)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = KEY) -> str:
    plain = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, pkcs8, plain).decode()


ACCOUNT = {
    "type": "service_account",
    "project_id": "proj",
    "private_key_id": "kid1",
    "private_key": pem(),
    "client_email": "ddns@proj.iam.gserviceaccount.com",
    "token_uri": AUDIENCE,
}


def form(account: object, moment: Moment, scope: str = SCOPE) -> dict[str, str]:
    document = account if isinstance(account, str) else json.dumps(account)
    signed = sign(DRAFT, {"service_account": document, "scope": scope}, moment)
    return {name: value for name, (value,) in parse_qs(signed.body.decode()).items()}


def opened(assertion: str) -> list[bytes]:
    return [urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in assertion.split(".")]


def test_the_vectors_come_out_and_the_signature_is_valid() -> None:
    document = json.loads(need_vendor("signing_vectors.json").read_text())
    vectors = document["google_sa_jwt"]["vectors"]
    assert vectors
    for vector in vectors:
        account = {**vector["service_account"], "private_key": pem()}
        moment = Moment(at=datetime.fromtimestamp(vector["now"], UTC), nonce="")
        said = form(account, moment, vector["scope"])
        header, claims, signature = opened(said["assertion"])
        assert json.loads(header) == vector["header"]
        assert json.loads(claims) == vector["claims"]
        message = said["assertion"].rpartition(".")[0].encode()
        KEY.public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        said["assertion"] = "<assertion>"
        assert said == vector["token_request_form"]


@pytest.mark.oracle("google", "google-auth's assertions, 1,000 random ones")
def test_a_thousand_random_assertions_are_those_of_google_auth() -> None:
    dice = Random(5)
    letters = 'aZ09-_.@é"\\ '
    for _ in range(1000):
        email, kid, scope = ("".join(dice.choices(letters, k=20)) for _ in range(3))
        at = datetime.fromtimestamp(dice.randrange(2_000_000_000), UTC)
        account = {**ACCOUNT, "client_email": email, "private_key_id": kid}
        signer = RSASigner(KEY, key_id=kid)  # type: ignore[no-untyped-call]  # of another project
        theirs = service_account.Credentials(signer, email, AUDIENCE, scopes=[scope])  # type: ignore[no-untyped-call]  # likewise
        with patch("google.auth._helpers.utcnow", return_value=at.replace(tzinfo=None)):
            expected = theirs._make_authorization_grant_assertion()  # type: ignore[no-untyped-call]  # likewise
        said = form(account, Moment(at=at, nonce=""), scope)
        assert said["assertion"] == expected.decode()


DAMAGED = {
    "not JSON": "no JSON, but a s3cret",
    "a list": [1],
    "deep": "[" * 100_000,
    "a user's key": {**ACCOUNT, "type": "authorized_user"},
    "no address": {**ACCOUNT, "client_email": None},
    "no key": {name: value for name, value in ACCOUNT.items() if name != "private_key"},
    "no key id": {**ACCOUNT, "private_key_id": 7},
    "a cut key": {**ACCOUNT, "private_key": pem()[:300]},
    "no PEM": {**ACCOUNT, "private_key": "s3cret"},
    "not ASCII": {**ACCOUNT, "private_key": pem().replace("A", "ä")},
    "another kind": {**ACCOUNT, "private_key": pem(ec.generate_private_key(ec.SECP256R1()))},
}


@pytest.mark.parametrize("account", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_key_is_told_without_a_letter_of_it(account: object) -> None:
    with pytest.raises(UnusableKey) as told:
        form(account, NOON)
    assert "service" in str(told.value)
    assert "s3cret" not in str(told.value)
    assert pem()[40:60] not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__ or told.value.__context__ is None


def test_where_the_library_is_missing_it_says_what_to_install() -> None:
    with (
        patch.dict(sys.modules, {"cryptography.hazmat.primitives": None}),
        pytest.raises(UnusableKey, match="package cryptography; install it"),
    ):
        form(ACCOUNT, NOON)
