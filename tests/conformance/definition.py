# SPDX-License-Identifier: LGPL-2.1-or-later
"""Definitions of guests for the tests: XML by ElementTree, and their payload by render-tree."""

import functools
import os
import pathlib
import subprocess
import tempfile
import xml.etree.ElementTree as ET

NAMESPACE = "urn:virt-payload:1"
UUID = "c7a5fdbd-edaf-9455-926a-d65c16db1809"
MACS = tuple(f"52:54:00:00:00:{n:02x}" for n in range(1, 9))
KEY = ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0rwaDi9OgzcyY/RNWVRzUJZeLK me@laptop")

BUILD = pathlib.Path(os.environ.get("VP_BUILDDIR", "."))
SECRETS = {}  # of all guests: {name: text}


@functools.lru_cache(maxsize=None)
def host_key(kind):
    """A new <ssh-host-key> of that type; its private key is a secret."""
    with tempfile.TemporaryDirectory(prefix="vp-host-key-") as directory:
        path = pathlib.Path(directory) / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "made@test", "-f", str(path)],
                       check=True)
        SECRETS[f"shared/host-{kind}"] = path.read_text()
        return element("ssh-host-key", type=kind, secret=f"shared/host-{kind}",
                       public=path.with_suffix(".pub").read_text().strip())


def write_secrets(directory):
    for name, text in SECRETS.items():
        path = directory / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)


def element(tag, text=None, children=(), /, **attributes):
    """One of our elements; '_' in an attribute's name means '-'."""
    node = ET.Element(f"{{{NAMESPACE}}}{tag}",
                      {key.replace("_", "-"): value for key, value in attributes.items()})
    node.text = text
    node.extend(children)
    return node


def user(name, *children):
    return element("user", None, children, name=name)


def password(text, **attributes):
    return element("password", text, **attributes)


def network(*children):
    return element("network", None, children)


def cloud_init(*children, **attributes):
    return element("cloud-init", None, children, **attributes)


def domain(metadata, name="web1", interfaces=0, os_id=None):
    """Domain XML around a metadata element: bytes."""
    root = ET.Element("domain", {"type": "kvm"})
    ET.SubElement(root, "name").text = name
    ET.SubElement(root, "uuid").text = UUID
    holder = ET.SubElement(root, "metadata")
    if os_id:
        osinfo = "http://libosinfo.org/xmlns/libvirt/domain/1.0"
        libosinfo = ET.SubElement(holder, f"{{{osinfo}}}libosinfo")
        ET.SubElement(libosinfo, f"{{{osinfo}}}os", {"id": os_id})
    holder.append(metadata)
    devices = ET.SubElement(root, "devices")
    for mac in MACS[:interfaces]:
        interface = ET.SubElement(devices, "interface", {"type": "network"})
        ET.SubElement(interface, "mac", {"address": mac})
    text = ET.tostring(root, "utf-8")
    # an XML parser makes LF of a bare CR; a reference keeps it
    return text.replace(b"\r", b"&#13;")


def render(definitions, directory):
    """definitions: {name: bytes}. Writes them and their trees below directory; {name: error} of those
    that were refused."""
    sources = pathlib.Path(directory) / "xml"
    trees = pathlib.Path(directory) / "tree"
    sources.mkdir(parents=True)
    trees.mkdir()
    paths = []
    for name, text in definitions.items():
        path = sources / f"{name}.xml"
        path.write_bytes(text)
        paths.append(str(path))
    secrets = pathlib.Path(directory).resolve() / "secrets"
    secrets.mkdir(mode=0o700)
    write_secrets(secrets)
    tool = BUILD / "tests" / "conformance" / "render-tree"
    for start in range(0, len(paths), 500):
        subprocess.run([str(tool), str(trees), str(secrets), *paths[start:start + 500]], check=True)
    return {path.stem: path.read_text() for path in trees.glob("*.error")}
