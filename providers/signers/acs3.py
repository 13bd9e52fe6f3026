"""Alibaba Cloud's ACS3-HMAC-SHA256.

https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from providers.engine.signing import Draft, Moment
from providers.signers import canonical

_SCHEME = "ACS3-HMAC-SHA256"


def sign(draft: Draft, keys: Mapping[str, str], moment: Moment) -> Draft:
    """Sign by `access_key_id` and `access_key_secret`.

    Covered are Host, Content-Type and every header that begins with `x-acs-`; the action and its
    version are among those, from the draft.
    """
    body = canonical.sha256(draft.body)
    headers = {
        **draft.headers,
        "Host": canonical.host(draft.url),
        "x-acs-date": f"{moment.at:%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": moment.nonce,
        "x-acs-content-sha256": body,
    }
    covered = {
        name: value
        for name, value in sorted(canonical.lowered(headers).items())
        if name in ("host", "content-type") or name.startswith("x-acs-")
    }
    names = ";".join(covered)
    request = (
        draft.method,
        canonical.path(draft.url),
        canonical.query(canonical.pairs(draft.url)),
        *(f"{name}:{value}" for name, value in covered.items()),
        "",
        names,
        body,
    )
    text = "\n".join((_SCHEME, canonical.sha256("\n".join(request))))
    signature = canonical.hmac_sha256(keys["access_key_secret"], text).hex()
    said = f"Credential={keys['access_key_id']},SignedHeaders={names},Signature={signature}"
    return replace(draft, headers={**headers, "Authorization": f"{_SCHEME} {said}"})
