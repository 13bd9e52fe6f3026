"""A zone with signatures, one of which does not fit; made anew for every lab (RFC 4035 §2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import dns.dnssec
import dns.dnssectypes
import dns.rdataset
import dns.rdatatype
import dns.rdtypes.ANY.DNSKEY
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec

from tests.lab.places import BOGUS_RECORD, LIE, SIGNED_RECORD, SIGNED_ZONE, WAN, ZONE

_KEY_SIGNING = 257  # the flags ZONE and SEP (RFC 4034 §2.1.1): one key does both kinds of work
_TEXT = f"""$ORIGIN {SIGNED_ZONE}.
$TTL 60
@ SOA ns1.{ZONE}. hostmaster.{ZONE}. 1 3600 600 86400 15
@ NS ns1.{ZONE}.
{SIGNED_RECORD}. A {WAN}
{BOGUS_RECORD}. A {WAN}
"""


class Signed(NamedTuple):
    """The zone as a master file, and what a validating resolver must be told to trust it."""

    zone: str
    anchor: str  # BIND's spelling, for `trust-anchors`


def signed_zone() -> Signed:
    """Sign the zone, and then put another address under one of its signatures."""
    private = ec.generate_private_key(ec.SECP256R1())
    algorithm = dns.dnssectypes.Algorithm.ECDSAP256SHA256
    key = dns.dnssec.make_dnskey(private.public_key(), algorithm, flags=_KEY_SIGNING)
    zone = dns.zone.from_text(_TEXT, relativize=False)
    now = datetime.now(UTC)
    dns.dnssec.sign_zone(
        zone,
        keys=[(private, key)],
        inception=now - timedelta(hours=1),
        expiration=now + timedelta(days=1),
    )
    forged = dns.rdataset.from_text("IN", "A", 60, LIE)
    zone.find_node(f"{BOGUS_RECORD}.").replace_rdataset(forged)
    words = key.to_text().split(maxsplit=3)
    anchor = f'{SIGNED_ZONE}. static-key {" ".join(words[:3])} "{words[3].replace(" ", "")}";'
    return Signed(zone.to_text(), anchor)
