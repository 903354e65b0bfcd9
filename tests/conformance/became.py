# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a guest has become by its first boot (machine.py), in the words of the cases."""

import pathlib
import tempfile
import types

import yaml


class NotHere(Exception):
    """Asked of the guest without a machine only (guest.py)."""


class Became:
    """facts: machine.py's, of one boot; version: cloud-init's, as (22, 4)."""

    def __init__(self, facts, suite, version):
        if "error" in facts:
            raise AssertionError(facts["error"])
        self.facts = facts
        self.suite = suite
        self.version = tuple(int(part) for part in version.split(".")[:2])
        self.cloud_config = facts["cloud_config"]
        self.keys = facts["keys"]
        self.instance_id = facts["instance_id"]
        self.hostname = types.SimpleNamespace(hostname=facts["hostname"])
        self.fqdn = types.SimpleNamespace(hostname=facts["fqdn"])
        self.network = facts["network"]
        self.complaints = facts["complaints"]
        self.ds = types.SimpleNamespace(
            metadata=facts["metadata"], ec2_metadata=facts["ec2_metadata"],
            dsmode=facts["dsmode"], availability_zone=facts["availability_zone"])

    # of the instance

    def _below(self, directory, deep=False):
        return [content for path, content in sorted(self.facts["instance"].items())
                if path.startswith(directory) and (deep or "/" not in path[len(directory):])]

    @property
    def scripts(self):
        return [content for path, content in sorted(self.facts["instance"].items())
                if path.startswith("scripts/") and path.count("/") == 1
                and path != "scripts/runcmd"]

    @property
    def vendor_scripts(self):
        return self._below("scripts/vendor/")

    @property
    def raw_user_data(self):
        raw = self.facts["raw_user_data"]
        return raw.encode() if isinstance(raw, str) else raw or b""

    @property
    def instance(self):
        directory = pathlib.Path(tempfile.mkdtemp(prefix="vp-became-"))
        for path, content in self.facts["instance"].items():
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_bytes(content)
        return directory

    def run_access_modules(self):
        raise NotHere

    # of the system

    @property
    def accounts(self):
        """{name: {hash, shell, groups, keys, gecos, home, uid, expired, ...}}, system users among them."""
        return self.facts["users"]

    @property
    def files(self):
        """{path: (uid, gid, mode, content)} of what was written."""
        return self.facts["files"]

    @property
    def sudoers(self):
        """The rules of each user, in order: {name: [rule]}."""
        rules = {}
        for text in self.facts["sudoers"].values():
            for line in text.splitlines():
                if line.strip() and not line.startswith("#"):
                    name, rule = line.split(None, 1)
                    rules.setdefault(name, []).append(rule)
        return rules

    def users(self):
        return [name for name, user in self.accounts.items()
                if user["uid"] >= 1000 and name != "nobody"]

    # of the network

    def netplan(self):
        (text,) = self.facts["rendered"]["netplan"].values()
        return yaml.safe_load(text)["network"]
