#!/usr/bin/env python3
"""Due times with numpy: all rows at once, by binary search in the windows.

numpy.py WINDOWS INCIDENTS   (see tests/bench/floor.c for both)
"""
import sys

# This file's own folder is where python looks first, and this file is called numpy.
sys.path.pop(0)
import numpy as np  # noqa: E402

within = {"P1": 4 * 3600, "P2": 8 * 3600, "P3": 24 * 3600}
opens, closes, sums, offsets = np.loadtxt(sys.argv[1], delimiter=",", dtype=np.int64).T
with open(sys.argv[2]) as file:
    lines = file.read().split("\n")[1:-1]
rows = [line.split(",", 3) for line in lines]
opened = np.array([row[2][:-1] for row in rows], dtype="datetime64[s]").astype(np.int64)
amounts = np.array([within[row[1]] for row in rows])

window = np.searchsorted(opens, opened, side="right") - 1
due_sums = sums[window] + np.minimum(opened, closes[window]) - opens[window] + amounts
window = np.searchsorted(sums, due_sums, side="left") - 1
local = opens[window] + due_sums - sums[window] + offsets[window]
times = np.datetime_as_string(local.astype("datetime64[s]"))
suffixes = {offset: "%+03d:%02d" % (offset // 3600, offset % 3600 // 60) for offset in set(offsets.tolist())}
sys.stdout.write(
    "".join([f"{line},{time}{suffixes[offset]}\n" for line, time, offset in zip(lines, times, offsets[window].tolist())])
)
