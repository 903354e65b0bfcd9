# SPDX-License-Identifier: LGPL-2.1-or-later
"""The benchmark's figures, each beside its goal."""
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile

rows, missed = [], []


def figure(what, value, goal=None, unit="", least=False):
    met = goal is None or (value >= goal if least else value <= goal)
    rows.append({"what": what, "value": round(value, 3), "goal": goal, "unit": unit, "met": met})
    if not met:
        missed.append(what)
    bound = "" if goal is None else "%s %g" % (">=" if least else "<=", goal)
    print("%-66s %10.5g %-5s %12s %s" % (what, value, unit, bound, "" if met else "MISSED"))
    sys.stdout.flush()


def debian():
    """The goals are Debian 13's, whose libxml2 brings less along, beside those of Debian 12 where they differ."""
    with open("/etc/os-release", encoding="utf-8") as file:
        return 12 if re.search(r'^VERSION_ID="12"$', file.read(), re.M) else 13


def exponent(points, floor):
    """b of cost = floor + a * size ** b, by least squares over the points well above the floor; None if there are
    too few of those. No point costs less than the floor, which a busy moment may have raised when it was measured."""
    floor = min([floor] + [cost for _, cost in points])
    logs = [(math.log(size), math.log(cost - floor)) for size, cost in points if cost > 1.25 * floor]
    if len(logs) < 2:
        return None
    x = sum(log[0] for log in logs) / len(logs)
    y = sum(log[1] for log in logs) / len(logs)
    return sum((a - x) * (b - y) for a, b in logs) / sum((a - x) ** 2 for a, _ in logs)


def summary():
    print("%d of %d goals met%s" % (sum(1 for row in rows if row["goal"] and row["met"]),
                                    sum(1 for row in rows if row["goal"]),
                                    "; missed: " + "; ".join(missed) if missed else ""))


def instructions(source, *command, confined=True):
    """(all, those outside of ld.so); None without valgrind. A hook that confines itself would keep valgrind from
    writing what it has counted: confined=False."""
    if not shutil.which("valgrind") or not shutil.which("callgrind_annotate"):
        return None
    environment = dict(os.environ)
    if not confined:
        environment["LD_PRELOAD"] = os.environ["VP_BUILDDIR"] + "/tests/bench/.libs/unconfined.so"
    with open(source, "rb") as stdin, tempfile.NamedTemporaryFile() as out:
        subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out.name, *command],
                       stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, env=environment)
        text = subprocess.run(["callgrind_annotate", "--auto=no", "--threshold=100", "--show-percs=no",
                               out.name], capture_output=True, text=True, check=True).stdout
    total = outside = 0
    for line in text.splitlines():
        match = re.match(r"\s*([\d,]+)(?: \([^)]*\))?\s+(\S.*)", line)
        if match and "PROGRAM TOTALS" in line:
            total = int(match.group(1).replace(",", ""))
        elif match and ":" in match.group(2) and "ld-linux" not in line and "/elf/" not in line:
            outside += int(match.group(1).replace(",", ""))
    return total, outside
