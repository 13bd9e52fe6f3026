"""Huawei Cloud's SDK-HMAC-SHA256.

https://support.huaweicloud.com/intl/en-us/devg-apisign/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote, unquote

from providers.engine.signing import Draft, Moment
from providers.signers import canonical

_SCHEME = "SDK-HMAC-SHA256"
_COVERED = ("content-type", "host", "x-sdk-date")


def sign(draft: Draft, keys: Mapping[str, str], moment: Moment) -> Draft:
    """Sign by `access_key` and `secret_key`.

    The path is signed with a slash at its end, whether it is sent with one or not.
    """
    date = f"{moment.at:%Y%m%dT%H%M%SZ}"
    headers = {**draft.headers, "Host": canonical.host(draft.url), "X-Sdk-Date": date}
    values = canonical.lowered(headers)
    covered = [name for name in _COVERED if name in values]
    request = (
        draft.method,
        quote(unquote(canonical.path(draft.url))).removesuffix("/") + "/",
        canonical.query(canonical.pairs(draft.url)),
        *(f"{name}:{values[name]}" for name in covered),
        "",
        ";".join(covered),
        canonical.sha256(draft.body),
    )
    text = "\n".join((_SCHEME, date, canonical.sha256("\n".join(request))))
    signature = canonical.hmac_sha256(keys["secret_key"], text).hex()
    said = f"Access={keys['access_key']}, SignedHeaders={';'.join(covered)}, Signature={signature}"
    return replace(draft, headers={**headers, "Authorization": f"{_SCHEME} {said}"})
