"""Zones with signatures, made with a key of their own (RFC 4035 §2).

child = sign("signed.test", "nas 60 A 192.0.2.1")
parent = sign("test", f"signed NS ns1\n{child.ds}")
resolver.start(anchor=parent.anchor, ...)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dns.dnssec
import dns.dnssectypes
import dns.name
import dns.rdata
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec

_KEY = 257  # the flags ZONE and SEP (RFC 4034 §2.1.1): one key does both kinds of work


@dataclass(frozen=True, slots=True)
class Signed:
    """A master file, the DS record for the parent's, and the zone as BIND's `trust-anchors`."""

    master: str
    ds: str
    anchor: str


def sign(origin: str, records: str, *, server: str = "127.0.0.1", forged: str = "") -> Signed:
    """Sign a zone whose name server ns1 has the address `server`.

    `forged` names an A record whose address is changed after its signature was made.
    """
    apex = dns.name.from_text(origin)
    head = f"@ 3600 SOA ns1 hostmaster 1 3600 600 86400 15\n@ 3600 NS ns1\nns1 3600 A {server}\n"
    lines = "\n".join(line.strip() for line in records.splitlines())
    zone = dns.zone.from_text(f"$TTL 60\n{head}{lines}\n", origin=apex, relativize=False)
    private = ec.generate_private_key(ec.SECP256R1())
    algorithm = dns.dnssectypes.Algorithm.ECDSAP256SHA256
    key = dns.dnssec.make_dnskey(private.public_key(), algorithm, flags=_KEY)
    now = datetime.now(UTC)
    dns.dnssec.sign_zone(
        zone,
        keys=[(private, key)],
        inception=now - timedelta(hours=1),
        expiration=now + timedelta(days=1),
    )
    if forged:
        zone.delete_rdataset(dns.name.from_text(forged, apex), "A")
        record = zone.find_rdataset(dns.name.from_text(forged, apex), "A", create=True)
        record.add(dns.rdata.from_text("IN", "A", "192.0.2.66"), ttl=60)
    ds = dns.dnssec.make_ds(apex, key, dns.dnssectypes.DSDigest.SHA256)
    flags, protocol, number, public = key.to_text().split(maxsplit=3)
    return Signed(
        master=zone.to_text(),
        ds=f"{apex} 3600 DS {ds}",
        anchor=f'{apex} static-key {flags} {protocol} {number} "{public.replace(" ", "")}";',
    )
