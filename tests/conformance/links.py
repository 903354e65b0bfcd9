# SPDX-License-Identifier: LGPL-2.1-or-later
"""A network as a test asks for it: as elements of a definition, and as what a guest should make of it."""

import ipaddress
import re

from definition import MACS, element, network


BOND = {"hash_policy": "transmit-hash-policy", "lacp_rate": "lacp-rate",
        "monitor": "mii-monitor-interval"}
OVERRIDES = {"use-dns": "dhcp_use_dns", "use-routes": "dhcp_use_routes", "route-metric": "dhcp_metric"}
VERSION_2 = (*OVERRIDES.values(), "wake_on_lan")


def link(kind="interface", name=None, **wanted):
    """wanted: mac, dhcp4, dhcp6, addresses, gateways, routes [(to, via, metric)], dns, search, mtu,
    slaac, dhcp6_stateless, accept_ra, wake_on_lan, dhcp_use_dns, dhcp_use_routes, dhcp_metric; of a bond
    mode, links, hash_policy, lacp_rate and monitor; of a bridge links and stp; of a VLAN link and id."""
    return {"kind": kind, "name": name, **wanted}


def to_elements(links):
    return network(*(to_element(wanted) for wanted in links))


def to_element(wanted):
    attributes = {key: str(wanted[key]) for key in ("mac", "target", "mode", "id")
                  if wanted.get(key) is not None}
    attributes |= {name: str(wanted[key]) for key, name in BOND.items() if key in wanted}
    if wanted["name"]:
        attributes["name"] = wanted["name"]
    if wanted["kind"] == "vlan":
        attributes["link"] = wanted["link"]
    if "stp" in wanted:
        attributes["stp"] = "yes" if wanted["stp"] else "no"
    children = [element("link", name) for name in wanted.get("links", ())]
    children += [element(flag, "yes") for flag in ("dhcp4", "dhcp6") if wanted.get(flag)]
    children += [element(flag.replace("_", "-"), "yes" if wanted[flag] else "no")
                 for flag in ("slaac", "dhcp6_stateless", "accept_ra", "wake_on_lan", "dhcp_use_dns", "dhcp_use_routes")
                 if flag in wanted]
    if "dhcp_metric" in wanted:
        children.append(element("dhcp-metric", str(wanted["dhcp_metric"])))
    for field, name in (("addresses", "address"), ("gateways", "gateway"), ("dns", "dns"),
                        ("search", "search")):
        children += [element(name, text) for text in wanted.get(field, ())]
    for to, via, metric in wanted.get("routes", ()):
        extra = {"metric": str(metric)} if metric is not None else {}
        children.append(element("route", destination=to, gateway=via, **extra))
    if wanted.get("mtu"):
        children.append(element("mtu", str(wanted["mtu"])))
    return element(wanted["kind"], None, children, **attributes)


def names_of(links):
    """The names in the guest, in order."""
    given = {wanted["name"] for wanted in links}
    free = (f"net{n}" for n in range(100) if f"net{n}" not in given)
    return [wanted["name"] or next(free) for wanted in links]


def asked_names(links, known_macs, text):
    """A text with the names of names_of() for interfaces without a name, in place of the guest's own."""
    macs = iter(mac for mac in MACS if mac not in {wanted.get("mac") for wanted in links})
    for name, wanted in zip(names_of(links), links):
        if wanted["kind"] == "interface":
            mac = wanted.get("mac") or next(macs)
            text = re.sub(rf"\b{known_macs[mac]}\b", name, text)
    return text


def holder(addresses, gateway):
    """The address whose network holds the gateway, otherwise None."""
    for address in addresses:
        if ipaddress.ip_address(gateway) in ipaddress.ip_interface(address).network:
            return address
    return None


def on_link_route(addresses, routes, gateway):
    """[the route] to a gateway that no address's network holds."""
    address = ipaddress.ip_address(gateway)
    if address.is_link_local or holder(addresses, gateway):
        return []
    if any(address in ipaddress.ip_network(to) and not int(ipaddress.ip_address(via))
           for to, via, _ in routes):
        return []
    return [(f"{gateway}/{address.max_prefixlen}", "::" if ":" in gateway else "0.0.0.0", None)]


def default_route(gateway):
    return ("::/0" if ":" in gateway else "0.0.0.0/0", gateway, None)


def needs_version_2(wanted):
    return (any(key in wanted for key in VERSION_2) or "hash_policy" in wanted or "lacp_rate" in wanted
            or "accept_ra" in wanted and wanted["kind"] != "interface"
            or wanted["kind"] == "bridge" and ("mac" in wanted or "mtu" in wanted))


def wants_version_2(wanted):
    addresses = wanted.get("addresses", ())
    return (wanted["kind"] == "interface" and not wanted["name"]
            or not addresses and any(wanted.get(key) for key in ("dns", "search"))
            or any(not any((":" in address) == (":" in route[0]) for address in addresses)
                   for route in wanted.get("routes", ())))


def in_version_2(links):
    """NoCloud's form is netplan's own if another would lose something or rename an interface; not for a
    search domain without a name server, which its reader cannot take."""
    return any(map(needs_version_2, links)) or any(map(wants_version_2, links)) and not any(
        wanted.get("search") and not wanted.get("dns") for wanted in links)


def expected_ra(wanted, datasource, version_2):
    if "accept_ra" in wanted and (datasource == "nocloud" or not wanted["accept_ra"]):
        return wanted["accept_ra"]
    if wanted.get("dhcp6"):
        return True
    if "accept_ra" in wanted:
        return None
    if wanted.get("slaac") or wanted.get("dhcp6_stateless"):
        return True if version_2 else None
    return False if any(":" in address for address in wanted.get("addresses", ())) else None


def expected_facts(links, datasource="config-drive"):
    """{name: facts}, as netplan_facts() reads them from what cloud-init wrote."""
    version_2 = datasource == "nocloud" and in_version_2(links)
    macs = iter(mac for mac in MACS if mac not in {wanted.get("mac") for wanted in links})
    facts = {}
    for name, wanted in zip(names_of(links), links):
        # in other forms cloud-init's netplan renderer ignores what is given in addition to bare DHCP
        static = version_2 or bool(wanted.get("addresses"))
        known = {
            "kind": {"interface": "ethernets", "bond": "bonds", "bridge": "bridges",
                     "vlan": "vlans"}[wanted["kind"]],
            "addresses": sorted(wanted.get("addresses", ())),
            "dhcp4": bool(wanted.get("dhcp4")),
            # its word for advertisements too, except in its own form
            "dhcp6": bool(wanted.get("dhcp6") or not version_2 and (
                wanted.get("slaac") or wanted.get("dhcp6_stateless"))),
            "mtu": wanted.get("mtu"),
            "overrides": {key: wanted[name] for key, name in OVERRIDES.items()
                          if version_2 and name in wanted},
            "wake-on-lan": wanted.get("wake_on_lan") if version_2 else None,
            "dns": sorted(wanted.get("dns", ()), key=lambda text: ":" in text) if static else [],
            "search": list(wanted.get("search", ())) if static else [],
            "routes": sorted(
                [route for route in wanted.get("routes", ())
                 if version_2 or any((":" in address) == (":" in route[0])
                                     for address in wanted.get("addresses", ()))]
                + [default_route(gateway) for gateway in wanted.get("gateways", ())]
                + [route for gateway in wanted.get("gateways", ())
                   for route in on_link_route(wanted["addresses"], wanted.get("routes", ()), gateway)],
                key=str),
        }
        if wanted["kind"] == "interface":
            known["mac"] = wanted.get("mac") or next(macs)
            known["accept-ra"] = expected_ra(wanted, datasource, version_2)
        elif wanted["kind"] == "bond":
            known |= {"interfaces": sorted(wanted["links"]), "mode": wanted["mode"],
                      "mac": wanted.get("mac"), "hash-policy": wanted.get("hash_policy"),
                      "lacp-rate": wanted.get("lacp_rate"),
                      "monitor": wanted.get("monitor", 100)}
        elif wanted["kind"] == "bridge":
            known |= {"interfaces": sorted(wanted["links"]), "mac": wanted.get("mac"),
                      "stp": bool(wanted.get("stp"))}
        else:
            known |= {"link": wanted["link"], "id": wanted["id"]}
        facts[name] = known
    return facts


def normal_route(route):
    default = "::/0" if ":" in route["via"] else "0.0.0.0/0"
    to = default if route["to"] == "default" else route["to"]
    return (to, route["via"], route.get("metric"))


def netplan_facts(netplan):
    """What a netplan configuration says of each link; a gateway is a default route, and one that is said
    twice is one."""
    facts = {}
    for kind in ("ethernets", "bonds", "bridges", "vlans"):
        for name, said in netplan.get(kind, {}).items():
            routes = {normal_route(route) for route in said.get("routes", ())}
            routes |= {default_route(said[key]) for key in ("gateway4", "gateway6") if key in said}
            names = said.get("nameservers", {})
            known = {
                "kind": kind,
                "addresses": sorted(said.get("addresses", ())),
                "dhcp4": said.get("dhcp4", False),
                "dhcp6": said.get("dhcp6", False),
                "mtu": said.get("mtu"),
                "overrides": said.get("dhcp4-overrides", {}),
                "wake-on-lan": said.get("wakeonlan"),
                # netplan's own library, which writes it in new versions, has IPv4 first
                "dns": sorted(names.get("addresses", []), key=lambda text: ":" in text),
                "search": names.get("search", []),
                "routes": sorted(routes, key=str),
            }
            if kind == "ethernets":
                known["mac"] = said["match"]["macaddress"]
                known["accept-ra"] = said.get("accept-ra")
            elif kind == "bonds":
                known |= {"interfaces": sorted(said["interfaces"]),
                          "mode": said["parameters"]["mode"],
                          "mac": said.get("macaddress"),
                          "hash-policy": said["parameters"].get("transmit-hash-policy"),
                          "lacp-rate": said["parameters"].get("lacp-rate"),
                          "monitor": int(said["parameters"]["mii-monitor-interval"])}
            elif kind == "bridges":
                known |= {"interfaces": sorted(said["interfaces"]), "mac": said.get("macaddress"),
                          "stp": said["parameters"]["stp"]}
            else:
                known |= {"link": said["link"], "id": said["id"]}
            facts[name] = known
    return facts


def normal_text(renderer, text, upper):
    """A renderer's text with what makes no difference to the guest taken out: a list of stanzas, each a
    sorted list of its lines. upper: it has bonds or VLANs."""
    # network_data.json has to give a VLAN a MAC address; it is that of the link below, as the kernel's
    inherited = {"eni": r"^ +hwaddress .*$", "sysconfig": r"^MACADDR=.*$",
                 "networkd": r"^MACAddress=.*$"}
    text = re.sub(inherited.get(renderer, r"(?!)"), "", text, flags=re.MULTILINE)
    # ifupdown knows an option by both spellings; NetworkManager's own monitor is 100 ms too
    text = text.replace("bond_", "bond-")
    # of bonds and VLANs NoCloud's form cannot say it
    if upper:
        text = re.sub(r"^( +accept_ra|IPV6_FORCE_ACCEPT_RA=|IPV6_AUTOCONF=).*$", "", text,
                      flags=re.MULTILINE)
    if renderer == "network-manager":
        text = re.sub(r"^(miimon=100|uuid=.*|master=.*|parent=.*)\n", "", text, flags=re.MULTILINE)
    # from a config drive its 22.4 takes no mode of a bond, of which validate warns, and it has a static
    # IPv6 address beside advertisements or without by the word for it
    if renderer == "network-manager" and upper:
        text = re.sub(r"^(mode|method|may-fail)=.*\n", "", text, flags=re.MULTILINE)
    stanzas = re.split(r"\n(?=\[|auto |iface )", text)
    stanzas = [sorted({line for line in stanza.splitlines() if line.strip()}) for stanza in stanzas]
    # 26.2 has a section for that address, which is empty without it
    return sorted(stanza for stanza in stanzas if renderer != "networkd" or stanza != ["[Link]"])
