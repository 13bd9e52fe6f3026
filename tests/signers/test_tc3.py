"""TC3-HMAC-SHA256 against recorded vectors and Tencent Cloud's own signer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import pytest
from tencentcloud.common.abstract_client import AbstractClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.http.request import RequestInternal

from providers.engine.signing import Draft, Moment
from providers.signers import tc3
from tests.support.signing_inputs import Chance, draft, vectors

witness = pytest.mark.oracle("tencent", "tencentcloud-sdk-python-common, the vendor's signer")
HOST = "dnspod.tencentcloudapi.com"
JSON = "application/json"


@witness
def test_recorded_vectors() -> None:
    for vector in vectors("tencent_tc3"):
        said = vector["headers"]
        keys = {name: vector[name] for name in ("secret_id", "secret_key", "service")}
        moment = Moment(at=datetime.fromtimestamp(vector["timestamp"], UTC), nonce="")
        asked = draft(
            vector["method"],
            f"https://{said['Host']}{vector['path']}",
            body=vector["body"].encode(),
            Content_Type=said["Content-Type"],
        )
        signed = tc3.sign(asked, keys, moment)
        assert signed.headers["Authorization"] == vector["authorization"]
        assert signed.headers["X-TC-Timestamp"] == said["X-TC-Timestamp"]


@witness
@pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning")
def test_a_thousand_random_requests() -> None:
    for chance in Chance(3):
        service = chance.word()
        keys = {"secret_id": chance.word(), "secret_key": chance.key(), "service": service}
        asked, moment = a_request(chance), chance.moment()
        signed = tc3.sign(asked, keys, moment)
        assert signed.headers["Authorization"] == by_vendor(asked, keys, moment)
        assert (signed.method, signed.url, signed.body) == (asked.method, asked.url, asked.body)


def a_request(chance: Chance) -> Draft:
    """A document by POST, or parameters by GET: there is no third way."""
    if chance.pick("GET", "POST") == "GET":
        return draft("GET", f"https://{HOST}/", chance.parameters())
    body = json.dumps(chance.parameters()).encode()
    return draft("POST", f"https://{HOST}/", body=body, Content_Type=JSON)


def by_vendor(asked: Draft, keys: dict[str, str], moment: Moment) -> str:
    credential = Credential(keys["secret_id"], keys["secret_key"])
    client = AbstractClient(credential, "")
    client._service, client._apiVersion = keys["service"], "2021-03-23"
    request = RequestInternal(HOST, asked.method, "/")
    if asked.method == "POST":
        parameters = json.loads(asked.body)
    else:
        parameters = dict(parse_qsl(urlsplit(asked.url).query, keep_blank_values=True))
    with (
        patch("tencentcloud.common.abstract_client.time.time", moment.at.timestamp),
        patch.object(client, "_get_endpoint", lambda **_: HOST),
    ):
        client._build_req_with_tc3_signature("DescribeRecordList", parameters, request)
    said: str = request.header["Authorization"]
    return said
