#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Round trip: what was rendered of each conformance case is imported into a guest without a payload, and
rendered again. To cloud-init's own code both are the same."""

import os
import pathlib
import re
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
from guest import RENDERERS, Guest  # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("VP_BUILDDIR", ".")) / "virt-payload"
KNOWN_MACS = {mac: f"ens{n}" for n, mac in enumerate(definition.MACS)}


def take_secrets():
    """Host keys that the imports kept, in this private world, for the guest that is rendered again."""
    for path in pathlib.Path("/etc/virt-payload/secrets", definition.UUID).glob("*"):
        definition.SECRETS[f"{definition.UUID}/{path.name}"] = path.read_text()


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


# network-configs as other tools and people write them, and whether they become fields
NETWORKS = {
    "version 1, as Proxmox writes it": (True, """
version: 1
config:
    - type: physical
      name: eth0
      mac_address: '52:54:00:00:00:01'
      subnets:
      - type: static
        address: '192.0.2.10'
        netmask: '255.255.255.0'
        gateway: '192.0.2.1'
    - type: nameserver
      address:
      - '192.0.2.53'
      search:
      - 'example.com'
"""),
    "version 1, two interfaces": (True, """
version: 1
config:
- {type: physical, name: lan0, mac_address: '52:54:00:00:00:02', mtu: 1400,
   subnets: [{type: static, address: 192.0.2.10/24, gateway: 192.0.2.1, dns_nameservers: [192.0.2.53]}]}
- {type: physical, name: lan1, mac_address: '52:54:00:00:00:01', subnets: [{type: dhcp}]}
"""),
    "version 2, DHCP": (True, """
version: 2
ethernets:
  id0: {match: {macaddress: '52:54:00:00:00:01'}, set-name: eth0, dhcp4: true, dhcp6: false}
"""),
    "version 2, a static address": (True, """
version: 2
ethernets:
  lan:
    match:
      macaddress: '52:54:00:00:00:01'
    set-name: lan
    addresses: [192.0.2.10/24]
    gateway4: 192.0.2.1
    nameservers: {addresses: [192.0.2.53], search: [example.com]}
"""),
    "version 2, a default route": (True, """
version: 2
ethernets:
  lan:
    match: {macaddress: '52:54:00:00:00:01'}
    set-name: lan
    addresses: [192.0.2.10/24]
    routes: [{to: 0.0.0.0/0, via: 192.0.2.1}]
"""),
    "what only later versions of cloud-init find": (False, """
network:
  version: 2
  ethernets:
    lan: {match: {macaddress: '52:54:00:00:00:01'}, set-name: lan, dhcp4: true}
"""),
    "an interface by the guest's own name": (False, """
version: 2
ethernets:
  ens3: {dhcp4: true}
"""),
    "a key that only an old guest follows": (False, """
version: 2
ethernets:
  ens3: {match: {macaddress: '52:54:00:00:00:01'}, dhcp4: true}
"""),
    "an interface that may be missing": (False, """
version: 2
ethernets:
  lan: {match: {macaddress: '52:54:00:00:00:01'}, set-name: lan, dhcp4: true, optional: true}
"""),
    "an interface that the guest has not": (False, """
version: 2
ethernets:
  lan: {match: {macaddress: '52:54:00:00:00:77'}, set-name: lan, dhcp4: true}
"""),
    "further routes": (False, """
version: 1
config:
- type: physical
  name: eth0
  mac_address: '52:54:00:00:00:01'
  subnets:
  - {type: static, address: 192.0.2.10/24, routes: [{network: 198.51.100.0, netmask: 255.255.255.0, gateway: 192.0.2.2}]}
"""),
    "name servers of no one of two interfaces": (False, """
version: 1
config:
- {type: physical, name: eth0, mac_address: '52:54:00:00:00:01', subnets: [{type: dhcp4}]}
- {type: physical, name: eth1, mac_address: '52:54:00:00:00:02', subnets: [{type: dhcp4}]}
- {type: nameserver, address: [192.0.2.53], search: []}
"""),
}


def netplan_meaning(guest):
    """Its interfaces by MAC address; gateways as routes, and nothing that is the default."""
    links = {}
    for item in guest.netplan()["ethernets"].values():
        link = {key: value for key, value in item.items() if value is not False}
        routes = link.pop("routes", [])
        for key, everything in (("gateway4", "0.0.0.0/0"), ("gateway6", "::/0")):
            if key in link:
                routes.append({"to": everything, "via": link.pop(key)})
        link["routes"] = [{**route, "to": route["to"].replace("default", "0.0.0.0/0")} for route in routes]
        links[link.pop("match")["macaddress"]] = link
    return links


# One meaning, several ways to write it: name servers and domains for the only interface or for all, a default gateway
# by a command or as a route; and a line of ENI's that ifupdown does not know
WAYS = (
    (r"^(dns-nameservers|nameserver|DNS\d=|DNS=) *", "dns "),
    (r"^(dns-search|search|DOMAIN=|Domains=) *", "domain "),
    (r"^route1=0\.0\.0\.0/0,", "gateway="),
    (r"^post-up route add default gw (\S+) .*", r"gateway \1"),
    (r"^(pre-down route del default |Destination=0\.0\.0\.0/0$|dns \{).*", ""),
)


def files_meaning(guest, renderer):
    """The lines of all files, in one way."""
    lines = {line.strip() for text in guest.render_network(renderer).values() for line in text.splitlines()}
    for pattern, way in WAYS:
        lines = {re.sub(pattern, way, line) for line in lines}
    return lines - {""}


def check_same_network(before, after):
    for renderer in RENDERERS:
        if renderer != "netplan":
            now, then = files_meaning(after, renderer), files_meaning(before, renderer)
            equal(then - now, set())
            # some renderers forget name servers that are not an interface's
            equal({line for line in now - then if not line.lower().startswith(("dns", "domain"))}, set())
    equal(netplan_meaning(after), netplan_meaning(before))


def check_network(directory, text, becomes_fields):
    seed = directory / "seed"
    seed.mkdir(parents=True)
    (seed / "user-data").write_text("#cloud-config\n")
    (seed / "meta-data").write_text("instance-id: i-1\nlocal-hostname: web1\n")
    (seed / "network-config").write_text(text)
    result = imported(definition.domain(definition.cloud_init(), interfaces=2), seed)
    root = ET.fromstring(result).find(f"metadata/{{{definition.NAMESPACE}}}cloud-init")
    equal(root.find(f"{{{definition.NAMESPACE}}}network") is not None, becomes_fields)
    refused = definition.render({"web1": result}, directory)
    equal(refused, {})
    if not becomes_fields:
        equal((directory / "tree" / "web1" / "network-config").read_text(), text)
        return
    with Guest(seed, "nocloud", KNOWN_MACS) as before, \
            Guest(directory / "tree" / "web1", "nocloud", KNOWN_MACS) as after:
        check_same_network(before, after)


def check_networks():
    """{name: why not}"""
    failures = {}
    for name, (becomes_fields, text) in NETWORKS.items():
        with tempfile.TemporaryDirectory(prefix="vp-import-") as directory:
            try:
                check_network(pathlib.Path(directory), text.lstrip(), becomes_fields)
            except Exception:  # as above
                failures[name] = traceback.format_exc()
    return failures


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
        take_secrets()
        failures.update({name: f"render: {error}" for name, error in definition.render(results, second).items()})
        for name in sorted(results.keys() - failures.keys()):
            try:
                compare(name, datasources[name], (first / "tree", second / "tree"))
            except Exception:  # whatever cloud-init raises is the finding
                failures[name] = traceback.format_exc()
    failures.update(check_networks())
    report((definitions.keys() - refused.keys()) | NETWORKS.keys(), failures, results)


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
