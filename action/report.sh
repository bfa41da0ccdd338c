#!/usr/bin/env bash
# Writes one HTML file of all runs that are kept.
# BINARY, HISTORY, REPORT.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"

mkdir -p "$(dirname "${REPORT:?}")"
"${BINARY:?}" report -o "$REPORT" "${HISTORY:?}"
output report "$REPORT"
