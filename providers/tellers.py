"""Services that are told an address by one call, and answer in words of their own: a row each."""

from __future__ import annotations

from dataclasses import replace

from providers.engine.dyndns2 import Service, provider
from providers.engine.outcome import Cause
from providers.engine.own_words import Words
from providers.engine.spec import Field

_WRONG_LOGIN = "does not accept the user name or the password; correct them in the configuration"
_WRONG_KEY = "does not accept the token or the name; compare both with its page"
_NO_HOST = "does not know this host in this account; create it there first"
_NO_NAME = "does not take this for a complete host name; write the record's name in full"
_SOON = "was called too soon again; it is left alone for a while"
_OFF = "has dynamic DNS switched off for this name; switch it on in its control panel"
_NO_ADDRESS = "does not take this for an address"
_EACH_ITS_OWN = "Each name has a key of its own, so each name is an account of its own here."


_KEY_SYSTEMS = Service(
    id="dd24",
    title="domaindiscount24",
    url="https://dynamicdns.key-systems.net/update.php",
    docs="https://support.domaindiscount24.com/hc/en-gb/articles/4409759444625-Dynamic-DNS",
    key_help="The password of this host, set on the domain's DynamicDNS page.",
    login=("", "password"),
    families=("A",),
    addresses=("ip", "ip"),
    words=Words(
        changed=("*code = 200", "*code = 200 *"),
        refused=(
            ("*abuse prevention triggered*", Cause.RATE_LIMITED, _SOON, 1800.0),
            ("*invalid password*", Cause.CREDENTIALS, _WRONG_KEY),
            ("*authorization failed*", Cause.NOT_FOUND, _NO_HOST),
        ),
    ),
    every=1800.0,  # the next update is refused for 30 minutes
    burst=1,
    notes=(_EACH_ITS_OWN, "After an update the next one is refused for 30 minutes."),
)

_EASY = Service(
    id="easydns_dyndns",
    title="easyDNS DynDNS",
    url="https://api.cp.easydns.com/dyn/generic.php",
    docs="https://kb.easydns.com/knowledge/dynamic-dns/",
    name_help="The user name of the easyDNS account.",
    key_help="The dynamic authentication token, made at the domain's Dynamic DNS page.",
    words=Words(
        changed=("noerror*", "no_error*", "*>noerror*", "*>no_error*", "ok", "ok *", "*>ok<*"),
        unchanged=("*no update required*",),
        refused=(
            (("*noaccess*", "*no_access*", "*no_auth*"), Cause.CREDENTIALS, _WRONG_LOGIN),
            (("*noservice*", "*no_service*"), Cause.BLOCKED, _OFF),
            (("*illegal input*", "*illegal_input*"), Cause.REJECTED, _NO_NAME),
            (("*toosoon*", "*too_soon*", "*too_freq*"), Cause.RATE_LIMITED, _SOON),
        ),
    ),
    every=600.0,  # ten minutes between updates
    burst=1,
    notes=("Ten minutes must pass between updates.",),
)

SERVICES = (
    Service(
        id="changeip",
        title="ChangeIP",
        url="https://nic.changeip.com/nic/update",
        docs="https://www.changeip.com/accounts/knowledgebase.php?action=displayarticle&id=34",
        name_help="The user name of the ChangeIP account.",
        key_help="The password of that account.",
        families=("A",),
        addresses=("ip", "ip"),
        words=Words(
            changed=("success*", "200 success*"),
            refused=(
                ("HTTP 422", Cause.NOT_FOUND, _NO_HOST),
                ("HTTP 402", Cause.BLOCKED, "wants its Premium DNS to be booked for this name"),
            ),
        ),
    ),
    _KEY_SYSTEMS,
    Service(
        id="ddnss",
        title="DDNSS",
        url="https://www.ddnss.de/upd.php",
        docs="https://www.ddnss.de/info.php",
        name_help="The user name of the DDNSS account.",
        key_help="The password of that account.",
        login=("user", "pwd"),
        host="host",
        addresses=("ip", "ip6"),
        words=Words(
            changed=("*updated 1 hostname*",),
            unchanged=("*no change*",),
            refused=(
                ("*badauth*", Cause.CREDENTIALS, _WRONG_LOGIN),
                (("*nohost*", "*notfqdn*"), Cause.NOT_FOUND, _NO_HOST),
            ),
        ),
        notes=("For IPv6, the host must be one for both families there.",),
    ),
    Service(
        id="dnsmadeeasy",
        title="DNS Made Easy",
        url="https://cp.dnsmadeeasy.com/servlet/updateip",
        docs="https://dnsmadeeasy.com/technology/dynamic-dns/",
        name_help="The e-mail address of the account.",
        key_help="The password of this dynamic record, set when it was made.",
        login=("username", "password"),
        host="",
        asks=(("id", Field(key="record_id", help="The number of the dynamic record there.")),),
        families=("A",),
        addresses=("ip", "ip"),
        words=Words(
            changed=("success",),
            unchanged=("error-record-ip-same",),
            refused=(
                ("error-auth-*", Cause.BLOCKED, "has closed this account; ask its support"),
                ("error-auth", Cause.CREDENTIALS, _WRONG_LOGIN),
                ("error-record-invalid", Cause.NOT_FOUND, "has no such record; check record_id"),
                ("error-record-auth", Cause.CREDENTIALS, "keeps this record in another account"),
                ("error-system", Cause.TRANSIENT, "has trouble of its own; asked again later"),
                ("error", Cause.TRANSIENT, "has trouble of its own; it is asked again later"),
            ),
        ),
        notes=("Each record has a number of its own, so each one is an account of its own here.",),
    ),
    Service(
        id="domeneshop",
        title="Domeneshop",
        url="https://api.domeneshop.no/v0/dyndns/update",
        docs="https://api.domeneshop.no/docs/",
        name_help="The token, made under API at domene.shop's control panel.",
        key_help="The secret that was made with the token.",
        words=Words(
            changed=("HTTP 204",),
            refused=(("HTTP 404", Cause.NOT_FOUND, _NO_HOST),),
        ),
    ),
    Service(
        id="dynv6",
        title="Dynv6",
        url="https://dynv6.com/api/update",
        docs="https://dynv6.com/docs/apis",
        key_help="An HTTP token for this zone, from Keys at dynv6.com.",
        login=("", "token"),
        host="zone",
        style="apart",
        addresses=("ipv4", "ipv6"),
        words=Words(
            changed=("addresses updated",),
            unchanged=("addresses unchanged",),
            refused=(
                ("HTTP 401", Cause.CREDENTIALS, _WRONG_KEY),
                ("HTTP 404", Cause.NOT_FOUND, "has no such zone; names below it need dynv6_api"),
            ),
        ),
        notes=("It sets the zone itself, such as home.dynv6.net; names below need dynv6_api.",),
    ),
    _EASY,
    Service(
        id="freemyip",
        title="Freemyip",
        url="https://freemyip.com/update",
        docs="https://freemyip.com/help",
        key_help="The token of this host, in the link that was shown when it was claimed.",
        login=("", "token"),
        host="domain",
        families=("A",),
        words=Words(
            changed=("ok", "ok *"),
            refused=(("error*", Cause.CREDENTIALS, f"refused without a reason: {_WRONG_KEY}"),),
        ),
        notes=(_EACH_ITS_OWN,),
    ),
    Service(
        id="goip",
        title="GoIP",
        url="https://www.goip.de/setip",
        docs="https://www.goip.de/update-url.html",
        name_help="The user name of the GoIP account.",
        key_help="The password of that account.",
        login=("username", "password"),
        host="subdomain",
        extra=(("shortResponse", "true"),),
        addresses=("ip", "ip6"),
        words=Words(
            changed=("*.goip.de (*", "*.goip.it (*"),
            refused=(("zugriff verweigert*", Cause.CREDENTIALS, _WRONG_LOGIN),),
        ),
    ),
    replace(
        _KEY_SYSTEMS,
        id="moniker",
        title="Moniker",
        docs="https://www.moniker.com/",
    ),
    Service(
        id="myaddr",
        title="Myaddr",
        url="https://myaddr.tools/update",
        docs="https://myaddr.tools/",
        key_help="The key of this name, shown when it was claimed.",
        login=("", "key"),
        post=True,
        host="",
        addresses=("ip", "ip"),
        words=Words(
            changed=("ok",),
            refused=(
                ("HTTP 404", Cause.CREDENTIALS, "does not know this key; copy it anew"),
                ("HTTP 400", Cause.REJECTED, _NO_ADDRESS),
            ),
        ),
        notes=(_EACH_ITS_OWN, "A name that is not updated for 90 days ends."),
    ),
    Service(
        id="njalla_dyndns",
        title="Njalla DynDNS",
        url="https://njal.la/update/",
        docs="https://njal.la/docs/ddns/",
        key_help="The key of this dynamic record, shown beside it at njal.la.",
        login=("", "k"),
        host="h",
        style="apart",
        addresses=("a", "aaaa"),
        words=Words(
            changed=('*"record updated"*',),
            refused=(("*invalid host or key*", Cause.CREDENTIALS, _WRONG_KEY),),
        ),
        notes=(_EACH_ITS_OWN, 'The record must exist there with the type "Dynamic".'),
    ),
    Service(
        id="regfish",
        title="Regfish",
        url="https://dyndns.regfish.de/",
        docs="https://www.regfish.de/domains/dyndns/dokumentation",
        key_help="The DynDNS password of the domain, shown when DynDNS is switched on.",
        login=("", "token"),
        post=True,
        host="fqdn",
        extra=(("forcehost", "1"), ("authtype", "secure")),
        style="apart",
        addresses=("ipv4", "ipv6"),
        words=Words(
            changed=("success|100|*",),
            unchanged=("success|101|*",),
            refused=(
                (("*|401|*", "*|402|*"), Cause.CREDENTIALS, _WRONG_KEY),
                (("*|408|*", "*|409|*"), Cause.REJECTED, _NO_ADDRESS),
                ("*|412|*", Cause.NOT_FOUND, "does not know this name; switch on its DynDNS there"),
                ("*|414|*", Cause.TRANSIENT, "has trouble of its own; it is asked again later"),
            ),
        ),
    ),
    Service(
        id="servercow",
        title="Servercow",
        url="https://www.servercow.de/dnsupdate/update.php",
        docs="https://servercow.de/",
        name_help="The user name for DNS updates, from the customer area.",
        key_help="The password for DNS updates.",
        login=("username", "pass"),
        addresses=("ipaddr", "ip6addr"),
        words=Words(
            changed=("okv4*", "okv6*", "ok"),
            refused=(("failed - authentication failed*", Cause.CREDENTIALS, _WRONG_LOGIN),),
        ),
    ),
    replace(
        _EASY,
        id="zoneedit",
        title="ZoneEdit",
        url="https://api.cp.zoneedit.com/dyn/generic.php",
        docs="https://support.zoneedit.com/en/knowledgebase/article/dynamic-dns",
        name_help="The user name of the ZoneEdit account.",
        key_help="The dynamic authentication token, made at the domain's DYN records.",
        families=("A",),
        words=Words(
            changed=('*success code="200"*', '*success_code="200"*'),
            unchanged=('*success code="201"*', '*success_code="201"*', '*error code="707"*'),
            refused=(
                ('*error code="701"*', Cause.NOT_FOUND, _NO_HOST),
                ('*error code="702"*', Cause.RATE_LIMITED, _SOON),
                ("*minimum 600 seconds*", Cause.RATE_LIMITED, _SOON),
                ('*error code="704"*', Cause.REJECTED, _NO_NAME),
                ('*error code="708"*', Cause.CREDENTIALS, _WRONG_LOGIN),
                (("*failed login*", "*invalid login*"), Cause.CREDENTIALS, _WRONG_LOGIN),
                ('*error code="709"*', Cause.NOT_FOUND, _NO_HOST),
            ),
        ),
    ),
)

TELLERS = tuple(map(provider, SERVICES))
