#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the command costs on a host with 1,000 guests, beside virsh; and where its instructions go.

Prints each figure beside its goal, and writes command.json to the directory given. Runs in the private world
of tests/bench/bench, which has a libvirtd.
"""
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from figures import figure, instructions, rows, summary

GUESTS, RUNS, SECONDS = 1000, 5, 2
FOUND = 1  # doctor's exit status where it has found something: here, images of guests that do not run
URI = "qemu:///system"
IMAGES = os.environ["VP_PAYLOADDIR"]


def define(directory):
    with open(os.path.join(os.environ["VP_SRCDIR"], "tests/data/command/web1.xml"), encoding="ascii") as file:
        text = file.read()
    batch = []
    os.makedirs(IMAGES, mode=0o711, exist_ok=True)
    for i in range(GUESTS):
        path = "%s/%d.xml" % (directory, i)
        with open(path, "w", encoding="ascii") as file:
            file.write(re.sub(">web1<", ">web%d<" % i, text).replace("c7a5fdbd", "%08x" % (0xc7a50000 + i)))
        os.close(os.open("%s/%08x-cdaf-9455-926a-d65c16db1809.img" % (IMAGES, 0xc7a50000 + i),
                         os.O_CREAT | os.O_WRONLY, 0o600))
        batch.append("define " + path)
    subprocess.run(["virsh", "-q", "-c", URI], input="\n".join(batch), text=True, check=True,
                   stdout=subprocess.DEVNULL)
    return path


def cost(*command):
    """Medians of (seconds in all, seconds of its own on a processor)."""
    wall, own = [], []
    for _ in range(RUNS):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        status = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        if status not in (0, FOUND):
            sys.exit("%s: exit status %d" % (command, status))
        wall.append(time.monotonic() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        own.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(wall), statistics.median(own)


def on_many_guests():
    figure("virsh list --all, 1,000 guests", cost("virsh", "-q", "-c", URI, "list", "--all")[0], None, "s")
    for command in ["list"], ["doctor"], ["sweep"]:
        wall, own = cost("virt-payload", "-c", URI, *command)
        figure("%s, 1,000 guests" % command[0], wall, SECONDS, "s")
        figure("%s, 1,000 guests: its own on a processor" % command[0], own, None, "s")


def without_guests(definition, directory):
    image = os.path.join(directory, "image")
    empty = os.path.join(directory, "empty")
    with open(definition, "rb") as source, open(empty, "wb"):
        subprocess.run(["virt-payload", "render", "--output", image], stdin=source, check=True)
    for name, source, command in (("--version", empty, ["--version"]), ("rewrite", definition, ["rewrite"]),
                                  ("dump of an image", empty, ["dump", image])):
        counted = instructions(source, "virt-payload", *command)
        if counted:
            figure("%s: instructions" % name, counted[0] / 1e6, None, "M")
            figure("%s: outside ld.so, which loads libvirt" % name, counted[1] / 1e6, None, "M")


def main():
    with tempfile.TemporaryDirectory() as directory:
        definition = define(directory)
        on_many_guests()
        without_guests(definition, directory)
    with open(os.path.join(sys.argv[1], "command.json"), "w", encoding="ascii") as file:
        json.dump({"figures": rows}, file, indent=1)
    summary()


main()
