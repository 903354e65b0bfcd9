#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""From the return of a guest's start to its drive: one guest many times, and many guests at once.

Prints each figure beside its goal, and writes storm.json to the directory given. Guests are started paused
unless said otherwise: what is measured is libvirt, QEMU's start and the hand-over, and not the emulation of
a guest. Runs in the private world of tests/bench/bench, which has a libvirtd.
"""
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time

import libvirt

from figures import figure, rows, summary

URI = "qemu:///system"
HOOK = "/etc/libvirt/hooks/qemu"
IMAGES = os.environ["VP_PAYLOADDIR"]
SIZES = [int(n) for n in os.environ.get("VP_BENCH_STORM", "1 8 32 64").split()]
STARTS = int(os.environ.get("VP_BENCH_STARTS", "50"))
AUTOSTARTED = 10
PATIENCE = 120  # seconds until the last drive

PAYLOAD = ("<p:cloud-init xmlns:p='urn:virt-payload:1'><p:hostname>%s</p:hostname>"
           "<p:user name='root'><p:ssh-key>ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUcYcFfAQ4aQ0n1h9gE6rFQm6m1cPzJ"
           "c7m5oJq2b8yX me@laptop</p:ssh-key></p:user></p:cloud-init>")


def definition(name, payload):
    return """<domain type='qemu'><name>%s</name><metadata>%s</metadata><memory unit='MiB'>32</memory>
        <os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>
        <devices><memballoon model='none'/></devices></domain>""" % (name, PAYLOAD % name if payload else "")


class Arrivals(threading.Thread):
    """When each guest's drive came, by libvirt's own events."""

    def __init__(self):
        super().__init__(daemon=True)
        self.at = {}
        self.changed = threading.Condition()
        libvirt.virEventRegisterDefaultImpl()
        self.connection = libvirt.open(URI)
        self.connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, self.added, None)
        self.start()

    def run(self):
        while True:
            libvirt.virEventRunDefaultImpl()

    def added(self, _connection, guest, _device, _opaque):
        with self.changed:
            self.at.setdefault(guest.name(), time.monotonic())
            self.changed.notify_all()

    def await_all(self, names):
        end = time.monotonic() + PATIENCE
        with self.changed:
            while not set(names) <= set(self.at) and time.monotonic() < end:
                self.changed.wait(1)
        missing = [name for name in names if name not in self.at]
        if missing:
            sys.exit("no drive came for %s" % " ".join(missing))


class Start(threading.Thread):
    """One client that starts one guest, as a virsh would."""

    def __init__(self, name, gate=None, flags=libvirt.VIR_DOMAIN_START_PAUSED):
        super().__init__()
        self.name, self.gate, self.flags = name, gate, flags
        self.connection = libvirt.open(URI)
        self.guest = self.connection.lookupByName(name)
        self.took = self.returned = None

    def run(self):
        if self.gate:
            self.gate.wait()
        began = time.monotonic()
        self.guest.createWithFlags(self.flags)
        self.returned = time.monotonic()
        self.took = self.returned - began

    def stop(self):
        self.guest.destroy()
        self.connection.close()


def spread(values):
    """Median, 95 % and worst."""
    values = sorted(values)
    return statistics.median(values), values[min(len(values) - 1, int(len(values) * 0.95))], values[-1]


def told(values):
    return "  ".join("%.3f" % value for value in values)


def define(connection, names, payload=True):
    for name in names:
        connection.defineXML(definition(name, payload))


def undefine(connection, names):
    for name in names:
        connection.lookupByName(name).undefine()


def drives(guest, flags=0):
    return guest.XMLDesc(flags).count("/payload/")


# --- one guest, many starts -------------------------------------------------------------------------------

def start_often(arrivals, what, flags, attached=False):
    """Seconds from the start's return to the drive."""
    waits, starts = [], []
    for _ in range(STARTS):
        arrivals.at.clear()
        start = Start("one", flags=flags)
        start.run()
        starts.append(start.took)
        if attached:
            if not drives(start.guest):
                sys.exit("an attached drive is not there")
            waits.append(0)
        else:
            arrivals.await_all(["one"])
            waits.append(max(0, arrivals.at["one"] - start.returned))
        start.stop()
    print("%-66s start %s s, to the drive %s s" % ("%d starts, %s" % (STARTS, what), told(spread(starts)),
                                                   told(spread(waits))))
    return spread(waits)


def one(arrivals):
    connection = arrivals.connection
    define(connection, ["one"])
    running = start_often(arrivals, "running", 0)
    figure("one guest: to its drive, median", running[0] * 1000, 150, "ms")
    figure("one guest: to its drive, worst of %d" % STARTS, running[2] * 1000, 1000, "ms")
    start_often(arrivals, "paused", libvirt.VIR_DOMAIN_START_PAUSED)
    subprocess.run(["virt-payload", "-c", URI, "attach", "one"], check=True, stdout=subprocess.DEVNULL)
    start_often(arrivals, "running, attached", 0, attached=True)
    undefine(connection, ["one"])


# --- many at once -----------------------------------------------------------------------------------------

def storm(size, arrivals):
    """Starts them all, with another product's guest in the middle. (starts, waits or None, the other's start)"""
    names = ["storm%d" % i for i in range(size)]
    gate = threading.Event()
    starts = [Start(name, gate) for name in names]
    other = Start("other", gate)
    for start in starts[:size // 2] + [other] + starts[size // 2:]:
        start.start()
    if arrivals:
        arrivals.at.clear()
    gate.set()
    for start in starts + [other]:
        start.join()
    waits = None
    if arrivals:
        arrivals.await_all(names)
        waits = [max(0, arrivals.at[start.name] - start.returned) for start in starts]
    took = [start.took for start in starts]
    for start in starts + [other]:
        start.stop()
    return took, waits, other.took


def set_workers(least, most):
    return subprocess.run(["virt-admin", "srv-threadpool-set", "libvirtd", "--min-workers", str(least),
                           "--max-workers", str(most)], capture_output=True).returncode == 0


def many_workers(names, arrivals):
    """The same, if libvirt has a worker for each start: by default it begins with five, and what a hand-over asks
    for waits behind starts."""
    if not set_workers(64, 64):
        return
    took, waits, _ = storm(len(names), arrivals)
    set_workers(5, 20)
    print("%-66s %s" % ("  start with min_workers = 64", told(spread(took))))
    print("%-66s %s" % ("  from its return to the drive with min_workers = 64", told(spread(waits))))
    figure("%d at once, min_workers = 64: to the drive, median, x the slowest start" % len(names),
           spread(waits)[0] / max(took), 0.05)
    figure("%d at once, min_workers = 64: to the drive, worst, x the slowest start" % len(names),
           spread(waits)[2] / max(took), 0.2)


def storms(arrivals):
    curves = {"start, median": [], "start, worst": [], "to the drive, median": [], "to the drive, worst": []}
    for size in SIZES:
        names = ["storm%d" % i for i in range(size)]
        define(arrivals.connection, names)
        define(arrivals.connection, ["other"], payload=False)
        took, waits, other = storm(size, arrivals)
        os.chmod(HOOK, 0o644)
        without, _, other_without = storm(size, None)
        os.chmod(HOOK, 0o755)
        print("%-66s median, 95 %%, worst in s" % ("%d at once" % size))
        print("%-66s %s" % ("  start", told(spread(took))))
        print("%-66s %s" % ("  start without the hook", told(spread(without))))
        print("%-66s %s" % ("  from its return to the drive", told(spread(waits))))
        print("%-66s %.3f, without the hook %.3f" % ("  start of a guest of another product in the middle", other,
                                                     other_without))
        for name, value in zip(curves, spread(took)[::2] + spread(waits)[::2]):
            curves[name].append((size, value))
        if size == 32:
            many_workers(names, arrivals)
        undefine(arrivals.connection, names + ["other"])
        slowest = max(took)
        if size > 1:
            figure("%d at once: to the drive, median, x the slowest start" % size, spread(waits)[0] / slowest,
                   0.05 if size == 32 else None)
            figure("%d at once: to the drive, worst, x the slowest start" % size, spread(waits)[2] / slowest,
                   0.2 if size == 32 else None)
            figure("%d at once: the slowest start, x without the hook" % size, slowest / max(without))
    return curves


# --- with the daemon --------------------------------------------------------------------------------------

def recorded(guest):
    """Milliseconds from the guest's start to its drive, as the command has noted them."""
    try:
        with open(os.path.join(IMAGES, guest + ".plugged"), encoding="ascii") as file:
            return int(file.read())
    except (FileNotFoundError, ValueError):
        return None


def restart_daemon():
    daemon = int(os.environ["VP_PRIVATE_LIBVIRTD"])
    os.kill(daemon, signal.SIGTERM)
    while os.path.exists("/proc/%d" % daemon):
        time.sleep(0.05)
    # libvirt autostarts once for each boot of the host, and marks that it has
    for mark in "/run/libvirt/qemu/autostarted", "/var/run/libvirt/qemu/autostarted":
        if os.path.exists(mark):
            os.unlink(mark)
    subprocess.Popen(["libvirtd"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                     stderr=subprocess.DEVNULL, start_new_session=True)


def autostart():
    names = ["auto%d" % i for i in range(AUTOSTARTED)]
    connection = libvirt.open(URI)
    define(connection, names)
    guests = [connection.lookupByName(name).UUIDString() for name in names]
    for name in names:
        connection.lookupByName(name).setAutostart(True)
    connection.close()
    restart_daemon()
    end = time.monotonic() + PATIENCE
    while None in [recorded(guest) for guest in guests] and time.monotonic() < end:
        time.sleep(0.1)
    waits = [recorded(guest) for guest in guests]
    if None in waits:
        sys.exit("an autostarted guest has no drive")
    print("%-66s %s s, first to last" % ("%d autostarted: from each start to its drive" % AUTOSTARTED,
                                         told(sorted((wait / 1000 for wait in waits), reverse=True))))
    connection = libvirt.open(URI)
    for name in names:
        connection.lookupByName(name).destroy()
    undefine(connection, names)


def main():
    libvirt.registerErrorHandler(lambda *_: None, None)
    arrivals = Arrivals()
    one(arrivals)
    curves = storms(arrivals)
    autostart()
    with open(os.path.join(sys.argv[1], "storm.json"), "w", encoding="ascii") as file:
        json.dump({"figures": rows, "curves": curves}, file, indent=1)
    summary()
    sys.stdout.flush()
    os._exit(0)  # the event loop never ends


main()
