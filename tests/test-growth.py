#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a definition costs grows with its size and no faster: for everything that may be repeated or long,
the instructions that four times as much of it takes are compared with those of a part. Counted by valgrind,
not timed, so that a busy machine changes nothing."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "conformance"))

from tap import skip_all  # noqa: E402

PROGRAM = os.path.join(os.environ["VP_BUILDDIR"], "virt-payload")
SCHEMA = str(HERE.parent / "data" / "metadata.rng")
NS = "urn:virt-payload:1"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUcYcFfAQ4aQ0n1h9gE6rFQm6m1cPzJc7m5oJq2b8yX"
FACTOR = 4
MAXIMUM = 6  # about FACTOR for linear growth; 6.9 was seen when each user was compared with all others

if not shutil.which("valgrind"):
    skip_all("valgrind is not installed")
if subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "true"],
                  capture_output=True).returncode:
    skip_all("valgrind does not work here")


def f(name, text="", attributes=""):
    return "<p:%s %s>%s</p:%s>" % (name, attributes, text, name)


def nics(count):
    return "".join("<interface type='user'><mac address='52:54:00:00:%02x:%02x'/></interface>" % divmod(i, 256)
                   for i in range(count))


def domain(fields, devices="", attributes="", metadata=""):
    return ("<domain type='qemu'><name>web1</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid><metadata>%s"
            "<p:cloud-init xmlns:p='%s' %s>%s</p:cloud-init></metadata><os><type arch='x86_64' machine='q35'>hvm"
            "</type></os><devices>%s</devices></domain>" % (metadata, NS, attributes, fields, devices))


def repeated(unit, around="%s", count=400, **options):
    return count, lambda n: domain(around % "".join(unit(i) for i in range(n)), **options)


def user(fields):
    return f("user", fields, "name='root'")


def interface(fields):
    return f("network", f("interface", f("address", "10.0.0.2/8") + fields))


def target(i):
    return "vd" + "".join(chr(97 + i // 26 ** k % 26) for k in (2, 1, 0))


def one_hash(i):
    """Names that all have one hash by GLib's g_str_hash."""
    return "".join("FY" if i >> bit & 1 else "Ez" for bit in range(14))


# what: (how much, a function of that to a definition)
CASES = {
    "user": repeated(lambda i: f("user", f("group", "a"), "name='u%d'" % i), count=250),
    "user of Windows": (250, lambda n: domain(
        "".join(f("user", f("password", "Passw0rd!", "clear='yes'"), "name='u%d'" % i) for i in range(n)),
        metadata="<l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
                 "<l:os id='http://microsoft.com/win/10'/></l:libosinfo>")),
    "user/ssh-key": repeated(lambda i: f("ssh-key", "%s k%d" % (KEY, i)), user("%s"), count=250),
    "ssh-key of the last user": (250, lambda n: domain(
        "".join(f("user", "", "name='u%d'" % i) for i in range(n)) +
        f("user", "".join(f("ssh-key", KEY) for i in range(n)), "name='last'"))),
    "user/sudo": repeated(lambda i: f("sudo", "ALL=(ALL) /bin/c%d" % i), user("%s")),
    "user/group": repeated(lambda i: f("group", "g%d" % i), user("%s")),
    "password hashes": repeated(lambda i: f("user", f("password", "$6$abcdefgh$" + "x" * 86, "hashed='yes'"),
                                            "name='u%d'" % i), count=250),
    "package": repeated(lambda i: f("package", "p%d" % i)),
    "run-cmd": repeated(lambda i: f("run-cmd", "echo %d" % i)),
    "boot-cmd": repeated(lambda i: f("boot-cmd", "echo %d" % i)),
    "mount": repeated(lambda i: f("mount", "/dev/x%d /m%d" % (i, i))),
    "meta": repeated(lambda i: f("meta", "v", "key='k%d'" % i)),
    "write-file": repeated(lambda i: f("write-file", "x", "path='/f%d'" % i)),
    "file": repeated(lambda i: f("file", "x", "path='f%d'" % i), count=250),
    "file in directories": repeated(lambda i: f("file", "x", "path='d%d/f%d'" % (i % 30, i)), count=250),
    "file on vfat": repeated(lambda i: f("file", "x", "path='file number %d.text'" % i), count=250,
                             attributes="format='vfat'"),
    "interface": (60, lambda n: domain(f("network", "".join(
        f("interface", f("dhcp4", "yes"), "mac='52:54:00:00:%02x:%02x'" % divmod(i, 256)) for i in range(n))),
        devices=nics(n))),
    "vlan": repeated(lambda i: f("vlan", "", "name='eth0.%d' link='eth0' id='%d'" % (i + 1, i + 1)),
                     f("network", f("interface", "", "name='eth0'") + "%s"), devices=nics(1), count=60),
    "address": repeated(lambda i: f("address", "10.1.%d.%d/8" % divmod(i, 256)), interface("%s"), devices=nics(1)),
    "route": repeated(lambda i: f("route", "", "destination='10.9.%d.%d/32' gateway='10.0.0.1'" % divmod(i, 256)),
                      interface("%s"), devices=nics(1)),
    "dns": repeated(lambda i: f("dns", "10.2.%d.%d" % divmod(i, 256)), interface("%s"), devices=nics(1)),
    "search": repeated(lambda i: f("search", "d%d.example.com" % i), interface(f("dns", "10.0.0.1") + "%s"),
                       devices=nics(1)),
    "a long command": (20000, lambda n: domain(f("run-cmd", "x" * n))),
    "a command of lines": (20000, lambda n: domain(f("run-cmd", "a\n" * n))),
    "a command to escape": (20000, lambda n: domain(f("run-cmd", "\x7f&amp;" * n))),
    "user-data beside fields": (20000, lambda n: domain(f("run-cmd", "a") + f("user-data", "#!/bin/sh\n" + "a\n" * n))),
    "boundaries in user-data": (4000, lambda n: domain(f("run-cmd", "a") + f("user-data", "#!/bin/sh\n" + "--==\n" * n))),
    "base64": (20000, lambda n: domain(f("user-data", "QUFB" * n, "encoding='base64'"))),
    "meta-data": (1500, lambda n: domain(f("meta-data", "{%s}" % ",".join('"k%d":1' % i for i in range(n))))),
    "YAML of meta-data": (1500, lambda n: domain(f("meta-data", "".join("k%d: v\n" % i for i in range(n))),
                                                 attributes="datasource='nocloud'")),
    "YAML within brackets": (5000, lambda n: domain(f("run-cmd", "a") + f("user-data", "#cloud-config\na: " + "[" * n))),
    "YAML within dashes": (5000, lambda n: domain(f("run-cmd", "a") + f("user-data", "#cloud-config\na:\n" + "- " * n))),
    "directives of YAML": (20000, lambda n: domain(f("run-cmd", "a") + f("user-data", "#cloud-config\n" + "".join(
        "%%TAG !%d! x\n" % i for i in range(n)) + "---\na: b\n"))),
    "keys of one hash": (2000, lambda n: domain(f("run-cmd", "a") + f("user-data", "#cloud-config\n" + "".join(
        "%s: v\n" % one_hash(i) for i in range(n))))),
    "meta of one hash": repeated(lambda i: f("meta", "v", "key='%s'" % one_hash(i)), count=2000),
    "disks of the guest": repeated(lambda i: "", count=250)[:1] + (lambda n: domain("", devices="".join(
        "<disk type='file'><source file='/x%d'/><target dev='%s' bus='virtio'/></disk>" % (i, target(i))
        for i in range(n))),),
    "another product's metadata": (2000, lambda n: domain("", metadata="<a xmlns='urn:a'>%s</a>" % ("<b c='d'/>" * n))),
    "unknown elements": repeated(lambda i: f("nope%d" % i), count=1000),
    "wrong values": repeated(lambda i: f("timezone", "a b"), count=1000),
    "a user twice": repeated(lambda i: f("user", "", "name='a'"), count=250),
}

# the same for validate: of what it says much of, or looks for in the schema
ADVICE = {
    "nothing": (0, lambda n: domain("")),
    "advice of users": (200, lambda n: domain("".join(f("user", "", "name='u%d'" % i) for i in range(n)))),
    "advice of owners": (600, lambda n: domain("".join(
        f("write-file", "x", "path='/f%d' owner='u%d'" % (i, i)) for i in range(n)))),
    "advice in one line": (600, lambda n: domain("".join(
        f("write-file", "x", "path='/f%d' owner='u%d'" % (i, i)) for i in range(n)).replace("\n", ""))),
    "schema": (3000, lambda n: domain("".join(f("package", "p%d\n" % i) for i in range(n)))),
    "schema of groups": (3000, lambda n: domain(user("".join(f("group", "g%d" % i) for i in range(n))))),
    "sudo rules": (3000, lambda n: domain(user("".join(f("sudo", "ALL=(ALL) /bin/c%d" % i) for i in range(n))))),
    "errors": (3000, lambda n: domain("".join(f("timezone", "a b") for i in range(n)))),
    "errors in a long value": (20000, lambda n: domain("".join(f("package", "a b" * n) for i in range(5)))),
    "links": (2000, lambda n: domain(f("network", "".join(f("interface", "", "name='n%d'" % i) for i in range(n)) + f(
        "bond", "".join(f("link", "n%d" % i) for i in range(n)), "name='b'")), devices=nics(n))),
}


def listed(key, unit):
    return lambda n: "%s:\n" % key + "".join("- %s\n" % unit(i) for i in range(n))


def of_user(key, unit):
    return lambda n: "users:\n- name: root\n  %s:\n" % key + "".join("  - %s\n" % unit(i) for i in range(n))


PLAIN = "<domain type='qemu'><name>web1</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid></domain>"

# the same for import, for each list that user-data may have
SEEDS = {
    "import": (0, lambda n: "timezone: UTC\n"),
    "import packages": (1500, listed("packages", lambda i: "p%d" % i)),
    "import commands": (1500, listed("runcmd", lambda i: "echo %d" % i)),
    "import packages after commands": (1500, lambda n: listed("runcmd", lambda i: "echo %d" % i)(n) +
                                       listed("packages", lambda i: "p%d" % i)(n)),
    "import words": (1500, lambda n: "runcmd:\n-\n" + "".join("  - a%d\n" % i for i in range(n))),
    "import mounts": (600, listed("mounts", lambda i: "[/dev/x%d, /m%d]" % (i, i))),
    "import files": (600, listed("write_files", lambda i: "{path: /f%d, content: x}" % i)),
    "import keys": (600, of_user("ssh_authorized_keys", lambda i: "%s k%d" % (KEY, i))),
    "import groups": (600, of_user("groups", lambda i: "g%d" % i)),
    "import users beyond the limit": (3000, listed("users", lambda i: "{name: u%d}" % i)),
    "import passwords beyond the limit": (1000, lambda n: "chpasswd:\n  list: |\n" + "".join(
        "    root:p%d\n" % i for i in range(n))),
    "import a key without a field": (1500, listed("zypper", lambda i: "z%d" % i)),
}
FLOORS = {"validate": "nothing", "import": "import", "render": ""}


def kind_of(case):
    return "validate" if case in ADVICE else "import" if case in SEEDS else "render"


def instructions(directory, case, count):
    """How many it takes to render, validate or import it, and whether that succeeds."""
    path = os.path.join(directory, re.sub("[^a-zA-Z]", "-", case) + str(count))
    kind = kind_of(case)
    command = {"validate": ["validate", "--schema", SCHEMA, path], "import": ["import", "-", path],
               "render": ["render", "-o", path + ".img", path]}[kind]
    with open(path, "w", encoding="utf-8") as file:
        file.write("#cloud-config\n" if kind == "import" else "")
        file.write({**CASES, **ADVICE, **SEEDS}[case][1](count) if case else domain(""))
    run = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", PROGRAM, *command],
                         input=PLAIN, capture_output=True, text=True, errors="replace")
    os.unlink(path)
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1)), run.returncode


def main():
    failed = 0
    cases = {**CASES, **ADVICE, **SEEDS}
    names = [name for name in cases if name not in FLOORS.values()]
    with tempfile.TemporaryDirectory() as directory, ThreadPoolExecutor(2) as pool:
        jobs = [(floor, 0) for floor in FLOORS.values()]
        jobs += [(name, cases[name][0] * by) for name in names for by in (1, FACTOR)]
        results = pool.map(lambda job: instructions(directory, *job), jobs)
        floors = {kind: next(results)[0] for kind in FLOORS}
        for number, name in enumerate(names, 1):
            (small, status), (large, status_of_large) = next(results), next(results)
            floor = floors[kind_of(name)]
            growth = (large - floor) / max(small - floor, 1)
            good = growth <= MAXIMUM and status == status_of_large
            failed += not good
            print("ok" if good else "not ok", f"{number} - {name}: grows as it should")
            print(f"# four times as much takes {growth:.1f} times the instructions"
                  + ("" if status == status_of_large else "; refused at one size only"), flush=True)
    print(f"1..{len(names)}")
    sys.exit(failed > 0)


main()
