"""AWS Signature Version 4, as every AWS service but S3 canonicalises requests.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from urllib.parse import parse_qsl, quote, urlsplit

from providers.engine.signing import Draft, Moment
from providers.signers.canonical import hmac_sha256, sha256

_SCHEME = "AWS4-HMAC-SHA256"
_USUAL_PORTS = {"http": 80, "https": 443}  # which no Host header names


def sign(draft: Draft, keys: Mapping[str, str], moment: Moment) -> Draft:
    """Sign the host, the type of the body and everything of Amazon's own.

    `keys` are `access_key`, `secret_key`, `region`, `service`, and `session_token` of temporary
    credentials. The query is put into canonical order and encoding, so that what is sent is
    letter for letter what was signed.
    """
    parts = urlsplit(draft.url)
    stamp = moment.at.strftime("%Y%m%dT%H%M%SZ")
    headers = {**draft.headers, "X-Amz-Date": stamp}
    if keys.get("session_token"):
        headers["X-Amz-Security-Token"] = keys["session_token"]
    port = f":{parts.port}" if parts.port not in (None, _USUAL_PORTS.get(parts.scheme)) else ""
    signed = {"host": parts.netloc.removesuffix(f":{parts.port}") + port}
    for name, value in headers.items():
        if name.lower() == "content-type" or name.lower().startswith("x-amz-"):
            signed[name.lower()] = " ".join(value.split())
    names = ";".join(sorted(signed))
    pairs = sorted(
        (quote(name, safe="~"), quote(value, safe="~"))
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    query = "&".join(f"{name}={value}" for name, value in pairs)
    request = (
        draft.method,
        quote(parts.path or "/", safe="/~"),  # encoded once more than it is sent
        query,
        *(f"{name}:{signed[name]}" for name in sorted(signed)),
        "",
        names,
        sha256(draft.body),
    )
    scope = (stamp[:8], keys["region"], keys["service"], "aws4_request")
    digest = sha256("\n".join(request))
    to_sign = "\n".join((_SCHEME, stamp, "/".join(scope), digest))
    key = reduce(hmac_sha256, scope, f"AWS4{keys['secret_key']}".encode())
    headers["Authorization"] = (
        f"{_SCHEME} Credential={'/'.join((keys['access_key'], *scope))}, "
        f"SignedHeaders={names}, Signature={hmac_sha256(key, to_sign).hex()}"
    )
    return replace(draft, url=parts._replace(query=query).geturl(), headers=headers)
