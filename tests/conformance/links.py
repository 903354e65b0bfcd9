# SPDX-License-Identifier: LGPL-2.1-or-later
"""A network as a test asks for it: as elements of a definition, and as what a guest should make of it."""

import ipaddress
import re

from definition import MACS, element, network


def link(kind="interface", name=None, **wanted):
    """wanted: mac, dhcp4, dhcp6, addresses, gateways, routes [(to, via, metric)], dns, search, mtu;
    of a bond mode and links; of a VLAN link and id."""
    return {"kind": kind, "name": name, **wanted}


def to_elements(links):
    return network(*(to_element(wanted) for wanted in links))


def to_element(wanted):
    attributes = {key: str(wanted[key]) for key in ("mac", "target", "mode", "id")
                  if wanted.get(key) is not None}
    if wanted["name"]:
        attributes["name"] = wanted["name"]
    if wanted["kind"] == "vlan":
        attributes["link"] = wanted["link"]
    children = [element("link", name) for name in wanted.get("links", ())]
    children += [element(flag, "yes") for flag in ("dhcp4", "dhcp6") if wanted.get(flag)]
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


def expected_facts(links):
    """{name: facts}, as netplan_facts() reads them from what cloud-init wrote."""
    macs = iter(mac for mac in MACS if mac not in {wanted.get("mac") for wanted in links})
    facts = {}
    for name, wanted in zip(names_of(links), links):
        static = bool(wanted.get("addresses"))
        known = {
            "kind": {"interface": "ethernets", "bond": "bonds", "vlan": "vlans"}[wanted["kind"]],
            "addresses": sorted(wanted.get("addresses", ())),
            "dhcp4": bool(wanted.get("dhcp4")),
            "dhcp6": bool(wanted.get("dhcp6")),
            "mtu": wanted.get("mtu"),
            # cloud-init's netplan renderer passes over name servers and routes beside DHCP alone
            "dns": list(wanted.get("dns", ())) if static else [],
            "search": list(wanted.get("search", ())) if static else [],
            "routes": sorted(
                [route for route in wanted.get("routes", ())
                 if any((":" in address) == (":" in route[0])
                        for address in wanted.get("addresses", ()))]
                + [default_route(gateway) for gateway in wanted.get("gateways", ())]
                + [route for gateway in wanted.get("gateways", ())
                   for route in on_link_route(wanted["addresses"], wanted.get("routes", ()), gateway)],
                key=str),
        }
        if wanted["kind"] == "interface":
            known["mac"] = wanted.get("mac") or next(macs)
            static6 = any(":" in address for address in wanted.get("addresses", ()))
            known["accept-ra"] = True if wanted.get("dhcp6") else False if static6 else None
        elif wanted["kind"] == "bond":
            known |= {"interfaces": sorted(wanted["links"]), "mode": wanted["mode"],
                      "mac": wanted.get("mac")}
        else:
            known |= {"link": wanted["link"], "id": wanted["id"]}
        facts[name] = known
    return facts


def normal_route(route):
    to = {"default": "0.0.0.0/0"}.get(route["to"], route["to"])
    return (to, route["via"], route.get("metric"))


def netplan_facts(netplan):
    """What a netplan configuration says of each link; a gateway is a default route, and one that is said
    twice is one."""
    facts = {}
    for kind in ("ethernets", "bonds", "vlans"):
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
                "dns": names.get("addresses", []),
                "search": names.get("search", []),
                "routes": sorted(routes, key=str),
            }
            if kind == "ethernets":
                known["mac"] = said["match"]["macaddress"]
                known["accept-ra"] = said.get("accept-ra")
            elif kind == "bonds":
                known |= {"interfaces": sorted(said["interfaces"]),
                          "mode": said["parameters"]["mode"],
                          "mac": said.get("macaddress")}
                assert said["parameters"]["mii-monitor-interval"] == 100, said
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
    return sorted(sorted({line for line in stanza.splitlines() if line.strip()}) for stanza in stanzas)
