#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Round trip: what was rendered of each conformance case is imported into a guest without a payload, and
rendered again. To cloud-init's own code both are the same."""

import os
import pathlib
import subprocess
import sys
import tempfile
import traceback
import xml.etree.ElementTree as ET

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "conformance"))

from tap import private_world, skip_all  # noqa: E402

private_world()

try:
    import guest as guest_module  # noqa: F401
except ImportError as missing:
    skip_all(f"cloud-init's code cannot be loaded here: {missing}")

import cases as cases_module  # noqa: E402
import definition  # noqa: E402
from asked import crypt  # noqa: E402
from cases import equal  # noqa: E402
from guest import Guest  # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("VP_BUILDDIR", ".")) / "virt-payload"
KNOWN_MACS = {mac: f"ens{n}" for n, mac in enumerate(definition.MACS)}


def plain(text):
    """The definition without its payload."""
    root = ET.fromstring(text)
    holder = root.find("metadata")
    for node in holder.findall(f"{{{definition.NAMESPACE}}}cloud-init"):
        holder.remove(node)
    return ET.tostring(root, "utf-8")


def imported(text, tree):
    done = subprocess.run([str(PROGRAM), "import", "-", str(tree)], input=plain(text), check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise AssertionError(done.stderr.decode())
    return done.stdout


def hashes_of(after, before):
    """The password that an import stored as a hash, in place of the clear text that it is of."""
    text, stored = before.get("password"), after.get("password")
    if text and stored and text != stored and crypt(text, stored) == stored:
        return {**before, "password": stored}
    return before


def check_same(before, after):
    equal(after.cloud_config, hashes_of(after.cloud_config, before.cloud_config))
    equal(after.scripts, before.scripts)
    equal(after.vendor_scripts, before.vendor_scripts)
    equal(sorted(after.keys), sorted(before.keys))
    equal(after.hostname, before.hostname)
    equal(after.instance_id, before.instance_id)
    equal(after.network, before.network)


def compare(name, datasource, trees):
    with Guest(trees[0] / name, datasource, KNOWN_MACS) as before:
        with Guest(trees[1] / name, datasource, KNOWN_MACS) as after:
            check_same(before, after)


def has_fields(text):
    """Whether the import did more than to keep everything as it was."""
    root = ET.fromstring(text).find(f"metadata/{{{definition.NAMESPACE}}}cloud-init")
    raw = {"user-data", "vendor-data", "meta-data", "network-config", "file"}
    return any(child.tag.split("}")[1] not in raw for child in root)


def main():
    definitions, datasources, failures, results = {}, {}, {}, {}
    for case in cases_module.all_cases():
        for datasource in ("config-drive", "nocloud"):
            if case.only in (None, datasource):
                name = f"{case.name} {datasource}".replace("/", "_")
                definitions[name] = definition.domain(case.metadata(datasource), **case.domain)
                datasources[name] = datasource
    with tempfile.TemporaryDirectory(prefix="vp-import-") as directory:
        first, second = pathlib.Path(directory, "first"), pathlib.Path(directory, "second")
        refused = definition.render(definitions, first)
        for name in definitions.keys() - refused.keys():
            try:
                results[name] = imported(definitions[name], first / "tree" / name)
            except AssertionError as error:
                failures[name] = f"import: {error}"
        failures.update({name: f"render: {error}" for name, error in definition.render(results, second).items()})
        for name in sorted(results.keys() - failures.keys()):
            try:
                compare(name, datasources[name], (first / "tree", second / "tree"))
            except Exception:  # whatever cloud-init raises is the finding
                failures[name] = traceback.format_exc()
    report(definitions.keys() - refused.keys(), failures, results)


def report(names, failures, results):
    for number, name in enumerate(sorted(names), 1):
        print(f"{'not ok' if name in failures else 'ok'} {number} - {name}")
        for line in failures.get(name, "").splitlines():
            print(f"#   {line[:2000]}")
    fields = sum(has_fields(text) for text in results.values())
    enough = len(names) > 100 and fields * 2 > len(results)
    print(f"# {fields} of {len(results)} have fields after the import")
    print(f"{'ok' if enough else 'not ok'} {len(names) + 1} - most cases become fields again")
    print(f"1..{len(names) + 1}")
    sys.exit(1 if failures or not enough else 0)


main()
