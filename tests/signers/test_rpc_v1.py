"""Alibaba Cloud's older signature against recorded vectors and the vendor's own signer."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from alibabacloud_tea_openapi.utils import Utils

from providers.engine.signing import Draft, Moment
from providers.signers import rpc_v1
from tests.support.signing_inputs import Chance, at, draft, vectors

witness = pytest.mark.oracle("aliyun", "alibabacloud-tea-openapi, the vendor's signer")
ADDED = {"AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp"}


@witness
def test_recorded_vectors() -> None:
    for vector in vectors("aliyun_rpc_v1"):
        said = vector["params"]
        own = {name: value for name, value in said.items() if name not in ADDED}
        signed = rpc_v1.sign(
            draft(vector["method"], "https://alidns.aliyuncs.com/", own),
            {"access_key_id": said["AccessKeyId"], "access_key_secret": vector["secret"]},
            Moment(at=at(said["Timestamp"]), nonce=said["SignatureNonce"]),
        )
        assert sent(signed) == said | {"Signature": vector["signature"]}


@witness
def test_a_thousand_random_requests() -> None:
    for chance in Chance(2):
        keys = {"access_key_id": chance.word(), "access_key_secret": chance.key()}
        own = dict(chance.pairs())
        asked = draft(chance.pick("GET", "POST"), "https://alidns.aliyuncs.com/", own)
        parameters = sent(rpc_v1.sign(asked, keys, chance.moment()))
        signature = parameters.pop("Signature")
        assert own.items() <= parameters.items()
        assert parameters.keys() == own.keys() | ADDED
        expected = Utils.get_rpcsignature(parameters, asked.method, keys["access_key_secret"])
        assert signature == expected


def sent(signed: Draft) -> dict[str, str]:
    """The parameters as a server decodes them."""
    return dict(parse_qsl(urlsplit(signed.url).query, keep_blank_values=True))
