# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is asked of a guest, and how one sees in the guest that it was done."""

import base64
import difflib
import gzip
import hashlib
import json
import pprint

import yaml
from asked import crypt
from definition import KEY, MACS, SECRETS, UUID, cloud_init, element, host_key, password, user
from links import link, to_elements


class Case:
    """name; the elements of the definition; check(guest), run for both datasources; only: the one
    datasource that it is of; links: what check_network() compares with; complaints: of what cloud-init
    complains in some version: {part of the message: the field that validate warns of, or None if it is right
    to complain}."""

    def __init__(self, name, *children, check=None, links=None, only=None, complaints=None,
                 attributes=None, domain=None):
        self.name = name
        self.check = check or (lambda guest: None)
        self.links = links
        self.only = only
        self.complaints = complaints or {}
        self.domain = domain or {}
        self.attributes = attributes or {}
        self.children = list(children)
        if links:
            self.children.append(to_elements(links))
            self.domain.setdefault("interfaces", len(MACS))

    def metadata(self, datasource):
        return cloud_init(*self.children, datasource=datasource, **self.attributes)


def equal(got, wanted):
    if got == wanted:
        return
    first, second = (pprint.pformat(value, width=100).splitlines() for value in (wanted, got))
    difference = "\n".join(difflib.unified_diff(first, second, "wanted", "got", lineterm="", n=1))
    raise AssertionError(f"not equal\n{difference}")


def contains(got, wanted):
    if wanted not in got:
        raise AssertionError(f"{wanted!r} is not in {got!r}")


def config(**wanted):
    """The merged cloud-config is exactly this."""
    return lambda guest: equal(guest.cloud_config, wanted)


# --- texts that are something else to YAML, JSON, a shell, or an eye -----------------------------

TEXTS = {
    "no": "no",
    "yes": "yes",
    "on": "On",
    "true": "true",
    "null": "null",
    "tilde": "~",
    "octal": "0777",
    "octal-1.2": "0o777",
    "hexadecimal": "0x1F",
    "decimal": "0123",
    "exponent": "1e3",
    "float": ".5",
    "infinity": ".inf",
    "sexagesimal": "190:20:30",
    "underscores": "1_000",
    "date": "2026-01-01",
    "timestamp": "2026-01-01T00:00:00Z",
    "comment": "# comment",
    "trailing-comment": "echo # comment",
    "colon": "key: value",
    "colon-first": ": x",
    "dash": "- item",
    "question": "? key",
    "single-quotes": "it's 'quoted'",
    "double-quotes": 'say "hi"',
    "backslash": "a\\nb\\\\c",
    "dollar": "$HOME ${x} $(id) `id`",
    "jinja": "{{ ds.meta_data }} {% raw %}",
    "tag": "!!python/object/apply:os.system [id]",
    "anchor": "&a *a",
    "flow": "{a: [b, c]}",
    "merge": "<<: *x",
    "document": "---\n...\n--- ",
    "injection": "x\nruncmd:\n- evil",
    "latin": "caf\u00e9 na\u00efve",
    "cjk": "\u4f60\u597d\u4e16\u754c",
    "emoji": "\U0001f600\U0001f1e6\U0001f1f9",
    "bidi": "\u202eabc\u202c \u200b",
    "separators": "a\u0085b\u2028c\u2029d\u00a0e\ufeff",
    "combining": "e\u0301 \u00e9",
    "tab": "a\tb\n\tc",
    "cr": "a\rb",
    "crlf": "a\r\nb\r\n",
    "spaces": "  leading and trailing  ",
    "newlines": "\n\na\n\n\nb\n\n",
    "line-64k": "x" * 65536,
    "line-64k-words": "word " * 13107 + "end",
    "mime": "MIME-Version: 1.0\nContent-Type: text/plain\n\nx",
    "percent": "%d %s %TAG",
    "json": '{"a": "\\u0000"}',
}


def text_case(name, text):
    """The text in a command, a file, a message and in the metadata."""

    def check(guest):
        equal(guest.cloud_config["runcmd"], [text])
        equal(guest.cloud_config["bootcmd"], [text, text])
        equal(guest.cloud_config["final_message"], text)
        (file,) = guest.cloud_config["write_files"]
        equal(file["content"], text)
        equal(guest.ds.metadata["meta"]["key"], text)

    return Case(f"text {name}", element("run-cmd", text), element("boot-cmd", text),
                element("boot-cmd", text), element("final-message", text),
                # one line break directly after the start tag is not content
                element("write-file", "\n" + text, path="/etc/x"),
                element("meta", text, key="key"), check=check)


def text_cases():
    return [text_case(name, text) for name, text in TEXTS.items()]


# --- identity -----------------------------------------------------------------------------------


def identity_cases():
    def hostname(given, short, fqdn, name=None):
        def check(guest):
            equal(guest.hostname.hostname, short)
            equal(guest.fqdn.hostname, fqdn)

        return Case(f"hostname {name or given}", element("hostname", given), check=check)

    def instance_id(given):
        return Case(f"instance-id {given}", attributes={"instance_id": given},
                    check=lambda guest: equal(guest.instance_id, given))

    label = "a" * 63
    long_name = ".".join([label, label, label, "a" * 61])
    return [
        hostname("web1", "web1", "web1"),
        hostname("web1.example.com", "web1", "web1.example.com"),
        hostname("no", "no", "no"),
        hostname("null.example.com", "null", "null.example.com"),
        hostname("1e3", "1e3", "1e3"),
        hostname("0777", "0777", "0777"),
        hostname("WEB1", "WEB1", "WEB1"),
        hostname(label, label, label, "of 63"),
        hostname(long_name, label, long_name, "of 253"),
        hostname("xn--mnchen-3ya.example", "xn--mnchen-3ya", "xn--mnchen-3ya.example"),
        Case("hostname of the guest's name", domain={"name": "db-7"},
             check=lambda guest: equal(guest.hostname.hostname, "db-7")),
        Case("no hostname from an invalid name", domain={"name": "my guest"},
             check=lambda guest: equal(
                 guest.ds.metadata.get("local-hostname"), None)),
        Case("instance-id uuid", check=lambda guest: equal(guest.instance_id, UUID)),
        Case("instance-id content", attributes={"instance_id": "content"},
             check=lambda guest: (equal(guest.instance_id[:37], UUID + "-"),
                                  equal(len(guest.instance_id), 53))),
        *map(instance_id, ("0123", "no", "null", "1e3", "2026-01-01", "iid:x+y@z")),
        Case("availability-zone", element("availability-zone", "no"),
             check=lambda guest: equal(guest.ds.availability_zone, "no")),
        Case("nothing at all", check=lambda guest: (equal(guest.cloud_config, {}),
                                                    equal(guest.scripts, []),
                                                    equal(guest.keys, []),
                                                    equal(guest.network, None))),
    ]


# --- access -------------------------------------------------------------------------------------

def blob(kind, *fields):
    """An SSH public key of that type, its body made of fields (RFC 4251, 5)."""
    body = b"".join(len(part).to_bytes(4, "big") + part for part in (kind.encode(), *fields))
    return f"{kind} {base64.b64encode(body).decode()} made@test"


def make_keys():
    point = b"\x04" + hashlib.sha512(b"x").digest()
    return {
        "ed25519": KEY,
        "rsa": blob("ssh-rsa", b"\x01\x00\x01", b"\x00" + b"\xc5" * 256),
        "ecdsa": blob("ecdsa-sha2-nistp256", b"nistp256", point),
        "ecdsa-sk": blob("sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", point, b"ssh:"),
        "ed25519-sk": blob("sk-ssh-ed25519@openssh.com", b"\x11" * 32, b"ssh:"),
        "hard-comment": KEY.rsplit(" ", 1)[0] + " me: 'x' # \"y\" \u00e9",
    }


def root_with(*children):
    return user("root", *children)


def one_password(deeds, name):
    """The one password that a user ends up with: (text, hashed)."""
    found = [(text, "hashed=True" in rest) for who, text, *rest in deeds.of("set_passwd")
             if who == name]
    for pairs, hashed in deeds.of("chpasswd"):
        found += [(text, hashed == "hashed=True") for who, text in pairs if who == name]
    if len(set(found)) != 1:
        raise AssertionError(f"passwords of {name}: {found}")
    return found[0]


def verifies(got, text):
    password_hash, hashed = got
    if not hashed or crypt(text, password_hash) != password_hash:
        raise AssertionError(f"{text!r} does not log in by {got}")


def not_locked_after(deeds, name):
    """A lock, if there is one, comes before the password is set."""
    verbs = [deed[0] for deed in deeds
             if name in deed[1:2] or (deed[0] == "chpasswd" and name in dict(deed[1]))]
    setters = [index for index, verb in enumerate(verbs) if verb in ("set_passwd", "chpasswd")]
    locks = [index for index, verb in enumerate(verbs) if verb == "lock_passwd"]
    if locks and (not setters or max(locks) > max(setters)):
        raise AssertionError(f"{name} ends up locked: {verbs}")


def root_password_case(name, text, login, **attributes):
    """login: the text that must log in."""

    def check(guest):
        deeds = guest.run_access_modules()
        got = one_password(deeds, "root")
        if attributes.get("clear") == "yes":
            equal(got, (login, False))
        else:
            verifies(got, login)
        not_locked_after(deeds, "root")
        equal(deeds.of("expire_passwd"), [("root",)] if attributes.get("expire") == "yes" else [])
        equal(deeds.of("sshd"), [({"PasswordAuthentication": "yes"},)])
        equal(guest.cloud_config["disable_root"], False)

    return Case(f"root's password {name}", root_with(password(text, **attributes)), check=check)


def keys_of(deeds, name):
    """The keys that a user has in the end, with the options that they were given last."""
    found = {}
    for keys, who, *options in deeds.of("keys"):
        if who == name:
            found |= {key: options for key in keys}
    return found


def root_key_case(name, key):
    def check(guest):
        deeds = guest.run_access_modules()
        equal(guest.keys, [key])
        equal(keys_of(deeds, "root"), {key: ["options="]})
        equal(guest.cloud_config, {"disable_root": False})
        equal(deeds.of("lock_passwd"), [("debian",)])

    return Case(f"root's key {name}", root_with(element("ssh-key", key)), check=check)


def access_cases():
    crypted = "$6$saltsalt$" + "x" * 86
    yescrypt = "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7"
    cases = [
        root_password_case("plain", "abc123", login="abc123"),
        *(root_password_case(f"looks like {text}", text, login=text)
          for text in ("R", "RANDOM", "$6$x$y", "0123", "no", "null", "# x", "a:b", "caf\u00e9",
                       "'\"\\", " spaced ", "*", "!", "x" * 72)),
        root_password_case("in the clear", "abc123", login="abc123", clear="yes"),
        root_password_case("in the clear, with a colon", "a:b", login="a:b", clear="yes"),
        root_password_case("to change", "abc123", login="abc123", expire="yes"),
        *(root_key_case(name, key) for name, key in make_keys().items()),
    ]

    def hashed_case(name, text):
        def check(guest):
            deeds = guest.run_access_modules()
            equal(one_password(deeds, "root"), (text, True))
            not_locked_after(deeds, "root")

        return Case(f"root's password {name}", root_with(password(text, hashed="yes")), check=check)

    cases += [hashed_case("hashed", crypted), hashed_case("hashed with yescrypt", yescrypt)]

    def check_seed(guest):
        deeds = guest.run_access_modules()
        verifies(one_password(deeds, "root"), "abc123")
        equal(set(keys_of(deeds, "root")), {KEY})
        equal(guest.cloud_config["output"], {"all": "| tee -a /var/log/cloud-init-output.log"})
        equal(guest.cloud_config["user"], {"name": "root"})
        equal(guest.cloud_config["chpasswd"], {"expire": False})
        equal(guest.cloud_config["ssh_deletekeys"], True)
        equal(guest.cloud_config["timezone"], "Europe/Prague")
        equal(guest.cloud_config["runcmd"], ["touch /var/tmp/ready"])

    cases.append(Case("oVirt's first run", element("hostname", "web1.example.com"),
                      element("timezone", "Europe/Prague"),
                      element("output", "| tee -a /var/log/cloud-init-output.log"),
                      root_with(password("abc123"), element("ssh-key", KEY)),
                      element("regenerate-ssh-keys", "yes"),
                      element("run-cmd", "touch /var/tmp/ready"), check=check_seed))

    def check_options(guest):
        deeds = guest.run_access_modules()
        equal(guest.keys, [])
        equal(keys_of(deeds, "root"), {f'from="192.0.2.0/24" {KEY}': []})

    cases.append(Case("root's key keeps its options",
                      root_with(element("ssh-key", f'from="192.0.2.0/24" {KEY}')),
                      check=check_options))

    def check_user(guest):
        deeds = guest.run_access_modules()
        made = {name: dict(item.split("=", 1) for item in rest)
                for name, *rest in deeds.of("add_user")}
        equal(set(made), {"op"})
        equal(sorted(made["op"]["groups"].split(",")), ["adm", "systemd-journal"])
        equal(made["op"]["shell"], "/bin/bash")
        verifies(one_password(deeds, "op"), "abc123")
        not_locked_after(deeds, "op")
        equal(keys_of(deeds, "op"), {KEY: []})
        equal(guest.keys, [])
        equal([rule for who, rule in deeds.of("write_sudo_rules") if who == "op"],
              ["ALL=(ALL) NOPASSWD:ALL : ALL=(www) /bin/true"])

    cases.append(Case("a user with all", user("op", password("abc123"), element("ssh-key", KEY),
                                              element("sudo", "ALL=(ALL) NOPASSWD:ALL"),
                                              element("sudo", "ALL=(www) /bin/true"),
                                              element("group", "adm"),
                                              element("group", "systemd-journal"),
                                              element("shell", "/bin/bash")), check=check_user))

    def check_locked(guest):
        deeds = guest.run_access_modules()
        contains(deeds.of("lock_passwd"), ("op",))
        equal(guest.cloud_config.get("ssh_pwauth"), None)

    cases.append(Case("a user without a password is locked", user("op"), check=check_locked))
    cases.append(Case("a user who is locked",
                      user("op", element("lock-password", "yes"), element("ssh-key", KEY)),
                      check=check_locked))

    def check_two(guest):
        deeds = guest.run_access_modules()
        verifies(one_password(deeds, "root"), "one")
        verifies(one_password(deeds, "no"), "two")
        equal(deeds.of("expire_passwd"), [("no",)])
        equal(guest.keys, [KEY])
        contains(keys_of(deeds, "root"), KEY)

    cases.append(Case("root and another, one password to change",
                      root_with(password("one"), element("ssh-key", KEY)),
                      user("no", password("two", expire="yes")), check=check_two))

    def check_explicit(guest):
        deeds = guest.run_access_modules()
        equal(deeds.of("sshd"), [({"PasswordAuthentication": "no"},)])
        equal(guest.cloud_config["disable_root"], True)

    cases += default_user_cases() + user_field_cases()
    cases.append(Case("what is said goes before what follows",
                      root_with(password("abc123")), element("ssh-password-auth", "no"),
                      element("disable-root", "yes"), check=check_explicit))
    return cases


def made_users(deeds):
    """{name: {option: value}} of the accounts that were made."""
    return {name: dict(item.split("=", 1) for item in rest)
            for name, *rest in deeds.of("add_user")}


SHA512 = "$6$saltsalt$" + "x" * 86


def default_user_cases():
    """Of a user who is the image's default user, "debian", and of leaving that one out."""

    def check_password(guest):
        deeds = guest.run_access_modules()
        equal(one_password(deeds, "debian"), (SHA512, True))
        not_locked_after(deeds, "debian")

    def check_rights(guest):
        deeds = guest.run_access_modules()
        made = made_users(deeds)["debian"]
        equal(made["shell"], "/bin/sh")
        equal(made["groups"], "docker")
        equal([rule for who, rule in deeds.of("write_sudo_rules")], ["ALL=(ALL) ALL"])
        equal(one_password(deeds, "debian"), (SHA512, True))
        not_locked_after(deeds, "debian")
        equal(keys_of(deeds, "debian"), {KEY: []})

    def check_kept(guest):
        check_password(guest)
        contains(made_users(guest.run_access_modules()), "debian")

    def check_left_out(guest):
        deeds = guest.run_access_modules()
        equal(set(made_users(deeds)), {"op"})

    def check_nobody(guest):
        equal(made_users(guest.run_access_modules()), {})

    def check_key(guest):
        deeds = guest.run_access_modules()
        equal(made_users(deeds), {})
        equal(keys_of(deeds, "root"), {KEY: ["options="]})

    hashed = password(SHA512, hashed="yes")
    left_out = element("default-user", "no")
    return [
        Case("default user: a password", user("debian", hashed), check=check_password),
        Case("default user: shell, sudo, groups", user(
            "debian", hashed, element("shell", "/bin/sh"), element("sudo", "ALL=(ALL) ALL"),
            element("group", "docker"), element("ssh-key", KEY)), check=check_rights),
        Case("default user: asked for beside a password", element("default-user", "yes"),
             user("debian", hashed), check=check_kept),
        Case("default user: left out", left_out, user("op", element("ssh-key", KEY)),
             check=check_left_out),
        Case("default user: left out, and no other", left_out, check=check_nobody),
        Case("default user: left out beside root's key", left_out,
             root_with(element("ssh-key", KEY)), check=check_key),
    ]


def user_field_cases():
    def check_all(guest):
        made = made_users(guest.run_access_modules())["op"]
        equal({key: made[key] for key in ("gecos", "homedir", "primary_group", "uid")},
              {"gecos": "Olga Petrova", "homedir": "/srv/op", "primary_group": "ops",
               "uid": "1500"})
        equal(sorted(made["groups"].split(",")), ["adm", "ops"])
        equal(guest.users()["op"]["ssh_import_id"], ["gh:octocat"])

    def check_home(guest):
        made = made_users(guest.run_access_modules())["op"]
        equal((made["no_create_home"], made["system"]), ("True", "True"))

    def check_root(guest):
        deeds = guest.run_access_modules()
        equal(keys_of(deeds, "root"), {KEY: ["options="]})
        equal(guest.cloud_config, {"disable_root": False})

    return [
        Case("a user's further fields", user(
            "op", element("gecos", "Olga Petrova"), element("uid", "1500"),
            element("homedir", "/srv/op"), element("primary-group", "ops"), element("group", "adm"),
            element("ssh-import-id", "gh:octocat")), check=check_all),
        Case("a user without a home", user("op", element("no-create-home", "yes"),
                                           element("system", "yes")), check=check_home),
        Case("root's key and shell", root_with(element("ssh-key", KEY),
                                               element("shell", "/bin/bash")), check=check_root),
        Case("a user in a group of its own name", user(
            "op", password("abc123"), element("group", "op"), element("group", "adm"))),
        Case("a user in a group that a later user is named by",
             user("a", element("group", "b")), user("b", password("abc123"))),
        Case("a user in a group that an earlier user is named by",
             user("b", password("abc123")), user("a", element("group", "b"))),
        Case("a user's own group is not named twice", user(
            "op", element("primary-group", "ops"), element("group", "ops")),
            check=lambda guest: equal(
                made_users(guest.run_access_modules())["op"]["groups"], "ops")),
    ]


# --- cloud-config -------------------------------------------------------------------------------


def field_cases():
    binary = bytes(range(256))
    return [
        Case("packages", element("package", "vim"), element("package", "0ad"),
             element("package-update", "yes"), element("package-upgrade", "no"),
             check=config(packages=["vim", "0ad"], package_update=True, package_upgrade=False)),
        Case("timezone and locale", element("timezone", "America/Argentina/Buenos_Aires"),
             element("locale", "no_NO.UTF-8"),
             check=config(timezone="America/Argentina/Buenos_Aires", locale="no_NO.UTF-8")),
        Case("mounts", element("mount", "/dev/vdb /srv auto defaults,nofail 0 2"),
             element("mount", "tmpfs /tmp"),
             check=config(mounts=[["/dev/vdb", "/srv", "auto", "defaults,nofail", "0", "2"],
                                  ["tmpfs", "/tmp"]])),
        Case("write-file of bytes",
             element("write-file", base64.b64encode(binary).decode(), path="/b", encoding="base64"),
             check=lambda guest: equal(
                 base64.b64decode(guest.cloud_config["write_files"][0]["content"]), binary)),
        Case("write-file with all",
             element("write-file", "x", path="/etc/\u00e9 x", owner="root:adm", permissions="0640",
                     append="yes", defer="no"),
             check=config(write_files=[{"path": "/etc/\u00e9 x", "content": "x",
                                        "owner": "root:adm", "permissions": "0640",
                                        "append": True}])),
        Case("write-file that is empty", element("write-file", "", path="/x"),
             check=config(write_files=[{"path": "/x", "content": ""}])),
        Case("regenerate-ssh-keys", element("regenerate-ssh-keys", "no"),
             check=config(ssh_deletekeys=False)),
        Case("many commands", *(element("run-cmd", f"echo {n}") for n in range(200)),
             check=config(runcmd=[f"echo {n}" for n in range(200)])),
    ]


def order_cases():
    """Files of users that are made later, and commands given as words."""

    def files(guest):
        return [(file["path"], file.get("defer", False))
                for file in guest.cloud_config["write_files"]]

    asterisk = user("asterisk", element("group", "users"))
    deferred = {text: "write-file" for text in ("write-files", "write_files", "asterisk")}
    return [
        Case("a file whose owner is made later", asterisk,
             element("write-file", "x", path="/var/log/a.log", owner="asterisk:asterisk"),
             element("write-file", "x", path="/etc/other"),
             check=lambda guest: equal(files(guest),
                                       [("/etc/other", False), ("/var/log/a.log", True)]),
             complaints=deferred),
        Case("a file in a home that is made later", asterisk,
             element("write-file", "x", path="/home/asterisk/.profile"),
             check=lambda guest: equal(files(guest), [("/home/asterisk/.profile", True)]),
             complaints=deferred),
        Case("a file of a group that the image has", asterisk,
             element("write-file", "x", path="/etc/x", owner="root:users"),
             check=lambda guest: equal(files(guest), [("/etc/x", False)])),
        Case("a file that is not to wait", asterisk,
             element("write-file", "x", path="/etc/x", owner="asterisk", defer="no"),
             check=lambda guest: equal(files(guest), [("/etc/x", False)]),
             complaints={"write-files": "@owner", "write_files": "@owner", "asterisk": "@owner"}),
        Case("commands of words",
             element("run-cmd", None, (element("arg", "printf"), element("arg", "a  b$x\n"))),
             element("boot-cmd", None, (element("arg", "true"),)), element("run-cmd", "echo $x"),
             check=config(bootcmd=[["true"]], runcmd=[["printf", "a  b$x\n"], "echo $x"])),
    ]


def plausible_cases():
    """What an administrator might well write."""
    yescrypt = "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7"
    hashed = password(yescrypt, hashed="yes")
    nested = '{"roles": ["web", {"port": 80}], "x": null}'

    def file(path, text="x", **attributes):
        return element("write-file", text, path=path, **attributes)

    return [
        *(Case(f"a user named like the image's group {name}", user(name, hashed, element("group", "adm")),
               file("/etc/after")) for name in ("staff", "video", "users", "systemd-journal")),
        Case("two users named like groups of the image", user("staff", hashed), user("plugdev", hashed)),
        Case("a user with yescrypt", user("op", hashed, element("sudo", "ALL=(ALL:ALL) ALL"))),
        Case("a user with sudo rules of several commands", user(
            "op", hashed, element("sudo", "ALL=(root) NOPASSWD: /usr/bin/systemctl restart nginx, "
                                          "/usr/bin/journalctl -u nginx, !/bin/su"),
            element("sudo", "ALL=(www-data : adm) SETENV: /bin/ls"))),
        Case("a user with a dot in the name", user("first.last", hashed, element("ssh-key", KEY),
                                                   element("sudo", "ALL=(ALL) NOPASSWD:ALL"))),
        Case("a user with a hyphen and digits in the name", user("web-01_x", hashed)),
        Case("a user below 1000", user("op", hashed, element("uid", "900"))),
        Case("a user with a home below another directory", user(
            "op", hashed, element("homedir", "/srv/data/op"), element("ssh-key", KEY))),
        Case("a user that cannot log in", user("op", hashed, element("shell", "/usr/sbin/nologin"))),
        Case("a user with groups that the image lacks", user(
            "op", hashed, element("group", " docker "), element("group", "my-team"))),
        Case("a system user that owns a file", user("app", element("system", "yes"),
                                                    element("shell", "/usr/sbin/nologin")),
             file("/etc/app.conf", owner="app:app", permissions="0600"), file("/etc/after"),
             complaints={text: "write-file" for text in ("write-files", "write_files", "app")}),
        Case("a file of mode 0000", file("/etc/x", permissions="0000"), file("/etc/after")),
        Case("a file of mode 4755", file("/usr/local/bin/x", permissions="4755")),
        Case("a file of a group only by name", file("/etc/x", owner="root:adm"), file("/etc/after")),
        Case("a file in a directory with blanks", file("/opt/my app/\u00fc.conf", "a=%d \\ 'b' \"c\"\n")),
        Case("packages with versions", *(element("package", text) for text in (
            "nginx=1.22.1-9", "g++", "libc6:i386", "linux-image-6.1.0-13-amd64")),
            check=config(packages=["nginx=1.22.1-9", "g++", "libc6:i386", "linux-image-6.1.0-13-amd64"])),
        *(Case(f"locale {text}", element("locale", text), check=config(locale=text))
          for text in ("C.UTF-8", "sr_RS@latin", "de_DE.ISO-8859-15@euro")),
        *(Case(f"timezone {text}", element("timezone", text), check=config(timezone=text))
          for text in ("Etc/GMT+5", "UTC", "America/Port-au-Prince")),
        Case("meta of nested JSON", element("meta", nested, key="config"),
             check=lambda guest: equal(guest.ds.metadata["meta"], {"config": nested})),
    ]


CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIBMjCB5aADAgECAhRkaxoRmUa9Qy32iKbtR/isCuiCBzAFBgMrZXAwDzENMAsG
A1UEAwwEdGVzdDAeFw0yNjExMjYwMDA3MDFaFw0zNjExMjMwMDA3MDFaMA8xDTAL
BgNVBAMMBHRlc3QwKjAFBgMrZXADIQAWDTw/yE3ds4wOax4Q+6wU5RNXq93kbUWg
OBYjwQPYj6NTMFEwHQYDVR0OBBYEFOyXu3MqZKeVbr00XULkvri9XXMRMB8GA1Ud
IwQYMBaAFOyXu3MqZKeVbr00XULkvri9XXMRMA8GA1UdEwEB/wQFMAMBAf8wBQYD
K2VwA0EAAH09IJQsD6A0tCky4HLrKgiDVz31/kmLmLuJ3nFXp6TknWwIcQ0/p6XP
i5bh2JIHpohIvU5aXLUGUKtwnkH3CQ==
-----END CERTIFICATE-----
"""


def system_cases():
    """Fields of the system."""
    repository = element("apt-repository", None, (
        element("source", "deb https://deb.example.com $RELEASE main"), element("key", "armoured")),
        name="site")
    return [
        Case("time servers", element("ntp-server", "ntp.example.com"),
             element("ntp-server", "192.0.2.7"), element("ntp-pool", "pool.example.com"),
             check=config(ntp={"enabled": True, "servers": ["ntp.example.com", "192.0.2.7"],
                               "pools": ["pool.example.com"]})),
        Case("time pools only", element("ntp-pool", "no"),
             check=config(ntp={"enabled": True, "pools": ["no"]})),
        Case("certificates", element("ca-cert", "\n" + CERTIFICATE),
             element("ca-cert", "\n" + CERTIFICATE + CERTIFICATE),
             check=config(ca_certs={"trusted": [CERTIFICATE, CERTIFICATE + CERTIFICATE]})),
        Case("a host key", host_key("ed25519"),
             check=lambda guest: equal(guest.cloud_config, {"ssh_keys": {
                 "ed25519_private": SECRETS["shared/host-ed25519"]}})),
        Case("host keys of all types", *map(host_key, ("ecdsa", "rsa", "ed25519")),
             element("regenerate-ssh-keys", "yes")),
        Case("keyboard", element("keyboard", layout="no"),
             check=config(keyboard={"layout": "no"})),
        Case("keyboard with all", element("keyboard", layout="us,de", model="pc105", variant="x",
                                          options="compose:rwin"),
             check=config(keyboard={"layout": "us,de", "model": "pc105", "variant": "x",
                                    "options": "compose:rwin"})),
        Case("swap", element("swap", "2G"),
             check=config(swap={"filename": "/swapfile", "size": "2G"})),
        Case("swap as recommended", element("swap", "auto", path="/var/swap", maximum="512M"),
             check=config(swap={"filename": "/var/swap", "size": "auto", "maxsize": "512M"})),
        Case("growpart off", element("growpart", mode="off"),
             check=config(growpart={"mode": "off"})),
        Case("growpart of devices", element("growpart", None, (
            element("device", "/"), element("device", "/dev/vdb1")), mode="auto"),
             check=config(growpart={"mode": "auto", "devices": ["/", "/dev/vdb1"]})),
        Case("apt", element("apt-mirror", "http://deb.example.com/debian"),
             element("apt-security-mirror", "http://deb.example.com/debian-security"), repository,
             check=config(apt={
                 "primary": [{"arches": ["default"], "uri": "http://deb.example.com/debian"}],
                 "security": [{"arches": ["default"], "uri": "http://deb.example.com/debian-security"}],
                 "sources": {"site.list": {"source": "deb https://deb.example.com $RELEASE main",
                                           "key": "armoured"}}})),
        Case("power-state", element("power-state", mode="poweroff"),
             check=config(power_state={"mode": "poweroff"})),
        Case("power-state with all", element("power-state", mode="reboot", delay="5", timeout="60",
                                             message="no"),
             check=config(power_state={"mode": "reboot", "delay": 5, "timeout": 60,
                                       "message": "no"})),
    ]


# --- the user's own user-data -------------------------------------------------------------------

SCRIPT = "#!/bin/sh\necho caf\u00e9\n"


def user_data(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return element("user-data", base64.b64encode(raw).decode(), encoding="base64")


def mime_of_two():
    return ("Content-Type: multipart/mixed; boundary=\"B\"\nMIME-Version: 1.0\n\n"
            "--B\nContent-Type: text/x-shellscript\n\n#!/bin/sh\necho one\n"
            "--B\nContent-Type: text/cloud-config\n\n#cloud-config\nruncmd: [mine]\n--B--\n")


def raw_cases():
    raw = {
        "cloud-config": "#cloud-config\nruncmd: [echo caf\u00e9]\n",
        "cloud-config after blanks": "\n  \n#cloud-config\nruncmd: [x]\n",
        "cloud-config with CRLF": "#cloud-config\r\nruncmd: [x]\r\n",
        "script": SCRIPT,
        "script without a last line feed": "#!/bin/sh\nexit",
        "jinja": "## template: jinja\n#cloud-config\nruncmd: ['{{ v1.instance_id }}']\n",
        "mime": mime_of_two(),
        "archive": "#cloud-config-archive\n- '#!/bin/sh\n\n  echo x'\n",
        "gzip": gzip.compress(b"#cloud-config\nruncmd: [packed]\n", mtime=0),
        "3 MiB": "#!/bin/sh\n" + ": x\n" * 750000,
    }

    def untouched(text):
        raw = text if isinstance(text, bytes) else text.encode()
        return lambda guest: equal(guest.raw_user_data, raw)

    cases = [Case(f"only user-data: {name}", user_data(text), check=untouched(text))
             for name, text in raw.items()]
    cases += [
        Case("only user-data: Ignition", user_data('{"ignition": {"version": "3.3.0"}}'),
             check=untouched('{"ignition": {"version": "3.3.0"}}'),
             complaints={"Unhandled non-multipart": None}),
    ]
    return cases + merge_cases()


def merge_cases():
    fields = (element("run-cmd", "ours"), element("timezone", "Europe/Prague"))

    def merged(runcmd, **rest):
        return lambda guest: equal(guest.cloud_config,
                                   {"runcmd": runcmd, "timezone": "Europe/Prague", **rest})

    def with_script(script):
        def check(guest):
            merged(["ours"])(guest)
            equal(guest.scripts, [script])

        return check

    def check_mime(guest):
        merged(["ours", "mine"])(guest)
        equal(guest.scripts, [b"#!/bin/sh\necho one"])

    def check_boothook(guest):
        merged(["ours"])(guest)
        equal([path.read_text() for path in (guest.instance / "boothooks").iterdir()],
              ["#!/bin/sh\ntrue\n"])

    def raw(name, text, check, **rest):
        return Case(f"user-data and fields: {name}", user_data(text), *fields, check=check, **rest)

    return [
        raw("script", SCRIPT, with_script(SCRIPT.encode())),
        raw("script of ASCII", "#!/bin/sh\nexit", with_script(b"#!/bin/sh\nexit")),
        # cloud-init's own doing (handlers/shell_script.py, dos2unix)
        raw("script with CRLF", "#!/bin/sh\r\nexit\r\n", with_script(b"#!/bin/sh\nexit\n")),
        raw("script with a long line", "#!/bin/sh\n: " + "x" * 70000 + "\n",
            with_script(b"#!/bin/sh\n: " + b"x" * 70000 + b"\n")),
        raw("script that names a boundary", "#!/bin/sh\n: --==x==--\n\n--\nFrom me\n",
            with_script(b"#!/bin/sh\n: --==x==--\n\n--\nFrom me\n")),
        raw("both lists stay", "#cloud-config\nruncmd: [mine]\n", merged(["ours", "mine"])),
        raw("the user's value wins", "#cloud-config\ntimezone: UTC\nruncmd: [mine]\n",
            lambda guest: equal(guest.cloud_config,
                                {"timezone": "UTC", "runcmd": ["ours", "mine"]})),
        raw("other keys come together", "#cloud-config\npackages: [vim]\n",
            merged(["ours"], packages=["vim"])),
        raw("with a merge type of its own",
            "#cloud-config\nmerge_how: 'list(append)+dict(recurse_array)+str()'\nruncmd: [mine]\n",
            merged(["ours", "mine"])),
        raw("cloud-config that is not ASCII", "#cloud-config\nruncmd: ['\u00e9']\n",
            merged(["ours", "\u00e9"])),
        raw("cloud-config after blanks", "\n \n#cloud-config\nruncmd: [mine]\n",
            merged(["ours", "mine"])),
        raw("jinja", "## template: jinja\n#cloud-config\nruncmd: ['{{ 6 * 7 }}']\n",
            merged(["ours", "42"])),
        raw("mime", mime_of_two(), check_mime),
        raw("archive", "#cloud-config-archive\n- content: '#!/bin/sh\n\n    true'\n",
            with_script(b"#!/bin/sh\ntrue")),
        raw("boothook", "#cloud-boothook\n#!/bin/sh\ntrue\n", check_boothook),
        Case("user-data and fields: users of both",
             user_data("#cloud-config\nusers: [default, {name: mine}]\n"), user("ours"),
             check=lambda guest: equal(sorted(guest.users()), ["debian", "mine", "ours"])),
        Case("user-data and fields: write_files of both",
             user_data("#cloud-config\nwrite_files: [{path: /mine, content: a}]\n"),
             element("write-file", "b", path="/ours"),
             check=lambda guest: equal([file["path"] for file in guest.cloud_config["write_files"]],
                                       ["/ours", "/mine"])),
    ]


def vendor_cases():
    return [
        Case("vendor-data: script", element("vendor-data", SCRIPT),
             check=lambda guest: equal(guest.vendor_scripts, [SCRIPT.encode()])),
        Case("vendor-data beside user-data", element("vendor-data", "#cloud-config\na: b\n"),
             element("run-cmd", "x"), check=config(runcmd=["x"])),
    ]


# --- metadata -----------------------------------------------------------------------------------


def metadata_cases():
    def check_json(guest):
        equal(guest.ds.metadata["x"], {"y": [1, None, True, "z"]})
        equal(guest.hostname.hostname, "other")
        equal(guest.instance_id, UUID)

    def check_yaml(guest):
        check_json(guest)
        equal(guest.ds.metadata["octal"], 0o777)
        equal(guest.ds.dsmode, "local")

    return [
        Case("meta-data of one's own, JSON",
             element("meta-data", json.dumps({"hostname": "other",
                                              "x": {"y": [1, None, True, "z"]}})),
             only="config-drive", check=check_json),
        Case("meta-data of one's own, YAML",
             element("meta-data", "local-hostname: other\ndsmode: local\noctal: 0777\n"
                                  "x: {y: [1, ~, yes, z]}\n"),
             only="nocloud", check=check_yaml),
        Case("meta with hard keys", element("meta", "1", key="a: b"), element("meta", "2", key="no"),
             element("meta", "", key="\u00e9"),
             check=lambda guest: equal(guest.ds.metadata["meta"],
                                       {"a: b": "1", "no": "2", "\u00e9": ""})),
        Case("ec2 as well", element("hostname", "web1"), attributes={"ec2": "yes"},
             only="config-drive",
             check=lambda guest: equal(guest.ds.ec2_metadata["instance-id"], UUID)),
        Case("network-config of one's own, version 2",
             element("network-config", yaml.safe_dump(
                 {"version": 2, "ethernets": {"eth0": {"dhcp4": True}}})),
             only="nocloud", check=lambda guest: equal(
                 guest.network, {"version": 2, "ethernets": {"eth0": {"dhcp4": True}}})),
        Case("network-config of one's own, network_data.json",
             element("network-config", json.dumps(
                 {"links": [{"id": "a", "name": "a", "type": "phy",
                             "ethernet_mac_address": MACS[0]}],
                  "networks": [{"link": "a", "type": "ipv4_dhcp", "id": "n"}]})),
             only="config-drive", check=lambda guest: equal(
                 guest.network["config"][0]["subnets"], [{"type": "dhcp4"}])),
    ]


# --- network ------------------------------------------------------------------------------------


def only(links):
    """The one datasource that has a word for all of it."""
    return "nocloud" if any(wanted["kind"] == "bridge" for wanted in links) else None


def network_cases():
    v4, v6 = ["192.0.2.5/24"], ["2001:db8::5/64"]
    two = [link(name="port0"), link(name="port1")]
    bond = link("bond", "bond0", mode="active-backup", links=["port0", "port1"])
    cases = {
        "dhcp4": [link(dhcp4=True)],
        "dhcp6": [link(dhcp6=True)],
        "two by dhcp and one default route": [link(dhcp4=True), link(dhcp4=True, dhcp_use_routes=False)],
        "static ipv6 with its own name servers": [link(
            addresses=v6, gateways=["2001:db8::1"], dns=["2001:db8::53", "2001:db8::54"],
            search=["a.example"])],
        "an on-link route": [link(addresses=v4 + v6, routes=[("10.0.0.0/8", "0.0.0.0", None),
                                                             ("fd00::/8", "::", None)])],
        "dhcp and a static address": [link(dhcp4=True, addresses=["198.51.100.5/24"])],
        "dhcp4 and dhcp6": [link(dhcp4=True, dhcp6=True)],
        "static ipv4": [link(addresses=v4, gateways=["192.0.2.1"])],
        "static ipv6": [link(addresses=v6, gateways=["2001:db8::1"])],
        "static of both": [link(addresses=v4 + v6, gateways=["192.0.2.1", "2001:db8::1"])],
        "ipv6 before ipv4": [link(addresses=v6 + v4, gateways=["2001:db8::1", "192.0.2.1"])],
        "no gateway": [link(addresses=v4)],
        "several addresses": [link(addresses=["192.0.2.5/24", "192.0.2.6/24", "198.51.100.7/25",
                                              "2001:db8::5/64", "2001:db8:1::5/48"],
                                   gateways=["192.0.2.1"])],
        "/32, /31 and /128": [link(addresses=["192.0.2.5/32", "192.0.2.8/31", "2001:db8::5/128"])],
        "link-local gateway": [link(addresses=v6, gateways=["fe80::1"])],
        "static ipv4 with dhcp6": [link(addresses=v4, gateways=["192.0.2.1"], dhcp6=True)],
        "mtu": [link(dhcp4=True, mtu=9000)],
        "one name server": [link(addresses=v4, dns=["192.0.2.53"])],
        "several name servers": [link(addresses=v4 + v6,
                                      dns=["192.0.2.53", "2001:db8::53", "198.51.100.53"])],
        "search domains": [link(addresses=v4, dns=["192.0.2.53"],
                                search=["example.com", "corp.example"])],
        "search domains without name servers": [link(addresses=v4, search=["example.com"])],
        "name servers beside dhcp": [link(dhcp4=True, dns=["192.0.2.53"], search=["example.com"])],
        "routes beside dhcp": [link(dhcp4=True, routes=[("10.0.0.0/8", "192.0.2.254", None)])],
        "on-link gateways": [link(addresses=["203.0.113.7/32", "2001:db8:1::7/128"],
                                  gateways=["10.0.0.1", "fe80::1"], dns=["192.0.2.53"])],
        "an on-link gateway with its route": [link(addresses=["203.0.113.7/32"], gateways=["10.0.0.1"],
                                                   routes=[("10.0.0.1/32", "0.0.0.0", None)])],
        "gateway and route of the second address": [
            link(addresses=["192.0.2.5/24", "198.51.100.5/24"], gateways=["198.51.100.1"],
                 routes=[("10.0.0.0/8", "198.51.100.2", None)])],
        "default routes with metrics": [
            link(addresses=v4, routes=[("0.0.0.0/0", "192.0.2.1", 100)]),
            link(addresses=["198.51.100.5/24"], routes=[("0.0.0.0/0", "198.51.100.1", 200)])],
        "slaac": [link(dhcp4=True, slaac=True)],
        "slaac by name": [link(name="lan", dhcp4=True, slaac=True)],
        "stateless dhcp6": [link(dhcp4=True, dhcp6_stateless=True)],
        "stateless dhcp6 by name": [link(name="lan", dhcp6_stateless=True)],
        "advertisements beside a static address": [
            link(dhcp4=True, addresses=["2001:db8::73/64"], accept_ra=True)],
        "no advertisements": [link(dhcp4=True, addresses=v6, accept_ra=False)],
        "dhcp overrides": [link(dhcp4=True, dhcp_use_dns=False, dhcp_use_routes=False,
                                dhcp_metric=200, dns=["192.0.2.53"])],
        "wake-on-lan": [link(dhcp4=True, wake_on_lan=True)],
        "routes": [link(addresses=v4, gateways=["192.0.2.1"],
                        routes=[("10.0.0.0/8", "192.0.2.2", None),
                                ("203.0.113.7/32", "192.0.2.3", 50)])],
        "routes of ipv6": [link(addresses=v6, routes=[("2001:db8:8::/48", "2001:db8::2", None),
                                                      ("fd00::/8", "2001:db8::3", 7)])],
        "default routes as routes": [link(addresses=v4 + v6,
                                          routes=[("0.0.0.0/0", "192.0.2.1", None),
                                                  ("::/0", "2001:db8::1", None)])],
        "two interfaces": [link(addresses=v4, gateways=["192.0.2.1"]), link(dhcp4=True)],
        "two interfaces with other name servers": [
            link(addresses=v4, dns=["192.0.2.53"]),
            link(addresses=["198.51.100.5/24"], dns=["198.51.100.53"])],
        "two interfaces, one with name servers": [
            link(addresses=v4, dns=["192.0.2.53"]), link(addresses=["198.51.100.5/24"])],
        "by MAC address": [link(mac=MACS[2], addresses=v4), link(dhcp4=True)],
        "names": [link(name="lan", addresses=v4), link(name="eth0", dhcp4=True), link(dhcp4=True)],
        "eight interfaces": [link(dhcp4=True) for _ in MACS],
        "vlan": [link(name="lan"), link("vlan", "lan.7", link="lan", id=7, addresses=v4,
                                        gateways=["192.0.2.1"], dns=["192.0.2.53"])],
        "vlan with dhcp, mtu": [link(name="lan", mtu=1600), link("vlan", "lan.4094", link="lan",
                                                                 id=4094, dhcp4=True, mtu=1500)],
        "two vlans": [link(name="lan", addresses=v4),
                      link("vlan", "lan.1", link="lan", id=1, addresses=["10.1.0.2/16"]),
                      link("vlan", "lan.2", link="lan", id=2, addresses=v6)],
        **{f"bond {mode}": [*two, {**bond, "mode": mode, "addresses": v4,
                                   "gateways": ["192.0.2.1"]}]
           for mode in ("balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad",
                        "balance-tlb", "balance-alb")},
        "bond with all": [*two, {**bond, "mode": "802.3ad", "hash_policy": "layer3+4",
                                 "lacp_rate": "fast", "monitor": 50, "addresses": v4}],
        "bond with a MAC address": [*two, {**bond, "dhcp4": True, "mac": "52:54:00:bb:00:01"}],
        "bond with a MAC address in version 2": [*two, {**bond, "dhcp4": True, "mac": "52:54:00:bb:00:01",
                                                       "hash_policy": "layer2"}],
        "vlan with a MAC address": [link(name="lan"), link(
            "vlan", "lan.7", link="lan", id=7, addresses=v4, mac="52:54:00:77:00:01")],
        "vlan with a MAC address in version 2": [link(), link(name="lan"), link(
            "vlan", "lan.7", link="lan", id=7, addresses=v4, mac="52:54:00:77:00:01")],
        "bond with ipv6": [*two, {**bond, "addresses": v4, "mtu": 9000}],
        "vlan over bond": [*two, {**bond, "addresses": v4},
                           link("vlan", "bond0.10", link="bond0", id=10,
                                addresses=["10.1.0.2/16"],
                                routes=[("10.9.0.0/16", "10.1.0.1", None)])],
        "bond over vlan": [*two, link("vlan", "port0.5", link="port0", id=5),
                           link("vlan", "port1.5", link="port1", id=5),
                           link("bond", "bond0", mode="active-backup",
                                links=["port0.5", "port1.5"], dhcp4=True)],
        "bridge": [two[0], link("bridge", "br0", links=["port0"], dhcp4=True)],
        "bridge with an address": [two[0], link("bridge", "br0", links=["port0"], addresses=v4 + v6,
                                                gateways=["192.0.2.1", "2001:db8::1"],
                                                dns=["192.0.2.53"], search=["example.com"],
                                                routes=[("10.0.0.0/8", "192.0.2.2", None)])],
        "bridge with all": [*two, link("bridge", "br0", links=["port0", "port1"], addresses=v4,
                                       mac="52:54:00:bb:00:02", mtu=1400, stp=True)],
        "bridge over bond": [*two, bond, link("bridge", "lan", links=["bond0"], addresses=v4)],
        "bridge over vlan": [two[0], link("vlan", "port0.5", link="port0", id=5),
                             link("bridge", "br5", links=["port0.5"], dhcp4=True)],
        "vlan over bridge": [two[0], link("bridge", "br0", links=["port0"]),
                             link("vlan", "br0.7", link="br0", id=7, addresses=v4)],
        "bridge before its port": [link("bridge", "br0", links=["port0"], dhcp4=True), two[0]],
        "two bridges and an interface": [*two, link(dhcp4=True),
                                         link("bridge", "br0", links=["port0"], stp=True),
                                         link("bridge", "br1", links=["port1"], dhcp4=True)],
        "two bonds": [link(name="a"), link(name="b"), link(name="c"), link(name="d"),
                      link("bond", "bond0", mode="802.3ad", links=["a", "b"], addresses=v4),
                      link("bond", "bond1", mode="balance-rr", links=["c", "d"], dhcp4=True)],
    }
    return [Case(f"network: {name}", links=links, only=only(links)) for name, links in cases.items()]


def all_cases():
    return [*identity_cases(), *text_cases(), *access_cases(), *field_cases(), *order_cases(), *plausible_cases(),
            *system_cases(), *raw_cases(),
            *vendor_cases(), *metadata_cases(), *network_cases()]
