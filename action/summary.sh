#!/usr/bin/env bash
# Writes the summary of the job: figures, verdict, flaky tests, link.
# BINARY, ARCHIVE, HISTORY, URL_OF_REPORT, ARTIFACT_URL, GITHUB_STEP_SUMMARY.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"

# Indented by four, a text is a text in Markdown whatever is in it; between backticks it is not.
quoted() { tr -d '\r' | cut -c1-200 | sed 's/^/    /'; }

{
  printf '### Lanescope\n\n'
  [ -z "${URL_OF_REPORT:-}" ] || printf '[Open this run](%s)\n\n' "$URL_OF_REPORT"
  [ -z "${ARTIFACT_URL:-}" ] || printf '[Download the report](%s): one HTML file, to be opened in a browser\n\n' "$ARTIFACT_URL"
  # Older commands know no Markdown. A run that cannot be read is said in the log, and ends no job.
  "${BINARY:?}" export --format markdown --max-bytes 500000 "${ARCHIVE:?}" ||
    { COLUMNS=160 "$BINARY" summary "$ARCHIVE" | quoted; } || say "no summary could be written"
  printf '\n'
  if [ -n "${HISTORY:-}" ] && [ "$(find "$HISTORY" -name '*.tar.gz' | wc -l)" -gt 1 ]; then
    printf '<details><summary>Flaky tests over the runs that are kept</summary>\n\n'
    { COLUMNS=160 "$BINARY" flaky "$HISTORY" | head -n 60 | quoted; } || say "flaky tests could not be told"
    printf '\n</details>\n'
  fi
} >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
