"""Alibaba Cloud's older signature over parameters, HMAC-SHA1.

https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from providers.engine.signing import Draft, Moment
from providers.signers import canonical


def sign(draft: Draft, keys: Mapping[str, str], moment: Moment) -> Draft:
    """Sign by `access_key_id` and `access_key_secret`; all parameters are in the query.

    Action, Version and Format are among them already, the rest is added, the signature last.
    """
    parameters = [
        *canonical.pairs(draft.url),
        ("AccessKeyId", keys["access_key_id"]),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureNonce", moment.nonce),
        ("SignatureVersion", "1.0"),
        ("Timestamp", f"{moment.at:%Y-%m-%dT%H:%M:%SZ}"),
    ]
    query = canonical.query(sorted(parameters))
    text = f"{draft.method}&%2F&{quote(query, safe='')}"
    digest = hmac.digest(f"{keys['access_key_secret']}&".encode(), text.encode(), "sha1")
    signature = quote(base64.b64encode(digest), safe="")
    base = draft.url.partition("?")[0]
    return replace(draft, url=f"{base}?{query}&Signature={signature}")
