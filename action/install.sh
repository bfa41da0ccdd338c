#!/usr/bin/env bash
# Finds the command: the one that is named, the one that is downloaded, the one on PATH, or one that is built here.
# BINARY, DOWNLOAD, SHA256, ACTION_PATH. Says where it is as the output `binary`.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"

if [ -n "${BINARY:-}" ]; then
  binary=$BINARY
elif [ -n "${DOWNLOAD:-}" ]; then
  [ -n "${SHA256:-}" ] || fail "download needs sha256: what is run must be what was meant"
  folder=$(mktemp -d)
  curl --fail --silent --show-error --location --output "$folder/lanescope.tar.gz" -- "$DOWNLOAD"
  if command -v sha256sum >/dev/null; then sum=(sha256sum); else sum=(shasum -a 256); fi
  printf '%s  %s\n' "$SHA256" "$folder/lanescope.tar.gz" | "${sum[@]}" -c >/dev/null || fail "$DOWNLOAD is not what sha256 says"
  tar -xzf "$folder/lanescope.tar.gz" -C "$folder"
  binary=$(find "$folder" -type f -name lanescope -print -quit)
elif command -v lanescope >/dev/null; then
  binary=$(command -v lanescope)
else
  say "building the command and its page, which takes some minutes"
  (cd "${ACTION_PATH:-$here/..}" && cargo xtask build >&2)
  binary=${ACTION_PATH:-$here/..}/target/release/lanescope
fi
[ -x "$binary" ] || fail "there is no command at $binary"
say "$("$binary" --version) at $binary"
output binary "$binary"
