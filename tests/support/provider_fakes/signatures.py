"""Five vendors' signatures as their gateways compute them, from the octets that came in.

Written from the vendors' pages without a look at upstun's signers, the other way round: from the
wire. Each gives the signature that a request should have carried.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote


def acs3(secret: str, method: str, target: str, headers: Mapping[str, str], body: bytes) -> str:
    """Alibaba Cloud, version 3."""
    names = _listed("SignedHeaders=([^,]+),", headers)
    lines = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in names)
    path, _, query = target.partition("?")
    request = f"{method}\n{path}\n{_query(query)}\n{lines}\n{';'.join(names)}\n{_sha(body)}"
    text = f"ACS3-HMAC-SHA256\n{_sha(request.encode())}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def rpc_v1(secret: str, method: str, target: str) -> str:
    """Alibaba Cloud, version 1: the query without its signature."""
    pairs = parse_qsl(target.partition("?")[2], keep_blank_values=True)
    text = "&".join(f"{_enc(k)}={_enc(v)}" for k, v in sorted(pairs) if k != "Signature")
    text = "&".join((method, _enc("/"), _enc(text)))
    sha1 = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1)
    return base64.b64encode(sha1.digest()).decode()


def tc3(secret: str, method: str, target: str, headers: Mapping[str, str], body: bytes) -> str:
    """Tencent Cloud, version 3."""
    names = _listed("SignedHeaders=([^,]+),", headers)
    lines = "".join(f"{name}:{headers.get(name, '').strip().lower()}\n" for name in names)
    path, _, query = target.partition("?")
    request = f"{method}\n{path}\n{query}\n{lines}\n{';'.join(names)}\n{_sha(body)}"
    scope = (re.findall("Credential=[^/]+/([^,]+),", headers["Authorization"]) or [""])[0]
    text = f"TC3-HMAC-SHA256\n{headers['X-TC-Timestamp']}\n{scope}\n{_sha(request.encode())}"
    key = b"TC3" + secret.encode()
    for part in (*scope.split("/"), text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def sdk_hmac(secret: str, method: str, target: str, headers: Mapping[str, str], body: bytes) -> str:
    """Huawei Cloud."""
    names = _listed("SignedHeaders=([^,]+),", headers)
    lines = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in names)
    path, _, query = target.partition("?")
    uri = "/".join(_enc(unquote(step)) for step in path.split("/"))
    uri = uri if uri.endswith("/") else f"{uri}/"
    request = f"{method}\n{uri}\n{_query(query)}\n{lines}\n{';'.join(names)}\n{_sha(body)}"
    text = f"SDK-HMAC-SHA256\n{headers['X-Sdk-Date']}\n{_sha(request.encode())}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def ovh_v1(secret: str, consumer: str, method: str, url: str, body: bytes, stamp: str) -> str:
    """OVHcloud, version 1."""
    text = f"{secret}+{consumer}+{method}+{url}+{body.decode()}+{stamp}"
    return f"$1${hashlib.sha1(text.encode()).hexdigest()}"


def _listed(pattern: str, headers: Mapping[str, str]) -> list[str]:
    found = re.search(pattern, headers.get("Authorization", ""))
    return found[1].split(";") if found else []


def _query(query: str) -> str:
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{_enc(name)}={_enc(value)}" for name, value in pairs)


def _enc(text: str) -> str:
    return quote(text, safe="~")


def _sha(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
