"""What the installed dns-lexicon offers: names by looking into its folder, options by its parser.

Nothing of lexicon is imported here. It would cost 0.2 s of processor time and keep 20 MiB for as
long as the process lives, and what other people's modules do at import is unknown; so the options
come from the worker, once for each provider that an account names.
"""

from __future__ import annotations

import json
import pkgutil
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from providers.engine.lexicon_call import command, environment, question
from providers.engine.spec import Field, NotOffered

_PATIENCE = 20.0  # seconds, for a machine that has much else to do: it takes 0.3
_INSTALL = 'dns-lexicon is not installed; run: pip install "upstun[lexicon]"'
_SECRET = re.compile(r"token|secret|pass|psw|key|2fa|credential|service_account")
_SHOWN = re.compile(r"fingerprint|_file$|_is_")  # about a secret, and none

_NEVER = {
    "auto": "it guesses the service; name the service itself",
    "cloudxns": "CloudXNS was closed in 2021",
    "gratisdns": "GratisDNS was closed; its domains went to one.com",
    "linode4": 'it is the old name of "lexicon:linode"',
    "yandex": 'pdd.yandex.ru was closed; for Yandex Cloud there is "lexicon:yandexcloud"',
    "zeit": 'it is the old name of "lexicon:vercel"',
}
"""Modules of lexicon that cannot be of use, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The settings of one provider. `either`: at least one of these ways must be given in full."""

    fields: tuple[Field, ...]
    either: tuple[tuple[str, ...], ...] = ()
    about: str = ""  # what lexicon says of it, where it does


def offered() -> Mapping[str, str]:
    """Every provider of the installed lexicon, and why it is not offered; empty: it is.

    Raises NotOffered where lexicon is not installed.
    """
    spec = find_spec("lexicon")
    places = list(spec.submodule_search_locations or ()) if spec else []
    folders = [str(Path(place, "_private", "providers")) for place in places]
    names = sorted(module.name for module in pkgutil.iter_modules(folders))
    if not names:
        raise NotOffered(_INSTALL)
    extras = _missing_extras()
    return {name: _NEVER.get(name) or extras.get(name, "") for name in names}


@cache
def offer(name: str) -> Offer:
    """The settings of the provider that lexicon calls `name`. Raises NotOffered."""
    names = offered()
    if name not in names:
        near = get_close_matches(name, names, 1)
        hint = f'did you mean "lexicon:{near[0]}"?' if near else "see: upstun providers lexicon"
        raise NotOffered(f"dns-lexicon has no provider of that name; {hint}")
    if why_not := names[name]:
        raise NotOffered(f"lexicon:{name} is not offered: {why_not}")
    return understood(_asked(name))


def understood(answer: Mapping[str, Any]) -> Offer:
    """The worker's description of a provider as the house has it. Raises NotOffered."""
    if "options" not in answer:
        why = answer.get("text") or "its options could not be asked for"
        raise NotOffered(f"dns-lexicon cannot load it: {why}")
    fields = [_field(option) for option in answer["options"]]
    about = _by_setting(" ".join(str(answer["about"]).split()))
    secrets = [field.key for field in fields if field.secret]
    if any(field.key.endswith(("_file", "filename")) for field in fields):
        return Offer(fields=tuple(fields), about=about)  # the credentials may all be in a file
    if len(secrets) > 1:
        return Offer(fields=tuple(fields), either=tuple((key,) for key in secrets), about=about)
    # Lexicon does not say what is needed; the only credential there is must be.
    return Offer(
        fields=tuple(_needed(field) if field.secret else field for field in fields), about=about
    )


def _asked(name: str) -> Mapping[str, Any]:
    with TemporaryDirectory(prefix="upstun-", ignore_cleanup_errors=True) as folder:
        try:
            done = subprocess.run(  # noqa: S603  our own file, and a name from the installed ones
                command(),
                input=question(module=name, limit=_PATIENCE),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env=environment(folder),
                timeout=_PATIENCE,
                check=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            answer = json.loads(done.stdout)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            return {"text": type(error).__name__}
    return answer if isinstance(answer, dict) else {}


def _field(option: Mapping[str, Any]) -> Field:
    key, kind, default = option["key"], option["kind"], option["default"]
    plain = bool(_SHOWN.search(key)) or kind == "flag"
    return Field(
        key=key,
        help=_help(key, option["help"] or ""),
        secret=bool(_SECRET.search(key)) and not plain,
        required=False,
        kind=kind,
        choices=tuple(map(str, option["choices"])),
        default=default,
    )


def _needed(field: Field) -> Field:
    return Field(key=field.key, help=field.help, secret=True, choices=field.choices)


def _help(key: str, text: str) -> str:
    """Lexicon's help as one sentence: it has "specify token for authentication"."""
    text = " ".join(text.split()).removeprefix("(optional) ")
    text = _by_setting(re.sub(r"^specify ", "", text, flags=re.IGNORECASE)).rstrip(".=")
    return f"{text[0].upper()}{text[1:]}." if text else f"`{key}` of dns-lexicon."


def _by_setting(text: str) -> str:
    """Lexicon speaks of options of its command line, `--auth-token`: those are settings here."""
    return re.sub(
        r"--([a-z][a-z-]*)( flags?)?", lambda option: f"`{option[1].replace('-', '_')}`", text
    )


def _missing_extras() -> Mapping[str, str]:
    """The providers whose extra of dns-lexicon is not installed, with what to do."""
    from importlib.metadata import PackageNotFoundError, distribution, requires  # noqa: PLC0415  30 ms

    missing: dict[str, str] = {}
    try:
        wanted = requires("dns-lexicon") or ()
    except PackageNotFoundError:
        return missing
    for line in wanted:
        found = re.match(r"([\w.-]+).*;\s*extra\s*==\s*['\"]([\w-]+)['\"]", line)
        if not found or found[2] == "full":
            continue
        package, name = found[1], found[2]
        try:
            distribution(package)
        except PackageNotFoundError:
            missing[name] = f'it needs {package}; run: pip install "dns-lexicon[{name}]"'
    return missing
