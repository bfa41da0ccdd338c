#!/usr/bin/env bash
# Packs what a run left behind into one archive, with what is known of the run: $HISTORY/<run>.tar.gz.
# PATHS (one a line), HISTORY, RUN_ID, RUN_ATTEMPT, COMMIT, BRANCH, STARTED_AT, URL, KEEP.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"

number=$(run_number)
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
files=$staging/$number
mkdir -p "$files" "${HISTORY:?}"
# What is known of the run has this name, and a file of the same name among those taken another.
: >"$files/run.json"

# With its contents under its own name; a second one of that name in a folder with a number.
take() {
  local path=$1 place=$files n=2
  while [ -e "$place/$(basename "$path")" ]; do
    place=$files/$n
    n=$((n + 1))
  done
  mkdir -p "$place"
  cp -RP -- "$path" "$place/"
}

found=0
while IFS= read -r pattern; do
  [ -n "$pattern" ] || continue
  matches=0
  # The pattern is one: words are not split, and it is no command.
  while IFS= read -r path; do
    [ -e "$path" ] || continue
    take "$path"
    matches=$((matches + 1))
  done < <(compgen -G "$pattern" || true)
  [ "$matches" -gt 0 ] || say "nothing is at $pattern"
  found=$((found + matches))
done <<<"${PATHS:?}"
[ "$found" -gt 0 ] || fail "none of the paths is there: is the step before it one that downloads the artifacts?"

# Links might lead out of what was meant, and a checkout keeps its token in `.git`.
find "$files" -type l -delete
find "$files" -name .git -prune -exec rm -rf {} +
{
  printf '{'
  printf '"commit": %s, ' "$(json "${COMMIT:-}")"
  printf '"branch": %s, ' "$(json "${BRANCH:-}")"
  [ -z "${STARTED_AT:-}" ] || printf '"started_at": %s, ' "$(json "$STARTED_AT")"
  printf '"url": %s}\n' "$(json "${URL:-}")"
} >"$files/run.json"
tar -czf "$HISTORY/$number.tar.gz" -C "$staging" "$number"
prune "$HISTORY" "$number"
say "$HISTORY/$number.tar.gz: $(wc -c <"$HISTORY/$number.tar.gz") bytes"
output archive "$HISTORY/$number.tar.gz"
