# SPDX-License-Identifier: LGPL-2.1-or-later
"""The benchmark's figures, each beside its goal."""
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


def summary():
    print("%d of %d goals met%s" % (sum(1 for row in rows if row["goal"] and row["met"]),
                                    sum(1 for row in rows if row["goal"]),
                                    "; missed: " + "; ".join(missed) if missed else ""))


def instructions(source, *command):
    """(all, those outside of ld.so); None without valgrind."""
    if not shutil.which("valgrind") or not shutil.which("callgrind_annotate"):
        return None
    with open(source, "rb") as stdin, tempfile.NamedTemporaryFile() as out:
        subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out.name, *command],
                       stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
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
