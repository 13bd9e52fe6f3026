"""A strict Namecheap: one domain with its hosts and its one password.

Its XML says that it is UTF-16, and is not; the numbers of errors are those that IPFire's ddns and
the recorded answers know.
"""

from __future__ import annotations

from ipaddress import IPv4Address

from aiohttp import web

from tests.support.provider_fakes.service import FakeService

_PARAMETERS = {"host", "domain", "password", "ip"}
_PAGE = (
    '<?xml version="1.0" encoding="utf-16"?><interface-response><Command>SETDNSHOST</Command>'
    "<Language>eng</Language>{}</interface-response>"
)
_DONE = "<IP>{}</IP><ErrCount>0</ErrCount><errors /><Done>true</Done><debug><![CDATA[]]></debug>"
_REFUSED = (
    "<ErrCount>1</ErrCount><errors><Err1>{1}</Err1></errors><ResponseCount>1</ResponseCount>"
    "<responses><response><Description>{1}</Description><ResponseNumber>{0}</ResponseNumber>"
    "<ResponseString>{1}</ResponseString></response></responses><Done>true</Done>"
)


class FakeNamecheap(FakeService):
    """`hosts` maps each host name of `domain` to its addresses by version."""

    def __init__(self, domain: str, *hosts: str, password: str) -> None:
        super().__init__()
        self.domain, self.password = domain, password
        self.hosts: dict[str, dict[int, str]] = {host: {} for host in hosts}

    async def answer(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        self.expect(request.method == "GET", f"method {request.method}")
        self.expect(request.path == "/update", f"path {request.path}")
        self.expect(len(query) == len(request.query), "a parameter given twice")
        self.expect(set(query) == _PARAMETERS, f"parameters {sorted(query)}")
        if query["domain"] != self.domain:
            return refused("316153", "Domain name not found")
        if query["password"] != self.password:
            return refused("304156", "Passwords do not match")
        name = query["host"]
        self.expect(self.domain not in name, f"host {name}, where a relative name is wanted")
        host = self.hosts.get(self.domain if name == "@" else f"{name}.{self.domain}")
        if host is None:
            return refused("380091", "No Records updated. A record not Found;")
        host[4] = str(IPv4Address(query["ip"]))
        return page(_DONE.format(query["ip"]))


def refused(number: str, text: str) -> web.Response:
    return page(_REFUSED.format(number, text))


def page(inside: str) -> web.Response:
    return web.Response(text=_PAGE.format(inside), content_type="text/xml")
