# What the scripts of the action share. Settings come as variables of the environment; see action.yml.
# Names of branches, files and tests are anybody's: they are quoted for where they go, and never run.

say() { printf 'lanescope: %s\n' "$*" >&2; }

fail() {
  printf '::error title=Lanescope::%s\n' "$*" >&2
  exit 2
}

# A text as JSON.
json() {
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "$(printf '%s' "$text" | tr -d '\000-\037')"
}

# A text as it may stand in HTML.
html() { printf '%s' "$1" | sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g' -e 's/"/\&quot;/g'; }

# An output of the step; such texts hold no line break.
output() {
  [ -z "${GITHUB_OUTPUT:-}" ] || printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

# The number of this run: digits, so that it is a name of a file everywhere.
run_number() {
  local number="${RUN_ID:-1}-${RUN_ATTEMPT:-1}"
  [[ $number =~ ^[0-9]+-[0-9]+$ ]] || fail "RUN_ID and RUN_ATTEMPT are numbers, not $number"
  printf '%s' "$number"
}

# Removes all but the newest KEEP runs of a folder; never the run named, which may be an old one that ran again.
prune() {
  local folder=$1 own=$2 keep=${KEEP:-40}
  [[ $keep =~ ^[1-9][0-9]*$ ]] || fail "keep is a number of runs, not $keep"
  # Numbers of runs grow; the attempts of one run stand behind it.
  find "$folder" -maxdepth 1 -name '*.tar.gz' -exec basename {} .tar.gz \; | sort -t- -k1,1nr -k2,2nr | tail -n "+$((keep + 1))" |
    while IFS= read -r old; do [ "$old" = "$own" ] || rm -f -- "$folder/$old.tar.gz"; done
}
