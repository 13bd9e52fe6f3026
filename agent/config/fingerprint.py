"""Telling whether an account's settings changed, without keeping them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from providers.engine.wire import Secret, Text


def fingerprint(name: str, provider_id: str, settings: Mapping[str, Text | int | bool]) -> str:
    """A digest that changes when any setting of the account does, secrets included.

    A secret counts by its value alone: moving it from the configuration into a file of its own
    changes nothing. The digest is keyed with the account's name, and is salted before it is kept.
    """
    plain = {
        key: value.reveal() if isinstance(value, Secret) else value
        for key, value in settings.items()
    }
    message = json.dumps([provider_id, plain], sort_keys=True).encode()
    return hmac.new(name.encode(), message, hashlib.sha256).hexdigest()
