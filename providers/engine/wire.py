"""What a provider may say to the world and hear back: values, no sockets."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from providers.engine.outcome import Outcome, Refused
from providers.engine.secret import Secret as Secret  # noqa: PLC0414  a word of this vocabulary
from providers.engine.secret import Text as Text  # noqa: PLC0414
from providers.engine.signing import Signed

RType = Literal["A", "AAAA"]
Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class RRset:
    """The wanted content of one RRset, and what live DNS serves now.

    `name` is the FQDN, lower case, A-labels, without final dot. `ttl` is seconds; None leaves it as
    it is. `live` is what the authoritative servers answered (None: unknown or opaque), so that a
    provider with compare-and-set can insist on it. An empty `live` is a known absence.
    """

    name: str
    rtype: RType
    values: frozenset[Address]
    ttl: int | None = None
    live: frozenset[Address] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One errand for one provider account: bring these RRsets of one zone to these values.

    `zone` is the apex without final dot, from the configuration or from live DNS; empty: unknown.
    `settings` are the account's settings by field key, validated against the provider's `fields`.
    """

    zone: str
    rrsets: tuple[RRset, ...]
    settings: Mapping[str, Text | int | bool] = field(default_factory=dict)

    def text(self, key: str, default: str = "") -> str:
        """A plain setting as text. Raises TypeError for a secret: those go through `secret`."""
        value = self.settings.get(key, default)
        if isinstance(value, Secret):
            raise TypeError(f"{key} is a secret")
        return str(value)

    def flag(self, key: str) -> bool:
        """A yes-or-no setting; False when absent."""
        return self.settings.get(key, False) is True

    def secret(self, key: str) -> Secret:
        """A secret setting, still wrapped. Empty when absent."""
        value = self.settings.get(key, "")
        return value if isinstance(value, Secret) else Secret(str(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Basic:
    """HTTP Basic authentication (RFC 7617)."""

    user: Text
    password: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """A token in the Authorization header: `Bearer` (RFC 6750), or a vendor's own `scheme`."""

    token: Text
    scheme: str = "Bearer"


Auth = Basic | Bearer | Signed
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request. Where a credential stands, it stands as a `Secret`.

    `write` says that repeating it after a lost answer is not harmless by itself. `idempotent`
    says that repeating the write anyway ends in the same state (PUT of a whole set, DELETE by id).
    Values of `query`, `headers`, `form` and `json` may be secrets. `tail` is joined to `url` as
    further steps of its path, for services that have their credential there. At most one of `json`,
    `form`, `xmlrpc` (method and parameters) and `content` is the body; the last one's type stands
    in `headers`. `too_often` is what a person should know when the service says that this was one
    call too many; it goes on after a semicolon. `spoken` are the statuses of trouble (5xx) with
    which the service says something definite: the provider reads those answers.
    """

    method: Method
    url: str
    tail: tuple[Text, ...] = ()
    query: tuple[tuple[str, Text], ...] = ()
    headers: tuple[tuple[str, Text], ...] = ()
    auth: Auth | None = None
    json: object | None = None  # secrets inside are revealed by the sender
    form: tuple[tuple[str, Text], ...] | None = None
    xmlrpc: tuple[str, tuple[object, ...]] | None = None  # secrets likewise
    content: Text | None = None
    write: bool = False
    idempotent: bool = False
    too_often: str = ""
    spoken: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back. `headers` have lower-case names; `cut` says the body was longer than kept."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TsigKey:
    """A transaction signature key (RFC 8945); `secret` is base64."""

    name: str
    secret: Secret
    algorithm: str = "hmac-sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsUpdate:
    """One DNS UPDATE message (RFC 2136): every RRset replaced, all or nothing.

    Prerequisites come from each RRset's `live`: the exact set (compare-and-set), none where `live`
    is None. `query_only` sends a signed SOA query instead: proof of the key without a write.
    """

    server: str  # "host:port"
    zone: str
    rrsets: tuple[RRset, ...]
    key: TsigKey | None
    query_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsReply:
    """The server's answer to an UPDATE.

    `rcode` is the text of the RCODE (NOERROR, NXRRSET, REFUSED, NOTAUTH …). `tsig` names a TSIG
    failure: BADSIG, BADKEY, BADTIME, or UNSIGNED for an answer that should have been signed.
    UNUSABLE: the configured key cannot be one (its secret is not base64), and nothing was sent.
    `clock_ahead` is how many seconds the server's clock is ahead of ours, where it said so.
    """

    rcode: str
    tsig: Literal["", "BADSIG", "BADKEY", "BADTIME", "BADTRUNC", "UNSIGNED", "UNUSABLE"] = ""
    clock_ahead: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconStep:
    """One operation of dns-lexicon on the records of one name, in the words of its interface.

    `id` is what lexicon called the record to update or delete; empty: it is found by its content.
    `ttl` is seconds, for what is created or updated.
    """

    act: Literal["list", "create", "update", "delete"]
    rtype: str
    name: str
    content: str = ""
    id: str = ""
    ttl: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Steps of one of dns-lexicon's providers, one after the other, in a process of their own.

    `module` is lexicon's name of the provider. Values of `options` may be secrets.
    """

    module: str
    zone: str
    options: Mapping[str, Text | int | bool]
    steps: tuple[LexiconStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconReply:
    """What became of the steps, where no HTTP status says it better.

    `listed` has one list of records for each "list", as lexicon shows them. `failed` is why the
    steps were not all done, and `text` is lexicon's own sentence on it: not let in, settings that
    do not suffice, an answer that lexicon did not understand, no lexicon there. `wrote`: a step
    that changes something was begun, and the service heard of it.
    """

    listed: tuple[object, ...] = ()
    failed: Literal["", "login", "settings", "confused", "missing"] = ""
    text: str = ""
    wrote: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Nothing usable came back. `sent` says whether the request may have reached the other side.

    `hopeless` says that it cannot be sent at all before the configuration is another one.
    """

    sent: bool
    text: str  # one sentence, redacted
    hopeless: bool = False


Call = Request | DnsUpdate | Lexicon
Reply = Response | DnsReply | LexiconReply
Steps = Generator[Call, Reply, Outcome]
"""A provider's whole thought: yield a call, receive its reply, return an outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the provider's API says it holds, for records whose address live DNS cannot show."""

    values: frozenset[Address]
    proxied: bool = False


Reading = Generator[Call, Reply, Held | Refused]
"""The same for a read: it ends in what is held, or in why that cannot be told."""
