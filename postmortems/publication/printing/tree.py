"""An article as a tree of elements that can be changed, and back to HTML. Pure.

The parser is the one that sets the document, so that both see the same tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from xml.etree.ElementTree import Element, tostring

import tinyhtml5

DEEPEST = 24  # elements within each other; what is nested beyond any page is set flat, with all its words
BLOCKS = {"p", "div", "ul", "ol", "li", "dl", "dt", "dd", "table", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}  # fmt: skip


def parse(html: str) -> Element:
    document = tinyhtml5.parse(f"<!doctype html><body>{html}", namespace_html_elements=False)
    body = document.find("body")
    body.tag = "article"
    _flatten(body)
    return body


def serialise(element: Element) -> str:
    return tostring(element, encoding="unicode", method="html")


def inside(element: Element) -> str:
    """What an element holds, without the element."""
    return escape(element.text or "", quote=False) + "".join(map(serialise, element))


def made(tag: str, text: str = "", **attributes: str) -> Element:
    element = Element(tag, {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()})
    element.text = text
    return element


def add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    parent.append(element := made(tag, text, **attributes))
    return element


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def classes(element: Element) -> list[str]:
    return element.get("class", "").split()


def with_parents(root: Element) -> Iterator[tuple[Element, Element]]:
    """Every element with its parent, in the order of the document; the list is taken before anything is changed."""
    yield from [(parent, child) for parent in root.iter() for child in parent]


def depths(root: Element) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Every element with the tags around it, outermost first."""
    waiting: list[tuple[Element, tuple[str, ...]]] = [(root, ())]
    while waiting:
        element, around = waiting.pop()
        yield element, around
        inside = (*around, str(element.tag))
        waiting += [(child, inside) for child in reversed(element)]


def replace(parent: Element, old: Element, *new: Element) -> None:
    """What followed the old element follows the last of the new ones."""
    at = list(parent).index(old)
    parent.remove(old)
    for place, element in enumerate(new):
        parent.insert(at + place, element)
    if new:
        new[-1].tail = (new[-1].tail or "") + (old.tail or "")
    else:
        _add_text(parent, at, old.tail or "")


def unwrap(parent: Element, old: Element) -> None:
    """The words of an element without it; what it held stays what it was."""
    at = list(parent).index(old)
    children = list(old)
    parent.remove(old)
    _add_text(parent, at, old.text or "")
    for place, child in enumerate(children):
        parent.insert(at + place, child)
    _add_text(parent, at + len(children), old.tail or "")


def _add_text(parent: Element, at: int, text: str) -> None:
    if at == 0:
        parent.text = (parent.text or "") + text
    else:
        before = parent[at - 1]
        before.tail = (before.tail or "") + text


def _flatten(root: Element) -> None:
    for element, around in list(depths(root)):
        if len(around) != DEEPEST or not len(element):
            continue
        spaced = [" " + "".join(child.itertext()) + " " if child.tag in BLOCKS else "".join(child.itertext()) for child in element]  # fmt: skip
        element.text = (element.text or "") + "".join(
            said + (child.tail or "") for said, child in zip(spaced, element, strict=True)
        )
        for child in list(element):
            element.remove(child)
