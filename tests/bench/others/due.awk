# Due times with awk: two binary searches for each row. Awk reads no times, so that it counts days itself.
#
#   awk -f due.awk WINDOWS INCIDENTS    (see tests/bench/floor.c for both)

function days_until(year, month, day) {
  if (month <= 2) {
    year--
    month += 12
  }
  return 365 * year + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * (month - 3) + 2) / 5) + day - 719469
}

function seconds_in(time,   days) {
  days = days_until(substr(time, 1, 4) + 0, substr(time, 6, 2) + 0, substr(time, 9, 2) + 0)
  return days * 86400 + substr(time, 12, 2) * 3600 + substr(time, 15, 2) * 60 + substr(time, 18, 2)
}

# The last item of the list, in order, that is below the limit.
function last_below(list, limit,   low, high, middle) {
  low = 1
  high = windows + 1
  while (high - low > 1) {
    middle = int((low + high) / 2)
    if (list[middle] < limit) low = middle; else high = middle
  }
  return low
}

BEGIN {
  FS = ","
  year = 1970
  within["P1"] = 4 * 3600
  within["P2"] = 8 * 3600
  within["P3"] = 24 * 3600
}

# The date and the offset of each window are written once: a due time has those of its window.
NR == FNR {
  windows++
  open[windows] = $1
  close_at[windows] = $2
  sum[windows] = $3
  begin[windows] = ($1 + $4) % 86400
  days = int(($1 + $4) / 86400)
  while (days >= days_until(year + 1, 1, 1)) year++
  for (month = 1; month < 12 && days >= days_until(year, month + 1, 1);) month++
  date[windows] = sprintf("%04d-%02d-%02d", year, month, days - days_until(year, month, 1) + 1)
  offset[windows] = sprintf("+%02d:%02d", int($4 / 3600), int($4 % 3600 / 60))
  next
}

FNR > 1 {
  at = seconds_in($3)
  w = last_below(open, at + 1)
  due = sum[w] + (at < close_at[w] ? at : close_at[w]) - open[w] + within[$2]
  w = last_below(sum, due)
  due += begin[w] - sum[w]
  printf "%s,%sT%02d:%02d:%02d%s\n", $0, date[w], int(due / 3600), int(due % 3600 / 60), due % 60, offset[w]
}
