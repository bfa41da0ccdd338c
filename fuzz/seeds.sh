#!/bin/bash
# Seeds of every target out of the project's fixtures, and of ../shared where it lies beside the repository.
set -eu
cd "$(dirname "$0")"
for target in junit_xml other_xml json json_lines logs containers sniff fragment; do
  mkdir -p "corpus/$target"
done
put() { cp "$2" "corpus/$1/$(sha1sum < "$2" | cut -c1-16)"; }
find ../fixtures ../public/demo ../../shared/artifacts/hostile -type f -size -64k 2>/dev/null | while read -r file; do
  head=$(head -c 400 "$file" | tr -d '\0' | sed 's/^\xef\xbb\xbf//' | tr -d '[:space:]' | head -c 1)
  if head -c 4 "$file" | grep -qaP '^(PK|\x1f\x8b|\x28\xb5|BZh|\xfd7z)'; then target=containers
  elif [ "$head" = "<" ]; then if grep -qa '<testsuite' "$file"; then target=junit_xml; else target=other_xml; fi
  elif [ "$head" = "{" ] || [ "$head" = "[" ]; then if [ "$(grep -ac '^{' "$file")" -gt 1 ]; then target=json_lines; else target=json; fi
  else target=logs; fi
  put "$target" "$file"
  head -c 600 "$file" > corpus/sniff/"$(echo "$file" | sha1sum | cut -c1-16)"
done
printf '#/tests?src=a.xml&src=b.xml&q=outcome:failed&test=a%%3A%%3Ab&from=1.5&to=3&run=r&sort=name' > corpus/fragment/tests
printf '#/speedup?workers=16&mode=lpt&later=kept' > corpus/fragment/speedup
for target in corpus/*; do echo "$(ls "$target" | wc -l) $target"; done
