"""A call of one's own: any address, headers and body, and what the answer to it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from providers.engine.errand import Asking, errand
from providers.engine.errors import response_of
from providers.engine.limits import Pace
from providers.engine.outcome import Changed, Outcome, Refused, Unchanged
from providers.engine.sole import sole_addresses
from providers.engine.spec import Field, Provider
from providers.engine.template import placeholders
from providers.engine.webhook_call import ADDRESSES, TITLE, WORDS, refuse, request_of
from providers.engine.webhook_reply import Meaning
from providers.engine.wire import Address, Job, Method, RType

_JSON = "application/json"


@errand
def update(job: Job) -> Asking[Outcome]:
    """Call once for both addresses where the templates name both, else once for each.

    Everything is made before anything is sent, so that a mistake in the second call shows first.
    """
    wanted = sole_addresses(TITLE, job, ADDRESSES)
    if isinstance(wanted, Refused):
        return wanted
    meaning = Meaning.of(job)
    changed = False
    for request in [request_of(job, part) for part in _parts(job, wanted)]:
        outcome = meaning.read(response_of((yield request)))
        if not isinstance(outcome, Changed | Unchanged):
            return outcome
        changed |= isinstance(outcome, Changed)
    return Changed() if changed else Unchanged()


def _parts(job: Job, wanted: dict[RType, Address]) -> Iterator[dict[RType, Address]]:
    """Which addresses each call tells, by the placeholders that the templates use."""
    named = placeholders(job.text("url")) | placeholders(job.text("body"))
    if strange := sorted(named - set(WORDS)):
        known = ", ".join(f"{{{word}}}" for word in WORDS)
        raise refuse(f"there is no {{{strange[0]}}}; what can be filled in is {known}")
    if "zone" in named and not (job.text("zone") or job.zone):
        raise refuse("the zone of this name is not known; set zone for this account")
    if "ip" in named:
        yield from ({rtype: address} for rtype, address in wanted.items())
        return
    for rtype in wanted:
        if ADDRESSES[rtype] not in named:
            raise refuse(
                f"neither url nor body says where the address belongs; put {{ip}} there, "
                f"or {{{ADDRESSES[rtype]}}} for {rtype} records"
            )
    yield wanted


def _optional(key: str, meaning: str, default: str | None = None, *choices: str) -> Field:
    return Field(key=key, help=meaning, required=False, default=default, choices=choices)


_PLACEHOLDERS = ", ".join(f"{{{word}}}" for word in WORDS)
WEBHOOK = Provider(
    id="webhook",
    title=TITLE,
    docs="https://www.rfc-editor.org/rfc/rfc9110",
    fields=(
        Field(
            key="url",
            help=f"The address to call, with placeholders: {_PLACEHOLDERS}.",
            sample="https://dns.example.net/update?name={fqdn}&ip={ip}",
        ),
        _optional("method", "How it is called.", "GET", *get_args(Method)),
        Field(
            key="headers",
            help="Lines `Name: value`, sent as they are; all of it is kept secret.",
            secret=True,
            required=False,
        ),
        _optional("body", "What is sent, with placeholders; nothing where it is empty."),
        _optional("content_type", "What the body is; JSON and forms are escaped.", _JSON),
        Field(
            key="secret",
            help="What stands for {secret}; it is shown nowhere.",
            secret=True,
            required=False,
        ),
        _optional("silence", "What stands for an address that is to be left alone."),
        _optional("statuses", "The statuses of success, such as `200, 204` or `2xx`.", "2xx"),
        _optional("success", "A regular expression that a good answer holds."),
        _optional("unchanged", "One for an answer that says that nothing had to be changed."),
        _optional("failure", "One for an answer that says no; it counts before the others."),
    ),
    update=update,
    both_families_one_call=True,
    pace=Pace(every=30.0, burst=5),
    notes=(
        "A template with {ip} is called once for each family, one with {ipv4} and {ipv6} once.",
        "Without `success`, every answer counts as good that is no HTML page.",
        "`{{ip}}` stands for {ip} itself.",
    ),
)
