#!/bin/sh
#
# Shows slaclock at work on tests/data/demo.csv, incidents under the policies in calendars: `make demo`.
#
#   tests/demo.sh PROGRAM
set -eu

program=$1
incidents=tests/data/demo.csv
now=2026-11-20T12:00:00Z

cd "$(dirname "$0")/.."
annotated=$(mktemp)
trap 'rm "$annotated"' EXIT

# shellcheck disable=SC2016 # awk's own variables
# Finds columns by name; fields may be quoted. No more of awk than mawk has.
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

cat <<END
$(grep -c . "$incidents") lines of $incidents: incidents of five support policies of cart and helpdesk vendors, and of a
sample agreement over one of them. The column "policy" says which; each is a file in calendars/.

  cartnxs      best effort from 6 February 2026, with exclusions     kustomer   24/7, P1 2 h, P2 1 day, P3 3 days
  cart-power   fixed UTC+4, best effort, disputes in 2 business days   mycartpro  answers within the support window
  cart2cart    24 hours (business days) by mail, Ukrainian holidays with days carried over; insurance and other terms

\$ slaclock annotate --path calendars --now $now $incidents
END
# Two rows are wrong on purpose: they keep their place, are named on standard error, and make the exit status 65.
status=0
SLACLOCK_PATH='' TZ=UTC "$program" annotate --path calendars --now "$now" "$incidents" >"$annotated" || status=$?
echo "(exit status $status: two rows are wrong on purpose; they are named above and keep their place)"
[ "$status" -eq 65 ]

printf '\nFirst responses, one incident for each policy and status:\n\n'
awk "$csv"'
  function show(a, b, c, d, e, f) { printf "%-8s %-18s %-25s %-25s %-11s %s\n", a, b, c, d, e, f }
  function value(title) { return field[column[title]] }
  NR == 2 { show("id", "policy", "opened_at", "first_response_due", "status", "sla_note") }
  !seen[value("policy") " " value("first_response_status")]++ && value("first_response_status") != "" {
    show(value("id"), value("policy"), value("opened_at"), value("first_response_due"), value("first_response_status"),
         substr(value("sla_note"), 1, 60))
  }
' "$annotated"

printf '\nTerms that start with something else than a ticket:\n\n'
awk "$csv"'
  {
    for (i = 1; i <= columns; i++)
      if (name[i] ~ /_due$/ && name[i] !~ /^(first_response|resolution)_due$/ && field[i] != "") {
        metric = substr(name[i], 1, length(name[i]) - 4)
        printf "%-8s %-18s %-20s due %-26s %s\n", field[column["id"]], field[column["policy"]], metric, field[i],
               field[column[metric "_status"]]
      }
  }
' "$annotated"

printf '\nHow many incidents have which status, by policy and metric:\n\n'
awk "$csv"'
  BEGIN {
    names = "met missed breached at_risk running paused best_effort excluded no_policy no_target not_started error"
    statuses = split(names, status, " ")
    printf "%-18s %-18s", "policy", "metric"
    for (s = 1; s <= statuses; s++) printf " %s", status[s]
    print ""
  }
  {
    for (i = 1; i <= columns; i++)
      if (name[i] ~ /_status$/ && field[i] != "") {
        key = sprintf("%-18s %-18s", field[column["policy"]], substr(name[i], 1, length(name[i]) - 7))
        if (!(key in order)) { order[key] = ++keys; key_at[keys] = key }
        count[key, field[i]]++
      }
  }
  END {
    for (k = 1; k <= keys; k++) {
      printf "%s", key_at[k]
      for (s = 1; s <= statuses; s++) {
        n = count[key_at[k], status[s]]
        printf " %" length(status[s]) "s", n ? n : "."
      }
      print ""
    }
  }
' "$annotated"

printf '\nThe manual: man ./man/slaclock.1\n'
