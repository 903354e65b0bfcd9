#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each folder of src/ includes only those before it, no module includes itself by way of others, libvirt's
headers are included only in libvirt/, and what the hook's front is made of includes nothing but libc. The planted
faults at the end show that each rule can fail."""

import os
import pathlib
import re

ROOT = pathlib.Path(os.environ["VP_SRCDIR"])
INCLUDE = re.compile(r'^#\s*include ([<"])([^>"]+)[>"]', re.MULTILINE)
# Folders side by side: adjacent in the table, and unaware of each other.
APART = {("domain", "image"), ("view", "hook"), ("libvirt", "hook"), ("command", "hook")}
LIBC = re.compile(
    r"config\.h|(?:dlfcn|errno|fcntl|limits|poll|signal|stdbool|stddef|stdint|stdio|stdlib|string|time|unistd)\.h"
    r"|sys/\w+\.h"
)


def includes(files):
    """path: [(is own, what it includes)]"""
    return {path: [(quote == '"', name) for quote, name in INCLUDE.findall(text)] for path, text in files.items()}


def own(graph, path):
    return [name for is_own, name in graph[path] if is_own]


def wrong_arrows(graph, order):
    for path in graph:
        folder = path.split("/")[0]
        for name in own(graph, path):
            other = name.split("/")[0]
            if other not in order:
                yield f"{path} includes {name}, which is in no folder"
            elif order.index(other) > order.index(folder) or (folder, other) in APART:
                yield f"{path} includes {name}"


def modules(graph):
    """Header and source of one name are one module."""
    edges = {}
    for path in graph:
        module = path.rsplit(".", 1)[0]
        edges.setdefault(module, set()).update(name.rsplit(".", 1)[0] for name in own(graph, path))
        edges[module].discard(module)
    return edges


def circles(graph):
    edges, done = modules(graph), set()

    def walk(module, above):
        if module in above:
            yield " -> ".join([*above[above.index(module) :], module])
        elif module not in done:
            for other in sorted(edges.get(module, ())):
                yield from walk(other, [*above, module])
            done.add(module)

    for module in sorted(edges):
        yield from walk(module, [])


def libvirt_elsewhere(graph):
    for path in graph:
        for is_own, name in graph[path]:
            if not is_own and name.startswith("libvirt/") and not path.startswith("libvirt/"):
                yield f"{path} includes <{name}>"


def beyond_libc(graph, sources):
    todo, seen = list(sources), set()
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        todo += own(graph, path)
        for is_own, name in graph[path]:
            if not is_own and not LIBC.fullmatch(name):
                yield f"{path} includes <{name}>"


def read_files():
    files = {str(path.relative_to(ROOT / "src")): path.read_text() for path in sorted(ROOT.glob("src/**/*.[ch]"))}
    files["hooks/qemu.c"] = (ROOT / "hooks/qemu.c").read_text()
    return files


def list_of(makefile, name):
    return re.search(rf"^{name} \+= \\\n((?:\t\S+ \\\n)+)", (ROOT / makefile).read_text(), re.MULTILINE)[1].split()[::2]


class Claims:
    """TAP"""

    def __init__(self):
        self.count = self.failed = 0

    def ok(self, name, is_true, *told):
        self.count += 1
        self.failed += not is_true
        print(f"{'ok' if is_true else 'not ok'} {self.count} - {name}")
        for line in told if not is_true else ():
            print(f"#   {line}")

    def none(self, name, faults):
        faults = list(faults)
        self.ok(name, not faults, *faults)


def main():
    claims = Claims()
    order = re.findall(r"^include src/(\w+)/local\.mk$", (ROOT / "Makefile.am").read_text(), re.MULTILINE)
    table = re.findall(r"^\| `(\w+)/` \|", (ROOT / "HACKING.md").read_text(), re.MULTILINE)
    graph = includes(read_files())
    main_of_hook = {path: graph.pop(path) for path in ["hooks/qemu.c"]}
    front = [name.removeprefix("src/") for name in list_of("src/hook/local.mk", "virt_payload_hook_SOURCES")]

    claims.ok("the makefile and HACKING's map give the folders in one order", order == table, order, table)
    claims.ok(
        "src/ has these folders, and no file beside them",
        {path.split("/")[0] for path in graph} == set(order),
    )
    claims.none("no folder includes one after it, or one that it shall not know", wrong_arrows(graph, order))
    claims.none("no module includes itself by way of others", circles(graph))
    claims.none("libvirt's headers are included only in libvirt/", libvirt_elsewhere(graph))
    claims.none("the hook's front includes only libc", beyond_libc({**graph, **main_of_hook}, front))

    def planted(path, *lines):
        return includes({**read_files(), path: "\n".join(f"#include {line}" for line in lines)})

    def without_hooks(files):
        return {path: names for path, names in files.items() if not path.startswith("hooks/")}

    up = without_hooks(planted("image/tree.h", '"spec/spec.h"'))
    claims.ok("an arrow that runs upward is found", list(wrong_arrows(up, order)) == ["image/tree.h includes spec/spec.h"])
    beside = without_hooks(planted("command/main.c", '"hook/hook.h"'))
    claims.ok("a folder that shall not be known is found", len(list(wrong_arrows(beside, order))) == 1)
    circle = without_hooks(planted("base/error.c", '"base/io.h"'))
    claims.ok("a circle is found", "base/error -> base/io -> base/error" in list(circles(circle)))
    libvirt = without_hooks(planted("view/term.c", "<libvirt/libvirt.h>"))
    claims.ok("libvirt's header elsewhere is found", len(list(libvirt_elsewhere(libvirt))) == 1)
    glib = planted("domain/front-search.h", "<glib.h>")
    claims.ok("GLib in the front is found", list(beyond_libc(glib, front)) == ["domain/front-search.h includes <glib.h>"])

    print(f"1..{claims.count}")
    return 1 if claims.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
