"""One conversation through dns-lexicon, in a process of its own that may be killed.

lexicon blocks and sets no time limits, takes a body of any size, follows redirects with the
credentials, reads the environment and the current folder, guesses the zone by a list that it
fetches, and writes warnings. So it lives here alone, the only importer of `lexicon` and `requests`:
its parent gives it seconds and an empty folder, and this file sees every HTTP exchange.

One JSON document comes in on stdin: no command line and no environment ever holds a credential.
One goes out on stdout. `path` says where modules lie, so that it also works under `python -I`.
With `steps` the document asks for those (`LexiconStep`); without, for the provider's options.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

BODY_CAP = 8 << 20  # bytes; many providers show the whole zone
_TOLD = 64 << 10  # bytes of a refusal's body that are told
_PAGES = {"easyname", "henet"}  # they log in to a web page, which leads on to the next one
_BUGS = (TypeError, AttributeError, LookupError, ValueError, RecursionError)
"""With what a provider stumbles over an answer, or a setting, that it does not expect."""


def main() -> int:
    """Answer the one document; the exit status is 0 whenever there is an answer."""
    answer = _claim_stdout()
    asked = json.load(sys.stdin.buffer)
    sys.path.extend(folder for folder in asked["path"] if folder not in sys.path)
    # The parent kills it in time. Where the parent itself was killed, nobody else would.
    orphaned = threading.Timer(asked["limit"] + 5.0, os._exit, (1,))
    orphaned.daemon = True
    orphaned.start()
    with answer:
        json.dump(_answer(asked), answer, default=str)
    return 0


def _answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    try:
        import lexicon.client  # noqa: F401, PLC0415  it may be missing
        import requests  # noqa: F401, PLC0415  comes with it
    except ImportError as missing:
        return {"failed": "missing", "text": str(missing)}
    return operate(asked) if "steps" in asked else describe(asked["module"])


def describe(module: str) -> dict[str, Any]:
    """The options of a provider as its own parser of command lines has them."""
    parser = argparse.ArgumentParser(add_help=False)
    try:
        _provider(module).configure_parser(parser)
    except Exception as error:  # noqa: BLE001  whatever an import of another project may raise
        return {"failed": "missing", "text": _said(error)}
    options = [
        {
            "key": action.dest,
            "help": action.help,
            "kind": _kind(action),
            "choices": list(action.choices or ()),
            "default": action.default,
        }
        for action in parser._actions  # noqa: SLF001  argparse has no other list of them
    ]
    return {"options": options, "about": parser.description or ""}


def _provider(module: str) -> Any:
    return importlib.import_module(f"lexicon._private.providers.{module}").Provider


def _kind(action: argparse.Action) -> str:
    if action.nargs == 0:
        return "flag"
    return "integer" if action.type in (int, float) else "text"


def operate(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Do the steps, and say what became of them."""
    watch = Watch(asked["module"], allow_http=asked["allow_http"])
    listed: list[Any] = []
    try:
        watch.trust(asked["ca_file"])
        watch.start()
        _do(asked, watch, listed)
    except Exception as error:  # noqa: BLE001  most providers raise a bare Exception
        return {**watch.failure(error), "wrote": watch.wrote}
    return {"listed": listed, "wrote": watch.wrote}


def _do(asked: Mapping[str, Any], watch: Watch, listed: list[Any]) -> None:
    from lexicon.client import Client  # noqa: PLC0415  see `_answer`
    from lexicon.config import ConfigResolver, DictConfigSource  # noqa: PLC0415

    module, zone = asked["module"], asked["zone"]
    _pin_suffix()
    resolver = ConfigResolver()  # type: ignore[no-untyped-call]  # of another project
    config: dict[str, Any] = {"provider_name": module, "domain": zone, module: asked["options"]}
    client = Client(resolver.with_dict(config))
    client.config.add_config_source(DictConfigSource({"domain": zone}), 0)
    # What is listed after a write is asked by a new provider: some keep what they have seen.
    for (lists, ttl), steps in groupby(asked["steps"], lambda s: (s["act"] == "list", s["ttl"])):
        if ttl is not None:
            client.config.add_config_source(DictConfigSource({"ttl": ttl}), 0)
        watch.built = False
        with client as operations:
            watch.built = True
            for step in steps:
                watch.writing = not lists
                done = _step(operations, step)
                watch.writing = False
                if lists:
                    listed.append(done)


def _step(operations: Any, step: Mapping[str, Any]) -> Any:
    rtype, name, content = step["rtype"], step["name"], step["content"]
    match step["act"]:
        case "list":
            return operations.list_records(rtype, name)
        case "create":
            return operations.create_record(rtype, name, content)
        case "update":
            return operations.update_record(step["id"], rtype, name, content)
        case _:
            return operations.delete_record(step["id"] or None, rtype, name, content)


def _pin_suffix() -> None:
    """Cut a zone at its first dot, and never fetch the list of public suffixes.

    lexicon's client and some of its providers cut a name into domain and suffix, only to join them
    again or to hand them on; the name that they get is always the zone.
    """
    import tldextract  # noqa: PLC0415  comes with lexicon

    def cut(zone: str, **_options: object) -> SimpleNamespace:
        domain, _, suffix = zone.partition(".")
        return SimpleNamespace(domain=domain, suffix=suffix, subdomain="", registered_domain=zone)

    vars(tldextract).update(extract=cut, TLDExtract=lambda **_options: cut)


class _Stop(Exception):
    """The exchange must not go on. The watch knows why, whatever the provider makes of this."""


class Watch:
    """Sees every HTTP exchange. What the last one was says more than the provider's exception.

    Providers turn a lost connection into "authentication failed", and a rate limit into "no domain
    found". `wrote`: a service has heard of a step that changes something, or may have.
    """

    def __init__(self, module: str, *, allow_http: bool) -> None:
        """Nothing was seen yet."""
        self.writing = self.wrote = self.built = False
        self._follows = module in _PAGES
        self._allow_http = allow_http
        self._verify: bool | str = True
        self._lost = ""  # why the last exchange came to nothing
        self._strange = False  # its answer must be judged by its status
        self._last: dict[str, Any] = {"status": 0}

    def trust(self, ca_file: str) -> None:
        """Believe the certificates in this file too, besides the usual ones."""
        if ca_file:
            import certifi  # noqa: PLC0415  comes with requests

            try:
                both = Path(certifi.where()).read_bytes() + b"\n" + Path(ca_file).read_bytes()
            except OSError as error:
                self._lost = f"the certificates in {ca_file} cannot be used: {error.strerror}"
                raise
            bundle = Path("ca.pem").resolve()  # in the folder of this process
            bundle.write_bytes(both)
            self._verify = str(bundle)

    def start(self) -> None:
        """See whatever `requests` sends from now on."""
        from requests.adapters import HTTPAdapter  # noqa: PLC0415  see `_answer`

        send = HTTPAdapter.send

        def watched(adapter: HTTPAdapter, request: Any, **how: Any) -> Any:
            how["verify"] = self._verify  # some providers would do without
            return self._exchange(request.url, lambda: send(adapter, request, **how))

        HTTPAdapter.send = watched  # type: ignore[method-assign,assignment]  # seeing all of them

    def _exchange(self, url: str, send: Callable[[], Any]) -> Any:
        import requests  # noqa: PLC0415  see `_answer`

        self._lost, self._strange, self._last = "", False, {"status": 0}
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        if parts.scheme == "http" and not self._allow_http and not _loopback(parts.hostname or ""):
            self._lost = (
                f"{host} would be called by cleartext http, which shows the credentials to "
                "everyone on the way; use https, or set allow_http = true for this account"
            )
            raise _Stop
        try:
            response = send()
            cut = _keep(response)
        except requests.RequestException as error:
            sent, self._lost = _loss(error, host)
            self.wrote |= self.writing and sent
            raise
        self.wrote |= self.writing
        self._last = {
            "status": response.status_code,
            "headers": {name.lower(): value for name, value in response.headers.items()},
            "body": response.content[:_TOLD].decode("utf-8", "replace"),
            "cut": cut,
        }
        leads_away = response.is_redirect and not (
            self._follows and urlsplit(urljoin(url, response.headers["location"]))[:2] == parts[:2]
        )
        if cut or leads_away:
            self._strange = True
            raise _Stop
        return response

    def failure(self, error: Exception) -> dict[str, Any]:
        """What ended the steps, by what was seen first of all."""
        import requests  # noqa: PLC0415  see `_answer`

        kind, status = type(error).__name__, self._last["status"]
        if self._lost:
            return {"failed": "lost", "text": self._lost}
        if self._strange or status == requests.codes.too_many_requests or status // 100 == 5:  # noqa: PLR2004  server errors
            return {"failed": "http", **self._last}
        if kind == "AuthenticationError":
            return {"failed": "login", "text": _said(error)}
        if status >= requests.codes.bad_request:
            return {"failed": "http", **self._last}
        if kind == "ProviderNotAvailableError":
            return {"failed": "missing", "text": _said(error)}
        if not status and isinstance(error, requests.RequestException):  # an address that is none
            return {"failed": "settings", "text": _said(error)}
        if not status and (isinstance(error, OSError) or "Timeout" in kind):
            self.wrote |= self.writing
            return {"failed": "lost", "text": f"the service cannot be reached ({kind})"}
        if not status and (not self.built or isinstance(error, _BUGS)):
            return {"failed": "settings", "text": _said(error)}
        return {"failed": "confused", "text": _said(error)}


def _keep(response: Any) -> bool:
    """Read the body here, so that it can be left when it does not end; whether it was left."""
    body = bytearray()
    for part in response.iter_content(1 << 16):
        body += part
        if len(body) > BODY_CAP:
            response.close()
            break
    response._content, response._content_consumed = bytes(body[:BODY_CAP]), True  # noqa: SLF001  no other way to hand it on
    return len(body) > BODY_CAP


def _loss(error: Exception, host: str) -> tuple[bool, str]:
    """Whether the request may have arrived, and a sentence. The library's own may hold a token."""
    import requests  # noqa: PLC0415  see `_answer`

    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(error, requests.exceptions.SSLError):
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return False, f"the certificate of {host} is not valid"
        return True, f"{host} does not speak TLS as expected"
    if isinstance(error, requests.ConnectTimeout):
        return False, f"no connection to {host}"
    match type(reason).__name__:
        case "NameResolutionError":
            return False, f"the name {host.partition(':')[0]} does not resolve now"
        case "NewConnectionError":
            return False, f"no connection to {host}"
        case _:
            return True, f"{host} broke off before its answer was whole"


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".").rpartition(".")[2] == "localhost"


def _said(error: Exception) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if isinstance(error, _BUGS) or not text else text


def _claim_stdout() -> IO[str]:
    """The real stdout, for the answer alone: whatever a provider prints goes nowhere."""
    answer = os.fdopen(os.dup(1), "w", encoding="ascii")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answer


if __name__ == "__main__":
    sys.exit(main())
