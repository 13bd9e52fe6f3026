"""Ask the router for its WAN address by UPnP, by hand: SSDP search, then miniupnpc."""

from __future__ import annotations

import socket
import sys

import miniupnpc

_SEARCH = (
    b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
    b'MAN: "ssdp:discover"\r\nMX: 1\r\n'
    b"ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n"
)


def location() -> str | None:
    """Where the first gateway that answers the search describes itself."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as search:
        search.settimeout(0.5)
        search.sendto(_SEARCH, ("239.255.255.250", 1900))
        try:
            reply = search.recv(2048).decode()
        except OSError:
            return None
    headers = (line.partition(":") for line in reply.splitlines())
    return next((value.strip() for key, _, value in headers if key.upper() == "LOCATION"), None)


if __name__ == "__main__":
    found = location()
    if found is None:
        sys.stdout.write("nothing")
    else:
        igd = miniupnpc.UPnP()
        igd.selectigd(found)
        sys.stdout.write(repr(igd.externalipaddress()))
