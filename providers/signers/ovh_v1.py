"""OVHcloud's signature, version 1.

https://docs.ovh.com/gb/en/customer/first-steps-with-ovh-api/
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from providers.engine.signing import Draft, Moment


def sign(draft: Draft, keys: Mapping[str, str], moment: Moment) -> Draft:
    """Sign by `application_key`, `application_secret` and `consumer_key`.

    `timestamp` is the service's own time, which it tells to anybody, in Unix seconds; without it
    the clock here has to be right.
    """
    stamp = keys.get("timestamp") or str(int(moment.at.timestamp()))
    parts = (
        keys["application_secret"].encode(),
        keys["consumer_key"].encode(),
        draft.method.encode(),
        draft.url.encode(),
        draft.body,
        stamp.encode(),
    )
    digest = hashlib.sha1(b"+".join(parts)).hexdigest()  # noqa: S324  the vendor's choice
    headers = {
        "X-Ovh-Application": keys["application_key"],
        "X-Ovh-Consumer": keys["consumer_key"],
        "X-Ovh-Timestamp": stamp,
        "X-Ovh-Signature": f"$1${digest}",
    }
    return replace(draft, headers={**draft.headers, **headers})
