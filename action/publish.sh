#!/usr/bin/env bash
# Publishes page, runs and a list of them to a branch that GitHub Pages (or any host of files) shows.
# BINARY, ARCHIVE, REMOTE, PAGES_BRANCH, FOLDER, KEEP, TOKEN, BASE_URL, RUN_ID, RUN_ATTEMPT, COMMIT, BRANCH.
#
# The branch has one commit, made anew each time: it is as large as what it shows, and forgets what was pruned.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"

number=$(run_number)
branch=${PAGES_BRANCH:-gh-pages}
folder=${FOLDER:-.}
case "/$folder/" in *"/../"*) fail "the folder lies inside the branch, not at $folder" ;; esac
base=${BASE_URL:-}
base=${base%/}

if [ -n "${TOKEN:-}" ]; then
  # In the environment, where the list of processes does not show it.
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraheader
  GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')"
  export GIT_CONFIG_VALUE_0
fi

# The list of runs, newest first.
list() {
  local site=$1 name
  cat <<'HEAD'
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Runs · Lanescope</title>
</head>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 44em; margin: 2em auto; padding: 0 1em">
<h1 style="font-size: 1.25em">Runs</h1>
HEAD
  printf '<p><a href="./#/flaky?%s">Flaky tests over all of them</a> · <a href="report.html">the run that was published last in one file</a></p>\n<ul>\n' "$(html "$(sources "$site")")"
  find "$site/runs" -name '*.tar.gz' -exec basename {} .tar.gz \; | sort -t- -k1,1nr -k2,2nr | while IFS= read -r name; do
    printf '<li><a href="./#/overview?src=runs/%s.tar.gz">%s</a></li>\n' "$name" "$name"
  done
  printf '</ul>\n</body>\n</html>\n'
}

# All runs, as keys of the fragment.
sources() {
  find "$1/runs" -name '*.tar.gz' -exec basename {} \; | sort -t- -k1,1n -k2,2n | sed 's|^|src=runs/|' | paste -sd'&' -
}

# Makes the branch as it is to be, in $work/new. Never part of a condition: bash would go on after what fails in it.
build() {
  work=$(mktemp -d)
  if git clone --quiet --depth 1 --branch "$branch" -- "${REMOTE:?}" "$work/old" 2>/dev/null; then
    old=$(git -C "$work/old" rev-parse HEAD)
  else
    mkdir -p "$work/old"
    old=
  fi
  mkdir -p "$work/new"
  # Other folders of the branch are somebody else's, and stay.
  (cd "$work/old" && tar -cf - --exclude=./.git .) | tar -xf - -C "$work/new"
  site=$work/new/$folder
  mkdir -p "$site/runs"
  # The files of an older page go; their names change with their content.
  if [ -f "$site/.lanescope-page" ]; then
    grep -Ev '(^|/)\.\.(/|$)' "$site/.lanescope-page" | while IFS= read -r name; do rm -f -- "$site/$name"; done
  fi
  "${BINARY:?}" page -o "$site" >"$work/names"
  mv "$work/names" "$site/.lanescope-page"
  cp -- "${ARCHIVE:?}" "$site/runs/$number.tar.gz"
  prune "$site/runs" "$number"
  "$BINARY" report -o "$site/report.html" "$site/runs/$number.tar.gz"
  list "$site" >"$site/runs.html"
  # GitHub Pages would leave out what begins with an underscore, and run what it takes for a template.
  touch "$work/new/.nojekyll"
  git -C "$work/new" init --quiet --initial-branch "$branch"
  git -C "$work/new" add --all
  git -C "$work/new" -c user.name=lanescope -c user.email=lanescope@localhost commit --quiet \
    --message "Publish run $number of ${COMMIT:-an unknown commit}"
}

# Who published meanwhile is not overwritten.
push() {
  git -C "$work/new" push --quiet --force-with-lease="refs/heads/$branch:$old" -- "$REMOTE" "HEAD:refs/heads/$branch"
}

for try in 1 2 3 4 5; do
  build
  push && break
  rm -rf "$work"
  [ "$try" -lt 5 ] || fail "$branch could not be pushed: may this job write contents?"
  say "somebody else published; again"
  sleep "$try"
done
if [ "$folder" = . ]; then path=; else path=/$folder; fi
output url "$base$path/#/overview?src=runs/$number.tar.gz"
output flaky "$base$path/#/flaky?$(sources "$site")"
output report "$site/report.html"
say "published: $base$path/#/overview?src=runs/$number.tar.gz"
