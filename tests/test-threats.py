#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hostile definitions, through the installed hook as libvirt runs it.

Every refusal is held to the same promise: exit status 1, one ASCII line with the error's name and none
of the values, nothing on standard output, the old image's bytes untouched, no other file, in less than
a second of processor time and 64 MiB of memory. Runs in the private world of tests/test-threats.sh.
"""
import base64
import fcntl
import gzip
import os
import re
import resource
import signal
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["VP_SRCDIR"], "tests", "lib"))
from hook import (GOOD, HOOK, IMAGE, IMAGES, NAME, NS, UUID, Run, content, domain, done, f, fresh,
                  listing, one_line, result, work)  # noqa: E402

old = fresh()


def refused(row, what, names, xml, secret=None, **options):
    global old
    run = Run(xml, **options)
    good = (run.status == 1 and run.out == b"" and one_line(run, names) and run.bounded()
            and listing() == [NAME] and content() == old
            and (secret is None or secret.encode() not in run.err))
    result(good, "%s: %s: %s" % (row, what, names), str(run), listing())
    old = content()


def accepted(row, what, xml, holds=None, **options):
    """holds: bytes that the image must have in one piece."""
    global old
    run = Run(xml, **options)
    image = content()
    good = (run.status == 0 and run.out == b"" and run.err == b"" and run.bounded()
            and listing() == [NAME] and (holds is None or holds in image))
    result(good, "%s: %s: accepted" % (row, what), str(run), listing())
    old = image


def ignored(row, what, xml, **options):
    run = Run(xml, **options)
    good = (run.status == 0 and run.out == b"" and run.err == b"" and run.bounded()
            and listing() == [NAME] and content() == old)
    result(good, "%s: %s: left alone" % (row, what), str(run), listing())


# --- the document -----------------------------------------------------------------------------------

def with_doctype(doctype, text="x"):
    return doctype.encode() + GOOD.replace(b"web1.example.com", text.encode())


laughs = "<!DOCTYPE domain [<!ENTITY a 'ha'>" + "".join(
    "<!ENTITY %s '%s'>" % (chr(98 + i), ("&%s;" % chr(97 + i)) * 10) for i in range(12)) + "]>"
refused("1", "billion laughs", "xml-dtd", with_doctype(laughs, "&m;"))
with open(os.path.join(work, "secret"), "w") as secret_file:
    secret_file.write("canary")
for url in ("file://%s/secret" % work, "http://127.0.0.1:9/x"):
    refused("2", "external entity " + url.split(":", maxsplit=1)[0], "xml-dtd",
            with_doctype("<!DOCTYPE domain [<!ENTITY x SYSTEM '%s'>]>" % url, "&x;"), secret="canary")
refused("3", "parameter entity", "xml-dtd",
        with_doctype("<!DOCTYPE domain [<!ENTITY % x SYSTEM 'file:///etc/passwd'>%x;]>"))
refused("4", "attribute defaults", "xml-dtd", with_doctype(
    "<!DOCTYPE domain [<!ATTLIST domain " + " ".join("a%d CDATA 'x'" % i for i in range(8000)) + ">]>"))
refused("4", "external subset", "xml-dtd", with_doctype("<!DOCTYPE domain SYSTEM 'file:///etc/passwd'>"))
refused("4", "DOCTYPE after the prologue", "xml-dtd",
        GOOD.replace(b"<metadata>", b"<metadata><!DOCTYPE x>"))
refused("5", "80,000 attributes", "xml-limit",
        domain(f("hostname", "x", " ".join("a%d='1'" % i for i in range(80000)))))
refused("6", "over 4 MiB", "xml-limit", GOOD + b" " * (4 << 20))
refused("81", "our element after 4 MiB", "xml-limit",
        GOOD.replace(b"<metadata>", b"<description>" + b"x" * (4 << 20) + b"</description><metadata>"))
ignored("81", "none after 4 MiB", domain(metadata="", extra="<description>%s</description>" % ("x" * (9 << 20))))
refused("7", "300 levels", "xml-limit", domain(extra="<a>" * 300 + "</a>" * 300))
refused("7", "500,000 levels", "xml-limit", domain(extra="<a>" * 500000))
refused("8", "350,000 names", "xml-limit",
        domain(extra="".join("<a%x/>" % i for i in range(350000))))
refused("8", "one name of 100,000 bytes", "xml-limit", domain(extra="<%s/>" % ("a" * 100000)))
accepted("9", "4 MB of description",
         domain(f("hostname", "a"), extra="<description>%s</description>" % ("x" * 4000000)))
refused("9", "4 MB of host name", "hostname", domain(f("hostname", "x" * 4000000)))
refused("10", "undefined entity", "xml-syntax", domain(f("hostname", "&x;")))
refused("11", "bytes that are not UTF-8", "xml-encoding",
        GOOD.replace(b"abc123", b"\xff\xfe"))
for bad in (b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x28"):
    refused("11", "UTF-8 %s" % bad.hex(), "xml-encoding", GOOD.replace(b"abc123", bad))
for encoding in ("UTF-16", "EBCDIC-CP-US", "ISO-8859-1", "UTF-7"):
    refused("12", "declared " + encoding, "xml-encoding",
            b"<?xml version='1.0' encoding='%s'?>" % encoding.encode() + GOOD)
refused("12", "UTF-16's mark", "xml-encoding", b"\xff\xfe" + GOOD)
ignored("12", "UTF-16 throughout", GOOD.decode().encode("utf-16"))
refused("13", "NUL", "xml-encoding", GOOD.replace(b"abc123", b"abc\0"))
for end in (b"</payload", b"<devices>", b"abc1", b"<p:user name=\"ro"):
    where = GOOD.find(end)
    if where > 0:
        refused("14", "ends at %r" % end.decode(), "xml-end", GOOD[:where + 4])
refused("14", "empty", "xml-end", b"")
ignored("15", "another root element", GOOD.replace(b"<domain ", b"<network ").replace(b"</domain", b"</network"))
ignored("15", "a look-alike of the namespace", GOOD.replace(NS.encode(), b"urn:virt-payload:10"))
ignored("15", "the namespace as text",
        domain(metadata="", extra="<description>%s</description>" % NS))
ignored("15", "our element outside of metadata",
        domain(metadata="", extra="<p:cloud-init xmlns:p='%s'/>" % NS))

# --- what it says --------------------------------------------------------------------------------------

payload = "<p:cloud-init xmlns:p='%s'/>" % NS
refused("16", "two payload elements", "duplicate", domain(metadata=payload + payload))
refused("16", "a payload for each kind", "duplicate|conflict",
        domain(metadata=payload + "<p:sysprep xmlns:p='%s'/>" % NS))
refused("17", "a field twice", "duplicate", domain(f("hostname", "a") + f("hostname", "b")))
refused("17", "a user twice", "duplicate", domain(f("user", "", "name='a'") + f("user", "", "name='a'")))
refused("17", "fields that contradict", "conflict",
        domain(f("network", f("interface", f("dhcp4", "yes"))) + f("network-config", "version: 2"),
               devices="<interface type='user'><mac address='52:54:00:00:00:01'/></interface>"))
refused("17", "an unknown element", "unknown", domain(f("hostnmae", "canary")), secret="canary")
refused("17", "an unknown attribute", "unknown", domain(f("hostname", "a", "canary='canary2'")),
        secret="canary2")
refused("18", "another guest's name", "identity", domain(f("hostname", "a"), name="web2"))
refused("19", "no uuid", "uuid", domain(f("hostname", "a"), uuid=""))
for bad in ("", "x", UUID[:-1], UUID + "0", "../" + UUID, "6695eb01f6a4830479aa97f2502e193g"):
    refused("19", "uuid %r" % bad, "uuid", domain(f("hostname", "a"), uuid="<uuid>%s</uuid>" % bad))
elsewhere = ("<disk type='file' device='cdrom'><source file='/elsewhere/%s.img'/><target dev='sda' bus='sata'/>"
             "<readonly/></disk>" % UUID.replace("6695", "6696"))
ignored("20", "the image of another guest's UUID as a drive", domain(f("hostname", "a"), devices=elsewhere),
        operation="restore begin")
ignored("20", "and a release", domain(f("hostname", "a"), uuid="<uuid>%s</uuid>" % UUID.replace("6695", "6696")),
        operation="release end")
for guest in ("--help", "-", "a b", "\x1b[2J", "caf\u00e9", "x" * 255, "$(id)", "%s%n", "a\nb"):
    refused("21", "a guest called %a" % guest[:12], "identity", GOOD, guest=guest)
for operation in ("no-such thing", "prepare", "reconnect begin", "stopped end"):
    ignored("22", "operation " + operation, b"\0<!DOCTYPE " + NS.encode(), operation=operation)
refused("23", "a target that is not a device name", "target",
        domain(metadata="<p:cloud-init xmlns:p='%s' target='../x'/>" % NS))
refused("23", "a target that does not fit the bus", "target",
        domain(metadata="<p:cloud-init xmlns:p='%s' bus='virtio' target='sda'/>" % NS))

for secret in ("web2/root", "web2", "11111111-2222-4333-8444-555555555555/root"):
    refused("73", "the secret %s of web1" % secret, "reference", domain(f("user", f("password", "",
            'secret="%s"' % secret), 'name="root"')))

# --- paths on the image --------------------------------------------------------------------------------

def files(*paths):
    return domain("".join(f("file", "x", 'path="%s"' % path) for path in paths))


for row, path in (("24", "../x"), ("24", "a/../../x"), ("25", "/x"), ("26", "a//b"), ("26", "a/"),
                  ("26", ""), ("27", "."), ("27", "a/."), ("28", "a&#9;b"), ("28", "a\x7fb"),
                  ("28", "a&#x85;b"), ("29", "n" * 65), ("29", "\u20ac" * 65), ("29", "n" * 256),
                  ("30", "/".join("a" * 9)), ("24", "a\\b"), ("28", "a&#xFFFE;b")):
    refused(row, "file path %a" % path[:20], "path|missing|text|xml-syntax|xml-encoding", files(path))
for paths in (("a/Readme", "a/README"), ("\u00e9", "e\u0301"), ("a", "a"), ("a", "a/b"), ("a/b", "a"),
              ("stra\u00dfe", "STRASSE")):
    refused("31", "files %a" % (paths,), "path-duplicate", files(*paths))
refused("32", "a generated file's path", "path-reserved", files("openstack/latest/meta_data.json"))
refused("32", "a generated file's path in capitals", "path-reserved|path-duplicate",
        files("OpenStack/Latest/user_data", "openstack/latest/META_DATA.json"))
refused("33", "too many files", "quota", files(*("f%d" % i for i in range(1100))))

# --- values -----------------------------------------------------------------------------------------------

for bad in ("!!!!", "YQ", "YQ=", "YQ==YQ==", "Y=Q="):
    refused("34", "base64 %r" % bad, "base64", domain(f("file", bad, 'path="a" encoding="base64"')))
bomb = gzip.compress(b"\0" * (1 << 20) * 8, mtime=0)
accepted("34", "a gzip bomb is passed, not expanded",
         domain(f("user-data", base64.b64encode(bomb).decode(), 'encoding="base64"')), holds=bomb[:2000])
for bad in ("a_b", "-a", "a-", "a..b", "x" * 64, ".".join(["x" * 60] * 5), "a&#10;b", "a b", "\u00e9",
            "a:b", "#a", "$(id)", "10.0.0.5", ""):
    refused("35", "host name %a" % bad[:12], "hostname|text|missing", domain(f("hostname", bad)))
for value in ("no", "1e3", "0777", "!!python/object:os.system", "- x", "a: b", "'", '"', "#", "null",
              "{a: b}", "&amp;a", "*a", "|", "@a", "%a", "2026-01-01", "\u00e9", "\U0001f600"):
    accepted("36", "command %a" % value, domain(f("run-cmd", value)))
accepted("36", "DEL, which YAML must escape", domain(f("run-cmd", "a\x7fb")))
result(b"\x7f" not in content(), "36: and it is escaped")
accepted("37", "a line break in a command stays in it",
         domain(f("run-cmd", "x\nruncmd:\n- evil")))
accepted("38", "JSON's characters", domain(f("meta", '"\\u0000\\', 'key="a&quot;b"')))
refused("38", "a lone surrogate", "xml-syntax|xml-encoding", domain(f("meta", "&#xD800;", 'key="a"')))
raw = "#!/bin/sh\n--===============0==\nContent-Type: text/x\n\n"
accepted("39", "a MIME boundary in a part", domain(f("user-data", raw) + f("run-cmd", "a")),
         holds=b"#!/bin/sh\n--===============0==\n")
refused("39", "CRLF in a header's value", "value|path|text",
        domain(f("file", "x", 'path="a&#13;&#10;b"')))
KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIHUcYcFfAQ4aQ0n1h9gE6rFQm6m1cPzJc7m5oJq2b8yX"
for bad in ("ssh-ed25519 %s\nssh-rsa x" % KEY, "ssh-dss AAAA", "ssh-unknown %s" % KEY, "ssh-ed25519",
            "ssh-ed25519 !!!!", "ssh-rsa %s" % KEY, "-----BEGIN OPENSSH PRIVATE KEY-----",
            "command=&quot;x ssh-ed25519 %s" % KEY):
    refused("40", "ssh key %r" % bad[:24], "ssh-key|text",
            domain(f("user", f("ssh-key", bad), 'name="root"')), secret=KEY)
for bad, attributes in (("a\nroot:b", ""), ("", ""), ("canary\x7f", ""), ("canary", 'hashed="yes"'),
                        ("x" * 600, ""), ("a:b$6$", 'hashed="yes"')):
    refused("41", "password %r" % bad[:8], "password|missing|text",
            domain(f("user", f("password", bad, attributes), 'name="root"')), secret="canary")
for bad in ("root:x", "-rf", "a b", "A" * 40, "ro\not", "../x"):
    refused("41", "user %r" % bad[:8], "user|text", domain(f("user", "", 'name="%s"' % bad.replace("\n", "&#10;"))))


def interface(fields, attributes=""):
    return domain(f("network", f("interface", fields, attributes)),
                  devices="<interface type='user'><mac address='52:54:00:00:00:01'/></interface>")


for bad in (interface(f("address", "10.0.0.1")), interface(f("address", "10.0.0.1/33")),
            interface(f("address", "10.0.0.1/24\n  dhcp: yes")), interface(f("gateway", "nowhere")),
            interface(f("dhcp4", "yes"), 'mac="52:54:00:00:00:01: x"'),
            interface(f("dhcp4", "yes"), 'mac="zz:54:00:00:00:01"'),
            interface(f("mtu", "99999999")), interface(f("dns", "a")),
            interface(f("search", "a b;c"))):
    refused("42", "network: %r" % bad.decode().split("<p:interface")[1][:40], "network|value|hostname", bad)
for text in ("#include\nhttp://example.com/", "## template: jinja\n#cloud-config\n{}",
             '{"ignition":{"version":"3.3.0"}}', "#!/bin/sh\necho\n", "\u00e9 \u20ac",
             "Content-Type: multipart/mixed\n"):
    accepted("43", "user-data %a byte for byte" % text[:12], domain(f("user-data", text)),
             holds=text.encode())

# --- time and room -------------------------------------------------------------------------------------------


def users(count, field=""):
    return domain("".join(f("user", field, 'name="u%d"' % i) for i in range(count)))


accepted("74", "1,024 users", users(1024))
refused("74", "1,025 users", "quota", users(1025))
refused("74", "40,000 users", "quota", users(40000))
refused("74", "1,025 keys", "quota", domain(f("user", f("ssh-key", "ssh-ed25519 " + KEY) * 1025, 'name="a"')))
accepted("74", "100 passwords", users(100, f("password", "abc123")))
refused("74", "200 passwords", "quota", users(200, f("password", "abc123")), secret="abc123")
refused("74", "300 passwords of 500 characters", "quota", users(300, f("password", "canary" * 83)), secret="canary")
accepted("74", "200 hashes", users(200, f("password", "$6$abcdefgh$" + "x" * 86, 'hashed="yes"')))
FILES = os.environ["VP_SYSCONFDIR"] + "/virt-payload/files"
os.makedirs(FILES, exist_ok=True)
with open(FILES + "/large", "wb") as file:
    file.truncate(1 << 20)
many = domain("".join(f("file", "", 'path="f%d" src="large"' % i) for i in range(121)))
refused("85", "121 times one file of 1 MiB", "quota", many)
subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0711,size=16m", "small", IMAGES], check=True)
run = Run(domain("".join(f("file", "", 'path="f%d" src="large"' % i) for i in range(8))))
result(run.status == 1 and one_line(run, "quota") and listing() == [], "85: half of the room there is: quota", str(run))
run = Run(domain("".join(f("file", "", 'path="f%d" src="large"' % i) for i in range(3))))
result(run.status == 0 and listing() == [NAME], "85: less than a quarter of it: accepted", str(run))
subprocess.run(["umount", IMAGES], check=True)
os.unlink(FILES + "/large")

# --- the directory and what is in it --------------------------------------------------------------------

def in_place(row, what, make, names=None):
    """make() puts something in the place of the directory; refused with names."""
    subprocess.run(["rm", "-rf", IMAGES], check=True)
    make()
    run = Run(GOOD)
    result(run.status == 1 and one_line(run, names) and run.out == b"", "%s: %s: %s" % (row, what, names), str(run))
    subprocess.run(["rm", "-rf", IMAGES], check=True)


def owned(uid, mode):
    os.mkdir(IMAGES)
    os.chmod(IMAGES, mode)
    os.chown(IMAGES, uid, uid)


def linked():
    os.makedirs(work + "/target", exist_ok=True)
    os.symlink(work + "/target", IMAGES)


in_place("44", "the directory is a link", linked, "directory")
result(os.listdir(work + "/target") == [], "44: and nothing was written through it")
in_place("45", "the directory is another user's", lambda: owned(65534, 0o711), "directory")
for mode in (0o777, 0o731, 0o1777):
    in_place("45", "the directory's mode is %o" % mode, lambda mode=mode: owned(0, mode), "directory")
in_place("45", "the directory is a file", lambda: open(IMAGES, "w").close(), "directory")

old = fresh()
victim = IMAGES + ".victim"  # on the same file system


def in_image_place(row, what, make):
    with open(victim, "w") as file:
        file.write("untouched")
    os.unlink(IMAGE)
    make()
    run = Run(GOOD)
    status = os.lstat(IMAGE)
    good = (run.status == 0 and stat.S_ISREG(status.st_mode) and status.st_nlink == 1
            and status.st_mode & 0o7777 == 0o600 and status.st_uid == 0 and content() == old
            and content(victim) == b"untouched" and listing() == [NAME])
    result(good, "%s: %s: replaced, not opened" % (row, what), str(run), listing())


def foreign():
    with open(IMAGE, "w") as file:
        file.write("x")
    os.chown(IMAGE, 65534, 65534)
    os.chmod(IMAGE, 0o666)


in_image_place("46", "the image is a link", lambda: os.symlink(victim, IMAGE))
in_image_place("46", "the image is a hard link", lambda: os.link(victim, IMAGE))
in_image_place("47", "the image is a FIFO", lambda: os.mkfifo(IMAGE))
in_image_place("48", "the image is another user's", foreign)
os.unlink(IMAGE)
os.mkdir(IMAGE)
run = Run(GOOD)
result(run.status == 1 and one_line(run, "directory") and listing() == [NAME] and os.listdir(IMAGE) == [],
       "47: the image is a directory: directory", str(run))
os.rmdir(IMAGE)
os.unlink(victim)

# --- two at once, and a running guest -----------------------------------------------------------------------

variants = [domain(f("hostname", "web%d" % i) + f("run-cmd", "x" * 60000)) for i in range(2)]
whole = []
for variant in variants:
    assert Run(variant).status == 0
    whole.append(content())
paths = []
for i, variant in enumerate(variants):
    paths.append(os.path.join(work, "variant%d" % i))
    with open(paths[-1], "wb") as file:
        file.write(variant)
processes = []
for i in range(64):
    with open(paths[i % 2], "rb") as source:
        processes.append(subprocess.Popen([HOOK, "web1", "prepare", "begin", "-"], stdin=source))
torn = 0
while any(process.poll() is None for process in processes):
    torn += content() not in whole
result(torn == 0 and content() in whole and listing() == [NAME]
       and all(process.returncode == 0 for process in processes),
       "49: 64 starts of one guest at once: one whole image", torn, listing())
old = fresh()
with open(IMAGE, "rb") as guest:
    accepted("50", "the image is rebuilt while a guest has it open", variants[0])
    result(guest.read() != content(), "50: and the guest keeps the one it has")
old = fresh()

# --- surroundings ---------------------------------------------------------------------------------------------

run = Run(GOOD, preexec_fn=lambda: os.umask(0))
result(run.status == 0 and os.stat(IMAGE).st_mode & 0o7777 == 0o600, "57: umask 0: the image is 0600")

trap = os.path.join(work, "trap")
os.makedirs(trap)
for program in ("virt-payload", "systemd-run", "sh", "mkisofs", "genisoimage", "env"):
    with open(os.path.join(trap, program), "w") as file:
        file.write("#!/bin/sh\ntouch %s/sprung\n" % work)
    os.chmod(os.path.join(trap, program), 0o755)
hostile = {"PATH": trap, "TMPDIR": trap, "HOME": trap, "LANG": "xx", "LC_ALL": "../../x", "TZ": ":/etc/passwd",
           "XDG_CONFIG_HOME": trap, "XDG_RUNTIME_DIR": trap, "G_MESSAGES_DEBUG": "all", "G_DEBUG": "fatal-warnings",
           "LIBXML_TEST": "1", "XML_CATALOG_FILES": "file:///etc/passwd", "XML_DEBUG_CATALOG": "1",
           "MALLOC_TRACE": work + "/mtrace", "VIRT_PAYLOAD_CONF": trap, "LD_LIBRARY_PATH": trap,
           "LIBVIRT_DEFAULT_URI": "test:///default", "VIRSH_DEFAULT_CONNECT_URI": "test:///default",
           "BASH_ENV": trap + "/sh", "IFS": "/"}
before = sorted(os.listdir(trap))
run = Run(GOOD, env=hostile)
result(run.status == 0 and run.out == run.err == b"" and content() == old and listing() == [NAME],
       "58: a hostile environment: the same bytes", str(run))
result(not os.path.exists(work + "/sprung") and sorted(os.listdir(trap)) == before,
       "58: nothing is run from PATH, nothing is written to TMPDIR")

CANARY = "kYq4Xc0AnArY"
places = [f("hostname", CANARY + "_"), f("user", f("password", CANARY + "\n"), 'name="root"'),
          f("user", f("password", CANARY, 'hashed="yes"'), 'name="root"'),
          f("user", f("ssh-key", CANARY), 'name="root"'), f("user", "", 'name="%s!"' % CANARY),
          f("timezone", CANARY + " x"), f("locale", CANARY + " x"), f("user", f("shell", CANARY + "\n"), 'name="a"'),
          f("user", f("sudo", CANARY + "\n"), 'name="a"'), f("user", f("group", CANARY + " x"), 'name="a"'),
          f("network", f("interface", f("address", CANARY))), f("network", f("interface", "", 'mac="%s"' % CANARY)),
          f("network", f("interface", f("route", "", 'destination="%s"' % CANARY))),
          f("package", CANARY + "\n\x7f"), f("write-file", CANARY, 'path="%s"' % CANARY),
          f("write-file", CANARY, 'path="/a" permissions="%s"' % CANARY),
          f("write-file", CANARY, 'path="/a" encoding="base64"'), f("file", CANARY, 'path="../%s"' % CANARY),
          f("file", CANARY + "!", 'path="a" encoding="base64"'), f("mount", CANARY + " a b c d e f g"),
          f("user-data", "", 'src="%s/../x"' % CANARY), f("user-data", "", 'src="%s"' % CANARY),
          f("meta", CANARY, 'key=""'),
          f("network-config", CANARY + ": ["), f("meta-data", CANARY), f("ssh-password-auth", CANARY),
          f("run-cmd", CANARY + "\x7f"), f("output", CANARY + "\x7f"), f("final-message", CANARY + "\x7f"),
          f("user", f("lock-password", CANARY), 'name="a"'), f("regenerate-ssh-keys", CANARY)]
for field in places:
    # whatever is wrong with the field, a wrong one beside it makes every one of them fail
    run = Run(domain(field + f("disable-root", CANARY)))
    result(run.status == 1 and CANARY.encode() not in run.err + run.out and listing() == [NAME],
           "59: no value in the message: %s" % re.sub(CANARY, "...", repr(field))[:60], str(run))
for attribute in ("datasource", "format", "bus", "target", "instance-id", "label"):
    run = Run(domain(metadata="<p:cloud-init xmlns:p='%s' %s='%s/ '/>" % (NS, attribute, CANARY)))
    result(run.status == 1 and CANARY.encode() not in run.err + run.out,
           "59: no value in the message: @%s" % attribute, str(run))

# A run that waits: another holds the lock of the image's temporary.
secret = domain(f("user", f("password", CANARY, 'clear="yes"'), 'name="root"'))
with open(os.path.join(work, "input"), "wb") as file:
    file.write(secret)
temporary = os.path.join(IMAGES, "." + NAME + ".tmp")
holder = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
fcntl.flock(holder, fcntl.LOCK_EX)
os.makedirs(work + "/cwd")
with open(os.path.join(work, "input"), "rb") as source:
    waiting = subprocess.Popen([HOOK, "web1", "prepare", "begin", "-"], stdin=source, cwd=work + "/cwd",
                               stderr=subprocess.PIPE,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)))
for _ in range(100):
    with open("/proc/%d/stat" % waiting.pid) as file:
        if file.read().split()[2] == "S":
            break
    time.sleep(0.02)
time.sleep(0.2)
with open("/proc/%d/cmdline" % waiting.pid, "rb") as line, open("/proc/%d/environ" % waiting.pid, "rb") as env:
    result(CANARY.encode() not in line.read() + env.read(), "59: no secret in arguments or environment")
with open("/proc/%d/limits" % waiting.pid) as limits:
    result(re.search(r"Max core file size\s+0\s+0", limits.read()) is not None, "59: core dumps are off")
result(os.stat("/proc/%d/fd" % waiting.pid).st_uid == 0, "59: other users of the same id cannot look into it")


def as_nobody(action):
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
        try:
            action()
        except OSError:
            os._exit(0)
        os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


result(as_nobody(lambda: open(temporary, "rb")) and as_nobody(lambda: open(IMAGE, "rb"))
       and as_nobody(lambda: os.listdir(IMAGES)), "59: another user can open neither image nor directory")
os.kill(waiting.pid, signal.SIGSEGV)
message = waiting.stderr.read()
result(waiting.wait() == 1 and message.endswith(b"[failed]\n") and message.count(b"\n") == 1
       and os.listdir(work + "/cwd") == [], "59: a crash is one line, and leaves no core", message)
os.close(holder)
result(Run(GOOD).status == 0 and listing() == [NAME] and content() == old,
       "54: the next run takes a killed run's leftovers away", listing())

# --- output ----------------------------------------------------------------------------------------------------

drive = ("<disk type='file' device='cdrom'><source file='/elsewhere/%s'/><target dev='sda' bus='sata'/>"
         "<readonly/></disk>" % NAME)
big = domain(f("hostname", "a"), devices=drive, extra="<description>%s</description>" % ("x" * 300000))
with open(os.path.join(work, "input"), "wb") as file:
    file.write(big)
with open(os.path.join(work, "input"), "rb") as source:
    filtering = subprocess.Popen([HOOK, "web1", "restore", "begin", "-"], stdin=source,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    filtering.stdout.read(1)
    filtering.stdout.close()
    message = filtering.stderr.read()
result(filtering.wait() == 1 and message.count(b"\n") == 1 and message.endswith(b"[failed]\n"),
       "61: the reader goes in the middle: exit 1, one line", message)
run = Run(big, operation="restore begin")
result(run.status == 0 and run.err == b"" and b"/elsewhere/" not in run.out and run.out.endswith(b"</domain>\n"),
       "61: a large output is whole", str(run))
images = set()
for zone, language in (("UTC", "C"), ("Pacific/Kiritimati", "tr_TR.UTF-8"), ("America/Adak", "de_DE")):
    assert Run(GOOD, env={"TZ": zone, "LC_ALL": language, "PATH": "/usr/bin"}).status == 0
    images.add(content())
    time.sleep(1.1)
result(len(images) == 1, "62: the same bytes at another time, in another zone and language")

# --- input that does not end --------------------------------------------------------------------------------------

reader, writer = os.pipe()
start = time.monotonic()
waiting = subprocess.Popen([HOOK, "web1", "prepare", "begin", "-"], stdin=reader, stderr=subprocess.PIPE)
silent = subprocess.Popen([HOOK, "web1", "release", "end", "-"], stdin=reader, stderr=subprocess.PIPE)
message = waiting.stderr.read()
status = waiting.wait()
result(status == 1 and 9 < time.monotonic() - start < 15 and message.count(b"\n") == 1
       and message.endswith(b"[failed]\n"), "14: input that does not end: given up after 10 seconds", message)
result(silent.wait() == 0 and silent.stderr.read() == b"", "14: release: in silence, with success")
os.close(reader)
os.close(writer)

done()
