"""The verdict on a family as it concerns one record: this machine, or another of the home. Pure.

A record with `ipv6 = "::1234"` is about another machine of the home. It has the home's prefix, as
this machine has, and a host part of its own (RFC 4291 §2.5.1).

==============================================  ==================================================
verdict on IPv6                                 for a record with a host part
==============================================  ==================================================
settled, and the home's network is known        settled: that network and the host part
settled, and the network is not known           v6_no_prefix, nothing
settled, and the two make no public address     v6_no_prefix, nothing
anything else                                   the same
==============================================  ==================================================
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv6Address

from agent.values import Record, Settled, Unknown, Verdict
from discovery.address import publishable, scope
from discovery.live_dns.view import RType


def verdict_for(record: Record, rtype: RType, verdict: Verdict) -> Verdict:
    """The verdict that one RRset of `record` is planned from. See the module's table."""
    host = record.ipv6
    if rtype != "AAAA" or not isinstance(host, str) or not isinstance(verdict, Settled):
        return verdict
    network = verdict.network
    if network is None:
        return _no_prefix(
            verdict,
            f"The prefix of this home is not known: {verdict.address} was handed out by itself, "
            f"and nothing shows that {host} is in the same network.",
        )
    address = IPv6Address(int(network.network_address) | int(IPv6Address(host)))
    if address not in network or not publishable(address):
        what = scope(address).sentence if address in network else f"outside {network}"
        return _no_prefix(verdict, f"{network} and {host} make {address}, {what}.")
    return replace(
        verdict,
        address=address,
        because=f"{address} is {host} in this home's network {network}. {verdict.because}",
    )


def _no_prefix(verdict: Settled, because: str) -> Unknown:
    return Unknown(
        family=verdict.family, code="v6_no_prefix", because=because, caveats=verdict.caveats
    )
