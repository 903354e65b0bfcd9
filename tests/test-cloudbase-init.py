#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What cloudbase-init makes of a Windows guest's payload. Its code needs Windows, so the rules are written
here from its source of April 2026: services/baseopenstackservice.py, plugins/common/createuser.py,
setuserpassword.py, sshpublickeys.py, userdata.py and the cloud-config plugins users.py, groups.py."""

import email
import json
import pathlib
import sys
import tempfile
import traceback

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "conformance"))

from tap import skip_all  # noqa: E402

try:
    import yaml
except ImportError as missing:
    skip_all(f"PyYAML: {missing}")

import definition  # noqa: E402
from definition import KEY, element, password, user  # noqa: E402

DEFAULT_ADMIN = "Admin"  # its configuration's username
KNOWN_KEYS = {"write_files", "set_timezone", "timezone", "set_hostname", "hostname", "ntp", "groups",
              "users", "runcmd"}


class Windows:
    """The accounts of a guest after its first boot: {name: {password, groups, keys}}; RANDOM for a
    password that nobody knows."""

    RANDOM = object()

    def __init__(self, tree):
        latest = tree / "openstack" / "latest"
        self.meta_data = json.loads((latest / "meta_data.json").read_text())
        self.unknown = []
        self.accounts = {}
        self.make_administrator()
        path = latest / "user_data"
        for config in self.cloud_configs(path.read_text()) if path.exists() else ():
            self.unknown += [key for key in config if key not in KNOWN_KEYS]
            for entry in config.get("users", []):
                self.make_user(entry)

    def make_administrator(self):
        meta = self.meta_data.get("meta", {})
        name = meta.get("admin_username") or DEFAULT_ADMIN
        keys = self.meta_data.get("public_keys", {})
        if not isinstance(keys, dict):
            raise AssertionError("public_keys is not a mapping")
        self.accounts[name] = {
            "password": meta.get("admin_pass") or self.meta_data.get("admin_pass") or self.RANDOM,
            "groups": {"Administrators"},
            "keys": set(keys.values()),
        }

    @staticmethod
    def cloud_configs(text):
        if text.startswith("#cloud-config"):
            return [yaml.safe_load(text)]
        if "Content-Type: multipart" not in text.split("\n\n", maxsplit=1)[0]:
            return []
        return [yaml.safe_load(part.get_payload(decode=True))
                for part in email.message_from_string(text).walk()
                if part.get_content_type() == "text/cloud-config"]

    @staticmethod
    def names(value):
        return value.split(", ") if isinstance(value, str) else list(value or ())

    def make_user(self, entry):
        """Entries that are not mappings, or have no name, are skipped."""
        if not isinstance(entry, dict) or not entry.get("name"):
            return
        account = self.accounts.setdefault(entry["name"], {"groups": set(), "keys": set()})
        account["password"] = entry.get("passwd") or self.RANDOM
        account["groups"] |= {*self.names(entry.get("groups")),
                              *self.names(entry.get("primary_group"))}
        if entry.get("ssh_authorized_keys"):
            account["keys"] = set(entry["ssh_authorized_keys"])


def clear(text):
    return password(text, clear="yes")


def account(word, *groups, keys=()):
    return {"password": word, "groups": set(groups), "keys": set(keys)}


ADMIN = account(Windows.RANDOM, "Administrators")
CASES = {
    "one user": (
        [user("op", clear("Passw0rd!"), element("group", "Users"))],
        {"Admin": ADMIN, "op": account("Passw0rd!", "Users")}),
    "two groups, one with blanks": (
        [user("op", clear("x"), element("group", "Users"), element("group", "Remote Desktop Users"))],
        {"Admin": ADMIN, "op": account("x", "Users", "Remote Desktop Users")}),
    "the administrator": (
        [user("Administrator", clear("x"), element("ssh-key", KEY))],
        {"Administrator": account("x", "Administrators", keys=[KEY])}),
    "the administrator by its other name": (
        [user("Admin", clear("x"))], {"Admin": account("x", "Administrators")}),
    "an administrator in a further group": (
        [user("Administrator", clear("x"), element("group", "Hyper-V Administrators"),
              element("ssh-key", KEY))],
        {"Administrator": account("x", "Administrators", "Hyper-V Administrators", keys=[KEY])}),
    "an administrator and a user": (
        [user("op", clear("a"), element("ssh-key", KEY)), user("Administrator", clear("b"))],
        {"Administrator": account("b", "Administrators"), "op": account("a", keys=[KEY])}),
    "an own group": (
        [user("op", clear("a"), element("primary-group", "Power Users"))],
        {"Admin": ADMIN, "op": account("a", "Power Users")}),
    "a meta entry that names the administrator": (
        [element("meta", "boss", key="admin_username"), user("Administrator", clear("x"))],
        {"boss": account("x", "Administrators")}),
    "a user beside user-data": (
        [user("op", clear("a")), element("user-data", "#ps1_sysnative\nexit")], None),
    "a user beside cloud-config": (
        [user("op", clear("a")),
         element("user-data", "#cloud-config\nusers: [{name: mine, passwd: b, groups: [Users]}]\n")],
        {"Admin": ADMIN, "op": account("a"), "mine": account("b", "Users")}),
    "nobody": ([element("hostname", "pc17")], {"Admin": ADMIN}),
}


def check(tree, wanted):
    windows = Windows(tree)
    if windows.unknown:
        raise AssertionError(f"keys that cloudbase-init does not know: {windows.unknown}")
    if windows.accounts != wanted:
        raise AssertionError(f"got {windows.accounts}, wanted {wanted}")


def main():
    os_id = "http://microsoft.com/win/2k22"
    definitions = {name: definition.domain(definition.cloud_init(*children), os_id=os_id)
                   for name, (children, _) in CASES.items()}
    failed = 0
    with tempfile.TemporaryDirectory(prefix="vp-cloudbase-init-") as directory:
        errors = definition.render(definitions, directory)
        for number, (name, (_, wanted)) in enumerate(CASES.items(), 1):
            try:
                if (wanted is None) != (name in errors):
                    raise AssertionError(f"refused: {errors.get(name)}")
                if wanted is not None:
                    check(pathlib.Path(directory) / "tree" / name, wanted)
            except Exception:  # whatever is raised is the finding
                failed += 1
                print(f"not ok {number} - {name}")
                print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()))
            else:
                print(f"ok {number} - {name}", flush=True)
    print(f"1..{len(CASES)}")
    sys.exit(1 if failed else 0)


main()
