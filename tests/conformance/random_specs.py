# SPDX-License-Identifier: LGPL-2.1-or-later
"""Definitions made at random from a seed, and what independent readers (PyYAML, json, email, crypt,
ipaddress) must find in their payload. A definition is a dictionary, the model; nothing here knows how
virt-payload renders it."""

import base64
import email
import ipaddress
import json
import unicodedata

import yaml
from asked import crypt
from cases import TEXTS, equal, make_keys
from definition import MACS, UUID, cloud_init, element, password, user
from links import (expected_facts, holder, in_version_2, link, names_of, netplan_facts,
                   on_link_route, to_elements)

TEXT_POOL = [text for text in TEXTS.values() if len(text) < 1000]
HOSTNAMES = ("web1", "no", "1e3", "0777", "db.example.com", "null.example.com", "a-b", "X9")
MODES = ("balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb",
         "balance-alb")


def is_xml(character):
    """What XML 1.0 can hold: its production 2, Char."""
    code = ord(character)
    return (code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
            or code >= 0x10000)


class Maker:
    def __init__(self, rng):
        self.rng = rng

    def maybe(self, chance=0.4):
        return self.rng.random() < chance

    def some(self, make, most=3):
        return [make() for _ in range(self.rng.randint(1, most))] if self.maybe() else []

    def character(self):
        while True:
            limit = self.rng.choice((0x7F, 0x7F, 0x7F, 0xFF, 0x3000, 0xFFFF, 0x10FFFF))
            found = chr(self.rng.randint(0, limit))
            if is_xml(found):
                return found

    def text(self):
        if self.maybe():
            return self.rng.choice(TEXT_POOL)
        return "".join(self.character() for _ in range(self.rng.randint(1, 40)))

    def line(self):
        """One line without control characters and without blanks around it."""
        kept = (character for character in self.text()
                if unicodedata.category(character) not in ("Cc", "Zl", "Zp"))
        return "".join(kept).strip() or "x"

    def name(self):
        rest = "".join(self.rng.choice("abcxyz019_-") for _ in range(self.rng.randint(0, 12)))
        return self.rng.choice(("no", "null", "n", "_", "a", "op")) + rest

    def unique(self, make, count):
        return list(dict.fromkeys(make() for _ in range(count)))

    def one_user(self, name):
        return {
            "name": name,
            "password": self.line() if self.maybe() else None,
            "expire": self.maybe(),
            "keys": self.unique(lambda: self.rng.choice(list(make_keys().values())),
                                self.rng.randint(0, 3)),
            "sudo": self.some(lambda: "ALL=(ALL) ALL", 1),
            "groups": self.unique(self.name, self.rng.randint(0, 2)),
            "shell": "/bin/zsh" if self.maybe() else None,
        }

    def users(self):
        names = self.unique(self.name, self.rng.randint(0, 3))
        if self.maybe():
            names.insert(self.rng.randint(0, len(names)), "root")
        return [self.one_user(name) for name in names]

    def write_file(self):
        return {
            "path": "/" + self.line().replace("/", "").replace("\\", "").strip(". ") + "x",
            "content": self.rng.randbytes(self.rng.randint(0, 60)) if self.maybe()
                       else self.text(),
            "owner": self.rng.choice((None, "root:root", "no:null")),
            "permissions": self.rng.choice((None, "0644", "0777", "600")),
            "append": self.rng.choice((None, True, False)),
            "defer": self.rng.choice((None, True, False)),
        }

    def ipv4(self):
        return f"{self.rng.randint(1, 223)}.{self.rng.randint(0, 255)}.{self.rng.randint(0, 255)}"

    def addresses(self):
        made = []
        if self.maybe(0.7):
            made.append(f"10.{self.rng.randint(0, 255)}.{self.rng.randint(0, 255)}.5/"
                        f"{self.rng.randint(8, 29)}")
        if self.maybe():
            made.append(f"2001:db8:{self.rng.randint(1, 0xffff):x}::5/{self.rng.randint(48, 125)}")
        return made

    def layer3(self):
        addresses = self.addresses()
        wanted = {"addresses": addresses, "dhcp4": self.maybe() or not addresses,
                  "dhcp6": self.maybe(), "mtu": self.rng.choice((None, 1280, 9000))}
        gateways = {"10": "10.0.0.1", "20": "2001:db8::1"}
        wanted["gateways"] = [gateways[address[:2]] for address in addresses if self.maybe(0.6)]
        wanted["routes"] = [
            ("10.9.0.0/16" if address[:2] == "10" else "2001:db8:9::/48", gateways[address[:2]],
             self.rng.choice((None, 0, 100))) for address in addresses if self.maybe()]
        wanted["dns"] = self.unique(
            lambda: self.rng.choice(("192.0.2.53", "2001:db8::53", "9.9.9.9")),
            self.rng.randint(0, 2))
        wanted["search"] = self.unique(
            lambda: self.rng.choice(("example.com", "no", "corp.example")), self.rng.randint(0, 2))
        return wanted

    def links(self):
        made = []
        for number in range(self.rng.randint(1, 3)):
            named = self.maybe()
            made.append(link(name=f"p{number}" if named else None, **self.layer3()))
        if self.maybe():
            made += [link(name="m0"), link(name="m1"),
                     link("bond", "bond0", mode=self.rng.choice(MODES), links=["m0", "m1"],
                          **self.layer3())]
        for below in [wanted["name"] for wanted in made if wanted["name"]]:
            if self.maybe() and not below.startswith("m"):
                number = self.rng.randint(1, 4094)
                made.append(link("vlan", f"{below}.{number}", link=below, id=number,
                                 **self.layer3()))
        return made

    def model(self):
        flag = (None, True, False)
        return {
            "hostname": self.rng.choice((None, *HOSTNAMES)),
            "timezone": self.rng.choice((None, "UTC", "Europe/Prague")),
            "locale": self.rng.choice((None, "no_NO.UTF-8")),
            "zone": self.line() if self.maybe() else None,
            "instance-id": self.rng.choice((None, "content", "0123", "no")),
            "meta": {self.line(): self.command() for _ in range(self.rng.randint(0, 3))},
            "users": self.users(),
            "ssh_pwauth": self.rng.choice(flag),
            "disable_root": self.rng.choice(flag),
            "ssh_deletekeys": self.rng.choice(flag),
            "package_update": self.rng.choice(flag),
            "package_upgrade": self.rng.choice(flag),
            "packages": self.some(lambda: self.rng.choice(("vim", "0ad", "no", "g++"))),
            "write_files": self.some(self.write_file),
            "bootcmd": self.some(self.command),
            "runcmd": self.some(self.command),
            "output": self.line() if self.maybe() else None,
            "final_message": self.command() if self.maybe() else None,
            "user_data": self.rng.choice((None, None, "#!/bin/sh\n" + self.text())),
            "links": self.links() if self.maybe() else [],
        }

    def command(self):
        """Not only spaces, which the reader of definitions ignores."""
        text = self.text()
        return text if text.strip() else text + "x"


# --- to a definition ----------------------------------------------------------------------------

ELEMENTS = {
    "hostname": "hostname", "timezone": "timezone", "locale": "locale",
    "zone": "availability-zone", "output": "output", "final_message": "final-message",
}
FLAGS = {
    "ssh_pwauth": "ssh-password-auth", "disable_root": "disable-root",
    "ssh_deletekeys": "regenerate-ssh-keys", "package_update": "package-update",
    "package_upgrade": "package-upgrade",
}
LISTS = {"packages": "package", "bootcmd": "boot-cmd", "runcmd": "run-cmd"}


def yes_or_no(value):
    return "yes" if value else "no"


def user_element(model):
    children = []
    if model["password"] is not None:
        expire = {"expire": "yes"} if model["expire"] else {}
        children.append(password(model["password"], **expire))
    children += [element("ssh-key", key) for key in model["keys"]]
    children += [element("sudo", rule) for rule in model["sudo"]]
    children += [element("group", group) for group in model["groups"]]
    if model["shell"]:
        children.append(element("shell", model["shell"]))
    return user(model["name"], *children)


def data_element(tag, content, **attributes):
    if isinstance(content, bytes):
        return element(tag, base64.b64encode(content).decode(), encoding="base64", **attributes)
    return element(tag, "\n" + content, **attributes)


def write_file_element(model):
    attributes = {key: model[key] for key in ("owner", "permissions") if model[key]}
    attributes |= {key: yes_or_no(model[key]) for key in ("append", "defer")
                   if model[key] is not None}
    return data_element("write-file", model["content"], path=model["path"], **attributes)


def to_metadata(model, datasource):
    children = [element(tag, model[key]) for key, tag in ELEMENTS.items() if model[key] is not None]
    children += [element(tag, yes_or_no(model[key])) for key, tag in FLAGS.items()
                 if model[key] is not None]
    children += [element(tag, text) for key, tag in LISTS.items() for text in model[key]]
    children += [element("meta", value, key=key) for key, value in model["meta"].items()]
    children += [user_element(one) for one in model["users"]]
    children += [write_file_element(one) for one in model["write_files"]]
    if model["user_data"]:
        children.append(data_element("user-data", model["user_data"]))
    if model["links"]:
        children.append(to_elements(model["links"]))
    attributes = {"instance_id": model["instance-id"]} if model["instance-id"] else {}
    return cloud_init(*children, datasource=datasource, **attributes)


# --- from the payload ---------------------------------------------------------------------------


def split_user_data(raw, model):
    """The cloud-config's text; checks that the user's own is kept next to it unchanged."""
    if not model["user_data"]:
        return raw
    own = model["user_data"].encode()
    if raw == own:
        return b""
    message = email.message_from_bytes(raw)
    equal(message.get_content_type(), "multipart/mixed")
    script, config = message.get_payload()
    equal(script.get_content_type(), "text/x-shellscript")
    equal(script.get_payload(decode=True), own)
    equal(config.get_content_type(), "text/cloud-config")
    return config.get_payload(decode=True)


def check_password(found, model):
    equal(crypt(model["password"], found), found)


def check_root_alone(config, model):
    equal(config.pop("user"), {"name": "root"})
    check_password(config.pop("password"), model)
    equal(config.pop("chpasswd"), {"expire": model["expire"]})


def expected_user(model, public):
    wanted = {"name": model["name"]}
    if model["groups"]:
        wanted["groups"] = ",".join(model["groups"])
    if model["sudo"]:
        wanted["sudo"] = " : ".join(model["sudo"])
    if model["shell"]:
        wanted["shell"] = model["shell"]
    if model["password"] is not None:
        wanted["lock_passwd"] = False
    if model["keys"] and not public:
        wanted["ssh_authorized_keys"] = model["keys"]
    return wanted


def check_user_list(config, models):
    listed = config.pop("users")
    if all(model["name"] == "root" for model in models):
        equal(listed.pop(0), "default")
    with_password = [model for model in models if model["password"] is not None]
    to_expire = [model for model in with_password if model["expire"]]
    again = config.pop("chpasswd") if with_password else {"expire": False, "users": []}
    equal(again["expire"], bool(to_expire))
    equal([entry["name"] for entry in again["users"]],
          [model["name"] for model in to_expire or with_password])
    for entry, model in zip(again["users"], to_expire or with_password, strict=True):
        equal(entry["type"], "hash")
        check_password(entry["password"], model)
    for entry, model in zip(listed, models, strict=True):
        if model["password"] is not None:
            check_password(entry.pop("hashed_passwd"), model)
        equal(entry, expected_user(model, public=model["name"] == "root"))


def check_users(config, model):
    def only_keys(one):
        return one["name"] == "root" and one["password"] is None and not one["sudo"]

    listed = [one for one in model["users"] if not only_keys(one)]
    only = (len(model["users"]) == 1 and listed and listed[0]["name"] == "root"
             and listed[0]["password"] is not None
             and not listed[0]["sudo"])
    if only:
        check_root_alone(config, listed[0])
    elif listed:
        check_user_list(config, listed)
    implied = dict(model)
    if model["ssh_pwauth"] is None and any(one["password"] is not None for one in model["users"]):
        implied["ssh_pwauth"] = True
    root = next((one for one in model["users"] if one["name"] == "root"), None)
    if model["disable_root"] is None and root and (root["password"] is not None or root["keys"]):
        implied["disable_root"] = False
    return implied


def deferred(model, users):
    """Of owners that are made with the users."""
    if model["defer"] is not None:
        return model["defer"]
    made = {name for one in users for name in (one["name"], *one["groups"])} - {"root"}
    return bool(made & set((model["owner"] or "").split(":")))


def check_write_files(config, models, users):
    models = [{**model, "defer": True if deferred(model, users) else None}
              for model in sorted(models, key=lambda model: deferred(model, users))]
    for entry, model in zip(config.pop("write_files", []), models, strict=True):
        content = entry.pop("content")
        raw = base64.b64decode(content) if entry.pop("encoding", None) == "b64" \
            else content.encode()
        wanted = model["content"]
        equal(raw, wanted if isinstance(wanted, bytes) else wanted.encode())
        equal(entry, {key: model[key] for key in ("path", "owner", "permissions", "append", "defer")
                      if model[key] is not None})


def check_cloud_config(text, model):
    config = {}
    if text:
        equal(text.isascii(), True)
        equal(text.splitlines()[0], b"#cloud-config")
        config = yaml.safe_load(text)
    implied = check_users(config, model)
    check_write_files(config, model["write_files"], model["users"])
    if model["output"] is not None:
        equal(config.pop("output"), {"all": model["output"]})
    wanted = {key: implied[key] for key in ("timezone", "locale", "final_message", *FLAGS)
              if implied[key] is not None}
    wanted |= {key: model[key] for key in LISTS if model[key]}
    equal(config, wanted)


def public_keys(model):
    return [key for one in model["users"] if one["name"] == "root" for key in one["keys"]]


def check_instance_id(found, model):
    if model["instance-id"] == "content":
        equal((found[:37], len(found)), (UUID + "-", 53))
    else:
        equal(found, model["instance-id"] or UUID)


def check_openstack_metadata(metadata, model):
    check_instance_id(metadata.pop("uuid"), model)
    wanted = {"name": "web1", "hostname": model["hostname"] or "web1", "launch_index": 0}
    if model["zone"] is not None:
        wanted["availability_zone"] = model["zone"]
    if public_keys(model):
        wanted["public_keys"] = {f"key-{n}": key for n, key in enumerate(public_keys(model))}
    if model["meta"]:
        wanted["meta"] = model["meta"]
    equal(metadata, wanted)


def check_nocloud_metadata(metadata, model):
    check_instance_id(metadata.pop("instance-id"), model)
    wanted = {"local-hostname": model["hostname"] or "web1"}
    if model["zone"] is not None:
        wanted["availability-zone"] = model["zone"]
    if public_keys(model):
        wanted["public-keys"] = public_keys(model)
    if model["meta"]:
        wanted["meta"] = model["meta"]
    equal(metadata, wanted)


def cidr(address, netmask):
    if ":" in netmask:
        bits = bin(int(ipaddress.ip_address(netmask)))[2:].count("1")
    else:
        bits = ipaddress.ip_network(f"0.0.0.0/{netmask}").prefixlen
    return f"{address}/{bits}"


def add_expected_gateway(subnets, wanted, gateway):
    """To the address that holds it; if none does, a route to it is added."""
    ipv6 = ":" in gateway
    address = holder(wanted["addresses"], gateway)
    subnet = next(one for one in subnets if one["ipv6"] == ipv6 and address in (None, one["address"]))
    subnet["gateway"] = gateway
    subnet["routes"] += on_link_route(wanted["addresses"], wanted["routes"], gateway)


def expected_subnets(wanted):
    """Of a link: a list of (type, address, gateway, routes, dns, search)."""
    made = [("static6" if ":" in address else "static", address) for address in wanted["addresses"]]
    made += [(kind, None) for kind in ("dhcp4", "dhcp6") if wanted[kind]]
    subnets = [{"ipv6": kind in ("static6", "dhcp6"), "type": kind, "address": address,
                "gateway": None, "routes": [], "dns": [], "search": []} for kind, address in made]
    if subnets:
        subnets[0] |= {"dns": wanted["dns"], "search": wanted["search"]}
    for gateway in wanted["gateways"]:
        add_expected_gateway(subnets, wanted, gateway)
    for route in wanted["routes"]:
        address = holder(wanted["addresses"], route[1])
        subnet = next(one for one in subnets
                      if one["ipv6"] == (":" in route[0]) and address in (None, one["address"]))
        subnet["routes"].append(tuple(route))
    return subnets


def read_subnet(kind, address, said):
    return {"ipv6": kind in ("static6", "dhcp6"), "type": kind, "address": address,
            "gateway": said.get("gateway"),
            "routes": [(cidr(route["network"], route["netmask"]), route["gateway"],
                        route.get("metric")) for route in said.get("routes", ())],
            "dns": said.get("dns_nameservers", []), "search": said.get("dns_search", [])}


def read_network_data(network):
    """{name: (MAC, MTU, [subnet])} of network_data.json."""
    kinds = {"ipv4": "static", "ipv6": "static6", "static": "static6",
             "ipv4_dhcp": "dhcp4", "ipv6_dhcp": "dhcp6"}
    links = {}
    for said in network["links"]:
        subnets = []
        for one in network["networks"]:
            if one["link"] != said["id"]:
                continue
            address = cidr(one["ip_address"], one["netmask"]) if "ip_address" in one else None
            subnets.append(read_subnet(kinds[one["type"]], address, one))
            equal([entry["address"] for entry in one.get("services", ())],
                  one.get("dns_nameservers", []))
        equal(said.get("name", said["id"]), said["id"])
        links[said["id"]] = (said.get("ethernet_mac_address"), said.get("mtu"), subnets)
    return links


def read_network_config(network):
    """The same of NoCloud's network-config."""
    equal(network["version"], 1)
    links = {}
    for said in network["config"]:
        if said["type"] == "nameserver":
            continue
        links[said["name"]] = (said.get("mac_address"), said.get("mtu"), [
            read_subnet(one["type"], one.get("address"), one) for one in said.get("subnets", ())])
    return links


def check_network(links, model):
    macs = iter(MACS)
    wanted = {}
    for name, one in zip(names_of(model["links"]), model["links"]):
        mac = next(macs) if one["kind"] == "interface" else None
        layer3 = {"addresses": [], "gateways": [], "routes": [], "dns": [], "search": [],
                  "dhcp4": False, "dhcp6": False, **one}
        wanted[name] = (mac, one.get("mtu"), expected_subnets(layer3))
    equal(links, wanted)


def check(model, tree, datasource):
    """Raises if the payload differs from the model."""
    if datasource == "nocloud":
        check_nocloud_metadata(yaml.safe_load((tree / "meta-data").read_bytes()), model)
        user_data, network, read = "user-data", "network-config", read_network_config
        load = yaml.safe_load
    else:
        base = tree / "openstack" / "latest"
        check_openstack_metadata(json.loads((base / "meta_data.json").read_bytes()), model)
        user_data, network = "openstack/latest/user_data", "openstack/latest/network_data.json"
        read, load = read_network_data, json.loads
    raw = (tree / user_data).read_bytes() if (tree / user_data).exists() else b""
    check_cloud_config(split_user_data(raw, model), model)
    equal((tree / network).exists(), bool(model["links"]))
    if model["links"]:
        said = load((tree / network).read_bytes())
        if said.get("version") == 2:
            equal(netplan_facts(said), expected_facts(model["links"], datasource))
        else:
            equal(datasource == "nocloud" and in_version_2(model["links"]), False)
            check_network(read(said), model)
