#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-faults.py tells what a fault may leave from what it may not: its judgements over a double of the hook,
which leaves what each case says. Needs no private world."""

import contextlib
import importlib.util
import io
import os
import pathlib
import re
import sys
import tempfile
import types

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
os.environ.setdefault("VP_SRCDIR", str(HERE.parent))
os.environ.setdefault("VP_BUILDDIR", str(HERE.parent))
os.environ.pop("VP_TESTS_MUST_RUN", None)

WORK = tempfile.TemporaryDirectory(prefix="virt-payload-test.")
IMAGES = os.path.join(WORK.name, "images")
NAME = "image.img"
LINE = b"virt-payload: web1: cannot be written: no space [failed]\n"
CLAIMS = []


class Run:
    """A run of the double: leaves the files of outcome, or those of a sound run."""

    outcome = None

    def __init__(self, xml, operation="prepare begin", **_options):
        status, files, self.out, self.err = Run.outcome or (0, {NAME: xml}, b"", b"")
        self.status = status
        for name in listing():
            os.unlink(os.path.join(IMAGES, name))
        for name, text in files.items():
            pathlib.Path(IMAGES, name).write_bytes(text)
        self.operation = operation


def listing():
    return sorted(os.listdir(IMAGES))


def content(path=os.path.join(IMAGES, NAME)):
    return pathlib.Path(path).read_bytes()


def fresh():
    os.makedirs(IMAGES, exist_ok=True)
    Run(b"old")
    return content()


def one_line(run, names):
    match = re.fullmatch(rb"virt-payload: [ -~]* \[([a-z0-9-]+)\]\n", run.err)
    return match is not None and match.group(1).decode() in names.split("|")


def load():
    """The check, with the double in place of hook.py."""
    hook = types.ModuleType("hook")
    hook.__dict__.update(GOOD=b"", HOOK="hook", IMAGE=os.path.join(IMAGES, NAME), IMAGES=IMAGES, NAME=NAME, UUID="uuid",
                         Run=Run, content=content, done=lambda: None, fresh=fresh, listing=listing, one_line=one_line,
                         domain=lambda *_, **__: b"new", f=lambda *_: "", work=WORK.name,
                         result=lambda good, name, *why: CLAIMS.append((bool(good), name)))
    sys.modules["hook"] = hook
    sys.argv = ["check-faults.py", "--short"]
    spec = importlib.util.spec_from_file_location("check_faults", HERE / "check-faults.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


faults = load()
number = failed = 0


def claim(name, got, wanted):
    global number, failed
    number += 1
    good = got == wanted
    failed += not good
    print("ok" if good else "not ok", number, "-", name)
    if not good:
        print(f"# got {got!r}, wanted {wanted!r}")


def left(outcome):
    """A run that leaves this, beside the old image."""
    Run.outcome = outcome
    run = Run(b"new")
    Run.outcome = None
    return run


# --- what a prepare may leave

OLD, NEW = {NAME: b"old"}, {NAME: b"new"}
for name, status, files, out, err, wanted in (
        ("a new image and nothing said", 0, NEW, b"", b"", True),
        ("the old image and one line", 1, OLD, b"", LINE, True),
        ("the new image and one line", 1, NEW, b"", LINE, False),
        ("the old image and success", 0, OLD, b"", b"", False),
        ("a part of the new image", 0, {NAME: b"ne"}, b"", b"", False),
        ("a part of the old image", 1, {NAME: b"ol"}, b"", LINE, False),
        ("no image", 1, {}, b"", LINE, False),
        ("another file beside it", 0, {**NEW, ".%s.tmp" % NAME: b""}, b"", b"", False),
        ("success that says something", 0, NEW, b"", LINE, False),
        ("a failure that says nothing", 1, OLD, b"", b"", False),
        ("a failure of two lines", 1, OLD, b"", LINE + LINE, False),
        ("a failure that prints data", 1, OLD, b"<domain/>", LINE, False),
        ("an error that is not the system's", 1, OLD, b"", LINE.replace(b"failed", b"usage"), False),
        ("another status", 2, OLD, b"", LINE, False),
        ("a run that was killed", -9, OLD, b"", b"", False)):
    run = left((status, files, out, err))
    claim(f"a prepare that leaves {name}: {'is whole' if wanted else 'is reported'}", faults.whole(run), wanted)

# --- what a kill may leave, and the next run

SOUND = (0, NEW, b"", b"")
for name, files, after, wanted in (
        ("the old image", OLD, SOUND, True),
        ("the new image", NEW, SOUND, True),
        ("a temporary beside it", {**OLD, ".%s.tmp" % NAME: b"n"}, SOUND, True),
        ("a part of an image", {NAME: b"o"}, SOUND, False),
        ("a file of another name", {**OLD, "core": b""}, SOUND, False),
        ("a temporary that the next run leaves there", OLD, (0, {**NEW, ".%s.tmp" % NAME: b""}, b"", b""), False),
        ("an image that the next run does not renew", OLD, (0, OLD, b"", b""), False),
        ("a next run that fails", OLD, (1, OLD, b"", LINE), False)):
    left((0, files, b"", b""))
    Run.outcome = after
    bad = []
    faults.recovers(bad, "killed")
    Run.outcome = None
    claim(f"a kill that leaves {name}: {'is recovered from' if wanted else 'is reported'}", bad == [], wanted)

left((0, {**NEW, "core": b""}, b"", b""))
faults.restore()
claim("each fault begins with the old image alone", (listing(), content(), os.stat(faults.IMAGE).st_mode & 0o777),
      ([NAME], b"old", 0o600))

# --- which system calls

TRACE = """execve("hook") = 0
read(3) = 5
rt_sigaction(SIGALRM) = 0
read(3) = 5
getrandom(8) = 8
+++ not a call
capset(0) = 0
read(4) = 5
exit_group(0) = ?
"""


class Traced(Run):
    def __init__(self, xml, wrap=(), **options):
        super().__init__(xml, **options)
        pathlib.Path(wrap[wrap.index("-o") + 1]).write_text(TRACE)


faults.Run = Traced
calls = faults.trace("prepare begin", b"new")
claim("system calls: from the hook's own first one, each with its number, those that cannot fail left out",
      [call[:2] for call in calls], [("rt_sigaction", 1), ("read", 2), ("capset", 1), ("read", 3)])
claim("system calls of the short form: those after the rights are dropped", [call[:2] for call in faults.sample(calls)],
      [("capset", 1), ("read", 3)])
claim("system calls of the short form: all if no rights are dropped", faults.sample(calls[:2]), calls[:2])
faults.SHORT = False
claim("system calls of the long form: all", faults.sample(calls), calls)
faults.SHORT = True
claim("a fault is injected into one call of its name", faults.inject("read", 3, "error=EIO")[-1], "inject=read:error=EIO:when=3")
faults.Run = Run

# --- whole parts of it, over a hook that is broken


def claims_of(function):
    CLAIMS.clear()
    with contextlib.redirect_stdout(io.StringIO()):
        function()
    return [good for good, _ in CLAIMS]


CALLS = [("read", which, "read(3)") for which in range(4)]
faults.trace = lambda operation, xml: CALLS
for name, function, outcome, wanted in (
        ("prepare: a hook that fails cleanly", faults.errors_of_prepare, (1, OLD, b"", LINE), [True, True]),
        ("prepare: a hook that no error reaches", faults.errors_of_prepare, SOUND, [True, False]),
        ("prepare: a hook that leaves a part", faults.errors_of_prepare, (1, {NAME: b"o"}, b"", LINE), [False, True]),
        ("release: a hook that succeeds", faults.errors_of_release, (0, {}, b"", b""), [True]),
        ("release: a hook that fails", faults.errors_of_release, (1, {}, b"", LINE), [False]),
        ("release: a hook that leaves another file", faults.errors_of_release, (0, {"core": b""}, b"", b""), [False]),
        ("restore: a hook that gives its whole output", faults.errors_of_filter, (0, OLD, b"<d/>", b""), [True]),
        ("restore: a hook that takes the image", faults.errors_of_filter, (0, {}, b"<d/>", b""), [False]),
        ("SIGKILL: a hook whose next run is sound", faults.kills_at_every_call, SOUND, [True]),
        ("SIGKILL: a hook whose next run fails", faults.kills_at_every_call, (1, OLD, b"", LINE), [False]),
        ("descriptors: a hook that leaves a part", faults.limits, (0, {NAME: b"n"}, b"", b""), [False])):
    Run.outcome = outcome
    claim(f"{name}: what is reported", claims_of(function), wanted)
    Run.outcome = None
CALLS.clear()
claim("no system call to try: is reported", claims_of(faults.errors_of_release), [False])

# --- what cannot be tried here

faults.MALLOC = "/nonexistent"
claim("allocations without their library: skipped", claims_of(faults.allocations), [True])
os.environ["VP_TESTS_MUST_RUN"] = "1"
claim("allocations without their library, where tests must run: a failure", claims_of(faults.allocations), [False])
claim("a program that is not there does not work", faults.works("/nonexistent/strace"), False)
claim("a program that fails does not work", faults.works("false"), False)
claim("a program that succeeds works", faults.works("true"), True)

print(f"1..{number}")
sys.exit(failed != 0)
