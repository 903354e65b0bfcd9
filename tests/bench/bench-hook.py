#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the hook costs, beside an empty program, its libraries alone, and what others use for the same.

Prints each figure beside its goal, and writes hook.json and hook.svg to the directory given. Times are
medians of runs by turns (spawn.c); ratios of one run tell, times of two machines do not. Runs in the
private world of tests/bench/bench.
"""
import json
import os
import shutil
import subprocess
import sys

import plot
from figures import debian, exponent, figure, instructions, rows, summary

sys.path.insert(0, os.path.join(os.environ["VP_SRCDIR"], "tests", "lib"))
from hook import HOOK, IMAGE, IMAGES, NS, UUID, domain, f, work  # noqa: E402

BUILT = os.path.join(os.environ["VP_BUILDDIR"], "tests", "bench")
DATA = os.path.join(os.environ["VP_SRCDIR"], "tests", "data", "hook")
FILES = os.environ["VP_SYSCONFDIR"] + "/virt-payload/files"
ROUNDS = int(os.environ.get("VP_BENCH_ROUNDS", "300"))
EMPTY, LIBS = [BUILT + "/empty"], [BUILT + "/libraries"]
INSTALLED = os.environ["VP_SBINDIR"] + "/virt-payload-hook"
PREPARE = [HOOK, "web1", "prepare", "begin", "-"]
IMPORT = ["/usr/bin/python3", "-c", "import libvirt"]
# what "virt-install --cloud-init" makes its ISO by, without the rest of it
VIRTINST = ["/usr/bin/python3", "-B", "-c", """
import os, sys
sys.path.insert(0, "/usr/share/virt-manager")
from virtinst.install import cloudinit, installerinject
files = cloudinit.create_files(sys.argv[1], cloudinit.CloudInitData())
os.unlink(installerinject.perform_cdrom_injections(files, sys.argv[1], cloudinit=True))
for path, _ in files:
    os.unlink(path)
""", work]
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUcYcFfAQ4aQ0n1h9gE6rFQm6m1cPzJc7m5oJq2b8yX me@laptop"


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
    # Debian 13's libc alone takes more than 1.5 MiB
    figure("no-op: peak memory (an empty program: %d)" % empty[2], prepare[2], max(1536, empty[2] + 64), "KiB")
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
    again, direct, front = measure(source, PREPARE, [INSTALLED] + PREPARE[1:], EMPTY)
    figure("prepare of ten fields, x the installed program without the copy", again[0] / direct[0])
    figure("the copy of it in the hook directory, x empty", (again[0] - direct[0]) / front[0])
    figure("prepare of ten fields, x empty", hook[0] / empty[0])
    figure("prepare of ten fields, x its libraries alone", hook[0] / libraries[0], 1.15)
    figure("prepare of ten fields", hook[0] / 1000, None, "ms")
    figure("prepare: peak memory", hook[2], 6 * 1024, "KiB")
    for name, command in others.items():
        again, peer = measure(source, PREPARE, command, rounds=ROUNDS // 10 if name != "genisoimage" else ROUNDS)
        figure("prepare of ten fields, x %s alone" % name, again[0] / peer[0],
               {12: 0.75, 13: 0.38}[debian()] if name == "genisoimage" else None)
    if subprocess.run(IMPORT, capture_output=True).returncode == 0:
        again, peer = measure(source, PREPARE, IMPORT, rounds=ROUNDS // 10)
        figure("a hook in Python that imports libvirt and does nothing, x prepare", peer[0] / again[0])
    if subprocess.run(VIRTINST, capture_output=True).returncode == 0:
        again, peer = measure(source, PREPARE, VIRTINST, rounds=max(3, ROUNDS // 30))
        figure("virt-install's cloud-init ISO, x prepare", peer[0] / again[0])
    # of the installed program, which the copy in libvirt's hook directory executes
    counted = instructions(source, INSTALLED, *PREPARE[1:], confined=False)
    if counted:
        figure("prepare: instructions outside ld.so", counted[1] / 1e6, 0.5, "M")
    small = write("small", domain(f("user-data", "#!/bin/sh\n") + f("vendor-data", "#cloud-config\n{}\n")))
    measure(small, PREPARE, rounds=1)
    figure("image of three small files", os.path.getsize(IMAGE), 67584, "bytes")


def command():
    """Subcommands that do a part of what a start does, with no connection to libvirt."""
    source, image = write("ten", TEN), os.path.join(work, "ten.img")
    program = os.environ["VP_SBINDIR"] + "/virt-payload"
    subprocess.run([program, "render", source, "--output", image], check=True)
    for what in (["dump", image], ["render", source, "--output", image], ["validate", source], ["rewrite"],
                 ["show", source]):
        hook, own = measure(source, PREPARE, [program] + what, rounds=ROUNDS // 3)
        figure("%s, x prepare" % " ".join(word for word in what if not word.startswith("/")), own[0] / hook[0], 1.3)


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


def measure_two(source, rounds):
    """Two guests by two processes at once, so that neither waits for the other's image: microseconds of the
    slower one's median."""
    with open(source, "rb") as file:
        other = write("other-guest", file.read().replace(UUID.encode(), b"11111111-0000-4000-8000-000000000000"))
    running = [subprocess.Popen([BUILT + "/spawn", str(rounds), path, *PREPARE], stdout=subprocess.PIPE,
                                text=True) for path in (source, other)]
    costs = [process.communicate()[0].split() for process in running]
    if any(int(cost[3]) for cost in costs):
        sys.exit("two at once: a start failed")
    return max(float(cost[0]) for cost in costs)


def growth():
    curves = {}
    floor = measure(write("growth", domain("")), PREPARE, rounds=50)[0][0] / 1000

    def curve(name, sizes, make, rounds=20):
        one, two = [], []
        for size in sizes:
            source = write("growth", make(size))
            one.append((size, measure(source, PREPARE, rounds=rounds)[0][0] / 1000))
            two.append((size, measure_two(source, rounds) / 1000))
        curves[name] = {"one at a time": one, "two at once": two}
        print("%-66s %s" % (name, "  ".join("%g: %.2f ms" % point for point in one)))
        print("%-66s %s" % ("  two at once", "  ".join("%g: %.2f ms" % point for point in two)))
        grows = exponent(one, floor)
        if grows is not None:
            figure("  %s: exponent of what it adds" % name, grows, 1.2)

    curve("user-data inline, KiB", [1, 4, 16, 64, 256, 1024, 3072],
          lambda kib: domain(f("user-data", "#!/bin/sh\n" + ("x" * 63 + "\n") * 16 * kib)))

    def by_src(kib):
        with open(os.path.join(FILES, "growth"), "wb") as file:
            file.write(b"x" * (kib << 10))
        return domain(f("user-data", "", 'src="growth"'))

    curve("user-data by src, KiB", [1, 4, 16, 64, 256, 1024, 4096, 16384], by_src)

    def repeated(name, most, unit, **options):
        # sizes that are close to each other would say nothing about growth
        curve(name, [n for n in (1, 10, 100, 1000) if 4 * n < most] + [most // 4, most],
              lambda n: domain("".join(unit(i) for i in range(n)), **options), rounds=10)

    repeated("run-cmd elements", 10000, lambda i: f("run-cmd", "echo %d" % i))
    repeated("users", 1024, lambda i: f("user", f("group", "a"), 'name="u%d"' % i))
    repeated("hashed passwords", 1024, lambda i: f("user", f("password", "$6$abcdefgh$" + "x" * 86, 'hashed="yes"'),
                                                   'name="u%d"' % i))
    curve("keys of one user", [1, 10, 100, 1024],
          lambda n: domain(f("user", "".join(f("ssh-key", "%s%d" % (KEY, i)) for i in range(n)), 'name="root"')))
    repeated("packages", 10000, lambda i: f("package", "p%d" % i))
    repeated("files to write", 1000, lambda i: f("write-file", "x", 'path="/f%d"' % i))
    repeated("files on the drive", 1000, lambda i: f("file", "x", 'path="f%d"' % i))
    curve("links of a network", [1, 10, 100, 255], lambda n: domain(
        f("network", f("interface", "", 'name="eth0"') + "".join(
            f("vlan", "", 'name="eth0.%d" link="eth0" id="%d"' % (i + 1, i + 1)) for i in range(n))),
        devices="<interface type='user'><mac address='52:54:00:00:00:01'/></interface>"))
    curve("elements of another product", [1, 10, 100, 1000, 10000], lambda n: domain(
        metadata="<p:cloud-init xmlns:p='%s'/><a xmlns='urn:a'>%s</a>" % (NS, "<b c='d'/>" * n)))

    def among(n):
        have = len(os.listdir(IMAGES))
        for i in range(have, n):
            with open(os.path.join(IMAGES, "%08x-0000-4000-8000-000000000000.img" % i), "wb") as file:
                file.truncate(65536)
        return TEN

    curve("guests that run", [1, 10, 100, 1000], among, rounds=100)
    alone = curves["guests that run"]["one at a time"]
    figure("start beside 1,000 guests, x beside one", alone[-1][1] / alone[0][1], 1.1)
    return curves


def two_cores():
    source = write("ten", TEN)
    alone = measure(source, PREPARE, rounds=200)[0][0]
    figure("two at once, x one at a time (%d processors)" % os.cpu_count(), 2 * alone / measure_two(source, 200),
           1.8 if os.cpu_count() > 1 else None, least=True)


def main():
    target = sys.argv[1]
    os.makedirs(IMAGES, mode=0o711, exist_ok=True)
    no_op()
    prepare()
    command()
    large()
    two_cores()
    shutil.rmtree(IMAGES)
    curves = growth()
    with open(os.path.join(target, "hook.json"), "w", encoding="ascii") as file:
        json.dump({"figures": rows, "curves": curves}, file, indent=1)
    plot.draw({"prepare in ms by " + name: series for name, series in curves.items()},
              os.path.join(target, "hook.svg"))
    shutil.rmtree(work)
    summary()


main()
