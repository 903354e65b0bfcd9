# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the files that cloud-init's renderers write give each link, in one form for all: {name: {fact: value}}.
Facts are addresses, routes (default routes among them), dns, search, dhcp4, dhcp6, mtu, and of upper links
members, mode, stp, id or mac; in each what differs between the renderers but not for the guest is taken out."""

import ipaddress
import re
import traceback

import links as links_module

FIELDS = {"addresses": "address", "routes": "route", "mode": "@mode", "stp": "@stp", "mac": "@mac"}  # others are called as their fact
LIST_FACTS = ("addresses", "routes", "dns", "search", "members")


def empty():
    return {"addresses": [], "routes": [], "dns": [], "search": [], "members": [], "dhcp4": False,
            "dhcp6": False, "mtu": None, "mode": None, "stp": None, "id": None,
            "mac": None}


def route(to, via, metric=None):
    """A route as (destination, gateway or None if it is on the link, metric)."""
    network = str(ipaddress.ip_network(to, strict=False))
    direct = not via or not int(ipaddress.ip_address(via))
    return (network, None if direct else via, int(metric) if metric not in (None, "") else None)


def default(via, metric=None):
    return route("::/0" if ":" in via else "0.0.0.0/0", via, metric)


def sections(text):
    """[(name, [(key, value)])] of an ini file."""
    found = []
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            found.append((line[1:-1], []))
        elif "=" in line and not line.startswith("#") and found:
            key, value = line.split("=", 1)
            found[-1][1].append((key.strip(), value.strip()))
    return found


# --- systemd-networkd -----------------------------------------------------------------------------


def networkd(files):
    links, names = {}, {}
    for path, text in files.items():
        for section, pairs in sections(text):
            if section == "Match" and path.endswith(".network"):
                names[path] = dict(pairs).get("Name") or dict(pairs).get("OriginalName")
    for path, text in files.items():
        parts = sections(text)
        if path.endswith(".network") and names.get(path):
            networkd_network(links, names[path], parts)
        elif path.endswith(".netdev"):
            known = {section: dict(pairs) for section, pairs in parts}
            link = links.setdefault(known["NetDev"]["Name"], empty())
            link["mac"] = known["NetDev"].get("MACAddress")
            link["mode"] = known.get("Bond", {}).get("Mode")
            if known["NetDev"].get("Kind") == "bridge":
                link["stp"] = known.get("Bridge", {}).get("STP") == "yes"
            link["id"] = int(known["VLAN"]["Id"]) if "VLAN" in known else None
    return links


def networkd_network(links, name, parts):
    link = links.setdefault(name, empty())
    for section, pairs in parts:
        known = dict(pairs)
        if section == "Address":
            link["addresses"].append(known["Address"])
        elif section == "Route" and "Destination" in known:
            link["routes"].append(route(known["Destination"], known.get("Gateway"), known.get("Metric")))
        elif section == "Route":
            link["routes"].append(default(known["Gateway"], known.get("Metric")))
        elif section == "Link":
            link["mtu"] = int(known["MTUBytes"]) if "MTUBytes" in known else link["mtu"]
        elif section == "Network":
            for key, value in pairs:
                networkd_key(links, link, name, key, value)


def networkd_key(links, link, name, key, value):
    if key == "Address":
        link["addresses"].append(value)
    elif key == "Gateway":
        link["routes"].append(default(value))
    elif key == "DNS":
        link["dns"] += value.split()
    elif key == "Domains":
        link["search"] += value.split()
    elif key == "DHCP":
        link["dhcp4"] = value in ("yes", "ipv4")
        link["dhcp6"] = value in ("yes", "ipv6")
    elif key == "Bond":
        links.setdefault(value, empty())["members"].append(name)
    elif key == "Bridge":
        links.setdefault(value, empty())["members"].append(name)
    elif key == "VLAN":
        links.setdefault(value, empty())["members"].append(name)


# --- /etc/network/interfaces ----------------------------------------------------------------------


def eni(files):
    links, stanza = {}, None
    for line in files["etc/network/interfaces"].splitlines():
        words = line.split()
        if not words or words[0].startswith("#") or words[0] == "auto":
            continue
        if words[0] == "iface":
            stanza = words
            link = links.setdefault(words[1].split(":")[0], empty())
            if words[3] in ("dhcp", "auto"):
                link["dhcp6" if words[2] == "inet6" else "dhcp4"] = True
            continue
        eni_option(links, links[stanza[1].split(":")[0]], stanza, words)
    links.pop("lo", None)
    return links


def eni_option(links, link, stanza, words):
    key = words[0].replace("_", "-")
    if key == "address":
        link["addresses"].append(words[1])
    elif key == "netmask":
        bits = words[1] if words[1].isdigit() else ipaddress.ip_network(f"0.0.0.0/{words[1]}").prefixlen
        link["addresses"][-1] += f"/{bits}"
    elif key == "gateway":
        link["routes"].append(default(words[1]))
    elif key == "dns-nameservers":
        link["dns"] += words[1:]
    elif key == "dns-search":
        link["search"] += words[1:]
    elif key == "mtu":
        link["mtu"] = int(words[1])
    elif key == "bond-master":
        links.setdefault(words[1], empty())["members"].append(stanza[1])
    elif key == "bond-mode":
        link["mode"] = words[1]
    elif key == "hwaddress":
        link["mac"] = words[-1]
    elif key == "bridge-stp":
        link["stp"] = words[1] == "on"
    elif key == "bridge-ports":
        link["members"] += words[1:]
    elif key == "vlan-id":
        link["id"] = int(words[1])
    elif key == "vlan-raw-device":
        link["members"].append(words[1])
    elif key == "post-up":
        link["routes"].append(eni_route(words[1:]))


def eni_route(words):
    """route(8)'s words or ip(8)'s."""
    text = " ".join(words).removesuffix(" || true")
    metric = re.search(r" metric (\d+)", text)
    if text.startswith("ip "):
        to, via = re.search(r"route add (\S+)(?: via (\S+))?", text).groups()
        if to == "default":
            return default(via, metric and metric[1])
    else:
        via = re.search(r" gw (\S+)", text)[1]
        if " default " in text:
            return default(via, metric and metric[1])
        to = re.search(r"(?:-net|-host|inet6) (\S+)", text)[1]
        mask = re.search(r" netmask (\S+)", text)
        to += f"/{mask[1]}" if mask else ""
    return route(to, via, metric and metric[1])


# --- ifcfg files ----------------------------------------------------------------------------------


def pairs_of(text):
    return {key: value.strip("'\"") for key, value in
            (line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))}


def sysconfig(files):
    links, suffixes = {}, {}
    for path, text in files.items():
        name = path.rsplit("/", 1)[-1]
        if name.startswith("ifcfg-"):
            known = pairs_of(text)
            device = known.get("DEVICE", name[6:]).split(":")[0]
            suffixes[name[6:]] = device
            sysconfig_link(links, device, known)
    for path, text in files.items():
        kind, _, suffix = path.rsplit("/", 1)[-1].partition("-")
        if kind in ("route", "route6"):
            link = links[suffixes.get(suffix, suffix)]
            link["routes"] += sysconfig_routes(text)
    names = [line.split()[1] for line in files.get("etc/resolv.conf", "").splitlines()
             if line.startswith("nameserver")]
    for link in links.values():
        link["resolv"] = names
    return links


def sysconfig_link(links, device, known):
    link = links.setdefault(device, empty())
    for key in sorted(known, key=lambda key: (len(key), key)):
        value = known[key]
        if re.fullmatch(r"IPADDR\d*", key):
            mask = known["NETMASK" + key[6:]]
            link["addresses"].append(f"{value}/{ipaddress.ip_network(f'0.0.0.0/{mask}').prefixlen}")
        elif key == "IPV6ADDR" or key == "IPV6ADDR_SECONDARIES":
            link["addresses"] += value.split()
        elif key in ("GATEWAY", "IPV6_DEFAULTGW"):
            link["routes"].append(default(value, known.get("METRIC")))
        elif re.fullmatch(r"DNS\d+", key):
            link["dns"].append(value)
        elif key == "DOMAIN":
            link["search"] += value.split()
        elif key == "MACADDR":
            link["mac"] = value
        elif key == "STP":
            link["stp"] = value in ("on", "yes")
        elif key == "MTU":
            link["mtu"] = int(value)
        elif key in ("MASTER", "BRIDGE"):
            links.setdefault(value, empty())["members"].append(device)
        elif key == "PHYSDEV":
            link["members"].append(value)
            link["id"] = int(known.get("VLAN_ID", device.rsplit(".", 1)[-1]))
        elif key == "BONDING_OPTS":
            link["mode"] = dict(option.split("=") for option in value.split())["mode"]
    link["dhcp4"] = known.get("BOOTPROTO") in ("dhcp", "dhcp4")
    link["dhcp6"] = known.get("DHCPV6C") == "yes"


def sysconfig_routes(text):
    known = pairs_of("\n".join(line for line in text.splitlines() if " via " not in line))
    for number in sorted(key[7:] for key in known if key.startswith("ADDRESS")):
        mask = known["NETMASK" + number]
        to = f"{known['ADDRESS' + number]}/{ipaddress.ip_network(f'0.0.0.0/{mask}').prefixlen}"
        yield route(to, known["GATEWAY" + number], known.get("METRIC" + number))
    for line in text.splitlines():
        if " via " in line:
            to, via = re.match(r"(\S+) via (\S+)", line).groups()
            if "/" in to and not to.rsplit("/", 1)[1].isdigit():
                continue  # ip(8) refuses such a prefix
            metric = re.search(r" metric (\d+)", line)
            yield route(to, via, metric and metric[1])


# --- NetworkManager -------------------------------------------------------------------------------


def network_manager(files):
    links, uuids = {}, {}
    profiles = {}
    for path, text in files.items():
        if path.endswith(".nmconnection"):
            parts = {section: dict(pairs) for section, pairs in sections(text)}
            name = parts["connection"]["id"].removeprefix("cloud-init ")
            profiles[name] = parts
            uuids[parts["connection"]["uuid"]] = name
            links[name] = empty()
    for name, parts in profiles.items():
        link = links[name]
        for family, version in (("ipv4", 4), ("ipv6", 6)):
            network_manager_ip(link, parts.get(family, {}), version)
        for kind in ("ethernet", "bond", "vlan", "bridge"):
            known = parts.get(kind, {})
            link["mtu"] = int(known["mtu"]) if "mtu" in known else link["mtu"]
            link["mac"] = known.get("mac-address", "").lower() or link["mac"]
        link["mode"] = parts.get("bond", {}).get("mode")
        if "bridge" in parts:
            link["stp"] = parts["bridge"].get("stp") != "false"
        if "vlan" in parts:
            link["id"] = int(parts["vlan"]["id"])
            parent = parts["vlan"]["parent"]
            link["members"].append(uuids.get(parent, parent))
        master = parts["connection"].get("master") or parts["connection"].get("controller")
        if master:
            links[uuids.get(master, master)]["members"].append(name)
    return links


def network_manager_ip(link, known, version):
    if known.get("method") in ("auto", "dhcp"):
        link[f"dhcp{version}"] = True
    for key, value in known.items():
        if re.fullmatch(r"address\d+", key):
            address, *gateway = value.split(",")
            link["addresses"].append(address)
            link["routes"] += [default(text) for text in gateway]
        elif key == "gateway":
            link["routes"].append(default(value))
        elif re.fullmatch(r"route\d+", key):
            to, via, *metric = value.split(",")
            found = route(to, via, *metric)
            # of the other family NetworkManager refuses it
            if ipaddress.ip_network(found[0]).version == version:
                link["routes"].append(found)
        elif key == "dns":
            link["dns"] += [text for text in value.split(";") if text]
        elif key == "dns-search":
            link["search"] += [text for text in value.split(";") if text]


READERS = {"networkd": networkd, "eni": eni, "sysconfig": sysconfig, "network-manager": network_manager}


def normal(links):
    for link in links.values():
        for fact in LIST_FACTS:
            link[fact] = sorted(set(link[fact]), key=str)
    return links


# --- what is asked --------------------------------------------------------------------------------


def asked_routes(wanted):
    for to, via, metric in wanted.get("routes", ()):
        yield route(to, via, metric)
    for gateway in wanted.get("gateways", ()):
        yield default(gateway)
        for found in links_module.on_link_route(wanted["addresses"], wanted.get("routes", ()), gateway):
            yield route(*found)


def asked(links):
    facts = {}
    for name, wanted in zip(links_module.names_of(links), links):
        below = [wanted["link"]] if wanted["kind"] == "vlan" else wanted.get("links", ())
        facts[name] = {
            **empty(), "addresses": list(wanted.get("addresses", ())), "routes": list(asked_routes(wanted)),
            "dns": list(wanted.get("dns", ())), "search": list(wanted.get("search", ())),
            "members": list(below), "dhcp4": bool(wanted.get("dhcp4")), "dhcp6": bool(wanted.get("dhcp6")),
            "mtu": wanted.get("mtu"), "mode": wanted.get("mode"),
            "stp": bool(wanted.get("stp")) if wanted["kind"] == "bridge" else None, "id": wanted.get("id"),
            "mac": wanted.get("mac") if wanted["kind"] != "interface" else None}
    return normal(facts)


def leave_out_what_is_no_matter(renderer, links, wanted, got):
    """Changes both: what is more than asked, and does no harm."""
    servers = {server for link in links for server in link.get("dns", ())}
    for name, link in wanted.items():
        found = got[name]
        # a device's own, or a VLAN's from the link below
        if link["mac"] is None:
            found["mac"] = None
        # of one link of all
        if set(link["dns"]) <= {*found["dns"], *found.get("resolv", ())} <= servers:
            found["dns"] = link["dns"]
        if not link["mode"] or found["mode"] is None and link["mode"] == "balance-rr":  # a bond's own
            found["mode"] = link["mode"]
        said = links[list(wanted).index(name)]
        # advertisements count unless they are turned off; NetworkManager has one word for them and DHCPv6
        if said.get("slaac") or said.get("dhcp6_stateless") or (renderer == "network-manager" and any(
                ":" in address for address in link["addresses"]) and said.get("accept_ra") is not False):
            found["dhcp6"] = link["dhcp6"]


def differences(renderer, files, links):
    """(names of fields, what differs): of each fact that the files do not give as asked."""
    if not isinstance(files, dict):
        yield ("network",), files
        return
    try:
        got = normal(READERS[renderer](files))
    except Exception:
        yield ("network",), f"{traceback.format_exc()}\n{files}"
        return
    wanted = asked(links)
    for name in wanted:
        got.setdefault(name, empty())
    leave_out_what_is_no_matter(renderer, links, wanted, got)
    for (name, link), said in zip(wanted.items(), links):
        for fact, value in link.items():
            if got[name][fact] == value:
                continue
            fields = ("accept-ra",) if fact == "dhcp6" and "accept_ra" in said else (
                FIELDS.get(fact, fact), said["kind"], "network")
            yield fields, f"{renderer}: {name}: {fact} is {got[name][fact]}, not {value}"
