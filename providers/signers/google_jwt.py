"""Google's grant for service accounts: a token is asked for with a JWT signed by RS256.

https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests
(RFC 7515 and RFC 7519 for the token itself, RFC 7523 for the grant).
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from providers.engine.signing import Draft, Moment, UnusableKey

AUDIENCE = "https://oauth2.googleapis.com/token"  # also where the request goes by another way
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFETIME = 3600  # seconds, the longest that Google allows


def sign(draft: Draft, keys: Mapping[str, str], moment: Moment) -> Draft:
    """Make the form of the token request, with the assertion in it.

    `keys` are `service_account`, the JSON document of a key as Google made it, and `scope`.
    """
    email, key_id, pem = _account(keys["service_account"])
    now = int(moment.at.timestamp())
    claims = {
        "iat": now,
        "exp": now + _LIFETIME,
        "iss": email,
        "aud": AUDIENCE,
        "scope": keys["scope"],
    }
    header = {"typ": "JWT", "alg": "RS256", "kid": key_id}
    unsigned = b".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    assertion = b".".join((unsigned, _encoded(_signature(pem, unsigned))))
    form = urlencode((("grant_type", _GRANT), ("assertion", assertion.decode())))
    return replace(draft, body=form.encode())


def _account(document: str) -> tuple[str, str, str]:
    """Who signs, the name of the key, the key."""
    try:
        account = json.loads(document)
    except (ValueError, RecursionError):
        account = None
    members = ("client_email", "private_key_id", "private_key")
    if not isinstance(account, dict) or account.get("type") != "service_account":
        raise UnusableKey("service_account is not the JSON document of a service account's key")
    for member in members:
        if not isinstance(account.get(member), str):
            raise UnusableKey(f"the key of the service account has no {member}; download it anew")
    email, key_id, pem = (account[member] for member in members)
    return email, key_id, pem


def _signature(pem: str, message: bytes) -> bytes:
    try:
        # Only those who use Google pay for it, and not every machine has it.
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415
    except ImportError:
        text = "Google's keys need the Python package cryptography; install it beside upstun"
        raise UnusableKey(text) from None
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except Exception:  # noqa: BLE001  of many kinds, and their texts may quote the key
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise UnusableKey("private_key of the service account is no RSA key; download it anew")
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def _encoded(part: bytes) -> bytes:
    return urlsafe_b64encode(part).rstrip(b"=")
