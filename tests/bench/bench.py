#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the hook costs, beside an empty program, its libraries alone, and what others use for the same.

Prints each figure beside its goal, and writes bench.json and bench.svg to the directory given. Times are
medians of runs by turns (spawn.c); ratios of one run tell, times of two machines do not. Runs in the
private world of tests/bench/bench.
"""
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["VP_SRCDIR"], "tests", "lib"))
from hook import HOOK, IMAGE, IMAGES, NS, UUID, domain, f, work  # noqa: E402

BUILT = os.path.join(os.environ["VP_BUILDDIR"], "tests", "bench")
DATA = os.path.join(os.environ["VP_SRCDIR"], "tests", "data", "hook")
FILES = os.environ["VP_SYSCONFDIR"] + "/virt-payload/files"
ROUNDS = int(os.environ.get("VP_BENCH_ROUNDS", "300"))
EMPTY, LIBS = [BUILT + "/empty"], [BUILT + "/libraries"]
PREPARE = [HOOK, "web1", "prepare", "begin", "-"]
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUcYcFfAQ4aQ0n1h9gE6rFQm6m1cPzJc7m5oJq2b8yX me@laptop"

rows, missed = [], []


def write(name, content):
    path = os.path.join(work, name)
    with open(path, "wb") as file:
        file.write(content)
    return path


def measure(source, *commands, rounds=ROUNDS):
    """For each command: microseconds, page faults, peak KiB."""
    line = [BUILT + "/spawn", str(rounds), source]
    for i, command in enumerate(commands):
        line += (["--"] if i else []) + command
    out = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    costs = [[float(word) for word in text.split()] for text in out.splitlines()]
    for command, cost in zip(commands, costs):
        if cost[3]:
            sys.exit("%s failed %d times" % (command, cost[3]))
    return costs


def figure(what, value, goal=None, unit="", least=False):
    met = goal is None or (value >= goal if least else value <= goal)
    rows.append({"what": what, "value": round(value, 3), "goal": goal, "unit": unit, "met": met})
    if not met:
        missed.append(what)
    bound = "" if goal is None else "%s %g" % (">=" if least else "<=", goal)
    print("%-66s %10.5g %-5s %12s %s" % (what, value, unit, bound, "" if met else "MISSED"))
    sys.stdout.flush()


def instructions(source, *command):
    """(all, those outside of ld.so); None without valgrind."""
    if not shutil.which("valgrind") or not shutil.which("callgrind_annotate"):
        return None
    out = os.path.join(work, "callgrind")
    with open(source, "rb") as stdin:
        subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, *command],
                       stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    text = subprocess.run(["callgrind_annotate", "--auto=no", "--threshold=100", "--show-percs=no", out],
                          capture_output=True, text=True, check=True).stdout
    total = outside = 0
    for line in text.splitlines():
        match = re.match(r"\s*([\d,]+)(?: \([^)]*\))?\s+(\S.*)", line)
        if match and "PROGRAM TOTALS" in line:
            total = int(match.group(1).replace(",", ""))
        elif match and ":" in match.group(2) and "ld-linux" not in line and "/elf/" not in line:
            outside += int(match.group(1).replace(",", ""))
    return total, outside


def not_ours(definition):
    return definition.replace(NS.encode(), b"urn:another:1")


TEN = domain(
    f("hostname", "web1.example.com") + f("timezone", "Europe/Vienna") + f("locale", "de_AT.UTF-8")
    + f("user", f("ssh-key", KEY), 'name="root"') + f("ssh-password-auth", "no") + f("disable-root", "no")
    + f("package", "vim") + f("run-cmd", "touch /var/tmp/ready") + f("meta", "web", 'key="role"')
    + f("final-message", "ready"))


def peers(files):
    """Commands that make an image of the same files, where they are installed."""
    tree = os.path.join(work, "tree")
    for path, content in files.items():
        os.makedirs(os.path.dirname(os.path.join(tree, path)), exist_ok=True)
        write(os.path.join("tree", path), content)
    found = {}
    if shutil.which("genisoimage"):
        found["genisoimage"] = ["genisoimage", "-quiet", "-J", "-R", "-V", "config-2", "-o",
                                IMAGES + "/peer.iso", tree]
    if shutil.which("xorrisofs"):
        found["xorrisofs"] = ["xorrisofs", "-quiet", "-J", "-R", "-V", "config-2", "-o",
                              IMAGES + "/peer2.iso", tree]
    if shutil.which("cloud-localds"):
        found["cloud-localds"] = ["cloud-localds", IMAGES + "/peer3.iso",
                                  os.path.join(tree, "openstack/latest/user_data")]
    return found


def no_op():
    with open(DATA + "/prepare.xml", "rb") as file:
        source = write("other", not_ours(file.read()))
    empty, prepare, stopped = measure(source, EMPTY, PREPARE, [HOOK, "web1", "stopped", "end", "-"],
                                      rounds=ROUNDS * 4)
    print("an empty program: %.0f us, %d page faults" % (empty[0], empty[1]))
    figure("no-op: prepare of a guest that is not ours, x empty", prepare[0] / empty[0], 1.05)
    figure("no-op: an operation that is not ours, x empty", stopped[0] / empty[0], 1.05)
    figure("no-op: page faults more than the empty program", prepare[1] - empty[1])
    figure("no-op: peak memory (an empty program: %d)" % empty[2], prepare[2], 1536, "KiB")
    counted = instructions(source, *PREPARE)
    if counted:
        figure("no-op: instructions more than the empty program",
               counted[0] - instructions(source, *EMPTY)[0], 20000)


def prepare():
    source = write("ten", TEN)
    others = peers({"openstack/latest/meta_data.json": b"{}", "openstack/latest/user_data": b"x" * 300,
                    "openstack/latest/vendor_data.json": b"{}"})
    costs = measure(source, EMPTY, LIBS, PREPARE)
    empty, libraries, hook = costs
    figure("prepare of ten fields, x empty", hook[0] / empty[0])
    figure("prepare of ten fields, x its libraries alone", hook[0] / libraries[0], 1.15)
    figure("prepare of ten fields", hook[0] / 1000, None, "ms")
    figure("prepare: peak memory", hook[2], 6 * 1024, "KiB")
    for name, command in others.items():
        again, peer = measure(source, PREPARE, command, rounds=ROUNDS // 10 if name != "genisoimage" else ROUNDS)
        figure("prepare of ten fields, x %s alone" % name, again[0] / peer[0],
               0.6 if name == "genisoimage" else None)
    counted = instructions(source, *PREPARE)
    if counted:
        figure("prepare: instructions outside ld.so", counted[1] / 1e6, 1.3, "M")
    small = write("small", domain(f("user-data", "#!/bin/sh\n") + f("vendor-data", "#cloud-config\n{}\n")))
    measure(small, PREPARE, rounds=1)
    figure("image of three small files", os.path.getsize(IMAGE), 67584, "bytes")


def large():
    os.makedirs(FILES, exist_ok=True)
    big = os.path.join(FILES, "big")
    with open(big, "wb") as file:
        file.write(os.urandom(1 << 20) * 16)
    source = write("src", domain(f("file", "", 'path="big" src="big"')))
    hook, copy, libraries = measure(source, PREPARE, ["cp", big, IMAGES + "/copy"], LIBS, rounds=30)
    figure("16 MiB by src, x cp of it", hook[0] / copy[0], 1.1)
    figure("16 MiB by src without loading libraries, x cp of it", (hook[0] - libraries[0]) / copy[0])
    figure("16 MiB by src: peak memory", hook[2], 6 * 1024, "KiB")
    text = ("x" * 79 + "\n") * ((1 << 20) // 80)
    source = write("inline", domain(f("user-data", "#!/bin/sh\n" + text)))
    for name, command in peers({"openstack/latest/user_data": text.encode()}).items():
        if name == "genisoimage":
            hook, peer = measure(source, PREPARE, command, rounds=ROUNDS // 5)
            figure("1 MiB inline, x genisoimage of it", hook[0] / peer[0], 2)


def growth():
    curves = {}

    def curve(name, sizes, make, rounds=20):
        curves[name] = []
        for size in sizes:
            cost = measure(write("growth", make(size)), PREPARE, rounds=rounds)[0]
            curves[name].append([size, cost[0] / 1000, cost[2]])
        first, last = curves[name][0], curves[name][-1]
        print("%-66s %s" % (name, "  ".join("%g: %.2f ms" % (x, ms) for x, ms, _ in curves[name])))
        return first, last

    curve("user-data inline, KiB", [1, 4, 16, 64, 256, 1024, 3072],
          lambda kib: domain(f("user-data", "#!/bin/sh\n" + ("x" * 63 + "\n") * 16 * kib)))

    def by_src(kib):
        with open(os.path.join(FILES, "growth"), "wb") as file:
            file.write(b"x" * (kib << 10))
        return domain(f("user-data", "", 'src="growth"'))

    curve("user-data by src, KiB", [1, 4, 16, 64, 256, 1024, 4096, 16384], by_src)
    curve("run-cmd elements", [1, 10, 100, 1000, 10000],
          lambda n: domain("".join(f("run-cmd", "echo %d" % i) for i in range(n))))

    def among(n):
        have = len(os.listdir(IMAGES))
        for i in range(have, n):
            with open(os.path.join(IMAGES, "%08x-0000-4000-8000-000000000000.img" % i), "wb") as file:
                file.truncate(65536)
        return TEN

    first, last = curve("guests that run", [1, 10, 100, 1000], among, rounds=100)
    figure("start beside 1,000 guests, x beside one", last[1] / first[1], 1.1)
    return curves


def two_cores():
    source = write("ten", TEN)
    line = [BUILT + "/spawn", "200", source, *PREPARE]
    # other guests, so that neither waits for the other's image
    other = write("other-ten", TEN.replace(UUID.encode(), b"11111111-0000-4000-8000-000000000000"))
    second = [BUILT + "/spawn", "200", other, *PREPARE]
    alone = float(subprocess.run(line, capture_output=True, text=True, check=True).stdout.split()[0])
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in (line, second)]
    both = max(float(process.communicate()[0].split()[0]) for process in running)
    figure("two at once, x one at a time (%d processors)" % os.cpu_count(), 2 * alone / both,
           1.8 if os.cpu_count() > 1 else None, least=True)


def plot(curves, path):
    """Both axes logarithmic: what is linear rises by one for one, what is flat stays flat."""
    import math
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" width="720" height="%d" font-family="sans-serif" '
             'font-size="12">' % (len(curves) * 190 + 10), '<rect width="100%" height="100%" fill="white"/>']
    for n, (name, points) in enumerate(curves.items()):
        top = n * 190 + 30
        xs = [math.log10(x) for x, _, _ in points]
        ys = [math.log10(ms) for _, ms, _ in points]
        low, high = math.floor(min(ys)), max(math.ceil(max(ys)), math.floor(min(ys)) + 1)
        at = [(70 + (x - xs[0]) / (xs[-1] - xs[0]) * 600, top + 130 - (y - low) / (high - low) * 120)
              for x, y in zip(xs, ys)]
        parts.append('<text x="70" y="%d">prepare in ms by %s</text>' % (top - 8, name))
        for tick in range(low, high + 1):
            y = top + 130 - (tick - low) / (high - low) * 120
            parts.append('<line x1="70" x2="670" y1="%.1f" y2="%.1f" stroke="#ddd"/>'
                         '<text x="62" y="%.1f" text-anchor="end">%g</text>' % (y, y, y + 4, 10.0 ** tick))
        for (x, _), (size, _, _) in zip(at, points):
            parts.append('<text x="%.1f" y="%d" text-anchor="middle">%g</text>' % (x, top + 148, size))
        parts.append('<polyline fill="none" stroke="#06c" stroke-width="2" points="%s"/>' %
                     " ".join("%.1f,%.1f" % point for point in at))
        parts += ['<circle cx="%.1f" cy="%.1f" r="3" fill="#06c"/>' % point for point in at]
    parts.append("</svg>\n")
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(parts))


def main():
    target = sys.argv[1]
    os.makedirs(IMAGES, mode=0o711, exist_ok=True)
    no_op()
    prepare()
    large()
    two_cores()
    shutil.rmtree(IMAGES)
    curves = growth()
    with open(os.path.join(target, "bench.json"), "w", encoding="ascii") as file:
        json.dump({"figures": rows, "curves": curves}, file, indent=1)
    plot(curves, os.path.join(target, "bench.svg"))
    shutil.rmtree(work)
    print("%d of %d goals met%s" % (sum(1 for row in rows if row["goal"] and row["met"]),
                                    sum(1 for row in rows if row["goal"]),
                                    "; missed: " + "; ".join(missed) if missed else ""))


main()
