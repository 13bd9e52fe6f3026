"""SDK-HMAC-SHA256 against recorded vectors and Huawei Cloud's own signer."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from providers.engine.signing import Draft, Moment
from providers.signers import sdk_hmac
from tests.support.signing_inputs import Chance, at, draft, vectors

witness = pytest.mark.oracle("huawei", "huaweicloudsdkcore, the vendor's signer")
HOST = "dns.myhuaweicloud.com"


@witness
def test_recorded_vectors() -> None:
    for vector in vectors("huawei_sdk_hmac"):
        said = vector["headers"]
        keys = {name: vector[name] for name in ("access_key", "secret_key")}
        signed = sdk_hmac.sign(
            draft(
                vector["method"],
                f"https://{vector['host']}{vector['path']}",
                vector["query"],
                vector["body"].encode(),
                Content_Type=said["Content-Type"],
                User_Agent="upstun",
            ),
            keys,
            Moment(at=at(said["X-Sdk-Date"]), nonce=""),
        )
        assert signed.headers["Authorization"] == vector["authorization"]


@witness
def test_a_thousand_random_requests() -> None:
    for chance in Chance(4):
        keys = {"access_key": chance.word(), "secret_key": chance.key()}
        body = chance.body()
        headers = {"Content_Type": "application/json"} if body else {}
        asked = draft(
            chance.pick("GET", "POST", "PUT", "DELETE"),
            f"https://{HOST}{chance.path()}",
            chance.pairs(),
            body,
            User_Agent="upstun",
            **headers,
        )
        signed = sdk_hmac.sign(asked, keys, chance.moment())
        assert signed.headers["Authorization"] == by_vendor(signed, keys)
        assert (signed.method, signed.url, signed.body) == (asked.method, asked.url, asked.body)


def by_vendor(signed: Draft, keys: dict[str, str]) -> str:
    """What the vendor's signer says of the headers that are covered."""
    parts = urlsplit(signed.url)
    covered = ("Host", "X-Sdk-Date", "Content-Type")
    request = SdkRequest(
        method=signed.method,
        schema="https",
        host=HOST,
        resource_path=parts.path,
        query_params=parse_qsl(parts.query, keep_blank_values=True),
        header_params={name: signed.headers[name] for name in covered if name in signed.headers},
        body=signed.body,
    )
    credentials = BasicCredentials(keys["access_key"], keys["secret_key"])
    said: str = Signer(credentials).sign(request).header_params["Authorization"]
    return said
