# SPDX-License-Identifier: LGPL-2.1-or-later
"""What no guest can make right: definitions that `validate` refuses, or warns of with these words."""

import subprocess

import definition
from definition import KEY, MACS, element, network, user, password

V4 = element("address", "192.0.2.10/24")


def interface(*children, **attributes):
    return element("interface", None, children, **attributes)


def gateway(text):
    return element("gateway", text)


def two_of(first, second):
    return [network(interface(*first), interface(*second))]


NO_GATEWAY = network(interface(element("dhcp4"), element("address", "2001:db8::73/64")))
WINDOWS = "http://microsoft.com/win/2k22"
# name: (elements, attributes of the definition and of <cloud-init>, "error" or "warning", what is said)
ROWS = {
    "two default routes of one metric": (
        two_of([V4, gateway("192.0.2.1")],
               [element("address", "198.51.100.10/24"), gateway("198.51.100.1")]),
        {"interfaces": 2}, "warning", "second default route of IPv4"),
    "a static IPv6 address without a gateway": (
        [NO_GATEWAY], {"interfaces": 1}, "warning", "turns router advertisements off"),
    "an interface that no element is for": (
        [network(interface(element("dhcp4"), mac=MACS[1]))], {"interfaces": 2}, "warning",
        f"the interface {MACS[0]} of the guest"),
    "a gateway that is the guest itself": (
        [network(interface(V4, gateway("192.0.2.10")))], {"interfaces": 1}, "warning",
        "gateway: is the address of the guest itself"),
    "a gateway in no network": (
        [network(interface(V4, gateway("203.0.113.1")))], {"interfaces": 1}, "warning", "gateway: "),
    "the network's own address": (
        [network(interface(element("address", "192.0.2.0/24")))], {"interfaces": 1}, "warning",
        "address: is the address of its network"),
    "DNS beside DHCP, from a config drive": (
        [network(interface(element("dhcp4"), element("dns", "192.0.2.53")))], {"interfaces": 1},
        "warning", "dns: with only DHCP"),
    "a route beside DHCP, from a config drive": (
        [network(interface(element("dhcp4"), element(
            "route", destination="10.0.0.0/8", gateway="192.0.2.254")))], {"interfaces": 1},
        "warning", "route: with only DHCP"),
    "an interface without a name, on NoCloud": (
        [network(interface(element("dhcp4")))], {"interfaces": 1, "datasource": "nocloud"}, "warning",
        "20.4 finds no interface without a name"),
    "two default routes of one link": (
        [network(interface(V4, *(element("route", destination="0.0.0.0/0", gateway=f"192.0.2.{n}",
                                         metric=str(n)) for n in (1, 2))))], {"interfaces": 1},
        "error", "two default routes"),
    "a sudo rule that is a word": (
        [user("op", element("sudo", "no"))], {}, "error", "sudo"),
    "a sudo rule with the user's name": (
        [user("op", element("sudo", "op ALL=(ALL) ALL"))], {}, "error", "sudo"),
    "user-data that is not YAML": (
        [element("user-data", "#cloud-config\npackages: [vim\n")], {}, "error", "line 3"),
    "vendor-data that is not YAML": (
        [element("vendor-data", "#cloud-config\na: b: c\n")], {}, "error", "line 2"),
    "a part of user-data that is not YAML": (
        [element("user-data", "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n"
                              "Content-Type: text/cloud-config\n\na: b\npackages: [vim\n--B--\n"),
         element("run-cmd", "true")], {}, "error", "part 1 of the MIME message is not YAML"),
    "a part of user-data that no shell runs": (
        [element("user-data", "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n"
                              "Content-Type: text/x-shellscript\n\necho x\n--B--\n")], {}, "error",
        "does not begin with '#!'"),
    "a byte order mark": (
        [element("user-data", "\ufeff#cloud-config\na: b\n")], {}, "error", "byte order mark"),
    "the image's default user, asked for": (
        [element("default-user", "yes"), user("debian", password("x"))], {}, "warning",
        "user: if the image's default user has this name"),
    "shell and groups of root": (
        [user("root", element("ssh-key", KEY), element("shell", "/bin/zsh"))], {}, "warning", "shell: "),
    "an owner that nobody makes": (
        [element("write-file", "x", path="/x", owner="redis")], {}, "warning", "@owner: "),
    "an owner by its number, which cloud-init does not know": (
        [element("write-file", "x", path="/etc/x", owner="1000:1000")], {}, "error", "@owner"),
    "two groups in one element": (
        [user("op", element("group", "adm, sudo"))], {}, "error", "user/group"),
    "a file of a user": (
        [user("op"), element("write-file", "x", path="/x", owner="op")], {}, "warning",
        "cloud-init before 21.4"),
    "a Python script as a command": (
        [element("run-cmd", "#!/usr/bin/python3\nprint()")], {}, "warning", "run-cmd: "),
    "NoCloud's network-config without a version": (
        [element("network-config", "ethernets: {eth0: {dhcp4: true}}")],
        {"datasource": "nocloud"}, "error", "no version"),
    "a config drive's network on NoCloud": (
        [element("network-config", '{"links": [], "networks": []}')],
        {"datasource": "nocloud"}, "error", "network_data.json"),
    "a VLAN of a plain link, in Windows": (
        [network(interface(name="a"), element("vlan", None, [element("dhcp4")], name="v", link="a", id="7"))],
        {"interfaces": 1, "os_id": WINDOWS}, "warning", "VLANs only on a bond"),
    "packages in Windows": (
        [element("package", "vim")], {"os_id": WINDOWS}, "warning", "package: cloudbase-init"),
}


def check(row, path):
    children, options, kind, text = row
    options = dict(options)
    attributes = {key: options.pop(key) for key in ("datasource",) if key in options}
    path.write_bytes(definition.domain(definition.cloud_init(*children, **attributes), **options))
    said = subprocess.run([str(definition.BUILD.resolve() / "virt-payload"), "validate", str(path)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    lines = [line for line in said.stdout.decode().splitlines() if f" {kind}: " in line and text in line]
    if not lines or (said.returncode == 0) != (kind == "warning"):
        raise AssertionError(f"exit {said.returncode}: {said.stdout.decode()}")
