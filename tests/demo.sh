#!/bin/sh
#
# Shows slaclock at work on tests/data/demo.csv, incidents under the five policies in calendars: `make demo`.
#
#   tests/demo.sh PROGRAM
set -eu

program=$1
incidents=tests/data/demo.csv
now=2026-03-20T15:00:00Z

cd "$(dirname "$0")/.."
annotated=$(mktemp)
trap 'rm "$annotated"' EXIT

# shellcheck disable=SC2016 # awk's own variables
# Both need the columns by name, and fields may be quoted. No more of awk than mawk has.
csv='
  function split_csv(line, field,   n, text) {
    n = 0
    while (1) {
      if (match(line, /^"([^"]|"")*"/)) {
        text = substr(line, 2, RLENGTH - 2)
        gsub(/""/, "\"", text)
      } else {
        match(line, /^[^,]*/)
        text = substr(line, 1, RLENGTH)
      }
      field[++n] = text
      if (RLENGTH >= length(line)) return n
      line = substr(line, RLENGTH + 2)
    }
  }
  { sub(/\r$/, "") }
  NR == 1 { columns = split_csv($0, name); for (i = 1; i <= columns; i++) column[name[i]] = i; next }
  { split_csv($0, field) }
'

printf '$ slaclock annotate --path calendars --now %s %s\n\n' "$now" "$incidents"
SLACLOCK_PATH='' TZ=UTC "$program" annotate --path calendars --now "$now" "$incidents" >"$annotated"

echo 'Some of its rows, one of each policy and status of the first response:'
echo
awk "$csv"'
  function show(a, b, c, d, e, f) { printf "%-12s %-20s %-9s %-26s %-26s %s\n", a, b, c, d, e, f }
  NR == 2 { show("id", "policy", "priority", "opened_at", "first_response_due", "first_response_status") }
  {
    key = field[column["policy"]] " " field[column["first_response_status"]]
    if (seen[key]++) next
    show(field[column["id"]], field[column["policy"]], field[column["priority"]], field[column["opened_at"]],
         field[column["first_response_due"]], field[column["first_response_status"]])
  }
' "$annotated"

printf '\nHow many incidents have which status, by policy and metric:\n\n'
awk "$csv"'
  {
    for (i = 1; i <= columns; i++)
      if (name[i] ~ /_status$/ && field[i] != "") {
        metric = name[i]
        sub(/_status$/, "", metric)
        count[sprintf("%-20s %-20s %-12s", field[column["policy"]], metric, field[i])]++
      }
  }
  END { for (key in count) printf "%s %6d\n", key, count[key] }
' "$annotated" | LC_ALL=C sort

printf '\nThe manual: man ./man/slaclock.1\n'
