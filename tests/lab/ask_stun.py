"""Ask a STUN server for the mapped address, by hand: `python ask_stun.py HOST udp|tcp`."""

from __future__ import annotations

import os
import socket
import struct
import sys
from ipaddress import IPv4Address

_COOKIE = 0x2112A442
_XOR_MAPPED_ADDRESS = 0x0020


def mapped(host: str, transport: str) -> str:
    """The address in XOR-MAPPED-ADDRESS (RFC 8489 §14.2), or "none"."""
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as client:
        client.settimeout(0.5)
        client.connect((host, 3478))
        client.sendall(struct.pack("!HHI", 1, 0, _COOKIE) + os.urandom(12))
        reply = client.recv(2048)
    at = 20
    while at < len(reply):
        attribute, length = struct.unpack_from("!HH", reply, at)
        if attribute == _XOR_MAPPED_ADDRESS:
            hidden: int = struct.unpack_from("!I", reply, at + 8)[0]
            return str(IPv4Address(hidden ^ _COOKIE))
        at += 4 + length + -length % 4
    return "none"


if __name__ == "__main__":
    try:
        sys.stdout.write(mapped(sys.argv[1], sys.argv[2]))
    except OSError as error:
        sys.stdout.write(type(error).__name__)
