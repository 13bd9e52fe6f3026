"""Checking the wire against a vendor's own OpenAPI description, inside a fake or on a record.

The description lies beside the project (see `need_vendor`); without it nothing is checked, and the
one test that asks for it says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from tests.support.swagger2 import upgraded

_VENDOR = Path(__file__).parents[2].parent / "shared" / "vendor"
_LOADED: dict[str, Description] = {}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, as a server sees it. `path` begins at the host."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


class Description:
    """A vendor's description, loaded once."""

    def __init__(self, path: Path, host: str) -> None:
        document: dict[str, Any] = json.loads(path.read_text())
        self._document = upgraded(document) if "swagger" in document else document
        for name, scheme in self._document.get("components", {}).get("securitySchemes", {}).items():
            if scheme["type"] == "oauth2":  # how a token is got; on the wire it is a bearer's
                bearer = {"type": "http", "scheme": "bearer"}
                self._document["components"]["securitySchemes"][name] = bearer
        self._api = OpenAPI.from_dict(self._document)
        self._host = host

    def violations(self, exchange: Exchange, answer: tuple[int, bytes] | None = None) -> list[str]:
        """What the vendor would object to; also in its own `answer`, when one is given."""
        request = MockRequest(
            self._host,
            exchange.method.lower(),
            exchange.path,
            args=dict(exchange.query),
            headers=dict(exchange.headers),
            data=exchange.body or None,
        )
        found = [
            f"{exchange.method} {exchange.path}: unknown query parameter {name}"
            for name in exchange.query.keys() - self._parameters(exchange)
        ]
        try:
            self._api.validate_request(request)
            if answer is not None:
                status, body = answer
                self._api.validate_response(request, MockResponse(data=body, status_code=status))
        except OpenAPIError as error:
            found.append(f"{exchange.method} {exchange.path}: {error} ({error.__cause__})")
        return found

    def _parameters(self, exchange: Exchange) -> set[str]:
        """The query parameters of the operation: openapi-core lets unknown ones pass."""
        for template, operations in self._document["paths"].items():
            shape = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template)) + "$"
            if re.search(shape, exchange.path) and exchange.method.lower() in operations:
                declared = operations[exchange.method.lower()].get("parameters", ())
                return {parameter["name"] for parameter in declared if "name" in parameter}
        return set()


def description(name: str, host: str) -> Description | None:
    """The vendor's description in file `name`; None where it does not lie beside this checkout."""
    path = _VENDOR / name
    if not path.exists():
        return None
    if name not in _LOADED:
        _LOADED[name] = Description(path, host)
    return _LOADED[name]
