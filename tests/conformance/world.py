# SPDX-License-Identifier: LGPL-2.1-or-later
"""Boots in a Debian suite's cloud-init (machine.py), away from the host: mount, PID, network, IPC and UTS
namespaces of their own, the suite's files read-only beneath."""

import concurrent.futures
import os
import pathlib
import pickle
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BUILDER = HERE.parent / "guest" / "build-cloud-init"
SUITES = ("bullseye", "bookworm", "trixie", "sid")

ENTER = """set -e
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
mount -o remount,bind,ro "$ROOT"
mount -t tmpfs -o mode=0755 none "$ROOT/mnt"
mkdir "$ROOT/mnt/work" "$ROOT/mnt/case"
mount --bind "$WORK" "$ROOT/mnt/work"
mount --bind "$TREES" "$ROOT/mnt/work/trees"
mount -t tmpfs -o mode=1777 none "$ROOT/tmp"
mount --bind /dev/null "$ROOT/dev/null" 2>/dev/null || mount --rbind /dev "$ROOT/dev"
mount -t proc proc "$ROOT/proc"
exec chroot "$ROOT" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \\
    python3 -B /mnt/work/machine.py /mnt/work/jobs /mnt/work/results
"""


class Missing(Exception):
    """A suite's cloud-init cannot be had here."""


def root_of(suite):
    done = subprocess.run([str(BUILDER), suite], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode == 77:
        raise Missing(done.stderr.decode().strip().splitlines()[-1])
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    return done.stdout.decode().strip()


def boot(suite, trees, jobs):
    """{name: facts} of each job (machine.py); a job's "tree" is a directory below trees."""
    root = root_of(suite)
    with tempfile.TemporaryDirectory(prefix="vp-world-") as work:
        pathlib.Path(work, "machine.py").write_bytes((HERE / "machine.py").read_bytes())
        inside = [dict(job, tree=f"/mnt/work/trees/{job['tree']}") for job in jobs]
        pathlib.Path(work, "jobs").write_bytes(pickle.dumps(inside, protocol=4))
        os.mkdir(os.path.join(work, "trees"))
        subprocess.run(["unshare", "--mount", "--pid", "--fork", "--net", "--ipc", "--uts",
                        "--kill-child=KILL", "sh", "-c", ENTER], check=True,
                       env={**os.environ, "ROOT": root, "WORK": work, "TREES": str(trees)})
        return pickle.loads(pathlib.Path(work, "results").read_bytes())


def boot_all(suites, trees, jobs):
    """Yields (suite, {name: facts} or the exception), in order, as many at once as there are processors."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = [(suite, pool.submit(boot, suite, trees, jobs)) for suite in suites]
        for suite, future in futures:
            yield suite, future.exception() or future.result()
