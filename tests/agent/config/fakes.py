"""Providers with every kind of field, a file system of a few secrets, and short ways to load."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from agent.config.load import Loaded, load
from agent.config.problem import Problem
from agent.config.secrets import NoSecret, SecretFile
from providers.engine.outcome import Unchanged
from providers.engine.spec import Field, Provider
from providers.engine.wire import Job, Steps


def nothing(_: Job) -> Steps:
    """An errand that never calls anybody."""
    return Unchanged()
    yield


RFC2136 = Provider(
    id="rfc2136",
    title="DNS UPDATE",
    docs="https://www.rfc-editor.org/rfc/rfc2136",
    fields=(
        Field(key="server", help="The primary name server.", kind="endpoint"),
        Field(key="key_name", help="The name of the TSIG key."),
        Field(key="key_secret", help="The TSIG key in base64.", secret=True),
        Field(
            key="key_algorithm",
            help="The TSIG algorithm.",
            required=False,
            choices=("hmac-sha256", "hmac-sha512"),
            default="hmac-sha256",
        ),
        Field(key="insecure", help="Send no key.", required=False, kind="flag", default=False),
        Field(key="zone", help="The zone.", required=False),
    ),
    update=nothing,
)
DUCKDNS = Provider(
    id="duckdns",
    title="Duck DNS",
    docs="https://www.duckdns.org/spec.jsp",
    fields=(
        Field(key="token", help="The token shown on duckdns.org after signing in.", secret=True),
        Field(key="retries", help="How often.", required=False, kind="integer", default=3),
        Field(key="fast", help="Whether to hurry.", required=False, kind="flag"),
        Field(key="page", help="A page.", required=False, kind="url"),
        Field(key="spare", help="A spare key.", secret=True, required=False),
    ),
    update=nothing,
    ttl_min=300,
)
NAMECHEAP = Provider(
    id="namecheap",
    title="Namecheap",
    docs="https://www.namecheap.com/support/",
    fields=(Field(key="password", help="The domain's password.", secret=True),),
    update=nothing,
    families=("A",),
)
PROVIDERS = {provider.id: provider for provider in (RFC2136, DUCKDNS, NAMECHEAP)}

FILES: Mapping[str, SecretFile | NoSecret] = {
    "tsig.key": SecretFile(text="dHNpZw==", mode=0o600),
    "group.key": SecretFile(text="Z3JvdXA=", mode=0o640),
    "open.key": SecretFile(text="b3Blbg==", mode=0o644),
    "windows.key": SecretFile(text="d2luZG93cw==", mode=None),
    "empty.key": NoSecret(found="an empty file", hint="put the secret into it"),
}
ENVIRON = {"TOKEN": "from-the-environment", "EMPTY": ""}
MISSING = NoSecret(found="no file of that name", hint="name a file")

HOME = """
[account.home]
provider = "rfc2136"
server = "192.0.2.53"
key_name = "home."
key_secret = "bWFkZSB1cA=="
"""


def read(text: str, *, exposed: bool = False) -> Loaded | tuple[Problem, ...]:
    """Load a configuration with the providers, files and variables above."""
    return load(
        text,
        source="config.toml",
        base=Path("base"),
        environ=ENVIRON,
        find=PROVIDERS.get,
        ids=lambda: tuple(PROVIDERS),
        read_secret=lambda path: FILES.get(path.name, MISSING),
        is_file=lambda path: path.name == "ca.pem",
        exposed=exposed,
    )


def valid(text: str, *, exposed: bool = False) -> Loaded:
    """Load a configuration that has no mistakes."""
    result = read(text, exposed=exposed)
    assert isinstance(result, Loaded), [str(problem) for problem in result]
    return result


def mistakes(text: str) -> list[str]:
    """Load a configuration and tell its mistakes as people see them."""
    result = read(text)
    return [] if isinstance(result, Loaded) else [str(problem) for problem in result]
