#!/usr/bin/env bash
# Opens HTML reports in a headless Chromium: no request, no message on the console, both languages, keyboard, paper, the
# rules of accessibility, and screenshots at three widths. Needs Node, npm and Chromium; CHROMIUM names another browser.
# Screenshots, PDFs and a summary are in TARGET/browser/out. Leaves with 3 when something that it needs is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

target="${CARGO_TARGET_DIR:-target}"
export CHROMIUM="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
for tool in node npm "$CHROMIUM"; do
    command -v "${tool:-chromium}" >/dev/null || { echo "browser test: ${tool:-chromium} is missing" >&2; exit 3; }
done

rm -rf "$target/tmp/html-reports"
cargo test --release --quiet --test html

tools="$target/browser"
mkdir -p "$tools"
cp tests/browser/package.json tests/browser/package-lock.json "$tools/"
npm ci --prefix "$tools" --no-audit --no-fund --silent || { echo "browser test: npm cannot fetch its packages" >&2; exit 3; }

node tests/browser/report.mjs "$tools" "$tools/out" "$target"/tmp/html-reports/*.html
