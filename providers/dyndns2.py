"""The dyndns2 family: one row for each service that speaks this protocol."""

from __future__ import annotations

from providers.engine.dyndns2 import Service, provider

SERVICES = (
    Service(
        id="noip",
        title="No-IP",
        url="https://dynupdate.no-ip.com/nic/update",
        docs="https://www.noip.com/integrate/request",
        name_help="The user name of the account, or better of a DDNS key made there.",
        key_help="The password of the account, or better of a DDNS key made there.",
        style="together",
        contact=True,
        notes=("A free host ends after 30 days, unless its owner confirms it by hand.",),
    ),
    Service(
        id="dyn",
        title="Dyn",
        url="https://members.dyndns.org/v3/update",
        docs="https://help.dyn.com/return-codes",
        name_help="The user name of the Dyn account.",
        key_help="The updater client key of the account, not its password.",
        families=("A",),
        notes=("Updates that change nothing count as abuse.",),
    ),
    Service(
        id="dnsomatic",
        title="DNS-O-Matic",
        url="https://updates.dnsomatic.com/nic/update",
        docs="https://www.dnsomatic.com/docs/api",
        name_help="The user name of the DNS-O-Matic or OpenDNS account.",
        key_help="The password of that account.",
        families=("A",),
        extra=(("wildcard", "NOCHG"), ("mx", "NOCHG"), ("backmx", "NOCHG")),
        burst=5,
        notes=("It passes the address on to the services that are set up there.",),
    ),
    Service(
        id="he",
        title="Hurricane Electric",
        url="https://dyn.dns.he.net/nic/update",
        docs="https://dns.he.net/docs.html",
        name_help="",
        key_help="The key of this record, made by the arrows beside it at dns.he.net.",
        notes=(
            "The record must exist there and be marked as dynamic, A and AAAA each.",
            "Each name has a key of its own, so each name is an account of its own here.",
        ),
    ),
    Service(
        id="dynu",
        title="Dynu",
        url="https://api.dynu.com/nic/update",
        docs="https://www.dynu.com/DynamicDNS/IP-Update-Protocol",
        name_help="The user name that is shown in Dynu's control panel.",
        key_help="The password of the account, or its IP update password.",
        style="apart",
        silence="no",
    ),
    Service(
        id="ovh_dynhost",
        title="OVH DynHost",
        url="https://www.ovh.com/nic/update",
        docs="https://docs.ovh.com/gb/en/domains/hosting_dynhost/",
        name_help="The DynHost identifier, such as example.com-home; not the OVH account.",
        key_help="The password given to that DynHost identifier.",
        extra=(("system", "dyndns"),),
        notes=("The DynHost record must exist in the zone.",),
    ),
    Service(
        id="dyndns2",
        title="The dyndns2 service",
        url="",
        docs="https://help.dyn.com/return-codes",
        name_help="The user name that the service gave for updates.",
        key_help="The password, key or token that the service gave for updates.",
        style="together",
        burst=5,
    ),
)

DYNDNS2 = tuple(map(provider, SERVICES))
