"""What the answers of NAT-PMP and PCP mean. Pure: a reply in, an observation out."""

from __future__ import annotations

from discovery.observation import (
    Family,
    Method,
    Missed,
    Observation,
    PmpEvidence,
    Why,
    judge,
    missed,
)
from discovery.router import pcp, pmp_codec
from discovery.router.pcp import PcpReply
from discovery.router.pmp_codec import PmpReply

Reply = PmpReply | PcpReply

OR_DROPPED = "or something on the way drops the question"

_WHY_PMP = {1: Why.UNSUPPORTED, pmp_codec.NETWORK_FAILURE: Why.NO_ADDRESS}
_WHY_PCP = {1: Why.UNSUPPORTED, pcp.NETWORK_FAILURE: Why.NO_ADDRESS}


class Reader:
    """Reads either protocol, and remembers whether anything came that is neither."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self.nonsense = False

    def __call__(self, data: bytes) -> Reply | None:
        """The reply in a datagram; None for what is none."""
        reply = pmp_codec.read_reply(data) or pcp.read_reply(data)
        self.nonsense = self.nonsense or reply is None
        return reply


def read_pmp(method: Method, reply: Reply, gateway: str) -> Observation:
    """Judge a reply in the name of `method`."""
    by_pcp = isinstance(reply, PcpReply)
    address = reply.external if isinstance(reply, PcpReply) else reply.address
    if reply.result == 0 and address is not None:
        return judge(method, Family.V4, address, evidence(reply, gateway))
    if reply.result == 0:  # an ANNOUNCE was answered, a MAP was not
        why, what = Why.REFUSED, "speaks PCP but would not tell an address"
    else:
        known, whys = (pcp.RESULTS, _WHY_PCP) if by_pcp else (pmp_codec.RESULTS, _WHY_PMP)
        why = whys.get(reply.result, Why.REFUSED)
        what = f"answered {known.get(reply.result, f'with the error code {reply.result}')}"
    return refusal(method, why, what, reply, gateway)


def refusal(method: Method, why: Why, what: str, reply: Reply, gateway: str) -> Missed:
    """A miss that a reply is the reason of; `what` completes "<witness> …"."""
    sentence = f"{method.witness} {what}"
    return missed(method, Family.V4, why, sentence, evidence=evidence(reply, gateway))


def unheard(method: Method, gateway: str, lacks: str, *, nonsense: bool) -> Missed:
    """The miss where no reply came. `lacks` completes "it has …": "no NAT-PMP"."""
    if nonsense:
        sentence = f"{method.witness} at {gateway} answered bytes that are no NAT-PMP and no PCP"
        return missed(method, Family.V4, Why.MALFORMED, sentence)
    sentence = f"{method.witness} at {gateway} did not answer; it has {lacks}"
    return missed(method, Family.V4, Why.SILENT, sentence)


def evidence(reply: Reply, gateway: str) -> PmpEvidence:
    """What a reply told besides the address."""
    return PmpEvidence(
        gateway=gateway,
        protocol="pcp" if isinstance(reply, PcpReply) else "nat-pmp",
        result=reply.result,
        epoch_s=reply.epoch_s,
    )
