#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What cloud-init's own code makes of rendered payloads. Cases are in conformance/cases.py; each runs for
both datasources, and if it is of both they must give the guest the same."""

import contextlib
import pathlib
import sys
import tempfile
import traceback

import yaml

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "conformance"))

from tap import private_world, skip_all  # noqa: E402

private_world()

try:
    import guest as guest_module
    from cloudinit.config import schema  # noqa: F401
    import jsonschema  # noqa: F401
except ImportError as missing:
    skip_all(f"cloud-init's code cannot be loaded here: {missing}")

import cases as cases_module  # noqa: E402
import definition  # noqa: E402
import links as links_module  # noqa: E402
from cases import equal  # noqa: E402
from guest import RENDERERS, Guest  # noqa: E402

DATASOURCES = ("config-drive", "nocloud")
# the guest's own names for its devices are others than asked for
KNOWN_MACS = {mac: f"ens{n}" for n, mac in enumerate(definition.MACS)}


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def case(self, name, function):
        self.count += 1
        try:
            function()
        except Exception:  # whatever cloud-init raises is the finding
            self.failed += 1
            print(f"not ok {self.count} - {name}")
            for line in traceback.format_exc().splitlines():
                print(f"#   {line[:2000]}")
        else:
            print(f"ok {self.count} - {name}", flush=True)

    def done(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)


def boot(case, trees, errors, datasource):
    name = tree_name(case, datasource)
    if name in errors:
        raise AssertionError(f"refused: {errors[name]}")
    return Guest(trees / name, datasource, KNOWN_MACS)


def tree_name(case, datasource):
    return f"{case.name} {datasource}".replace("/", "_")


def check_one(case, guest, datasource):
    case.check(guest)
    if case.links:
        equal(netplan_facts(case, guest), links_module.expected_facts(case.links, datasource))
        for renderer in RENDERERS:
            if not guest.render_network(renderer):
                raise AssertionError(f"{renderer} writes nothing")
    unexpected = [message for message in guest.complaints.messages
                  if not any(part in message for part in case.complaints)]
    equal(unexpected, [])
    equal(guest.schema_problems(), "")


def asked_names(case, text):
    """A config drive leaves an interface without a name as the guest calls it, NoCloud cannot."""
    return links_module.asked_names(case.links, KNOWN_MACS, text)


def netplan_facts(case, guest):
    (text,) = guest.render_network("netplan").values()
    return links_module.netplan_facts(yaml.safe_load(asked_names(case, text))["network"])


def normal_network(case, guest, renderer):
    if renderer == "netplan":
        return netplan_facts(case, guest)
    upper = any(link["kind"] != "interface" for link in case.links)
    return {asked_names(case, path): links_module.normal_text(renderer, asked_names(case, text), upper)
            for path, text in guest.render_network(renderer).items()}


def check_equal(case, drive, seed):
    equal(drive.cloud_config, seed.cloud_config)
    equal(drive.scripts, seed.scripts)
    equal(drive.vendor_scripts, seed.vendor_scripts)
    equal(sorted(drive.keys), sorted(seed.keys))
    equal(drive.hostname, seed.hostname)
    if "content" not in case.attributes.values():
        equal(drive.instance_id, seed.instance_id)
    if case.links and not links_module.in_version_2(case.links) and not any(
            "accept_ra" in link for link in case.links):
        for renderer in RENDERERS:
            equal(normal_network(case, drive, renderer),
                  normal_network(case, seed, renderer))


def run_case(tap, case, trees, errors):
    guests = {}
    with contextlib.ExitStack() as stack:
        for datasource in DATASOURCES:
            if case.only not in (None, datasource):
                continue

            def check(datasource=datasource):
                guests[datasource] = stack.enter_context(boot(case, trees, errors, datasource))
                check_one(case, guests[datasource], datasource)

            tap.case(f"{case.name} ({datasource})", check)
        if case.only is None:
            tap.case(f"{case.name} (the same in both)", lambda: check_equal(
                case, *(guests[datasource] for datasource in DATASOURCES)))


def main():
    tap = Tap()
    print(f"# cloud-init {guest_module.VERSION}")
    cases = cases_module.all_cases()
    definitions = {
        tree_name(case, datasource): definition.domain(case.metadata(datasource), **case.domain)
        for case in cases
        for datasource in DATASOURCES
        if case.only in (None, datasource)
    }
    with tempfile.TemporaryDirectory(prefix="vp-conformance-") as directory:
        errors = definition.render(definitions, directory)
        trees = pathlib.Path(directory) / "tree"
        for case in cases:
            run_case(tap, case, trees, errors)
    tap.done()


main()
