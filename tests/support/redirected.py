"""Sending other people's HTTP clients to a fake, whatever address they were made for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter


@contextmanager
def redirected(port: int) -> Iterator[set[str]]:
    """Whatever `requests` sends goes to this port of loopback; the hosts that were meant come out.

    The path stays what it was, so that a fake hears just what the vendor would have heard.
    """
    meant: set[str] = set()
    original = HTTPAdapter.send

    def send(self: HTTPAdapter, request: requests.PreparedRequest, **how: Any) -> Any:
        parts = urlsplit(request.url or "")
        meant.add(str(parts.netloc))
        request.url = urlunsplit(("http", f"127.0.0.1:{port}", *map(str, parts[2:])))
        how |= {"verify": False, "cert": None, "proxies": {}}
        return original(self, request, **how)

    with patch.object(HTTPAdapter, "send", send):
        yield meant
