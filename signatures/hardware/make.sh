#!/bin/sh
# Makes vendors.txt.zst and vendors.toml anew from an npm package. Needs npm, tar and cargo.
# Usage, from the root of the repository: signatures/hardware/make.sh [VERSION DAY]
# DAY is the day on which that version was published, YYYY-MM-DD: `npm view oui-data time` lists it.
set -eu

version="${1:-2.1.9}"
day="${2:-2026-08-26}"
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# npm checks the SHA-512 that the registry states for the package.
(cd "$work" && npm pack --silent "oui-data@$version" >/dev/null)
tar -xzf "$work/oui-data-$version.tgz" -C "$work"

cd "$here/../.."
cargo run --quiet --release --example make_vendor_list -- "$work/package/index.json" "$version" "$day" signatures/hardware
ls -l signatures/hardware/vendors.txt.zst
cat signatures/hardware/vendors.toml
