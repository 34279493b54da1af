#!/bin/sh
# Installs what the build and the tests need besides Rust: a C compiler, libpcap with its headers, pkg-config, and
# rustfmt and clippy. It asks for nothing that is there already. Debian and Ubuntu; others are told what is missing.
set -eu

packages="gcc libc6-dev libpcap-dev pkg-config ca-certificates"

say() {
    echo "setup: $*" >&2
}

# The packages that are not installed.
missing_packages() {
    for package in $packages; do
        status="$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)"
        [ "$status" = installed ] || printf '%s ' "$package"
    done
}

# Runs a command as root: directly, or through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        say "root or sudo is needed for: $*"
        exit 1
    fi
}

if command -v apt-get >/dev/null 2>&1; then
    missing="$(missing_packages)"
    if [ -n "$missing" ]; then
        say "installing $missing"
        as_root apt-get update -qq
        # Each word is a package.
        # shellcheck disable=SC2086
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing
    fi
elif ! command -v cc >/dev/null 2>&1 || ! printf '#include <pcap/pcap.h>\n' | cc -E - >/dev/null 2>&1; then
    say "this system has no apt-get: please install a C compiler and libpcap with its headers (libpcap-devel), or"
    say "leave live capture out: cargo build --release --no-default-features"
    exit 1
fi

if ! command -v cargo >/dev/null 2>&1; then
    say "Rust is missing: see https://rustup.rs (1.88 or newer)"
    exit 1
fi

# The tests check format and lints.
for tool in rustfmt clippy; do
    case "$tool" in
        rustfmt) present="$(cargo fmt --version 2>/dev/null || true)" ;;
        *) present="$(cargo clippy --version 2>/dev/null || true)" ;;
    esac
    if [ -z "$present" ] && command -v rustup >/dev/null 2>&1; then
        say "installing $tool"
        rustup component add "$tool"
    elif [ -z "$present" ]; then
        say "$tool is missing and there is no rustup to install it; cargo test will say so"
    fi
done
