#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Faults of the system under the installed hook, as libvirt runs it.

Whatever fails: exit status 0 with the new image, or 1 with one line and the old image; never a part of
one, and no other file. A killed run may leave its temporary, which the next run takes away.

  --short   a sample, for make check; without it every system call, errno and allocation

Runs in the private world of tests/test-faults.sh.
"""
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["VP_SRCDIR"], "tests", "lib"))
from hook import (GOOD, HOOK, IMAGE, IMAGES, NAME, UUID, Run, content, domain, done, f, fresh,
                  listing, one_line, result, work)  # noqa: E402

SHORT = "--short" in sys.argv
ERRNOS = ["ENOSPC", "EIO", "EINTR", "EACCES"] if SHORT else [
    "ENOSPC", "EDQUOT", "EIO", "EINTR", "ENOMEM", "EMFILE", "ENFILE", "EROFS", "EACCES", "EPERM", "EAGAIN"]
NAMES = "failed|directory|config|reference|xml-end|xml-syntax"

NEW = domain(f("hostname", "web2.example.com") + f("run-cmd", "echo " + "x" * 5000))
ELSEWHERE = domain(f("hostname", "a"), devices=(
    "<disk type='file' device='cdrom'><source file='/elsewhere/%s'/><target dev='sda' bus='sata'/>"
    "<readonly/></disk>" % NAME))

old = fresh()
assert Run(NEW).status == 0
new = content()
assert old != new


def restore():
    """Only the old image, as left by an earlier run."""
    for name in listing():
        os.unlink(os.path.join(IMAGES, name))
    with open(IMAGE, "wb") as file:
        file.write(old)
    os.chmod(IMAGE, 0o600)


def trace(operation, xml):
    """The system calls of a run, as (name, which one of that name), from the front's first own one on."""
    log = os.path.join(work, "trace")
    run = Run(xml, operation=operation, wrap=["strace", "-qq", "-o", log])
    assert run.status == 0, str(run)
    calls, seen, ours = [], {}, False
    with open(log, encoding="utf-8", errors="replace") as file:
        for line in file:
            match = re.match(r"(\w+)\(", line)
            if not match:
                continue
            name = match.group(1)
            seen[name] = seen.get(name, 0) + 1
            ours = ours or "SIGALRM" in line
            # None of these ever fails: libraries print or abort if random bytes or a wake do
            if ours and name not in ("exit_group", "execve", "rt_sigreturn", "getrandom", "futex",
                                      "geteuid"):
                calls.append((name, seen[name], line.strip()))
    return calls


def inject(name, which, what):
    return ["strace", "-qq", "-o", "/dev/null", "-e", "trace=" + name,
            "-e", "inject=%s:%s:when=%d" % (name, what, which)]


def sample(calls):
    """The short form: the calls after the core has dropped its rights, which do the work."""
    if not SHORT:
        return calls
    start = max((i for i, call in enumerate(calls) if call[0] in ("landlock_restrict_self", "capset")), default=0)
    return calls[start:]


def whole(run):
    """What a prepare may leave in the directory."""
    if listing() != [NAME]:
        return False
    if run.status == 0:
        return run.err == b"" and content() == new
    return run.status == 1 and run.out == b"" and one_line(run, NAMES) and content() == old


def skipped(what, why):
    result(os.environ.get("VP_TESTS_MUST_RUN") != "1", "%s # SKIP %s" % (what, why))


def report(what, bad, tried):
    result(not bad and tried > 0, "%s (%d)" % (what, tried), *bad[:20])


# --- an error at every system call ---------------------------------------------------------------------

def errors_of_prepare():
    calls = sample(trace("prepare begin", NEW))
    bad, tried, failures = [], 0, 0
    for name, which, line in calls:
        for errno in ERRNOS:
            restore()
            run = Run(NEW, wrap=inject(name, which, "error=" + errno))
            tried += 1
            failures += run.status == 1
            if not whole(run):
                bad.append("%s at %s: %s; %s" % (errno, line[:90], run, listing()))
    report("51-53: prepare: errors at every system call", bad, tried)
    result(failures > 10, "and some of them matter (%d failed)" % failures)


def errors_of_release():
    restore()
    calls = sample(trace("release end", NEW))
    bad, tried = [], 0
    for name, which, line in calls:
        for errno in ERRNOS:
            restore()
            run = Run(NEW, operation="release end", wrap=inject(name, which, "error=" + errno))
            tried += 1
            if run.status != 0 or run.out or listing() not in ([], [NAME]):
                bad.append("%s at %s: %s; %s" % (errno, line[:90], run, listing()))
    report("51-53: release: succeeds with errors at every system call", bad, tried)


def errors_of_filter():
    restore()
    expected = Run(ELSEWHERE, operation="restore begin").out
    calls = sample(trace("restore begin", ELSEWHERE))
    bad, tried = [], 0
    for name, which, line in calls:
        for errno in ERRNOS:
            run = Run(ELSEWHERE, operation="restore begin", wrap=inject(name, which, "error=" + errno))
            tried += 1
            good = run.status == 0 and run.out == expected and run.err == b"" or (
                run.status == 1 and run.out == b"" and one_line(run, NAMES))
            if not good or listing() != [NAME] or content() != old:
                bad.append("%s at %s: %s" % (errno, line[:90], run))
    report("51-53: restore: whole output or one line with errors at every system call", bad, tried)


# --- SIGKILL ---------------------------------------------------------------------------------------------

def recovers(bad, what):
    """After a kill: an image old or new, and no leftover after the next run."""
    if content() not in (old, new) or any(name not in (NAME, "." + NAME + ".tmp") for name in listing()):
        bad.append("%s: %s" % (what, listing()))
    run = Run(NEW)
    if run.status != 0 or listing() != [NAME] or content() != new:
        bad.append("%s, then: %s; %s" % (what, run, listing()))


def kills_at_every_call():
    bad, tried = [], 0
    for name, which, line in sample(trace("prepare begin", NEW)):
        restore()
        Run(NEW, wrap=inject(name, which, "signal=KILL"))
        tried += 1
        recovers(bad, "killed at " + line[:90])
    report("54: SIGKILL at every system call", bad, tried)


def kills_at_random():
    bad, tried, leftovers = [], 100 if SHORT else 2000, 0
    path = os.path.join(work, "new")
    with open(path, "wb") as file:
        file.write(NEW)
    start = time.monotonic()
    for _ in range(10):
        Run(NEW)
    length = (time.monotonic() - start) / 10
    for _ in range(tried):
        restore()
        with open(path, "rb") as source:
            process = subprocess.Popen([HOOK, "web1", "prepare", "begin", "-"], stdin=source)
        time.sleep(random.uniform(0, length))
        process.kill()
        process.wait()
        leftovers += listing() != [NAME]
        recovers(bad, "killed at random")
    report("54: SIGKILL at random, %d left a temporary for the next run to take away" % leftovers, bad, tried)


# --- little room --------------------------------------------------------------------------------------------

def mount(options):
    shutil.rmtree(IMAGES, ignore_errors=True)
    os.mkdir(IMAGES)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0711," + options, "vp-small", IMAGES], check=True)


def unmount():
    subprocess.run(["umount", IMAGES], check=True)


def tiny_file_systems():
    bad, fits = [], 0
    sizes = range(4, (len(new) >> 10) + 65, 16 if SHORT else 4)
    for size in sizes:
        mount("size=%dk" % size)
        run = Run(NEW)
        if run.status == 0:
            fits += 1
            good = listing() == [NAME] and content() == new
        else:
            good = listing() == [] and one_line(run, "failed") and b"No space left on device" in run.err
        if not good:
            bad.append("%d KiB: %s; %s" % (size, run, listing()))
        unmount()
    report("51: file systems from 4 KiB to the image and 64 KiB, %d hold it" % fits, bad, len(sizes))
    bad = []
    for inodes in range(1, 5):
        mount("size=1m,nr_inodes=%d" % inodes)
        run = Run(NEW)
        good = run.status == 0 and content() == new or (
            listing() == [] and one_line(run, "failed") and b"No space left on device" in run.err)
        if not good:
            bad.append("%d inodes: %s; %s" % (inodes, run, listing()))
        unmount()
    report("51: file systems of few inodes", bad, 4)
    mount("size=%dk" % ((len(old) >> 10) + 4))
    restore()
    run = Run(NEW)
    result(run.status == 1 and content() == old and listing() == [NAME], "51: no room beside the old image", str(run))
    subprocess.run(["mount", "-o", "remount,ro", IMAGES], check=True)
    run = Run(NEW)
    result(run.status == 1 and one_line(run, "failed") and b"Read-only file system" in run.err and content() == old,
           "52: a read-only file system", str(run))
    run = Run(NEW, operation="release end")
    result(run.status == 0 and run.out == b"", "52: release on a read-only file system", str(run))
    unmount()
    os.rmdir(IMAGES)
    fresh()


# --- few descriptors, little memory ---------------------------------------------------------------------------

def limits():
    bad, tried = [], 0
    for number in range(0, 14):
        restore()
        run = Run(NEW, wrap=["prlimit", "--nofile=%d" % number])
        tried += 1
        # with fewer than four the dynamic linker cannot load libc, and says so itself
        if not whole(run) and not (run.status == 127 and content() == old and listing() == [NAME]):
            bad.append("%d descriptors: %s; %s" % (number, run, listing()))
    report("55: few file descriptors", bad, tried)


MALLOC = os.path.join(os.environ["VP_BUILDDIR"], "tests", ".libs", "failing-malloc.so")


def allocations_of(what, operation, xml, good, **more):
    environment = {"LD_PRELOAD": MALLOC, "PATH": os.environ["PATH"]}
    counter = os.open(os.path.join(work, "count"), os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    restore()
    run = Run(xml, operation=operation, env=environment, pass_fds=(3,),
              preexec_fn=lambda: os.dup2(counter, 3, inheritable=True))
    number = int(os.pread(counter, 20, 0) or b"0")
    os.close(counter)
    bad, tried = [], 0
    # The first allocations are ld.so's and the libraries' own, which have a message of their own.
    for n in range(1, number + 1, 23 if SHORT else 1):
        restore()
        run = Run(xml, operation=operation,
                  env={**environment, "VP_FAILING_MALLOC": str(n), **more})
        tried += 1
        if run.status < 0 or not good(run):
            bad.append("allocation %d: %s; %s" % (n, run, listing()))
    report("56: %s: %s" % (operation, what), bad, tried)


INTERFACES = "".join("<interface type='user'><mac address='52:54:00:00:00:0%d'/></interface>" % i for i in range(3))
USB = "<controller type='usb' index='0' model='qemu-xhci' ports='4'/>"
FIELDS = (
    f("hostname", "web3.example.com")
    + f("user", f("password", "abc123") + f("ssh-key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0r"
                                            "waDi9OgzcyY/RNWVRzUJZeLK a") + f("group", "adm"), 'name="root"')
    + f("network", f("interface", f("address", "192.0.2.9/24") + f("gateway", "192.0.2.1") + f("dns", "192.0.2.53")
                     + f("route", "", 'destination="198.51.100.0/24" gateway="192.0.2.254"'))
        + f("interface", "", 'name="a"') + f("interface", "", 'name="b"')
        + f("bond", f("link", "a") + f("link", "b") + f("dhcp4"), 'name="bond0" mode="802.3ad"'))
    + f("meta", "web &amp; cache", 'key="role"') + f("run-cmd", "echo " + "x" * 5000)
    + f("write-file", "a" * 3000, 'path="/etc/motd"') + f("user-data", "#!/bin/sh\necho \u00e9\n"))
RICH = {
    "config drive": domain(FIELDS + f("meta-data", '{"a": {"b": ["c", 1, 2.5, null, "%s"]}}' % ("d" * 2000)),
                           devices=INTERFACES),
    "nocloud": domain(devices=INTERFACES + USB, metadata="<p:cloud-init xmlns:p='urn:virt-payload:1' datasource='nocloud'"
                      " format='vfat' bus='usb'>%s</p:cloud-init>" % (FIELDS + f("meta-data", "a: {b: &amp;d [c, %s]}" % ("d" * 2000)))),
    "sysprep": domain(devices=USB, metadata="<p:sysprep xmlns:p='urn:virt-payload:1'>%s</p:sysprep>" % (
        f("hostname", "WEB3") + f("admin-password", "abc123") + f("organization", "o" * 200))),
}


# What GLib's constructors have no memory for they say before the core can.
CRASHED = b"virt-payload: the hook: crashed, or memory ran out [failed]\n"


def single_failures():
    """One allocation fails and those after it do not: what a library loses so may not be missing in silence."""
    for what, xml in RICH.items():
        restore()
        run = Run(xml)
        image = content()
        result(run.status == 0 and image != old, "%s: an image" % what, str(run))
        allocations_of("one allocation fails, %s" % what, "prepare begin", xml, lambda run, image=image:
                       listing() == [NAME] and run.out == b"" and (
                           run.status == 0 and content() == image
                           or run.status in (1, 127) and content() == old and run.err != b""
                           and (run.status == 127 or one_line(run, NAMES) or run.err.endswith(CRASHED))),
                       VP_FAILING_ONCE="1")
    expected = Run(ELSEWHERE, operation="restore begin").out
    allocations_of("one allocation fails", "restore begin", ELSEWHERE, lambda run: content() == old and (
        run.status == 0 and run.out == expected
        or run.status in (1, 127) and run.out == b"" and run.err != b""), VP_FAILING_ONCE="1")


def allocations():
    if not os.path.exists(MALLOC):
        skipped("faults of allocations", "no tests/failing-malloc here")
        return
    allocations_of("memory runs out at every allocation", "prepare begin", NEW,
                   lambda run: listing() == [NAME] and run.out == b"" and (
                       run.status == 0 and content() == new
                       or run.status in (1, 127) and content() == old and run.err != b""))
    allocations_of("memory runs out at every allocation", "release end", NEW,
                   lambda run: run.status in (0, 127) and run.out == b"")
    single_failures()


# --- load ------------------------------------------------------------------------------------------------------

def guest(i):
    uuid = "%08x-0000-4000-8000-%012x" % (i, i)
    xml = domain(f("hostname", "guest%d" % i) + f("run-cmd", "echo " + "%d" % i * 1000), name="guest%d" % i,
                 uuid="<uuid>%s</uuid>" % uuid)
    path = os.path.join(work, "guest%d" % i)
    with open(path, "wb") as file:
        file.write(xml)
    return path, os.path.join(IMAGES, uuid + ".img")


def start(i, path):
    with open(path, "rb") as source:
        return subprocess.Popen([HOOK, "guest%d" % i, "prepare", "begin", "-"], stdin=source)


def load():
    fresh()
    guests = [guest(i) for i in range(16 if SHORT else 64)]
    expected = []
    for i, (path, image) in enumerate(guests):
        assert start(i, path).wait() == 0
        expected.append(content(image))
    result(len(set(expected)) == len(guests), "every guest has an image of its own")
    bad = []
    for _ in range(3 if SHORT else 10):
        running = [start(i, path) for i, (path, image) in enumerate(guests)]
        bad += ["status %d" % process.returncode for process in running if process.wait() != 0]
        bad += ["image %d" % i for i, (path, image) in enumerate(guests) if content(image) != expected[i]]
    if len(listing()) != len(guests) + 1:
        bad.append("%s" % listing())
    report("%d guests start at once, again and again" % len(guests), bad, len(guests))
    processes = [start(0, guests[0][0]) for _ in range(64)]
    bad = ["status %d" % process.returncode for process in processes if process.wait() != 0]
    result(not bad and content(guests[0][1]) == expected[0] and len(listing()) == len(guests) + 1,
           "one guest starts 64 times at once", *bad)
    number = 100 if SHORT else 1000
    times = []
    for i in range(number):
        path, image = guest(1000 + i)
        begin = time.monotonic()
        status = start(1000 + i, path).wait()
        times.append(time.monotonic() - begin)
        if status != 0:
            bad.append("start %d: status %d" % (i, status))
    tenth = number // 10
    first, last = sorted(times[:tenth])[tenth // 2], sorted(times[-tenth:])[tenth // 2]
    result(not bad and last < 2 * first + 0.002, "%d guests start: %.1f ms at first, %.1f ms at last" % (
        number, first * 1000, last * 1000), *bad[:5])
    fresh()


def works(*command):
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def main():
    if works("strace", "-qq", "-o", "/dev/null", "-e", "inject=close:error=EIO:when=1000", "true"):
        errors_of_prepare()
        errors_of_release()
        errors_of_filter()
        kills_at_every_call()
    else:
        skipped("faults at system calls", "strace does not work here")
    kills_at_random()
    tiny_file_systems()
    limits()
    allocations()
    load()
    done()


if __name__ == "__main__":
    main()
