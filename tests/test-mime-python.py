#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""MIME messages made at random have the same parts for base/mime as for Python's email package, by which guests'
agents read them. VP_MIME_MESSAGES says how many (3000), VP_MIME_SEED from where."""

import base64
import collections
import email
import os
import random
import subprocess

COUNT = int(os.environ.get("VP_MIME_MESSAGES", "3000"))
SEED = int(os.environ.get("VP_MIME_SEED", "1"))

BOUNDARIES = ["b", "b", "=x=", "a b", "b-", "b--", 'q"q', "q\\q", ""]
TYPES = ["text/plain", "TEXT/Cloud-Config", "text/x-shellscript", "application/octet-stream", "text", "a/b/c", "",
         "message/rfc822", "message/partial", " text/x ", "text /x", "\n text/x"]
MULTIPARTS = ["multipart/mixed", "Multipart/Alternative", "multipart/digest", "multipart/", "multipart/x y"]
PARAMETERS = ["charset=utf-8", 'charset="utf-8"', "a", "", 'a=";boundary=c"', 'a="\\";boundary=c"', "xboundary=c",
              'a="b\\\\"', "x\\\"y=z", "boundary = c", 'BOUNDARY="c"', "name=<n>", 'a="', "boundary"]
ENCODINGS = ["7bit", "8bit", "x-y", "base64", "BASE64", "quoted-printable", "Quoted-Printable"]
TEXTS = ["#cloud-config", "a: b", "", "", " x", "\t", "From me", "From: you", "--", "----", ":", ": x", "k :v",
         "x y", "=", "==", "=3D", "=3d=", "a=20 =", "=\t", "=4", "=G1", "b=", "YQ==", "YWI=", "YWJj", "YWJj", "YWJj", "YWJjZA", "=YWJj",
         "YQ=Q", "YQ=x=", "YWJjZ", "Y!W J=j", "\x0b", "\x01y", "-- b", "MIME-Version: 1.0"]


def delimiter(some, boundaries):
    boundary = some.choice(boundaries if boundaries and some.random() < 0.9 else BOUNDARIES)
    return "--" + boundary + some.choice(["", "", "", "", "", "--", "--", " ", "\t ", "-- \t", "x", "-"])


def quoted(some, value):
    form = some.randrange(8)
    if form == 0:
        return value
    if form == 1:
        return f"<{value}>"
    if form == 2:
        return f'"{value} '
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + some.choice(["", "", "", " "]) + '"'


def content_type(some, boundaries, multipart):
    if some.random() >= multipart:
        pieces = [some.choice(TYPES)]
    else:
        pieces = [some.choice(MULTIPARTS)]
        if some.random() < 0.95:
            boundaries.append(some.choice(BOUNDARIES))
            pieces.append(some.choice(["boundary=", "Boundary =", " boundary= "]) + quoted(some, boundaries[-1]))
    for _ in range(some.choice([0, 0, 0, 1, 2])):
        pieces.insert(some.randint(1, len(pieces)), some.choice(PARAMETERS))
    return "Content-Type:" + some.choice(["", " ", "\t"]) + some.choice([";", "; ", ";\n ", " ;\n\t"]).join(pieces)


def headers(some, boundaries, multipart):
    lines = [content_type(some, boundaries, multipart)] if some.random() < 0.8 else []
    if some.random() < 0.5:
        lines.append("content-Transfer-encoding: " + some.choice(ENCODINGS))
    for _ in range(some.choice([0, 0, 0, 0, 1, 2])):
        lines.insert(some.randint(0, len(lines)), some.choice(TEXTS))
    return lines + [""] if some.random() < 0.95 else lines


def message(some):
    boundaries = []
    lines = headers(some, boundaries, 0.9)
    for _ in range(some.randint(1, 7)):
        lines += [some.choice(TEXTS) for _ in range(some.randint(0, 3))]
        lines += [delimiter(some, boundaries) for _ in range(some.choice([0, 1, 1, 1, 1, 2]))]
        lines += headers(some, boundaries, 0.3)
    lines += [some.choice(TEXTS) for _ in range(some.randint(0, 3))]
    end = some.choice(["\n", "\n", "\r\n", "\r", None])
    return "".join((end or some.choice(["\n", "\r", "\r\n"])) if char == "\n" else char for char in "\n".join(lines))


def shown_type(text):
    return "".join("_" if char in " \t\r\n" else char for char in text)


def as_python_reads(text):
    """(kind, type, content) of each part."""
    parts = []
    for part in email.message_from_string(text).walk():
        if part.is_multipart():
            continue
        kind = "leaf"
        if part.get_content_maintype() == "multipart":
            kind = "no-boundary" if part.get_boundary() is None else "no-delimiter"
        parts.append((kind, shown_type(part.get_content_type()), part.get_payload(decode=True)))
    return parts


def as_read_here(messages):
    """(kind, type, content) of each part, for each message, None for content that is not decoded; and how often each kind and encoding was met."""
    reader = os.path.join(os.environ["VP_BUILDDIR"], "tests/conformance/mime-parts")
    given = b"".join(b"%d\n%s" % (len(text), text.encode()) for text in messages)
    told = subprocess.run([reader], input=given, stdout=subprocess.PIPE, check=True).stdout.decode()
    parts, found, met = [], [], collections.Counter()
    for line in told.splitlines():
        if line == "":
            found.append(parts)
            parts = []
            continue
        kind, of_type, encoding, content = line.split(" ")
        parts.append((kind, of_type, None if content == "not-decoded" else base64.b64decode(content[1:])))
        met[kind] += 1
        met[encoding] += content != "not-decoded"
    return found, met


def are_alike(here, python):
    """Nobody reads the content of a multipart without parts; line ends are not compared at the end of a part."""
    if here[:2] != python[:2]:
        return False
    return here[0] != "leaf" or here[2] is None or here[2].rstrip(b"\r\n") == python[2].rstrip(b"\r\n")


def main():
    messages = [message(random.Random(SEED + i)) for i in range(COUNT)]
    found, met = as_read_here(messages)
    different, several = [], 0
    for text, parts in zip(messages, found):
        expected = as_python_reads(text)
        if any(kind == "unclear" for kind, *_ in parts):
            continue
        several += len(expected) > 1
        if len(parts) != len(expected) or not all(map(are_alike, parts, expected)):
            different.append((text, parts, expected))
    for text, parts, expected in different[:5]:
        print(f"# {text!r}\n#   here: {parts}\n#   Python: {expected}")
    claims = [
        (f"mime: {COUNT} random messages have the parts that Python finds", not different),
        ("mime: a tenth of the messages has several parts", several > COUNT / 10),
        *((f"mime: {kind} is met in the messages", met[kind] > COUNT / 400)
          for kind in ("leaf", "no-boundary", "no-delimiter", "base64", "quoted", "none")),
    ]
    print(f"1..{len(claims)}")
    for number, (claim, holds) in enumerate(claims, 1):
        print(f"{'ok' if holds else 'not ok'} {number} - {claim}")
    print(f"# {dict(met)}, {several} messages of several parts, {len(different)} different")


main()
