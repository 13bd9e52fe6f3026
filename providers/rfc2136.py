"""One's own name server, told by DNS UPDATE (RFC 2136) and a TSIG key (RFC 8945).

BIND, Knot DNS, PowerDNS, and every hoster that hands out a TSIG key. All names of a zone go in one
message, all or nothing, each on condition that nobody changed it since live DNS was asked.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

from providers.engine.limits import Pace
from providers.engine.outcome import Cause, Changed, Refused, Unchanged
from providers.engine.rcodes import refusal_of
from providers.engine.spec import Field, Provider
from providers.engine.update_batches import Sent, replace_all
from providers.engine.wire import Call, DnsReply, DnsUpdate, Job, Reply, RRset, Steps, TsigKey
from providers.engine.zones import candidates, strangers


def update(job: Job) -> Steps:
    """Replace what is not right yet, in one message for some hundred RRsets."""
    due = tuple(rrset for rrset in job.rrsets if rrset.live != rrset.values)
    if not due:
        return Unchanged()
    zone = yield from _zone(job)
    if isinstance(zone, Refused):
        return zone
    refused = strangers(job, zone) or (yield from replace_all(due, partial(_send, job, zone)))
    return refused or Changed()


def verify(job: Job) -> Steps:
    """Ask for the zone's SOA, signed: proves server, zone and key, and writes nothing."""
    zone = yield from _zone(job)
    if isinstance(zone, Refused):
        return zone
    return (yield from _send(job, zone, ())) or Unchanged()


def _zone(job: Job) -> Generator[Call, Reply, str | Refused]:
    server, tried = job.text("server"), candidates(job)
    if not job.text("key_name") and not job.flag("insecure"):
        text = f"set key_name and key_secret, or insecure = true if {server} wants no key"
        return Refused(cause=Cause.CREDENTIALS, text=text)
    if len(tried) == 1:
        return tried[0]
    for zone in tried:
        refused = yield from _send(job, zone, ())
        if refused is None:
            return zone
        if refused.cause in (Cause.CREDENTIALS, Cause.TRANSIENT):
            return refused
    text = f"{server} serves no zone that {job.rrsets[0].name} could be in; set zone"
    return Refused(cause=Cause.NOT_FOUND, text=text)


def _send(job: Job, zone: str, rrsets: tuple[RRset, ...]) -> Sent:
    """One message: an UPDATE, or a signed SOA query without RRsets."""
    key = TsigKey(
        name=job.text("key_name"),
        secret=job.secret("key_secret"),
        algorithm=job.text("key_algorithm", "hmac-sha256"),
    )
    call = DnsUpdate(
        server=job.text("server"),
        zone=zone,
        rrsets=rrsets,
        key=key if key.name else None,
        query_only=not rrsets,
    )
    reply = yield call
    assert isinstance(reply, DnsReply)
    return refusal_of(call, reply)


_ALGORITHMS = tuple(f"hmac-{name}" for name in ("sha256", "sha512", "sha384", "sha224", "sha1"))

RFC2136 = Provider(
    id="rfc2136",
    title="DNS UPDATE (RFC 2136)",
    docs="https://www.rfc-editor.org/rfc/rfc2136",
    fields=(
        Field(key="server", help="The zone's primary server, as host:port.", kind="endpoint"),
        Field(key="key_name", help="The TSIG key's name, as on the server.", required=False),
        Field(
            key="key_secret",
            help="The TSIG key's secret in base64, as `tsig-keygen` prints it.",
            secret=True,
            required=False,
        ),
        Field(
            key="key_algorithm",
            help="The TSIG key's algorithm.",
            required=False,
            choices=(*_ALGORITHMS, "hmac-md5"),
            default="hmac-sha256",
        ),
        Field(
            key="insecure",
            help="Send without a key, to a server that trusts addresses.",
            required=False,
            kind="flag",
            default=False,
        ),
    ),
    either=(("key_name", "key_secret"), ("insecure",)),
    update=update,
    verify=verify,
    speaks="dns",
    batch="zone",
    side_by_side=4,
    both_families_one_call=True,
    pace=Pace(every=1.0, burst=100, after_error=5.0, after_confusion=300.0),
    notes=(
        "Every change is conditional on what live DNS showed: nobody's edit is overwritten.",
        "A new record without a configured TTL gets 60 seconds.",
    ),
)
