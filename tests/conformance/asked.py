# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whether a guest has become what its definition asks for: (field, what differs) for each field that was
not followed. The definition is read here by itself, and nothing of it is taken from what was rendered."""

import base64
import ctypes
import ctypes.util

from definition import NAMESPACE, SECRETS

_libcrypt = ctypes.CDLL(ctypes.util.find_library("crypt"))
_libcrypt.crypt.restype = ctypes.c_char_p


def crypt(text, setting):
    """crypt(3), which Python's own library has no more."""
    made = _libcrypt.crypt(text.encode(), setting.encode())
    return made.decode() if made else None


def _all(node, tag):
    return node.findall(f"{{{NAMESPACE}}}{tag}")


def _texts(node, tag):
    return [child.text.strip() for child in _all(node, tag)]


def _is_yes(node, tag):
    return any((child.text or "yes").strip() == "yes" for child in _all(node, tag))


def _password_differs(user, account):
    for password in _all(user, "password"):
        text = password.text or ""
        if password.get("hashed") == "yes":
            if account["hash"] != text:
                yield "user/password", f"the hash is {account['hash']!r}"
        elif account["hash"].startswith(("!", "*")) or crypt(text, account["hash"]) != account["hash"]:
            yield "user/password", f"cannot log in by {account['hash']!r}"
        if (password.get("expire") == "yes") != account["expired"]:
            yield "user/password/@expire", f"expired: {account['expired']}"
    if _is_yes(user, "lock-password") and not account["hash"].startswith(("!", "*")):
        yield "user/lock-password", f"is not locked: {account['hash']!r}"


def _made_differs(user, account):
    for field, key in (("gecos", "gecos"), ("uid", "uid"), ("homedir", "home"), ("primary-group", "group")):
        for text in _texts(user, field):
            if str(account[key]) != text:
                yield f"user/{field}", f"{key} is {account[key]}"
    if _is_yes(user, "no-create-home") and account["has_home"]:
        yield "user/no-create-home", "has a home"
    if user.get("name") != "root" and not _all(user, "uid") and _is_yes(user, "system") != (account["uid"] < 1000):
        yield "user/system", f"uid is {account['uid']}"


def _user_differs(user, became):
    name = user.get("name")
    account = became.accounts.get(name)
    if account is None:
        yield "user", f"{name} does not exist"
        return
    yield from _password_differs(user, account)
    for shell in _texts(user, "shell"):
        if account["shell"] != shell:
            yield "user/shell", f"the shell is {account['shell']}"
    yield from _made_differs(user, account)
    groups = _texts(user, "group") + _texts(user, "primary-group")
    if name != "root" and not set(groups) <= {*account["groups"], account["group"]}:
        yield "user/group", f"the groups are {account['groups']}"
    if groups and set(account["groups"]) - set(groups) - {name}:
        yield "user/group", f"more groups than asked for: {account['groups']}"
    wanted = [" : ".join(_texts(user, "sudo"))] if _all(user, "sudo") else []
    rules = became.sudoers.get(name, [])
    if rules != wanted and (wanted or name != "root"):  # which may do everything
        yield "user/sudo", f"the rules are {rules}"
    for key in _texts(user, "ssh-key"):
        lines = [line for line in account["keys"] if line.endswith(key)]
        if key not in lines:
            yield "user/ssh-key", f"the keys are {account['keys']}"


def _bytes_of(file):
    text = file.text or ""
    if file.get("encoding") == "base64":
        return base64.b64decode(text)
    return text.removeprefix("\n").encode()


def _file_differs(file, became):
    """Of the last one of a path; what is appended is at the end."""
    written = became.files.get(file.get("path"))
    if written is None:
        yield "write-file", f"{file.get('path')} is not there"
        return
    uid, gid, mode, content = written
    wanted = _bytes_of(file)
    if not (content.endswith(wanted) if file.get("append") == "yes" else content == wanted):
        yield "write-file", f"has {content[:200]!r}"
    if mode != int(file.get("permissions", "0644"), 8):
        yield "write-file/@permissions", f"mode {mode:o}"
    owner, _, group = file.get("owner", "root:root").partition(":")
    if became.accounts.get(owner, {}).get("uid") != uid:
        yield "write-file/@owner", f"belongs to {uid}"
    if group and became.facts["groups"].get(group) != gid:
        yield "write-file/@owner", f"belongs to group {gid}"


def _host_keys_differ(keys, became):
    """Those that were given, and no other."""
    path = "/etc/ssh/ssh_host_{}_key"
    given = {path.format(key.get("type")): key for key in keys}
    made = {name for name in became.files if name.startswith("/etc/ssh/ssh_host_")}
    if made != {*given, *(f"{name}.pub" for name in given)}:
        yield "ssh-host-key", f"the guest has {sorted(made)}"
        return
    for name, key in given.items():
        owner, _, mode, content = became.files[name]
        if (owner, mode, content.decode()) != (0, 0o600, SECRETS[key.get("secret")]):
            yield "ssh-host-key", f"{name}: of {owner}, mode {mode:o}, or other bytes"
        public = became.files[f"{name}.pub"][3].decode().split()[:2]
        if public != key.get("public").split()[:2]:
            yield "ssh-host-key/@public", f"{name}.pub: {public}"


def differences(metadata, became):
    if _all(metadata, "ssh-host-key"):
        yield from _host_keys_differ(_all(metadata, "ssh-host-key"), became)
    for user in _all(metadata, "user"):
        yield from _user_differs(user, became)
    for file in {file.get("path"): file for file in _all(metadata, "write-file")}.values():
        yield from _file_differs(file, became)
    if became.facts["sudoers_problem"]:
        yield "user/sudo", became.facts["sudoers_problem"]
