"""Duck DNS: one GET sets both addresses of a name below duckdns.org."""

from __future__ import annotations

from ipaddress import ip_address

from providers.engine.errors import excerpt, refusal, response_of, text_of
from providers.engine.kit import Cause, Pace, Provider, secret
from providers.engine.outcome import Changed, Outcome, Refused, Unchanged, Unconfirmed
from providers.engine.sole import sole_addresses
from providers.engine.wire import Address, Job, Request, Response, RType, Steps

_TITLE = "Duck DNS"
_URL = "https://www.duckdns.org/update"
_PARAMETERS: dict[RType, str] = {"A": "ip", "AAAA": "ipv6"}


def update(job: Job) -> Steps:
    """Set the wanted addresses of one name; a family that is not wanted is not mentioned.

    `ip` is never sent empty, for Duck DNS then takes the caller's own address. With `ipv6` alone it
    does not look for one either (its specification, parameter `ipv6`).
    """
    wanted = sole_addresses(_TITLE, job, _PARAMETERS)
    if isinstance(wanted, Refused):
        return wanted
    name = job.rrsets[0].name
    labels = name.split(".")
    if labels[-2:] != ["duckdns", "org"] or len(labels) < 3:  # noqa: PLR2004  label.duckdns.org
        text = f"{_TITLE} serves names below duckdns.org only, and {name} is none"
        return Refused(cause=Cause.REJECTED, text=text)
    reply = yield Request(
        method="GET",
        url=job.text("endpoint") or _URL,
        query=(
            ("domains", labels[-3]),  # a deeper name is served with its parent's addresses
            ("token", job.secret("token")),
            *((_PARAMETERS[rtype], str(address)) for rtype, address in wanted.items()),
            ("verbose", "true"),
        ),
        write=True,
    )
    return _outcome(response_of(reply), set(wanted.values()))


def _outcome(response: Response, sent: set[Address]) -> Outcome:
    """Read OK or KO, then the addresses that it holds now, then UPDATED or NOCHANGE."""
    words = text_of(response).split()
    verdict = words[0].upper() if words else ""
    if verdict == "KO":
        return Refused(
            cause=Cause.CREDENTIALS,
            text=f"{_TITLE} refused without a reason (KO): the token is wrong, or the name is not "
            "in the account of this token; compare both with its page after logging in",
        )
    if by_status := refusal(_TITLE, response):
        return by_status
    if verdict != "OK":
        said = excerpt(response.body) or "nothing at all"
        text = f"{_TITLE} answered neither OK nor KO: {said}"
        return Refused(cause=Cause.CONFUSED, text=text)
    held = set(filter(None, map(_address, words[1:])))
    families = {address.version for address in sent}
    wrong = {str(address) for address in held - sent if address.version in families}
    if wrong:
        return Unconfirmed(text=f"{_TITLE} says that it set {', '.join(sorted(wrong))} instead")
    return Unchanged() if "NOCHANGE" in map(str.upper, words[1:]) else Changed()


def _address(word: str) -> Address | None:
    try:
        return ip_address(word)
    except ValueError:
        return None


DUCKDNS = Provider(
    id="duckdns",
    title=_TITLE,
    docs="https://www.duckdns.org/spec.jsp",
    base=_URL,
    fields=(secret("token", "The token that duckdns.org shows after logging in."),),
    update=update,
    both_families_one_call=True,
    pace=Pace(every=60.0, burst=5, after_error=60.0, after_confusion=1800.0),
    notes=(
        "The TTL is always 60 seconds.",
        "Five names to an account; deeper names follow their parent.",
        "A refusal comes without its reason: token and name are both possible.",
    ),
)
