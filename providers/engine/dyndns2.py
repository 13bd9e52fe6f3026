"""The dyndns2 protocol of 1999, and what a service of its family may do differently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from providers.engine.dyndns2_reply import outcome_of
from providers.engine.errors import response_of
from providers.engine.limits import Pace
from providers.engine.outcome import Changed, Refused, Unchanged
from providers.engine.own_words import Words
from providers.engine.sole import sole_addresses
from providers.engine.spec import Field, Provider
from providers.engine.wire import Address, Basic, Job, Request, RType, Steps, Text

Style = Literal["together", "apart", "single"]
Query = tuple[tuple[str, Text], ...]
_BOTH: tuple[RType, ...] = ("A", "AAAA")
_NO_OTHERS = Words()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One row of the table of services: what is peculiar to one, all else is dyndns2.

    `name_help` and `key_help` say where user name and password are found; without the former the
    host is the user name. They are sent by HTTP Basic, or as the two parameters of `login`, of
    which the first is empty where the password says it all. `url` is empty where users give it.
    `host` names the parameter of the host; empty where the credentials tell it. `asks` are further
    parameters that only the user knows, `extra` those that never change.

    `style` is how two addresses are said: together as `myip=V4,V6`, apart as `myip=` and `myipv6=`,
    or each in a single call. `addresses` are other names for those two parameters. `alone` is what
    is said of the IPv4 and of the IPv6 address when it is to be left alone.

    `words` are its own replies beside those of the family. `every` and `burst` are its pace.
    """

    id: str
    title: str
    url: str
    docs: str
    key_help: str
    name_help: str = ""
    login: tuple[str, str] | None = None
    post: bool = False  # all parameters in a form, where the address would show the password
    host: str = "hostname"
    asks: tuple[tuple[str, Field], ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    style: Style = "single"
    addresses: tuple[str, str] | None = None
    alone: tuple[tuple[str, str], tuple[str, str]] | None = None
    families: tuple[RType, ...] = _BOTH
    contact: bool = False
    words: Words = _NO_OTHERS
    every: float = 60.0
    burst: int = 10
    notes: tuple[str, ...] = ()


def _update(service: Service, job: Job) -> Steps:
    """Tell the service the addresses of one host, in as many calls as its style needs.

    A repeated update counts as abuse in this family, so no call is ever marked as repeatable.
    """
    wanted = sole_addresses(service.title, job, service.families)
    if isinstance(wanted, Refused):
        return wanted
    host = job.rrsets[0].name
    changed = False
    for part in _calls(job.text("style", service.style), wanted):
        reply = yield _request(service, job, host, part)
        sent = tuple(part.values())
        response = response_of(reply)
        outcome = outcome_of(service.title, response, hosts=(host,), sent=sent, words=service.words)
        if not isinstance(outcome, Changed | Unchanged):
            return outcome
        changed |= isinstance(outcome, Changed)
    return Changed() if changed else Unchanged()


def _calls(style: str, wanted: dict[RType, Address]) -> list[dict[RType, Address]]:
    """Which of the addresses each call carries."""
    if style == "single":
        return [{rtype: address} for rtype, address in wanted.items()]
    return [wanted]


def _request(service: Service, job: Job, host: str, part: dict[RType, Address]) -> Request:
    user, password = job.text("username") or host, job.secret("password")
    user_as, password_as = service.login or ("", "")
    said: Query = (
        *service.extra,
        *(((user_as, user),) if user_as else ()),
        *(((password_as, password),) if password_as else ()),
        *(((service.host, host),) if service.host else ()),
        *((name, job.text(field.key)) for name, field in service.asks),
        *_said(service, job, part),
    )
    return Request(
        method="POST" if service.post else "GET",
        url=job.text("endpoint") or service.url,
        query=() if service.post else said,
        form=said if service.post else None,
        headers=_contact(service, job),
        auth=None if service.login else Basic(user=user, password=password),
        write=True,
    )


def _said(service: Service, job: Job, part: dict[RType, Address]) -> Iterator[tuple[str, str]]:
    """The address parameters of one call, and what it says of the family that is left alone."""
    style = job.text("style", service.style)
    apart = style == "apart"
    names = service.addresses or (("myip", "myipv6") if apart else ("myip", "myip"))
    if style == "together":
        yield names[0], ",".join(map(str, part.values()))
        return
    word = job.text("silence") if apart else ""
    alone = ((names[0], word), (names[1], word)) if word else service.alone
    for rtype, name, silence in zip(_BOTH, names, alone or (None, None), strict=True):
        if rtype in part:
            yield name, str(part[rtype])
        elif silence:
            yield silence


def _contact(service: Service, job: Job) -> Query:
    """No-IP blocks clients that do not name a contact; its user names often are one."""
    name = job.text("username")
    contact = job.text("contact") or (name if "@" in name else "")
    return (("From", contact),) if service.contact and contact else ()


def provider(service: Service) -> Provider:
    """Make a row of the table into a provider."""
    fields = [Field(key="password", help=service.key_help, secret=True)]
    if service.name_help:
        fields.insert(0, Field(key="username", help=service.name_help))
    fields += [field for _, field in service.asks]
    if service.contact:
        contact = "Your e-mail address; the service asks every client to name one."
        fields.append(Field(key="contact", help=contact, required=False))
    if not service.url:
        fields = [_ENDPOINT, *fields, _STYLE, _SILENCE]
    return Provider(
        id=service.id,
        title=service.title,
        base=service.url,
        docs=service.docs,
        fields=tuple(fields),
        update=partial(_update, service),
        families=service.families,
        both_families_one_call=service.style != "single",
        pace=Pace(every=service.every, burst=service.burst, after_error=60.0),
        notes=service.notes,
    )


_ENDPOINT = Field(
    key="endpoint",
    help="The address to call, without parameters, such as https://host/nic/update.",
    kind="url",
)
_STYLE = Field(
    key="style",
    help="How two addresses are said: myip=V4,V6; myip= and myipv6=; or in two calls.",
    required=False,
    choices=("together", "apart", "single"),
    default="together",
)
_SILENCE = Field(
    key="silence",
    help="With style apart, the word for a family that is to be left alone, such as preserve. "
    "Some services clear a family that is not mentioned.",
    required=False,
)
