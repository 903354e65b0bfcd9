#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What cloudbase-init makes of a Windows guest's payload. Its code needs Windows, so the rules are written
here from its source of April 2026: services/baseopenstackservice.py, plugins/common/createuser.py,
setuserpassword.py, sshpublickeys.py, networkconfig.py, userdata.py and the cloud-config plugins users.py,
groups.py; utils/windows/netlbfo.py; osutils/windows.py."""

import email
import ipaddress
import json
import pathlib
import subprocess
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
from definition import KEY, MACS, element, password, user  # noqa: E402
from links import link, to_elements  # noqa: E402

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


class WindowsNetwork:
    """The adapters of a guest with that network_data.json, {name: {addresses, gateways, dns, mtu}}, and its
    teams, {name: {adapter, members, mode}}. Raises where cloudbase-init does, which then does nothing of
    what follows."""

    MODES = {"802.3ad": "LACP", "balance-rr": "static", "active-backup": "independent", "balance-xor": "static",
             "balance-tlb": "independent", "balance-alb": "independent"}
    BOND_TYPES = {*MODES, "broadcast"}
    HASH_POLICIES = {"layer2", "layer2+3", "layer3+4", "encap2+3", "encap3+4"}

    def __init__(self, tree):
        data = json.loads((tree / "openstack" / "latest" / "network_data.json").read_text())
        self.names = {mac: f"Ethernet {n}" for n, mac in enumerate(MACS)}
        self.adapters = {name: self.adapter() for name in self.names.values()}
        self.teams = {}
        self.servers = self.dns_of(data)
        self.check(data["links"])
        for kind, make in (("phy", self.make_physical), ("bond", self.make_team), ("vlan", self.make_vlan)):
            for said in data["links"]:
                if (said["type"] if said["type"] in ("bond", "vlan") else "phy") == kind:
                    make(said)
                    if said.get("mtu"):
                        self.adapters[said["id"]]["mtu"] = said["mtu"]
        for said in data["networks"]:
            if said["type"] in ("ipv4", "ipv6"):
                self.set_address(said)

    @staticmethod
    def adapter():
        return {"addresses": [], "gateways": [], "dns": [], "mtu": None}

    @staticmethod
    def dns_of(said):
        return [service["address"] for service in said.get("services", ()) if service["type"] == "dns"]

    def check(self, links):
        for said in links:
            if said["type"] == "bond" and (said["bond_mode"] not in self.BOND_TYPES or said.get(
                    "bond_xmit_hash_policy", "layer2") not in self.HASH_POLICIES):
                raise AssertionError(f"bond of {said}")

    def make_physical(self, said):
        """Renamed: an adapter of that address, or the step fails."""
        old = self.names[said["ethernet_mac_address"]]
        self.names[said["ethernet_mac_address"]] = said["id"]
        self.adapters[said["id"]] = self.adapters.pop(old)

    def make_team(self, said):
        """Its first member is the adapter of its address."""
        primary = self.names[said["ethernet_mac_address"]]
        if primary not in said["bond_links"]:
            raise AssertionError(f"{primary} is not among the members {said['bond_links']}")
        for name in said["bond_links"]:
            del self.adapters[name]
        self.teams[f"bond_{said['id']}"] = {"adapter": said["id"], "members": sorted(said["bond_links"]),
                                            "mode": self.MODES[said["bond_mode"]]}
        self.adapters[said["id"]] = self.adapter()

    def make_vlan(self, said):
        self.teams[f"bond_{said['vlan_link']}"].setdefault("vlans", []).append(said["vlan_id"])
        self.adapters[said["id"]] = self.adapter()

    def set_address(self, said):
        """In place of others of its family."""
        adapter = self.adapters[said["link"]]
        bits = sum(bin(byte).count("1") for byte in ipaddress.ip_address(said["netmask"]).packed)
        family = ":" in said["ip_address"]
        for key in ("addresses", "gateways"):
            adapter[key] = [text for text in adapter[key] if (":" in text) != family]
        adapter["addresses"].append(f"{said['ip_address']}/{bits}")
        routes = [route["gateway"] for route in said.get("routes", ()) if not int(
            ipaddress.ip_address(route["netmask"]))]
        adapter["gateways"] += routes[:1]
        adapter["dns"] = self.dns_of(said) or [
            text for text in self.servers if (":" in text) == family] or adapter["dns"]


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


V4 = {"addresses": ["192.0.2.5/24"], "gateways": ["192.0.2.1"]}
TWO = [link(name="p0"), link(name="p1")]


def bond(**wanted):
    return link("bond", "team", links=["p0", "p1"], **{"mode": "802.3ad", **wanted})


def made(**wanted):
    return {**WindowsNetwork.adapter(), **wanted}


def team(mode, **more):
    return {"bond_team": {"adapter": "team", "members": ["p0", "p1"], "mode": mode, **more}}


# Links, and the adapters and teams that they give
NETWORKS = {
    "static addresses": (
        [link(name="lan", **V4, dns=["192.0.2.53"], mtu=1400), link(name="dmz", dhcp4=True)],
        {"lan": made(**V4, dns=["192.0.2.53"], mtu=1400), "dmz": made()}, {}),
    "both families": (
        [link(name="lan", addresses=["192.0.2.5/24", "2001:db8::5/64"], gateways=["192.0.2.1", "2001:db8::1"])],
        {"lan": made(addresses=["192.0.2.5/24", "2001:db8::5/64"], gateways=["192.0.2.1", "2001:db8::1"])}, {}),
    "an interface by its MAC address": (
        [link(name="lan", mac=MACS[2], **V4)], {"lan": made(**V4)}, {}),
    "a bond": ([*TWO, bond(dhcp4=True)], {"team": made()}, team("LACP")),
    "a bond with an address": ([*TWO, bond(**V4)], {"team": made(**V4)}, team("LACP")),
    "a bond with a member's MAC address": (
        [*TWO, bond(mac=MACS[1], dhcp4=True)], {"team": made()}, team("LACP")),
    "a bond with a MAC address of its own": (
        [*TWO, bond(mac="52:54:00:bb:00:01", dhcp4=True)], {"team": made()}, team("LACP")),
    "a bond with all": (
        [*TWO, bond(mode="active-backup", hash_policy="layer3+4", lacp_rate="fast", monitor=50, **V4)],
        {"team": made(**V4)}, team("independent")),
    "a VLAN on a bond": (
        [*TWO, bond(dhcp4=True), link("vlan", "v7", link="team", id=7, **V4)],
        {"team": made(), "v7": made(**V4)}, team("LACP", vlans=[7])),
}
# Links that cloudbase-init gives up, and the fields that validate warns of
GIVEN_UP = {
    "a VLAN on a plain link": ([link(name="p0"), link("vlan", "v7", link="p0", id=7, **V4)], "vlan: "),
    "a bond of the mode broadcast": ([*TWO, bond(mode="broadcast", dhcp4=True)], "@mode: "),
    "a bond by VLANs and addresses": ([*TWO, bond(hash_policy="vlan+srcmac", dhcp4=True)],
                                      "@transmit-hash-policy: "),
}


def check_network(tree, adapters, teams):
    network = WindowsNetwork(tree)
    named = {name: adapter for name, adapter in network.adapters.items() if not name.startswith("Ethernet ")}
    if (named, network.teams) != (adapters, teams):
        raise AssertionError(f"got {named}, {network.teams}, wanted {adapters}, {teams}")


def check_given_up(tree, xml, field):
    try:
        WindowsNetwork(tree)
    except (AssertionError, KeyError):
        said = subprocess.run([str(definition.BUILD.resolve() / "virt-payload"), "validate", str(xml)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout.decode()
        if f" warning: {field}cloudbase-init " not in said:
            raise AssertionError(f"validate: {said}") from None
    else:
        raise AssertionError("cloudbase-init takes it")


def check(tree, wanted):
    windows = Windows(tree)
    if windows.unknown:
        raise AssertionError(f"keys that cloudbase-init does not know: {windows.unknown}")
    if windows.accounts != wanted:
        raise AssertionError(f"got {windows.accounts}, wanted {wanted}")


def windows(*children, **options):
    return definition.domain(definition.cloud_init(*children), os_id="http://microsoft.com/win/2k22", **options)


def check_accounts(tree, wanted):
    refusal = tree.with_name(f"{tree.name}.error")
    if (wanted is None) != refusal.exists():
        raise AssertionError(f"refused: {refusal.exists() and refusal.read_text()}")
    if wanted is not None:
        check(tree, wanted)


def all_checks(directory):
    """(name, function, arguments)"""
    directory = pathlib.Path(directory)
    for name, (_, wanted) in CASES.items():
        yield name, check_accounts, (directory / "tree" / name, wanted)
    for name, (_, adapters, teams) in NETWORKS.items():
        yield f"network: {name}", check_network, (directory / "tree" / name, adapters, teams)
    for name, (_, field) in GIVEN_UP.items():
        yield (f"network: {name}", check_given_up,
               (directory / "tree" / name, directory / "xml" / f"{name}.xml", field))


def main():
    definitions = {name: windows(*children) for name, (children, _) in CASES.items()}
    definitions |= {name: windows(to_elements(links), interfaces=len(MACS))
                    for name, (links, *_) in [*NETWORKS.items(), *GIVEN_UP.items()]}
    number = failed = 0
    with tempfile.TemporaryDirectory(prefix="vp-cloudbase-init-") as directory:
        definition.render(definitions, directory)
        for number, (name, function, arguments) in enumerate(all_checks(directory), 1):
            try:
                function(*arguments)
            except Exception:  # whatever is raised is the finding
                failed += 1
                print(f"not ok {number} - {name}")
                print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()))
            else:
                print(f"ok {number} - {name}", flush=True)
    print(f"1..{number}")
    sys.exit(1 if failed else 0)


main()
