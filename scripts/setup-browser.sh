#!/bin/sh
# Installs what the browser test needs besides Rust: Chromium, Node and npm. It asks for nothing that is there already.
# Debian and Ubuntu, as root or through sudo; leaves with 3 when something is missing that cannot be installed here.
set -eu

say() {
    echo "browser setup: $*" >&2
}

# A browser that runs: on some systems the package is an empty one that points elsewhere.
has_browser() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
        [ -n "$name" ] && "$name" --version >/dev/null 2>&1 && return 0
    done
    return 1
}

# The packages of the programs that are not there.
missing_packages() {
    has_browser || printf 'chromium fonts-liberation '
    command -v node >/dev/null 2>&1 || printf 'nodejs '
    command -v npm >/dev/null 2>&1 || printf 'npm '
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

missing="$(missing_packages)"
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1 || ! as_root true 2>/dev/null; then
    say "please install: $missing"
    exit 3
fi
say "installing $missing"
as_root apt-get update -qq || say "the lists of packages cannot be renewed"
# Each word is a package.
# shellcheck disable=SC2086
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null || true
missing="$(missing_packages)"
if [ -n "$missing" ]; then
    say "cannot be installed here: $missing"
    exit 3
fi
