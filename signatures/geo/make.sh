#!/bin/sh
# Makes country-asn.mmdb.zst and geo.toml anew from two npm packages. Needs npm, tar and cargo.
# Usage, from the root of the repository: signatures/geo/make.sh [VERSION]
set -eu

version="${1:-2.3.2026061719}"
country="geo-whois-asn-country"
asn="asn"
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

for name in "$country" "$asn"; do
    # npm checks the SHA-512 that the registry states for the package.
    (cd "$work" && npm pack --silent "@ip-location-db/$name@$version" >/dev/null)
    mkdir "$work/$name"
    tar -xzf "$work/ip-location-db-$name-$version.tgz" -C "$work/$name"
    found="$(sed -n 's/.*"version": "\([^"]*\)".*/\1/p' "$work/$name/package/package.json")"
    if [ "$found" != "$version" ]; then
        echo "make.sh: @ip-location-db/$name is version $found, not $version" >&2
        exit 1
    fi
done

cd "$here/../.."
cargo run --quiet --example make_geo_db -- "$work/$country/package" "$work/$asn/package" signatures/geo
ls -l signatures/geo/country-asn.mmdb.zst
cat signatures/geo/geo.toml
