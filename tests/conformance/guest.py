# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest without a machine: cloud-init's own code over the files of a payload drive.

Nothing of cloud-init is reimplemented here. Its datasource finds the files in its seed directory, its
processor and part handlers take the user-data apart, its modules read users and passwords, its renderers
write the network. What would touch the system is recorded in its place.
"""

import contextlib
import copy
import inspect
import logging
import os
import pathlib
import shutil
import sys
import tempfile
from unittest import mock

import yaml
from cloudinit import net, settings, stages, util
from cloudinit import version as cloudinit_version
from cloudinit.config import cc_set_passwords, cc_ssh, cc_users_groups, schema
from cloudinit.distros import debian, rhel, ug_util
from cloudinit.net import eni, netplan, network_manager, network_state, networkd, sysconfig
from cloudinit.sources import DataSourceConfigDrive, DataSourceNoCloud

# cloud-init looks for it at every file that it writes
sys.modules.setdefault("selinux", None)
# it writes into the host's /etc whatever the target is
sys.modules["netplan.parser"] = None

VERSION = cloudinit_version.version_string()

# Debian's own, cut to what the modules below look at
SYSTEM_CONFIG = {
    "datasource_list": ["ConfigDrive", "NoCloud"],
    "users": ["default"],
    "disable_root": True,
    "vendor_data": {"enabled": True, "prefix": []},
    "system_info": {
        "distro": "debian",
        "default_user": {
            "name": "debian",
            "lock_passwd": True,
            "gecos": "Debian",
            "groups": ["adm", "sudo"],
            "sudo": ["ALL=(ALL) NOPASSWD:ALL"],
            "shell": "/bin/bash",
        },
    },
}


class Complaints(logging.Handler):
    """What cloud-init warns of, which a user would see in `cloud-init status`."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


class Deeds(list):
    """What was done to the system: (verb, argument, ...)."""

    def record(self, verb):
        def do(*args, **kwargs):
            self.append((verb, *args, *(f"{k}={v}" for k, v in sorted(kwargs.items()))))

        return do

    def of(self, verb):
        return [deed[1:] for deed in self if deed[0] == verb]


def physical_devices(network):
    return net.extract_physdevs(network) if network else []


class Guest:
    """A booted guest: its datasource has been read and its user-data taken apart."""

    def __init__(self, tree, datasource, known_macs=None):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="vp-guest-"))
        self.complaints = Complaints()
        self.known_macs = known_macs or {}
        seeds = {"config-drive": "config_drive", "nocloud": "nocloud"}
        seed = self.root / "cloud" / "seed" / seeds[datasource]
        shutil.copytree(tree, seed)
        logging.getLogger("cloudinit").addHandler(self.complaints)
        logging.getLogger("cloudinit").setLevel(logging.WARNING)
        try:
            self._boot(datasource)
        finally:
            logging.getLogger("cloudinit").removeHandler(self.complaints)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root)

    def _boot(self, datasource):
        init = stages.Init(ds_deps=[])
        config = copy.deepcopy(SYSTEM_CONFIG)
        config["system_info"]["paths"] = {
            "cloud_dir": str(self.root / "cloud"),
            "run_dir": str(self.root / "run"),
        }
        init._cfg = config
        init._reset = lambda: None
        self.distro = debian.Distro("debian", config["system_info"], init.paths)
        with self._away_from_the_host():
            for directory in init._initial_subdirs():
                util.ensure_dir(directory)
            classes = {
                "config-drive": DataSourceConfigDrive.DataSourceConfigDrive,
                "nocloud": DataSourceNoCloud.DataSourceNoCloud,
            }
            self.ds = classes[datasource](config, self.distro, init.paths)
            if not self.ds.get_data():
                raise AssertionError("the datasource is not found")
            init.datasource = self.ds
            init.paths.datasource = self.ds
            util.ensure_dir(init.paths.get_ipath())
            os.symlink(init.paths.get_ipath(), init.paths.instance_link)
            path = list(sys.path)
            init._consume_userdata(settings.PER_INSTANCE)
            init._consume_vendordata("vendordata", settings.PER_INSTANCE)
            sys.path[:] = path  # to which each guest's directories of handlers were added
            self.hostname = self.ds.get_hostname()
            self.fqdn = self.ds.get_hostname(fqdn=True)
            self.keys = self.ds.get_public_ssh_keys()
            self.instance_id = self.ds.get_instance_id()
            self.ds.known_macs = self.known_macs
            self.network = self.ds.network_config
            # as interfaces are renamed before their network is written
            self.known_macs = {**self.known_macs, **{
                device[0]: device[1] for device in physical_devices(self.network)}}
        self.instance = pathlib.Path(init.paths.get_ipath())

    @contextlib.contextmanager
    def _away_from_the_host(self):
        self.deeds = Deeds()
        with contextlib.ExitStack() as stack:
            for target, value in (
                ("cloudinit.util.get_cmdline", lambda: ""),
                ("cloudinit.dmi.read_dmi_data", lambda key: None),
                ("cloudinit.util.find_devs_with", lambda *args, **kwargs: []),
                ("cloudinit.util.is_lxd", lambda: False),
                ("cloudinit.subp.subp", self.deeds.record("subp")),
                ("cloudinit.net.get_interfaces_by_mac", lambda *args, **kwargs: self.known_macs),
                ("cloudinit.net.network_state.get_interfaces_by_mac",
                 lambda *args, **kwargs: self.known_macs),
                ("cloudinit.net.get_ib_hwaddrs_by_interface", dict),
            ):
                stack.enter_context(mock.patch(target, value))
            yield

    # what the guest has been given

    @property
    def cloud_config(self):
        """Of all parts, merged; {} if there is none."""
        path = self.instance / "cloud-config.txt"
        return (util.load_yaml(path.read_text()) if path.exists() else None) or {}

    @property
    def scripts(self):
        """User's scripts in the order in which they run: bytes."""
        found = sorted((self.instance / "scripts").glob("*"))
        return [path.read_bytes() for path in found if path.is_file()]

    @property
    def vendor_scripts(self):
        directory = self.instance / "scripts" / "vendor"
        return [path.read_bytes() for path in sorted(directory.glob("*")) if path.is_file()]

    @property
    def raw_user_data(self):
        raw = self.ds.get_userdata_raw()
        return raw.encode() if isinstance(raw, str) else raw or b""

    def schema_problems(self):
        """Errors and deprecations of the schema of cloud-config."""
        try:
            schema.validate_cloudconfig_schema(self.cloud_config, strict=True)
        except schema.SchemaValidationError as error:
            return str(error)
        return ""

    # what the guest's modules make of it

    def configuration(self):
        """The system's configuration with the user's over it, as the modules see it."""
        return util.mergemanydict([self.cloud_config, SYSTEM_CONFIG])

    def run_access_modules(self):
        """users_groups, ssh and set_passwords in cloud-init's order; returns what they did."""
        cloud = mock.Mock()
        cloud.distro = self.distro
        cloud.get_public_ssh_keys = lambda: list(self.keys)
        cloud.datasource.get_public_ssh_keys = lambda: list(self.keys)
        deeds = Deeds()
        logger = logging.getLogger("cloudinit.access")
        complaints = Complaints()
        logging.getLogger("cloudinit").addHandler(complaints)
        with contextlib.ExitStack() as stack:
            for verb in ("add_user", "set_passwd", "lock_passwd", "unlock_passwd", "chpasswd",
                         "expire_passwd", "write_sudo_rules", "create_group", "manage_service"):
                if not hasattr(self.distro, verb):
                    continue
                stack.enter_context(mock.patch.object(self.distro, verb, deeds.record(verb)))
            for target, value in (
                ("cloudinit.ssh_util.setup_user_keys", deeds.record("keys")),
                ("cloudinit.config.cc_set_passwords.update_ssh_config", deeds.record("sshd")),
                ("cloudinit.config.cc_ssh.glob.glob", lambda path: []),
                ("cloudinit.config.cc_ssh.os.path.exists", lambda path: True),
                ("cloudinit.config.cc_ssh.get_public_host_keys", lambda blacklist=None: []),
            ):
                stack.enter_context(mock.patch(target, value))
            for module in (cc_users_groups, cc_ssh, cc_set_passwords):
                # a logger among the arguments until 23.1
                logs = [logger] if "log" in inspect.signature(module.handle).parameters else []
                module.handle("x", self.configuration(), cloud, *logs, [])
        logging.getLogger("cloudinit").removeHandler(complaints)
        self.complaints.messages += complaints.messages
        return deeds

    def users(self):
        return ug_util.normalize_users_groups(self.configuration(), self.distro)[0]

    def render_network(self, renderer):
        """{path: text} of what a renderer writes."""
        classes = {
            "eni": (eni.Renderer, {"eni_path": "etc/network/interfaces"}),
            # its default is an absolute path since 23.4
            "netplan": (netplan.Renderer, {"features": [],
                                           "netplan_path": "etc/netplan/50-cloud-init.yaml"}),
            "sysconfig": (sysconfig.Renderer, rhel.Distro.renderer_configs["sysconfig"]),
            "networkd": (networkd.Renderer, {}),
            "network-manager": (network_manager.Renderer, {}),
        }
        cls, config = classes[renderer]
        writer = cls(dict(config))
        directory = pathlib.Path(tempfile.mkdtemp(dir=self.root))
        logging.getLogger("cloudinit").addHandler(self.complaints)
        try:
            with self._away_from_the_host():
                state = network_state.parse_net_config_data(
                    copy.deepcopy(self.network), skip_broken=False, renderer=writer)
                writer.render_network_state(state, target=str(directory))
        finally:
            logging.getLogger("cloudinit").removeHandler(self.complaints)
        return {
            str(path.relative_to(directory)): path.read_text()
            for path in sorted(directory.rglob("*"))
            if path.is_file()
        }

    def netplan(self):
        (text,) = self.render_network("netplan").values()
        return yaml.safe_load(text)["network"]


RENDERERS = ("eni", "netplan", "sysconfig", "networkd", "network-manager")
