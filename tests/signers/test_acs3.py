"""ACS3-HMAC-SHA256 against recorded vectors and Alibaba Cloud's own signer."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from alibabacloud_tea_openapi.utils import Utils

from providers.engine.signing import Draft, Moment
from providers.signers import acs3
from tests.support.signing_inputs import Chance, at, draft, vectors

witness = pytest.mark.oracle("aliyun", "alibabacloud-tea-openapi, the vendor's signer")
HOST = "alidns.aliyuncs.com"


@witness
def test_recorded_vectors() -> None:
    for vector in vectors("aliyun_acs3"):
        said = vector["headers"]
        signed = acs3.sign(
            draft(
                vector["method"],
                f"https://{said['host']}{vector['path']}",
                vector["query"],
                vector["body"].encode(),
                x_acs_action=said["x-acs-action"],
                x_acs_version=said["x-acs-version"],
            ),
            {"access_key_id": vector["access_key_id"], "access_key_secret": vector["secret"]},
            Moment(at=at(said["x-acs-date"]), nonce=said["x-acs-signature-nonce"]),
        )
        assert signed.headers["Authorization"] == vector["authorization"]


@witness
def test_a_thousand_random_requests() -> None:
    for chance in Chance(1):
        keys = {"access_key_id": chance.word(), "access_key_secret": chance.key()}
        parameters, body = chance.parameters(), chance.body()
        headers = {"Content_Type": "application/json"} if body else {}
        asked = draft(
            chance.pick("GET", "POST"),
            f"https://{HOST}/",
            parameters,
            body,
            User_Agent="upstun",
            x_acs_action=chance.word(),
            X_Acs_Version=f"  {chance.word()} ",
            **headers,
        )
        signed = acs3.sign(asked, keys, chance.moment())
        assert signed.headers["Authorization"] == by_vendor(signed, parameters, keys)
        assert (signed.method, signed.url, signed.body) == (asked.method, asked.url, asked.body)


def by_vendor(signed: Draft, parameters: dict[str, str], keys: dict[str, str]) -> str:
    """What the vendor's signer says of the request as it is sent, the signature left out."""
    left_out = ("Authorization", "User-Agent")
    request = SimpleNamespace(
        method=signed.method,
        pathname="/",
        query=parameters,
        headers={name: value for name, value in signed.headers.items() if name not in left_out},
    )
    payload = Utils.hash(signed.body, "ACS3-HMAC-SHA256").hex()
    assert request.headers["x-acs-content-sha256"] == payload
    said: str = Utils.get_authorization(
        request, "ACS3-HMAC-SHA256", payload, keys["access_key_id"], keys["access_key_secret"]
    )
    return said
