"""What paper needs that a page does not: an article made ready to be printed, or to become a Word file. Pure.

1. Headings are nested without gaps, and each has a name that the contents can lead to.
2. Sections that say nothing are left out.
3. Facts are a table, and tables have columns that fit (`tables`), or are set row by row.
4. Lines of code that are too long are parted, with a mark.
5. Addresses of links are printed at the end, each once, with its number beside the words; an address that leads nowhere
   from paper is left out, and its words stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from postmortems.publication.printing import code, tables
from postmortems.publication.printing.tree import (
    Element,
    add,
    classes,
    depths,
    made,
    replace,
    unwrap,
    with_parents,
    words,
)

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
FAR = re.compile(r"(?:https?://|mailto:)\S", re.I)
UNSAID = "Picture without a description"


@dataclass(frozen=True)
class Entry:
    """A line of the contents."""

    level: int
    id: str
    words: str


def structure(article: Element) -> None:
    """What every form of the document has: headings in order, nothing empty, words for each picture."""
    _say_something(article)
    _headings(article)
    _facts(article)
    _pictures(article)
    _scopes(article)


def contents(article: Element, deepest: int = 3) -> list[Entry]:
    return [
        Entry(int(str(element.tag)[1]), element.get("id", ""), said)
        for element in article.iter()
        if element.tag in HEADINGS[1:deepest] and (said := words(element))
    ]


def for_paper(article: Element, home: str = "") -> None:
    """`home` is where addresses within this house begin; without it they lead nowhere."""
    _code(article)
    _tables(article)
    _links(article, home)


# --- structure --------------------------------------------------------------------------------------


def _say_something(article: Element) -> None:
    for section in article.findall("section"):
        said = [child for child in section if child.tag not in HEADINGS]
        if not any(words(child) or child.find(".//img") is not None for child in said):
            article.remove(section)  # nothing stands behind a section but the next one


def _headings(article: Element) -> None:
    """Each is at most one step below the one before it; those of one depth stay of one depth."""
    taken = {element.get("id") for element in article.iter()}
    above: list[int] = []  # levels as they were written, of the headings one stands below
    number = 0
    for element in article.iter():
        if element.tag not in HEADINGS:
            continue
        level = int(str(element.tag)[1])
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        element.tag = HEADINGS[min(len(above), 6) - 1]
        if not element.get("id"):
            number += 1
            while f"part-{number}" in taken:
                number += 1
            element.set("id", f"part-{number}")


def _facts(article: Element) -> None:
    for parent, facts in list(with_parents(article)):
        if facts.tag == "dl" and "facts" in classes(facts):
            table = made("table", class_="facts")
            body = add(table, "tbody")
            for term in facts:
                if term.tag == "dt":
                    row = add(body, "tr")
                    _move(term, add(row, "th", scope="row"))
                elif term.tag == "dd" and len(body):
                    _move(term, add(body[-1], "td"))
            replace(parent, facts, *([table] if len(body) else []))


def _move(old: Element, new: Element) -> None:
    new.text = old.text
    new.extend(list(old))


def _pictures(article: Element) -> None:
    for parent, image in list(with_parents(article)):
        if image.tag != "img":
            continue
        if not image.get("src"):
            image.text, image.tag = image.get("alt", ""), "span"
            image.attrib.clear()
            unwrap(parent, image)
        elif not image.get("alt", "").strip():
            image.set("alt", UNSAID)


def _scopes(article: Element) -> None:
    for cell in article.iter("th"):
        if not cell.get("scope"):
            cell.set("scope", "col")


# --- paper ------------------------------------------------------------------------------------------


def _code(article: Element) -> None:
    for pre, around in list(depths(article)):
        if pre.tag != "pre":
            continue
        held = pre[0] if len(pre) == 1 and pre[0].tag == "code" and not (pre.text or "").strip() else pre
        if not len(held) and held.text:
            deep = sum(tag in ("li", "blockquote") for tag in around)
            longest = max(map(tables.length, held.text.split("\n")))
            room, size = code.room(deep, longest)
            if size:
                pre.set("style", f"font-size: {size}")
            _part_lines(held, room)


def _part_lines(held: Element, room: int) -> None:
    """Before each piece that goes on stands an empty element, which the style sheet draws as a mark."""
    lines = [code.parted(line, room) for line in (held.text or "").split("\n")]
    held.text, said = "", []
    for first, *others in lines:
        said.append(first)
        for piece in others:
            _say(held, "\n".join(said) + "\n")
            add(held, "span", class_="goes-on")
            said = [piece]
    _say(held, "\n".join(said))


def _say(held: Element, text: str) -> None:
    if len(held):
        held[-1].tail = (held[-1].tail or "") + text
    else:
        held.text = (held.text or "") + text


def _tables(article: Element) -> None:
    places = {id(element): around for element, around in depths(article)}
    parents = {id(child): parent for parent, child in with_parents(article)}
    for parent, table in list(with_parents(article)):
        if table.tag != "table":
            continue
        rows = list(table.iter("tr"))
        said = [["".join(cell.itertext()) for cell in row] for row in rows]
        inside = any(tag in ("li", "blockquote", "td", "th") for tag in places.get(id(table), ()))
        how = tables.setting(said, may_turn=not inside)
        if how is None or "facts" in classes(table):
            continue
        if not how.shares:
            replace(parent, table, *_row_by_row(table, rows))
            continue
        _columns(table, how)
        if how.across:
            _along(table, parents)
        for row, texts in zip(rows, said, strict=True):
            if tables.is_tall(texts):
                row.set("class", "tall")


def _columns(table: Element, how: tables.Setting) -> None:
    looks = ["set", *(["across"] if how.across else [])]
    table.set("class", " ".join([*classes(table), *looks]))
    table.set("style", f"font-size: {how.size}pt")
    group = made("colgroup")
    for share in how.shares:
        add(group, "col", style=f"width: {share}%")
    after_caption = 1 if len(table) and table[0].tag == "caption" else 0
    table.insert(after_caption, group)


def _along(table: Element, parents: dict[int, Element]) -> None:
    """Headings right above a table go with it to the page that is turned."""
    element = table
    while (parent := parents.get(id(element))) is not None:
        before = list(parent)[: list(parent).index(element)]
        while before and before[-1].tag in HEADINGS and not (before[-1].tail or "").strip():
            before.pop().set("class", "across")
        if before or (parent.text or "").strip():
            return
        element = parent


def _row_by_row(table: Element, rows: list[Element]) -> Iterator[Element]:
    """Each row as a table of its own, the name of the column before each cell."""
    names = list(rows[0]) if rows and all(cell.tag == "th" for cell in rows[0]) else []
    for row in rows[1:] if names else rows:
        record = made("table", class_="facts record")
        body = add(record, "tbody")
        for place, cell in enumerate(row):
            line = add(body, "tr")
            name = words(names[place]) if place < len(names) else ""
            add(line, "th", name or f"{place + 1}", scope="row")
            _move(cell, add(line, "td"))
        yield record


def _links(article: Element, home: str) -> None:
    there = {element.get("id") for element in article.iter()}
    numbers: dict[str, int] = {}
    for parent, link in list(with_parents(article)):
        if link.tag != "a":
            continue
        address = link.get("href", "").strip()
        if address.startswith("#"):
            _ = unwrap(parent, link) if address[1:] not in there else None
            continue
        address = urljoin(home, address) if home else address
        if not FAR.match(address) or not words(link) and link.find(".//img") is None:
            unwrap(parent, link)
            continue
        link.set("href", address)
        if not _says(link, address):
            _note(parent, link, numbers.setdefault(address, len(numbers) + 1))
    if numbers:
        _addresses(article, numbers)


def _says(link: Element, address: str) -> bool:
    """Whether its words are its address already."""
    return _bare("".join(link.itertext())) == _bare(address)


def _bare(address: str) -> str:
    return re.sub(r"^(?:https?://|mailto:)(?:www\.)?", "", address.strip().casefold()).rstrip("/")


def _note(parent: Element, link: Element, number: int) -> None:
    mark = made("sup", class_="note")
    add(mark, "a", str(number), href=f"#address-{number}")
    mark.tail, link.tail = link.tail, ""
    parent.insert(list(parent).index(link) + 1, mark)


def _addresses(article: Element, numbers: dict[str, int]) -> None:
    section = add(article, "section", class_="addresses")
    add(section, "h2", "Addresses", id="addresses")
    listed = add(section, "ol")
    for address, number in numbers.items():
        add(add(listed, "li", id=f"address-{number}"), "a", address, href=address)
