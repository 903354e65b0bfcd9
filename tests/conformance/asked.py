# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whether a guest has become what its definition asks for: (field, what differs) for each field that was
not followed. The definition is read here by itself, and nothing of it is taken from what was rendered."""

import ctypes
import ctypes.util

from definition import NAMESPACE

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
            yield "user/password", f"expired: {account['expired']}"
    if _is_yes(user, "lock-password") and not account["hash"].startswith(("!", "*")):
        yield "user/lock-password", f"is not locked: {account['hash']!r}"


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
    groups = _texts(user, "group") + _texts(user, "primary-group")
    if name != "root" and not set(groups) <= {*account["groups"], account["group"]}:
        yield "user/group", f"the groups are {account['groups']}"
    if groups and set(account["groups"]) - set(groups) - {name}:
        yield "user/group", f"more groups than asked for: {account['groups']}"
    wanted = [" : ".join(_texts(user, "sudo"))] if _all(user, "sudo") else []
    rules = became.sudoers.get(name, [])
    if rules != wanted and (wanted or _all(user, "shell") or groups):
        yield "user/sudo", f"the rules are {rules}"
    for key in _texts(user, "ssh-key"):
        lines = [line for line in account["keys"] if line.endswith(key)]
        if key not in lines:
            yield "user/ssh-key", f"the keys are {account['keys']}"


def differences(metadata, became):
    for user in _all(metadata, "user"):
        yield from _user_differs(user, became)
    if became.facts["sudoers_problem"]:
        yield "user/sudo", became.facts["sudoers_problem"]
