#!/bin/sh
# Install the Debian servers that the tests talk to, where that is possible; elsewhere say nothing:
# each test that lacks a tool skips by itself and names it.
set -eu

tools="named:bind9 rndc:bind9-utils dig:bind9-dnsutils nsupdate:bind9-dnsutils knotd:knot
kdig:knot-dnsutils pdns_server:pdns-server sqlite3:sqlite3 turnserver:coturn
miniupnpd:miniupnpd-nftables upnpc:miniupnpc radvd:radvd nft:nftables
ip:iproute2 tcpdump:tcpdump ping:iputils-ping curl:curl sysctl:procps openssl:openssl
ddclient:ddclient perl:perl"

PATH="$PATH:/usr/sbin:/sbin"
wanted=""
for pair in $tools; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || wanted="$wanted ${pair#*:}"
done
[ -e /usr/lib/*/pdns/libgsqlite3backend.so ] || wanted="$wanted pdns-backend-sqlite3"
case "$wanted" in *miniupnpd*) wanted="$wanted miniupnpd" ;; esac

[ -n "$wanted" ] || exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || exit 0

# The packages' scripts would start daemons on the standard ports: refuse that while they install.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
fi
echo "installing test servers:$wanted"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# shellcheck disable=SC2086  # the list is meant to be split
if ! { apt-get update && apt-get install -y --no-install-recommends $wanted; } >"$log" 2>&1; then
    tail -n 5 "$log"
    echo "they could not be installed; the tests that need them will say so"
fi
rm -f "$log"
