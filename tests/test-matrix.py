#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What four versions of cloud-init make of every case: 20.4, 22.4, 25.1 and what Debian's sid has, each by
its own interpreter in its suite's files. What a definition asks for is what the guest becomes, or `validate`
warns of the field."""

import contextlib
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import traceback

import yaml

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "conformance"))

import asked  # noqa: E402
import cases as cases_module  # noqa: E402
import definition  # noqa: E402
import links as links_module  # noqa: E402
import renderers  # noqa: E402
import told  # noqa: E402
import world  # noqa: E402
from became import Became, NotHere  # noqa: E402
from tap import skip_all  # noqa: E402

DATASOURCES = ("config-drive", "nocloud")
MODULES = ("write-files", "mounts", "users-groups", "ssh", "set-passwords", "write-files-deferred",
           "runcmd", "timezone")
# Elements that need them
WORK = {"user", "ssh-password-auth", "disable-root", "regenerate-ssh-keys", "write-file", "mount",
        "ssh-host-key", "timezone", "user-data"}
# The guest's own names for its devices are others than asked for
KNOWN_MACS = {mac: f"ens{n}" for n, mac in enumerate(definition.MACS)}


@dataclasses.dataclass
class Boot:
    case: cases_module.Case
    datasource: str
    default_user: str

    @property
    def tree(self):
        return f"{self.case.name} {self.datasource}".replace("/", "_")

    @property
    def name(self):
        own = "" if self.default_user == "debian" else f", its default user is {self.default_user}"
        return f"{self.case.name} ({self.datasource}{own})"

    @property
    def metadata(self):
        return self.case.metadata(self.datasource)

    @property
    def xml(self):
        return definition.domain(self.metadata, **self.case.domain)

    def job(self):
        return {"name": self.name, "tree": self.tree, "datasource": self.datasource,
                "default_user": self.default_user, "macs": KNOWN_MACS,
                "modules": MODULES if self.has_work else ()}

    @property
    def has_work(self):
        """Something that modules act on; otherwise most of a boot's time is saved. Without users only
        cloud-config matters, which is the same from both datasources (test-conformance.py)."""
        asked_for = {child.tag.split("}")[1] for child in self.case.children} & WORK
        return bool(asked_for if self.datasource == "config-drive" else asked_for & {"user"})


def boots_of(case):
    """Once for each datasource, and again with an image whose default user has the name of the definition's;
    not beside user-data, which may ask for the default user itself."""
    names = [child.get("name") for child in case.children if child.tag.endswith("}user")]
    is_raw = any(child.tag.endswith("}user-data") for child in case.children)
    named = [name for name in names if name not in ("root", "debian") and not is_raw][:1]
    for datasource in DATASOURCES:
        if case.only in (None, datasource):
            for default_user in ["debian", *named]:
                yield Boot(case, datasource, default_user)


class Warnings:
    """The fields that `validate` warns of, for each definition; asked for if something differs."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.known = {}

    def of(self, boot):
        if boot.tree not in self.known:
            path = self.directory / "xml" / f"{boot.tree}.xml"
            said = subprocess.run([str(definition.BUILD.resolve() / "virt-payload"), "validate", str(path)],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            self.known[boot.tree] = re.findall(r" warning: (.*)", said.stdout.decode())
        return self.known[boot.tree]


def concerns(text, version):
    """Whether a warning is about this version of cloud-init: it names some, or is about all."""
    spans = re.findall(r"before (\d+)\.(\d+)|(\d+)\.(\d+) and later|cloud-init (\d+)\.(\d+)(?! and later)", text)
    found = []
    for before, before_minor, since, since_minor, only, only_minor in spans:
        if before:
            found.append(version < (int(before), int(before_minor)))
        elif since:
            found.append(version >= (int(since), int(since_minor)))
        else:
            found.append(version == (int(only), int(only_minor)))
    return "cloud-init" in text and (not found or any(found))


def is_warned(field, version, warnings):
    """A warning begins with the field's last name, or its element's, and names the versions it is about."""
    return is_any_warned({field.split("/", 1)[0], field.rsplit("/", 1)[-1]}, version, warnings)


def is_any_warned(names, version, warnings):
    return any(text.split(": ", 1)[0] in names and concerns(text, version) for text in warnings)


# Renderers that a version of cloud-init has
RENDERERS = {"eni": (0, 0), "netplan": (0, 0), "sysconfig": (0, 0), "networkd": (21, 1),
             "network-manager": (22, 1)}
# What netplan's generator says of every file, or of what old versions of cloud-init write
SAID = ("are too open", "has been deprecated", "See the 'Default routes'")


def check_network(boot, facts, version, warnings):
    """Each renderer gives the guest what was asked, netplan's generator has nothing to say of netplan's
    YAML; or validate warns of the field. A bond's own MAC address in 20.4 is of a config drive's members
    too, of which validate warns."""
    had = tuple(int(part) for part in version.split(".")[:2])
    rendered = facts["rendered"]
    cases_module.equal(set(rendered), {name for name, first in RENDERERS.items() if had >= first})
    differs = list(check_names(boot, facts, warnings))
    for name in rendered:
        if name != "netplan":
            differs += [text for fields, text in renderers.differences(
                name, own_names(boot, rendered[name]), boot.case.links)
                if not is_any_warned(fields, had, warnings.of(boot))]
    cases_module.equal(differs, [])
    check_netplan(boot, facts, had)


def check_names(boot, facts, warnings):
    """No interface is renamed that was not given a name, unless validate says so."""
    given = {link["name"] for link in boot.case.links}
    if set(facts["renamed"]) - given and not is_any_warned({"interface"}, (99, 9), warnings.of(boot)):
        yield f"renamed to {facts['renamed']}"


def own_names(boot, files):
    if not isinstance(files, dict):
        return files
    return {links_module.asked_names(boot.case.links, KNOWN_MACS, path):
            links_module.asked_names(boot.case.links, KNOWN_MACS, text) for path, text in files.items()}


def check_netplan(boot, facts, had):
    (text,) = own_names(boot, facts["rendered"]["netplan"]).values()
    found = links_module.netplan_facts(yaml.safe_load(text)["network"])
    wanted = links_module.expected_facts(boot.case.links, boot.datasource)
    if had < (21, 1) and boot.datasource == "config-drive" and any(
            link["kind"] == "bond" and link.get("mac") for link in boot.case.links):
        found, wanted = ({name: {**known, "mac": None} for name, known in known_facts.items()}
                         for known_facts in (found, wanted))
    cases_module.equal(found, wanted)
    said = [line for line in facts["netplan_said"].splitlines()
            if line and not any(part in line for part in SAID)]
    cases_module.equal(said, [])


def unexplained(boot, version, warnings, messages):
    """The messages of which neither validate nor the case says that they come in this version."""
    return [message for message in messages
            if not any(part in message and (field is None or is_warned(field, version, warnings.of(boot)))
                       for part, field in boot.case.complaints.items())]


def check(boot, facts, suite, version, warnings):
    became = Became(facts, suite, version)
    if boot.default_user == "debian":
        with contextlib.suppress(NotHere):
            boot.case.check(became)
    differs = []
    if boot.has_work:
        differs = [f"{field}: {text}" for field, text in asked.differences(boot.metadata, became)
                   if not is_warned(field, became.version, warnings.of(boot))]
    cases_module.equal(differs, [])
    if boot.case.links:
        check_network(boot, facts, version, warnings)
    said = [*became.complaints, *facts["failures"], *filter(None, [facts["schema"]])]
    cases_module.equal(unexplained(boot, became.version, warnings, said), [])


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def case(self, name, function, *arguments):
        self.count += 1
        try:
            function(*arguments)
        except Exception:  # whatever is raised is the finding
            self.failed += 1
            print(f"not ok {self.count} - {name.replace('#', 'No. ')}")
            for line in traceback.format_exc().splitlines()[-30:]:
                print(f"#   {line[:1000]}")
        else:
            print(f"ok {self.count} - {name.replace('#', 'No. ')}")
        sys.stdout.flush()

    def skip(self, name, why):
        self.count += 1
        must_run = os.environ.get("VP_TESTS_MUST_RUN") == "1"
        self.failed += must_run
        print(f"{'not ok' if must_run else 'ok'} {self.count} - {name}"
              f"{': cannot be skipped: ' if must_run else ' # SKIP '}{why}")


def run_suite(tap, suite, results, boots, warnings):
    if isinstance(results, world.Missing):
        tap.skip(f"{suite}: cloud-init", results)
        return
    if isinstance(results, BaseException):
        raise results
    version = results["version"]
    print(f"# {suite}: cloud-init {version}, {len(boots)} boots in {results['seconds']:.0f} s")
    failed, count = tap.failed, tap.count
    for boot in boots:
        tap.case(f"{version}: {boot.name}", check, boot, results[boot.name], suite, version, warnings)
    print(f"# {suite}: {tap.count - count} cases, {tap.failed - failed} failed")


def main():
    if os.getuid() != 0:
        skip_all("a root directory of its own needs root")
    wanted = os.environ.get("VP_MATRIX", "")  # cases by a regular expression
    suites = os.environ.get("VP_MATRIX_SUITES", " ".join(world.SUITES)).split()
    boots = [boot for case in cases_module.all_cases() if re.search(wanted, case.name)
             for boot in boots_of(case)]
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="vp-matrix-") as directory:
        errors = definition.render({boot.tree: boot.xml for boot in boots}, directory)
        for name, message in errors.items():
            raise SystemExit(f"Bail out! {name} is refused: {message}")
        for name, row in told.ROWS.items() if not wanted else ():
            tap.case(f"validate: {name}", told.check, row, pathlib.Path(directory) / "told.xml")
        trees = pathlib.Path(directory) / "tree"
        jobs = [boot.job() for boot in boots]
        for suite, results in world.boot_all(suites, trees, jobs):
            run_suite(tap, suite, results, boots, Warnings(directory))
    print(f"1..{tap.count}")
    sys.exit(1 if tap.failed else 0)


main()
