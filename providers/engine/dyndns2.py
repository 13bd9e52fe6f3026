"""The dyndns2 protocol of 1999, and what a service of its family may do differently."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

from providers.engine.dyndns2_reply import outcome_of
from providers.engine.errors import response_of
from providers.engine.limits import Pace
from providers.engine.outcome import Changed, Refused, Unchanged
from providers.engine.sole import sole_addresses
from providers.engine.spec import Field, Provider
from providers.engine.wire import Address, Basic, Job, Request, RType, Steps

Style = Literal["together", "apart", "single"]
Query = tuple[tuple[str, str], ...]
_BOTH: tuple[RType, ...] = ("A", "AAAA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One row of the table of services.

    `style` is how two addresses are said: together as `myip=V4,V6`, apart as `myip=` and `myipv6=`,
    or each in a single call. `name_help` and `key_help` say where user name and password are found;
    without the former the host is the user name. `url` is empty where users give it.
    """

    id: str
    title: str
    url: str
    docs: str
    name_help: str
    key_help: str
    style: Style = "single"
    families: tuple[RType, ...] = _BOTH
    extra: Query = ()
    contact: bool = False
    silence: str = ""  # what is said of a family that is to be left alone
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
    style = job.text("style", service.style)
    silence = job.text("silence") or service.silence
    for said, sent in _said(service, style, silence, wanted):
        reply = yield Request(
            method="GET",
            url=job.text("endpoint") or service.url,
            query=(*service.extra, ("hostname", host), *said),
            headers=_contact(service, job),
            auth=Basic(user=job.text("username") or host, password=job.secret("password")),
            write=True,
        )
        outcome = outcome_of(service.title, response_of(reply), hosts=(host,), sent=sent)
        if not isinstance(outcome, Changed | Unchanged):
            return outcome
        changed |= isinstance(outcome, Changed)
    return Changed() if changed else Unchanged()


def _said(
    service: Service, style: str, silence: str, wanted: dict[RType, Address]
) -> list[tuple[Query, tuple[Address, ...]]]:
    """The address parameters of each call, with the addresses that they carry."""
    texts = {rtype: str(address) for rtype, address in wanted.items()}
    match style:
        case "single":
            return [((("myip", texts[rtype]),), (wanted[rtype],)) for rtype in wanted]
        case "apart":
            names: dict[RType, str] = {"A": "myip", "AAAA": "myipv6"}
            said = [(names[rtype], texts.get(rtype, silence)) for rtype in service.families]
            return [(tuple(pair for pair in said if pair[1]), tuple(wanted.values()))]
        case _:
            return [((("myip", ",".join(texts.values())),), tuple(wanted.values()))]


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
    if service.contact:
        contact = "Your e-mail address; the service asks every client to name one."
        fields.append(Field(key="contact", help=contact, required=False))
    if not service.url:
        address = "The address to call, without parameters, such as https://host/nic/update."
        fields.insert(0, Field(key="endpoint", help=address, kind="url"))
        style = "How two addresses are said: myip=V4,V6; myip= and myipv6=; or in two calls."
        styles = ("together", "apart", "single")
        fields.append(
            Field(key="style", help=style, required=False, choices=styles, default="together")
        )
        silence = (
            "With style apart, the word for a family that is to be left alone, such as preserve. "
            "Some services clear a family that is not mentioned."
        )
        fields.append(Field(key="silence", help=silence, required=False))
    return Provider(
        id=service.id,
        title=service.title,
        base=service.url,
        docs=service.docs,
        fields=tuple(fields),
        update=partial(_update, service),
        families=service.families,
        both_families_one_call=service.style != "single",
        pace=Pace(every=60.0, burst=service.burst, after_error=60.0),
        notes=service.notes,
    )
