"""A strict service of the dyndns2 family: it knows its hosts, and remembers what it was told.

How each service wants to be told, and what it says, stands in `SHAPES`: taken from the services'
pages and from what ddclient, inadyn, ddns-updater, IPFire's ddns and OpenWrt's ddns-scripts send
and look for.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import parse_qsl

from aiohttp import web

from tests.support.provider_fakes.service import FakeService

Says = tuple[int, str]
_BADAUTH, _NOHOST = (401, "badauth"), (200, "nohost")
_EASY_LOGIN = (200, "<html>NO_ACCESS</html>")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What one service wants to hear, and what it answers; `{ip}` is what it was told.

    `four` and `six` are the parameters of the addresses; where they are the same, a call tells one
    address, or both with a comma if `together`. `login` are the parameters of user and password;
    None is HTTP Basic. `alone` must be said of the IPv4 and of the IPv6 address when it is kept,
    or it is deleted. `same` is empty where an update that changes nothing is like any other.
    """

    path: str = "/nic/update"
    four: str = "myip"
    six: str = "myip"
    host: str = "hostname"
    login: tuple[str, str] | None = None
    form: bool = False
    together: bool = False
    always: Mapping[str, str] = field(default_factory=dict)
    alone: tuple[tuple[str, str], tuple[str, str]] | None = None
    user: str = "ann"  # "{host}": the host is the user; empty: the password says it all
    good: Says = (200, "good {ip}\r\n")
    same: Says | None = (200, "nochg {ip}\r\n")
    badauth: Says = _BADAUTH
    nohost: Says | None = _NOHOST  # None: the credentials tell the host


_KEY_SYSTEMS = Shape(
    path="/update.php",
    four="ip",
    login=("", "password"),
    user="",
    good=(200, "[RESPONSE]\ncode = 200\ndescription = Command completed successfully\nEOF\n"),
    same=None,
    badauth=(200, "[RESPONSE]\ncode = 530\ndescription = invalid password\nEOF\n"),
    nohost=(200, "[RESPONSE]\ncode = 531\ndescription = Authorization failed\nEOF\n"),
)
_PLAIN = Shape()
SHAPES = {
    "allinkl": Shape(path="/", six="myip6", host="", nohost=None),
    "apertodns": _PLAIN,
    "changeip": Shape(
        four="ip", good=(200, "200 Successful Update\n"), same=None, nohost=(422, "422 hostname")
    ),
    "core_networks": Shape(path="/", alone=(("keepipv4", "1"), ("keepipv6", "1"))),
    "dd24": _KEY_SYSTEMS,
    "ddnss": Shape(
        path="/upd.php",
        host="host",
        four="ip",
        six="ip6",
        login=("user", "pwd"),
        good=(200, "<html><title>DDNSS</title>Updated 1 hostname.</html>"),
        same=(200, "<html>No change</html>"),
        badauth=(200, "<html>badauth</html>"),
        nohost=(200, "<html>nohost</html>"),
    ),
    "desec_dyndns": Shape(
        path="/",
        four="myipv4",
        six="myipv6",
        alone=(("myipv4", "preserve"), ("myipv6", "preserve")),
        good=(200, "good"),
        same=None,
        nohost=(404, "nohost"),
    ),
    "dnsmadeeasy": Shape(
        path="/servlet/updateip",
        host="id",
        four="ip",
        login=("username", "password"),
        good=(200, "success"),
        same=(200, "error-record-ip-same"),
        badauth=(200, "error-auth"),
        nohost=(200, "error-record-invalid"),
    ),
    "dnsomatic": Shape(always={"wildcard": "NOCHG", "mx": "NOCHG", "backmx": "NOCHG"}),
    "do_de": Shape(path="/", nohost=(400, "numhost")),
    "domeneshop": Shape(
        path="/v0/dyndns/update", good=(204, ""), same=None, badauth=(401, ""), nohost=(404, "")
    ),
    "dyn": Shape(path="/v3/update"),
    "dyndns2": Shape(together=True),
    "dynu": Shape(six="myipv6", alone=(("myip", "no"), ("myipv6", "no"))),
    "dynv6": Shape(
        path="/api/update",
        host="zone",
        four="ipv4",
        six="ipv6",
        login=("", "token"),
        user="",
        good=(200, "addresses updated\n"),
        same=(200, "addresses unchanged\n"),
        badauth=(401, "invalid authentication token\n"),
        nohost=(404, "zone not found\n"),
    ),
    "easydns_dyndns": Shape(
        path="/dyn/generic.php",
        good=(200, "<html><body>NO_ERROR</body></html>"),
        same=None,
        badauth=_EASY_LOGIN,
        nohost=None,
    ),
    "eurodns": Shape(path="/update/"),
    "freemyip": Shape(
        path="/update",
        host="domain",
        login=("", "token"),
        user="",
        good=(200, "OK\n"),
        same=None,
        badauth=(200, "ERROR\n"),
        nohost=None,
    ),
    "goip": Shape(
        path="/setip",
        host="subdomain",
        four="ip",
        six="ip6",
        login=("username", "password"),
        always={"shortResponse": "true"},
        good=(200, "home.goip.de ({ip})"),
        same=None,
        badauth=(200, "Zugriff verweigert"),
        nohost=None,
    ),
    "he": Shape(user="{host}"),
    "hosting_de": _PLAIN,
    "infomaniak_dyndns": Shape(
        good=(200, "successfully_changed {ip}"),
        same=(200, "no_change {ip}"),
        badauth=(400, "badauth"),
        nohost=(400, "nohost"),
    ),
    "inwx_dyndns": Shape(six="myipv6"),
    "ipv64": Shape(host="domain", four="ip", six="ip6", user="{host}"),
    "itsdns": Shape(path="/update.php"),
    "joker": _PLAIN,
    "loopia_dyndns": Shape(path="/", nohost=(200, "[200 OK] nohost")),
    "moniker": _KEY_SYSTEMS,
    "myaddr": Shape(
        path="/update",
        host="",
        four="ip",
        six="ip",
        login=("", "key"),
        form=True,
        user="",
        good=(200, "OK\n"),
        same=None,
        badauth=(404, "key not found\n"),
        nohost=None,
    ),
    "myonlineportal": Shape(path="/updateddns", four="ip", six="ip6"),
    "njalla_dyndns": Shape(
        path="/update/",
        host="h",
        four="a",
        six="aaaa",
        login=("", "k"),
        user="",
        good=(200, '{"status": 200, "message": "record updated", "value": {"A": "{ip}"}}'),
        same=None,
        badauth=(401, '{"status": 401, "message": "invalid host or key"}'),
        nohost=None,
    ),
    "noip": Shape(together=True),
    "nowdns": Shape(path="/update", badauth=(400, "badauth"), nohost=(400, "nohost")),
    "nsupdate": Shape(user="{host}"),
    "ovh_dynhost": Shape(always={"system": "dyndns"}),
    "regfish": Shape(
        path="/",
        host="fqdn",
        four="ipv4",
        six="ipv6",
        login=("", "token"),
        form=True,
        always={"forcehost": "1", "authtype": "secure"},
        user="",
        good=(200, "success|100|update succeeded!"),
        same=(200, "success|101|already up-to-date!"),
        badauth=(200, "error|401|authentication failed!"),
        nohost=(200, "error|412|fqdn"),
    ),
    "schokokeks": _PLAIN,
    "selfhost": Shape(same=(204, ""), badauth=(401, ""), nohost=(409, "")),
    "servercow": Shape(
        path="/dnsupdate/update.php",
        four="ipaddr",
        six="ip6addr",
        login=("username", "pass"),
        good=(200, "OKv4"),
        same=None,
        badauth=(200, "FAILED - Authentication failed"),
        nohost=None,
    ),
    "simply": Shape(path="/2/ddns/"),
    "spdyn": Shape(nohost=(200, "fatal")),
    "strato": Shape(together=True),
    "udmedia": _PLAIN,
    "variomedia": Shape(together=True),
    "zoneedit": Shape(
        path="/dyn/generic.php",
        good=(200, '<SUCCESS CODE="200" TEXT="home updated to {ip}" ZONE="example.com">'),
        same=(200, '<SUCCESS CODE="201" TEXT="No records need updating." ZONE="example.com">'),
        badauth=(200, '<ERROR CODE="708" TEXT="Failed Login: ann" ZONE="">'),
        nohost=(200, '<ERROR CODE="701" TEXT="Zone is not set up in this account.">'),
    ),
}
ANY_STYLE = Shape(six="myipv6", together=True)


class FakeDyndns2(FakeService):
    """`hosts` maps each host to its addresses by version. `logins` are (user, password).

    Without a `shape` it takes two addresses in either style of the family. An update that changes
    nothing is counted in `nochg`: this family bans for those. With `clears` it empties a family
    that is not mentioned, as deSEC does (desec.readthedocs.io, "IP update").
    """

    def __init__(self, *hosts: str, logins: set[tuple[str, str]], shape: Shape = ANY_STYLE) -> None:
        super().__init__()
        self.hosts: dict[str, dict[int, str]] = {host: {} for host in hosts}
        self.logins = logins
        self.shape = shape
        self.queries: list[dict[str, str]] = []
        self.nochg = 0
        self.clears = False
        self.says = ""  # a word to answer to every valid login

    async def answer(self, request: web.Request) -> web.Response:
        shape = self.shape
        query = dict(await self._parameters(request))
        self.queries.append(dict(query))
        self.expect(request.path == shape.path, f"path {request.path}")
        self.expect("/" in request.headers.get("User-Agent", ""), "a User-Agent without version")
        if self._who(request.headers.get("Authorization", ""), query) not in self.logins:
            return _say(shape.badauth)
        if self.says:
            return web.Response(text=self.says)
        name = query.pop(shape.host, "") if shape.host else next(iter(self.hosts))
        host = self.hosts.get(name)
        if host is None:
            return _say(shape.nohost or shape.badauth)
        for key, value in shape.always.items():
            self.expect(query.pop(key, None) == value, f"{key} is not {value}")
        wanted = self._wanted(query)
        self.expect(not query, f"nobody asked for {sorted(query)}")
        self.expect(bool(wanted), "no address at all: the caller's own would be taken")
        echo = ",".join(wanted.values())
        if all(host.get(version) == word for version, word in wanted.items()):
            self.nochg += 1
            return _say(shape.same or shape.good, echo)
        host |= wanted
        return _say(shape.good, echo)

    async def _parameters(self, request: web.Request) -> list[tuple[str, str]]:
        form = parse_qsl(await request.text(), keep_blank_values=True)
        line = parse_qsl(request.query_string, keep_blank_values=True)
        method, pairs, other = ("POST", form, line) if self.shape.form else ("GET", line, form)
        self.expect(request.method == method, f"method {request.method}")
        self.expect(not other, "parameters where none belong")
        self.expect(len(dict(pairs)) == len(pairs), "a parameter given twice")
        return pairs

    def _who(self, authorization: str, query: dict[str, str]) -> tuple[str, str]:
        if self.shape.login:
            self.expect(not authorization, "credentials where none belong")
            user, password = (query.pop(name, "") if name else "" for name in self.shape.login)
            return user, password
        scheme, _, pair = authorization.partition(" ")
        if scheme != "Basic":
            return "", ""
        user, _, password = base64.b64decode(pair).decode().partition(":")
        return user, password

    def _wanted(self, query: dict[str, str]) -> dict[int, str]:
        """The addresses that it was told, by version; what was said of the others is taken out."""
        shape = self.shape
        wanted: dict[int, str] = {}
        for name in dict.fromkeys((shape.four, shape.six)):
            words = query.pop(name, "").split(",")
            self.expect(len(words) == 1 or shape.together, "several addresses in one parameter")
            for word in words:
                if word in ("", "no", "preserve"):
                    continue
                version = ip_address(word).version
                right = name == (shape.four if version == 4 else shape.six)
                self.expect(right or shape is ANY_STYLE, f"{word} in {name}")
                wanted[version] = word
        self._left_alone(query, wanted)
        return wanted

    def _left_alone(self, query: dict[str, str], wanted: dict[int, str]) -> None:
        said = [word for word in self.queries[-1].values() if word in ("no", "preserve")]
        if self.clears and "preserve" not in said:
            (host,) = self.hosts.values()
            for version in set(host) - set(wanted):
                del host[version]
        for version, pair in zip((4, 6), self.shape.alone or (), strict=False):
            if version not in wanted:
                self.expect(pair in self.queries[-1].items(), f"{pair[0]} is not {pair[1]}")
                query.pop(pair[0], None)


def _say(says: Says, echo: str = "") -> web.Response:
    status, text = says
    return web.Response(status=status, text=text.replace("{ip}", echo))
