#!/bin/sh
# Install the programs that the bench runs beside upstun: ddclient and inadyn from Debian, and
# NewFuture's ddns by pip into a folder of its own. Nothing else of this project needs them. The
# version of ddns is the one that its settings in tests/bench/programs.py were tried with.
#   sh tests/bench/install_rivals.sh FOLDER [PYTHON]
set -eu

venv=${1:?the folder for the environment of ddns, such as .venv-bench}
python=${2:-python3}

wanted=""
for tool in ddclient inadyn time; do
    [ -x "/usr/bin/$tool" ] || [ -x "/usr/sbin/$tool" ] || wanted="$wanted $tool"
done

if [ -n "$wanted" ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "needs$wanted; on Debian, as root: apt-get install --no-install-recommends$wanted" >&2
        exit 1
    fi
    # The packages' scripts would start both as daemons of this machine: refuse that.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
        trap 'rm -f "$policy"' EXIT
    fi
    echo "installing$wanted"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086  # the list is meant to be split
    apt-get install -y -qq --no-install-recommends $wanted >/dev/null
fi

if [ ! -x "$venv/bin/ddns" ]; then
    echo "installing ddns into $venv"
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip --disable-pip-version-check --quiet install ddns==4.2.0
fi
