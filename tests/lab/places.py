"""Who lives at which address and under which name in the lab.

Public-looking, for the agent refuses addresses that are not; nothing here leaves the namespaces.
"""

from __future__ import annotations

# The home.
HOME = "192.168.1.10"
HOME_MAC = "02:00:00:00:00:10"
NEIGHBOUR = "192.168.1.20"  # another device in the home, which may play the router
ROUTER = "192.168.1.1"
LAN = "192.168.1.0/24"
WAN = "81.2.69.142"
STALE = "81.2.69.141"  # what the record says before
MOVED = "81.2.69.150"  # an address to move to
WAN_GATEWAY = "81.2.69.1"
FORWARDED = 51820  # the UDP port that a case may have forwarded to the home
FENCE_PORT = 9  # discard; always let out, so that the wire-tap knows when it has seen everything

# The second line of a home that has two.
SECOND_WAN = "62.180.3.7"
SECOND_GATEWAY = "62.180.3.1"

CUSTOMERS = ("81.2.69.0/24", "62.180.3.0/24")  # the provider's, all of them

# Behind a second NAT the home router has one of these, and the outer box has `WAN`.
SHARED_WAN, SHARED_GATEWAY = "100.64.0.5", "100.64.0.1"
INNER_WAN, INNER_GATEWAY = "10.0.0.5", "10.0.0.1"
B4, AFTR = "192.0.0.2", "192.0.0.1"  # the two ends of a DS-Lite tunnel (RFC 6333 §5.7)
UPLINK = ("62.10.0.1", "62.10.0.2")  # between the Internet provider and the world

# A VPN: where its packets come out, and the numbers inside the tunnel.
VPN_EXIT = "45.83.220.10"
VPN_UPLINK = "62.10.0.5"
TUNNEL = ("10.8.0.2", "10.8.0.1")

# The world.
ROOT_SERVER = "198.41.0.4"
TLD_SERVER = "192.5.6.30"
RESOLVER = "9.9.9.9"
GOOGLE = "8.8.8.8"
CLOUDFLARE = "1.1.1.1"
GOOGLE_NS = "216.239.32.10"
DOH = "146.112.41.2"  # speaks HTTP/2 alone, as Quad9 does
CLOUDFLARE_DOH = "104.16.249.249"  # speaks HTTP/1.1
PRIMARY = "185.49.140.10"
SECONDARY = "194.0.28.10"
POWER = "46.165.10.10"
KNOT = "195.113.10.10"
TELLERS = ("158.69.10.11", "158.69.10.12")  # two dyndns2 services
STUN = ("141.101.90.1", "212.227.67.33")
ECHO = ("23.21.10.1", "34.117.59.81")
LIAR = "45.77.10.10"
STRANGER = "66.240.10.66"  # where a hostile router would like the agent to go
LIE = "66.66.66.66"  # what liars say
WORLD = (
    *(ROOT_SERVER, TLD_SERVER, RESOLVER, GOOGLE, CLOUDFLARE, GOOGLE_NS, DOH, CLOUDFLARE_DOH),
    *(PRIMARY, SECONDARY, POWER, KNOT, *TELLERS, *STUN, *ECHO, LIAR, STRANGER),
)

# The same over IPv6, in the plans that have it.
HOME6_NET = "2a01:c22:4a10:7b00"  # the home's /64
HOME6 = f"{HOME6_NET}:0:ff:fe00:10"  # what `HOME_MAC` makes of it (RFC 4291, appendix A)
MOVED6_NET = "2a01:c22:4a10:9c00"  # a /64 to move to
MOVED6 = f"{MOVED6_NET}:0:ff:fe00:10"
ULA_NET = "fd3a:5c22:4a10:1"  # the same behind NAT66 (RFC 4193)
LINE6 = ("2a01:c22:1::2", "2a01:c22:1::1")  # the router's WAN, and the provider's end
UPLINK6 = ("2a01:c22:2::1", "2a01:c22:2::2")
PRIMARY6 = "2a04:b900::10"
SECONDARY6 = "2a02:850:8::10"
STUN6 = ("2606:4700:49::1", "2a01:4f8:c17::67")
ECHO6 = ("2600:1f18:10::1", "2600:1901:0:38d7::81")
CLOUDFLARE_DOH6 = "2606:4700::6810:f9f9"
WORLD6 = (PRIMARY6, SECONDARY6, *STUN6, *ECHO6, CLOUDFLARE_DOH6)

# Names, served through a real delegation from the root.
ZONE = "example.com"
RECORD = "home.example.com"
POWER_ZONE = "example.net"
POWER_RECORD = "home.example.net"
KNOT_ZONE = "knot.test"
TELLER_NAMES = ("update.first.test", "update.second.test")
SIGNED_ZONE = "example.org"
SIGNED_RECORD = "home.example.org"
BOGUS_RECORD = "forged.example.org"  # its signature does not fit
STUN_NAMES = ("stun.first.test", "stun.second.test")
ECHO_NAMES = ("echo.first.test", "echo.second.test")
LIAR_NAME = "echo.liar.test"
LIAR_STUN_NAME = "stun.liar.test"
DOH_NAME = "doh.first.test"
CLOUDFLARE_DOH_NAME = "cloudflare-dns.com"  # what upstun asks where nothing else is configured
