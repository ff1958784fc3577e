"""Builds of Jenkins in XML, of its API or as it keeps them itself, in the shape its JSON has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from timelines.formats.base import Bundle, Unreadable
from timelines.formats.documents import Found
from timelines.formats.xmlnodes import Node, nodes

BUILDS = {
    "build", "allBuild", "freeStyleBuild", "workflowRun", "mavenModuleSetBuild", "mavenBuild", "matrixBuild", "matrixRun", "externalRun", "flow-build",
    "lastBuild", "run",
}  # fmt: skip
PLAIN = (
    "number",
    "timestamp",
    "duration",
    "result",
    "building",
    "fullDisplayName",
    "displayName",
    "url",
    "id",
    "builtOn",
    "description",
)
KEPT = re.compile(r"(?:^|/)([^/]+)/builds/(\d{1,9})/build\.xml$")
ROOT = re.compile(rb"<(\w[\w.-]*)[\s>]")
DECLARED = re.compile(rb"^(\s*<\?xml[^>]{0,40}version\s*=\s*['\"])1\.1")


def sniff(head: bytes) -> str | None:
    root = ROOT.search(head[:2000])
    if not root or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"<":
        return None
    if (
        b"_class='hudson." in head
        or b'_class="hudson.' in head
        or b'_class="org.jenkinsci.' in head
        or b"_class='org.jenkinsci." in head
    ):
        return "its elements have classes of Jenkins (_class)"
    if (
        root[1].decode("ascii", "replace") in BUILDS
        and b"<timestamp>" in head
        or (b"<hudson.model." in head and b"<startTime>" in head)
    ):
        return "it is a build of Jenkins in XML"
    return None


def builds(bundle: Bundle) -> Iterator[Found]:
    """Every build in the file. Where it is a build's own build.xml, job and number are in the path to it."""
    name = bundle.names[0]
    job, number = (match[1], match[2]) if (match := KEPT.search(name)) else ("", "")
    with bundle.open(name) as file:
        count = 0
        for place, node in enumerate(nodes(Older(file), name, BUILDS)):
            if not node.words("timestamp"):
                continue
            count += 1
            yield Found(
                {"number": number, **_build(node)}, f"{name}#{place + 1}", page={"name": job} if job else {}
            )
    if not count:
        raise Unreadable(
            f"{name} holds no builds with a timestamp. Ask for …/api/xml?tree=builds[number,timestamp,duration,result,url] of the job."
        )


class Older:
    """A file whose declaration says XML 1.1, which Jenkins writes and the parser does not take, read as 1.0."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.begun = file, False

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        if not self.begun:
            piece, self.begun = DECLARED.sub(rb"\g<1>1.0", piece), True
        return piece


def _build(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {name: node.words(name) for name in PLAIN if node.words(name)}
    found["building"] = found.get("building") == "true"
    found["causes"] = [
        _texts(cause)
        for cause in _all(node, {"cause", "causes", "hudson.model.Cause_-UserIdCause"})
        if cause.children
    ]
    found["changeSets"] = [{"items": [_texts(item) for item in _all(node, {"item"}) if item.one("commitId")]}]
    if revision := _all(node, {"lastBuiltRevision"}):
        found["actions"] = [{"lastBuiltRevision": {"SHA1": revision[0].words("SHA1")}}]
    return found


def _all(node: Node, names: set[str]) -> list[Node]:
    found, left = [], [node]
    while left:
        one = left.pop(0)
        found += [child for child in one.children if child.name in names]
        left += one.children
    return found


def _texts(node: Node) -> dict[str, str]:
    return {child.name: child.text.strip() for child in node.children}
