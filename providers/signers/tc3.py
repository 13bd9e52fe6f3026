"""Tencent Cloud's TC3-HMAC-SHA256.

https://www.tencentcloud.com/document/product/1097/42104
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from providers.engine.signing import Draft, Moment
from providers.signers import canonical

_SCHEME = "TC3-HMAC-SHA256"
_FORM = "application/x-www-form-urlencoded"  # what a request without a body counts as


def sign(draft: Draft, keys: Mapping[str, str], moment: Moment) -> Draft:
    """Sign by `secret_id` and `secret_key` for a `service`, the first label of its host.

    Covered are Host and Content-Type alone, and the body octet by octet.
    """
    stamp = str(int(moment.at.timestamp()))
    host = canonical.host(draft.url)
    kind = canonical.lowered(draft.headers).get("content-type", _FORM)
    headers = {"Content-Type": kind} | {**draft.headers, "Host": host, "X-TC-Timestamp": stamp}
    request = (
        draft.method,
        canonical.path(draft.url),
        urlsplit(draft.url).query,
        f"content-type:{kind}",
        f"host:{host}",
        "",
        "content-type;host",
        canonical.sha256(draft.body),
    )
    scope = (f"{moment.at:%Y-%m-%d}", keys["service"], "tc3_request")
    key = f"TC3{keys['secret_key']}".encode()
    for step in scope:
        key = canonical.hmac_sha256(key, step)
    text = "\n".join((_SCHEME, stamp, "/".join(scope), canonical.sha256("\n".join(request))))
    signature = canonical.hmac_sha256(key, text).hex()
    credential = "/".join((keys["secret_id"], *scope))
    said = f"Credential={credential}, SignedHeaders=content-type;host, Signature={signature}"
    return replace(draft, headers={**headers, "Authorization": f"{_SCHEME} {said}"})
