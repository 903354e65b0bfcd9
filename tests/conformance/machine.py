# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest's first boot, as far as cloud-init has a part in it: run by a Debian suite's own interpreter, in
that suite's files as the root (tests/guest/build-cloud-init), by world.py.

Reads a pickled list of jobs, boots each in a process with a file system of its own laid over the root, and
writes a pickled {name: what the guest has become}. What cloud-init does is done: users are made by useradd,
passwords set by chpasswd, files written. Only programs that would want a system that runs are recorded in
its place. Python 3.9 and later; nothing of this project is imported."""

import ctypes
import inspect
import logging
import os
import pathlib
import pickle
import re
import shutil
import stat
import subprocess
import sys
import time
import traceback
from unittest import mock

import yaml
from cloudinit import net, sources, stages, subp, util
from cloudinit import version as cloudinit_version
from cloudinit.config import schema
from cloudinit.distros import rhel
from cloudinit.net import network_state

try:
    from cloudinit.config.modules import Modules
except ImportError:  # before 22.2
    Modules = stages.Modules

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS = 0x20000
CASE = "/mnt/case"
SEEDS = {"config-drive": "config_drive", "nocloud": "nocloud"}

# What is left to the real program; everything else is recorded, and succeeds
REAL_PROGRAMS = {
    "chage", "chpasswd", "gpasswd", "groupadd", "id", "passwd", "ssh-keygen",
    "update-ca-certificates", "useradd", "usermod",
}
MODULES = (
    "write-files", "mounts", "set_hostname", "update_etc_hosts", "ca-certs", "users-groups", "ssh",
    "keyboard", "locale", "set-passwords", "apt-configure", "ntp", "timezone", "runcmd", "growpart",
    "write-files-deferred", "power-state-change", "ssh-import-id",
)
DEFAULT_USER = {
    "lock_passwd": True, "gecos": "Debian", "groups": ["adm", "sudo"],
    "sudo": ["ALL=(ALL) NOPASSWD:ALL"], "shell": "/bin/bash",
}


# --- a file system of its own ---------------------------------------------------------------------


def call(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, "{}: {}".format(what, os.strerror(number)))


def mount(source, target, kind, options=""):
    call(libc.mount(source.encode(), target.encode(), kind.encode(), 0, options.encode()), target)


def copy_tree(source, target):
    for path in sorted(pathlib.Path(source).rglob("*")):
        if path.is_file():
            copy = pathlib.Path(target) / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())


def make_devices(directory):
    os.makedirs(directory)
    for name, minor in (("null", 3), ("zero", 5), ("random", 8), ("urandom", 9)):
        os.mknod(directory + "/" + name, stat.S_IFCHR | 0o666, os.makedev(1, minor))
        os.chmod(directory + "/" + name, 0o666)


def system_config(job):
    """Over Debian's own cloud.cfg, which stays as it is."""
    config = {
        "datasource_list": ["ConfigDrive", "NoCloud", "None"],
        "system_info": {"default_user": dict(DEFAULT_USER, name=job["default_user"])},
        "ssh_genkeytypes": ["ed25519"],
        "disable_vmware_customization": True,
    }
    return config


def enter(job):
    """Lays a file system over the root and makes it this process's; a descriptor of what is written."""
    call(libc.unshare(CLONE_NEWNS), "unshare")
    mount("none", CASE, "tmpfs", "mode=0755")
    for name in ("upper", "work", "root"):
        os.mkdir("{}/{}".format(CASE, name))
    upper = CASE + "/upper"
    make_devices(upper + "/dev")
    os.makedirs(upper + "/run/cloud-init")
    copy_tree(job["tree"], "{}/var/lib/cloud/seed/{}".format(upper, SEEDS[job["datasource"]]))
    os.makedirs(upper + "/etc/cloud/cloud.cfg.d")
    with open(upper + "/etc/cloud/cloud.cfg.d/99-test.cfg", "w") as file:
        yaml.safe_dump(system_config(job), file)
    mount("overlay", CASE + "/root", "overlay",
          "lowerdir=/,upperdir={0}/upper,workdir={0}/work".format(CASE))
    mount("proc", CASE + "/root/proc", "proc")
    written = os.open(upper, os.O_RDONLY | os.O_DIRECTORY)
    os.chroot(CASE + "/root")
    os.chdir("/")
    return written


def read_written(descriptor):
    """{path: (owner, group, mode, bytes)} of the files that differ from the root's."""
    found = {}
    for directory, _, names, parent in os.fwalk(".", dir_fd=descriptor):
        for name in names:
            path = os.path.normpath(os.path.join("/", directory, name))
            status = os.stat(name, dir_fd=parent, follow_symlinks=False)
            if path.startswith(("/dev/", "/proc/", "/var/lib/cloud/", "/run/", "/var/log/cloud-init")):
                continue
            if stat.S_ISREG(status.st_mode):
                file = os.open(name, os.O_RDONLY, dir_fd=parent)
                content = os.read(file, 1 << 20)
                os.close(file)
            elif stat.S_ISLNK(status.st_mode):
                content = os.readlink(name, dir_fd=parent).encode()
            else:  # a whiteout
                continue
            found[path] = (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode), content)
    return found


# --- what is recorded in place of being done ------------------------------------------------------


class Complaints(logging.Handler):
    """Warnings and deprecations, of which `cloud-init status` makes "degraded"."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.messages = []
        self.trace = ""  # of the last exception that cloud-init caught

    def emit(self, record):
        message = record.getMessage()
        if record.exc_info:
            self.trace = "".join(traceback.format_exception(*record.exc_info))
        if record.levelno >= logging.WARNING or "deprecat" in message.lower():
            self.messages.append(message)


class Programs(list):
    def __init__(self):
        super().__init__()
        self.really = subp.subp

    def __call__(self, args, *rest, **options):
        words = args.split() if isinstance(args, str) else [
            word.decode() if isinstance(word, bytes) else word for word in args]
        self.append(words)
        if os.path.basename(words[0]) in REAL_PROGRAMS or words[:2] == ["sh", "-xc"]:  # ssh-keygen
            return self.really(args, *rest, **options)
        make = getattr(subp, "SubpResult", None)
        out = "" if options.get("decode", True) else b""
        return make(out, out) if make else (out, out)


# --- the boot --------------------------------------------------------------------------------------


def text_of(value):
    """A hostname is a text of its own in old versions, and a part of a tuple in new ones."""
    return getattr(value, "hostname", value)


def plain(value):
    """What a pickle of another Python can hold."""
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    return value


def find_datasource(job, init, facts):
    init.read_cfg()
    init.initialize()
    init.fetch(existing="check")
    datasource = init.datasource
    facts["datasource"] = type(datasource).__name__
    init.instancify()
    facts["hostname"] = text_of(datasource.get_hostname())
    facts["fqdn"] = text_of(datasource.get_hostname(fqdn=True))
    facts["keys"] = list(datasource.get_public_ssh_keys())
    facts["instance_id"] = datasource.get_instance_id()
    facts["metadata"] = plain(datasource.metadata)
    facts["ec2_metadata"] = plain(getattr(datasource, "ec2_metadata", None))
    facts["dsmode"] = datasource.dsmode
    facts["availability_zone"] = datasource.availability_zone
    facts["raw_user_data"] = datasource.get_userdata_raw()
    datasource.known_macs = job["macs"]
    facts["network"] = plain(datasource.network_config)


def consume(init):
    init.setup_datasource()
    init.update()
    init.consume_data("once-per-instance")


def read_instance(init, facts):
    base = pathlib.Path(init.paths.get_ipath_cur())
    names = [path for path in sorted(base.rglob("*")) if path.is_file() and
             path.name not in ("obj.pkl", "combined-cloud-config.json")]
    facts["instance"] = {str(path.relative_to(base)): path.read_bytes() for path in names}
    text = facts["instance"].get("cloud-config.txt", b"")
    facts["cloud_config"] = plain(yaml.safe_load(text.decode())) or {}


def run_modules(job, init, facts):
    modules = Modules(init)
    config = modules.cfg  # a copy, of what is kept from now on
    wanted = set(job["modules"])
    for section in ("cloud_init_modules", "cloud_config_modules", "cloud_final_modules"):
        listed = config.get(section) or []
        names = [entry if isinstance(entry, str) else entry[0] for entry in listed]
        modules._cached_cfg[section] = [name for name in names if name.replace("_", "-") in wanted
                                or name in wanted]
        _, failures = modules.run_section(section)
        facts["failures"] += [str(failure) for failure in failures]


def check_schemas(facts):
    parameters = inspect.signature(schema.validate_cloudconfig_schema).parameters
    options = {"strict": True}
    if "schema_type" not in parameters and hasattr(schema, "get_schema"):
        options["schema"] = schema.get_schema()
    try:
        schema.validate_cloudconfig_schema(facts["cloud_config"], **options)
        if "schema_type" in parameters and facts["network"]:
            schema.validate_cloudconfig_schema(
                facts["network"], strict=True, schema_type=schema.SchemaType.NETWORK_CONFIG)
    except schema.SchemaValidationError as error:
        facts["schema"] = str(error)


# --- the network -----------------------------------------------------------------------------------

NETPLAN_GENERATORS = ("/usr/libexec/netplan/configure",  # since 1.2
                      "/usr/libexec/netplan/generate", "/usr/lib/netplan/generate")


def renderers():
    import importlib

    configs = {
        "eni": {"eni_path": "etc/network/interfaces"},
        "netplan": {"features": []},
        "sysconfig": rhel.Distro.renderer_configs["sysconfig"],
        "networkd": {},
        "network_manager": {},
    }
    for name, config in configs.items():
        try:
            module = importlib.import_module("cloudinit.net." + name)
        except ImportError:
            continue
        yield name.replace("_", "-"), module.Renderer(dict(config))


def read_below(directory):
    return {str(path.relative_to(directory)): path.read_text()
            for path in sorted(pathlib.Path(directory).rglob("*"))
            if path.is_file() and not path.is_symlink()}


def generate(directory):
    """What netplan's own generator makes of it for systemd-networkd, and what it says."""
    (program,) = [path for path in NETPLAN_GENERATORS if os.path.exists(path)][:1]
    done = subprocess.run([program, "--root-dir", directory], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    said = done.stdout.decode()
    if done.returncode != 0:
        said = "exit {}: {}".format(done.returncode, said)
    made = pathlib.Path(directory) / "run" / "systemd" / "network"
    return (read_below(made) if made.exists() else {}), said


def render_networks(job, facts):
    parameters = inspect.signature(network_state.parse_net_config_data).parameters
    facts["rendered"] = {}
    # as interfaces are renamed before their network is written
    renames = {device[0]: device[1] for device in net.extract_physdevs(facts["network"])}
    facts["renamed"] = [name for mac, name in renames.items() if job["macs"][mac] != name]
    job["macs"].update(renames)
    for name, renderer in renderers():
        directory = "/tmp/" + name
        os.mkdir(directory)
        options = {"renderer": renderer} if "renderer" in parameters else {}
        try:
            state = network_state.parse_net_config_data(
                facts["network"], skip_broken=False, **options)
            # into its real place, which is all that netplan's own library knows
            target = None if name == "netplan" else directory
            renderer.render_network_state(state, target=target)
        except Exception:
            facts["rendered"][name] = traceback.format_exc()
            continue
        if name == "netplan":
            shutil.copytree("/etc/netplan", directory + "/etc/netplan")
        facts["rendered"][name] = read_below(directory)
        if name == "netplan":
            facts["netplan"], facts["netplan_said"] = generate(directory)


# --- users -----------------------------------------------------------------------------------------


def read_users():
    groups = {}
    by_id = {}
    for line in open("/etc/group"):
        name, _, number, members = line.strip().split(":")
        by_id[number] = name
        for member in filter(None, members.split(",")):
            groups.setdefault(member, []).append(name)
    shadow = dict(line.strip().split(":", 1) for line in open("/etc/shadow"))
    users = {}
    for line in open("/etc/passwd"):
        name, _, uid, gid, gecos, home, shell = line.rstrip("\n").split(":")
        keys = pathlib.Path(home) / ".ssh" / "authorized_keys"
        secret, changed = shadow[name].split(":")[:2]
        users[name] = {
            "uid": int(uid), "group": by_id.get(gid, gid), "gecos": gecos, "home": home,
            "shell": shell, "groups": sorted(groups.get(name, ())), "hash": secret,
            "expired": changed == "0", "has_home": os.path.isdir(home),
            "keys": keys.read_text().splitlines() if keys.is_file() else [],
        }
    return users


def check_sudoers():
    paths = sorted(pathlib.Path("/etc/sudoers.d").glob("*"))
    texts = {path.name: path.read_text() for path in paths}
    done = subprocess.run(["visudo", "-c"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return texts, "" if done.returncode == 0 else done.stdout.decode()


# --- all of it -------------------------------------------------------------------------------------


def boot(job):
    written = enter(job)
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    logging.getLogger().setLevel(logging.DEBUG)
    programs = Programs()
    facts = {"failures": [], "schema": "", "network": None, "rendered": {}, "programs": programs}
    with mock.patch("cloudinit.util.get_cmdline", lambda: ""), \
            mock.patch("cloudinit.subp.subp", programs), \
            mock.patch("cloudinit.net.get_interfaces_by_mac", lambda *args, **kwargs: job["macs"]), \
            mock.patch("cloudinit.net.network_state.get_interfaces_by_mac",
                       lambda *args, **kwargs: job["macs"], create=True), \
            mock.patch("cloudinit.util.find_devs_with", lambda *args, **kwargs: []):
        init = stages.Init(ds_deps=[sources.DEP_FILESYSTEM])
        try:
            find_datasource(job, init, facts)
        except sources.DataSourceNotFoundException as error:
            raise RuntimeError(complaints.trace) from error
        consume(init)
        if job["modules"]:
            run_modules(job, init, facts)
        read_instance(init, facts)
        check_schemas(facts)
        if facts["network"]:
            render_networks(job, facts)
    facts["complaints"] = complaints.messages
    if job["modules"]:
        facts["users"] = read_users()
        facts["groups"] = {line.split(":")[0]: int(line.split(":")[2]) for line in open("/etc/group")}
        facts["sudoers"], facts["sudoers_problem"] = check_sudoers()
        facts["files"] = read_written(written)
    facts["programs"] = list(programs)
    return facts


def boot_apart(job):
    """In a process of its own; {"error": trace} if that fails."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            facts = boot(job)
        except BaseException:
            facts = {"error": traceback.format_exc()}
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(facts, pipe, protocol=4)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(data) if data else {"error": "the process ended"}


def main():
    os.makedirs(CASE, exist_ok=True)
    sys.modules.setdefault("selinux", None)  # looked for at every file that is written
    with open(sys.argv[1], "rb") as file:
        jobs = pickle.load(file)
    results = {"version": re.sub("-.*", "", cloudinit_version.version_string())}
    started = time.monotonic()
    for job in jobs:
        results[job["name"]] = boot_apart(job)
    results["seconds"] = time.monotonic() - started
    with open(sys.argv[2], "wb") as file:
        pickle.dump(results, file, protocol=4)


main()
