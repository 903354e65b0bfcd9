# SPDX-License-Identifier: LGPL-2.1-or-later
"""For tests of the installed hook: definitions to give it, runs of it, and TAP."""
import os
import re
import subprocess
import sys
import tempfile

HOOK = os.environ["VP_HOOKDIR"] + "/qemu"
IMAGES = os.environ["VP_PAYLOADDIR"]
CONF = os.environ["VP_SYSCONFDIR"] + "/virt-payload.conf"
UUID = "6695eb01-f6a4-8304-79aa-97f2502e193f"
NAME = UUID + ".img"
IMAGE = os.path.join(IMAGES, NAME)
NS = "urn:virt-payload:1"
SECONDS, KIBIBYTES = 1.0, 64 * 1024

work = tempfile.mkdtemp(prefix="virt-payload-test.")


class Tap:
    count = failed = 0


def result(good, name, *why):
    Tap.count += 1
    Tap.failed += not good
    print("ok" if good else "not ok", Tap.count, "-", name)
    if not good:
        for line in why:
            print("#  ", line if isinstance(line, str) else repr(line))
    sys.stdout.flush()


# the controller takes the drive, which is plugged at each start
def domain(fields="", metadata=None, name="web1", devices="", uuid="<uuid>%s</uuid>" % UUID, extra=""):
    if metadata is None:
        metadata = "<p:cloud-init xmlns:p='%s'>%s</p:cloud-init>" % (NS, fields)
    text = ("<domain type='kvm' id='1'>\n  <name>%s</name>\n  %s\n  <metadata>%s</metadata>%s\n"
            "  <devices><controller type='scsi' index='0' model='virtio-scsi'/>%s</devices>\n</domain>\n"
            % (name, uuid, metadata, extra, devices))
    return text.encode()


def f(element, text="", attributes=""):
    return "<p:%s%s>%s</p:%s>" % (element, " " + attributes if attributes else "", text, element)


class Run:
    """One run of the hook, by the command wrap if one is given; standard input from a file, so that
    this process stays small."""

    def __init__(self, xml, operation="prepare begin", guest="web1", wrap=(), **options):
        path = os.path.join(work, "input")
        with open(path, "wb") as file:
            file.write(xml)
        del xml
        with open(path, "rb") as source:
            process = subprocess.Popen([*wrap, HOOK, guest, *operation.split(), "-"], stdin=source,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
            self.out, self.err = process.stdout.read(), process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        self.status = os.waitstatus_to_exitcode(status)
        self.seconds = usage.ru_utime + usage.ru_stime
        self.kibibytes = usage.ru_maxrss

    def bounded(self):
        return self.seconds < SECONDS and self.kibibytes < KIBIBYTES

    def __str__(self):
        return "status %d, %.2f s, %d KiB, out %r, err %r" % (
            self.status, self.seconds, self.kibibytes, self.out[:100], self.err[:400])


def listing():
    """Without the note that a filter leaves for the prepare that follows it."""
    return sorted(name for name in os.listdir(IMAGES)
                  if not name.endswith(".resumed")) if os.path.isdir(IMAGES) else []


def content(path=IMAGE):
    with open(path, "rb") as file:
        return file.read()


GOOD = domain(f("hostname", "web1.example.com") + f("user", f("password", "abc123"), 'name="root"'))


def fresh():
    """One good image, whose bytes are returned."""
    if os.path.islink(IMAGES) or os.path.isfile(IMAGES):
        os.unlink(IMAGES)
    subprocess.run(["rm", "-rf", IMAGES], check=True)
    run = Run(GOOD)
    assert run.status == 0 and listing() == [NAME], str(run)
    return content()


def one_line(run, names):
    match = re.fullmatch(rb"virt-payload: [ -~]*: [ -~]+ \[([a-z0-9-]+)\]\n", run.err)
    return match is not None and match.group(1).decode() in names.split("|")


def done():
    subprocess.run(["rm", "-rf", work], check=True)
    print("1..%d" % Tap.count)
    sys.exit(Tap.failed != 0)
