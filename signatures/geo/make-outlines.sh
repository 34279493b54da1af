#!/bin/sh
# Makes outlines.bin anew from the data in an npm package. Needs npm, tar and cargo.
# Usage, from the root of the repository: signatures/geo/make-outlines.sh [VERSION]
set -eu

version="${1:-2.0.2}"
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# npm checks the SHA-512 that the registry states for the package.
(cd "$work" && npm pack --silent "world-atlas@$version" >/dev/null)
tar -xzf "$work/world-atlas-$version.tgz" -C "$work"

cd "$here/../.."
cargo run --quiet --release --example make_outlines -- "$work/package/countries-10m.json" "$version" signatures/geo/outlines.bin
ls -l signatures/geo/outlines.bin
echo "Now run: cargo test --lib place::outline"
