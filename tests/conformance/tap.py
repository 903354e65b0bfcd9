# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests here say to a TAP driver, beside their claims."""

import os
import pathlib
import subprocess
import sys


def skip_all(why):
    if os.environ.get("VP_TESTS_MUST_RUN") == "1":
        print(f"Bail out! cannot be skipped: {why}")
        sys.exit(1)
    print(f"1..0 # SKIP {why}")
    sys.exit(0)


def private_world():
    """First of all: run this test again in a private world, for code of guests may write anywhere. A plain
    user's may not."""
    if os.environ.get("VP_PRIVATE_LIBVIRTD") or os.geteuid() != 0:
        return
    world = str(pathlib.Path(__file__).resolve().parent.parent / "lib" / "private-libvirtd")
    check = subprocess.run([world, "--bare", "--check"], stderr=subprocess.PIPE, text=True, check=False)
    if check.returncode != 0:
        skip_all(check.stderr.strip())
    sys.stdout.flush()
    os.execv(world, [world, "--bare", *sys.argv])
