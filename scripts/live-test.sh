#!/usr/bin/env bash
# Captures as they happen, as root: hosts in network namespaces, a call between two browsers, floods, full disks.
# Installs the programs that the hosts run where apt-get can; CHROMIUM names another browser. Removes its namespaces
# however it ends. Leaves with 3 when something that it needs cannot be had, and says what.
#
#   scripts/live-test.sh [NAME...]     only the tests whose names hold NAME
set -euo pipefail
cd "$(dirname "$0")/.."

cannot() {
    echo "live test: $*" >&2
    exit 3
}

[ "$(uname -s)" = Linux ] || cannot "network namespaces are of Linux"
[ "$(id -u)" = 0 ] || cannot "root is needed to make network namespaces"

# Program and Debian package.
needs="ip:iproute2 sysctl:procps ethtool:ethtool ping:iputils-ping setpriv:util-linux chrt:util-linux setcap:libcap2-bin strace:strace
gdb:gdb tcpdump:tcpdump tcpreplay:tcpreplay turnserver:coturn openssl:openssl python3:python3"
[ -n "${CHROMIUM:-}" ] || needs="$needs chromium:chromium"

missing() {
    for need in $needs; do
        command -v "${need%%:*}" >/dev/null || echo "${need#*:}"
    done
}

packages="$(missing)"
if [ -n "$packages" ] && command -v apt-get >/dev/null; then
    echo "live test: installing" $packages
    apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $packages >/dev/null || true
fi
packages="$(missing)"
[ -z "$packages" ] || cannot "missing:" $packages

# Namespaces, and cables between them.
mark="meetscope-$$"
clean_up() {
    local space pids
    for space in $(ip netns list 2>/dev/null | awk '{ print $1 }' | grep "^$mark-" || true); do
        pids="$(ip netns pids "$space" || true)"
        [ -z "$pids" ] || kill -KILL $pids 2>/dev/null || true
        ip netns delete "$space" || true
        rm -rf "/etc/netns/$space"
    done
    rm -rf "${TMPDIR:-/tmp}/$mark-"*
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
ip netns add "$mark-try" && ip -n "$mark-try" link add eth0 type veth peer name eth1 ||
    cannot "this kernel makes no network namespaces or no virtual cables here"

MEETSCOPE_LIVE="$$" cargo test --release --test live -- "$@"
