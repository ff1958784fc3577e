"""A published document as one Markdown file, that reads well by itself and can be brought in again. Pure.

1. What people typed stays as they typed it; its headings go below those of the document, and its citations lead to places
   of the file: rows of the timeline, conditions, items.
2. What they typed into fields is no Markdown: every sign that would become one is escaped.
3. Pictures are named as they lie beside the file, in `images/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from postmortems.markdown import WITH_HTML, Refer
from postmortems.publication import article, citations, pictures
from postmortems.publication.twin.links import Link, rewritten
from postmortems.writeup.sections import R

SIGNS = re.compile(r"([\\`*_\[\]<|~])")
AT_THE_BEGINNING = re.compile(r"^(\s*\d*)([.)+=#>-])(?=\s|$|[=#-])", re.M)
CITES = re.compile(r"(event|condition|item|role|image):(\d{1,18})")
TIMES = {"impact_began": "Impact began", "detected": "Detected", "acknowledged": "Acknowledged", "mitigated": "Mitigated", "resolved": "Resolved"}  # fmt: skip

Document = Mapping[str, Any]


def write(document: Document, *, number: int, digest: str, published: str) -> str:
    """`published` is when, as the head of the file tells it."""
    refer = citations.within(dict(document))
    sections = article.sections_in(document)
    told = [_head(document, number, digest, published), f"# {plain(document['title'])}"]
    told += [_text(document["texts"].get("summary", ""), 3, refer), *_facts(document)]
    for key, (name, _) in R.items():
        texts = [
            part
            for about in sections
            if about["r"] == key and document["texts"].get(about["key"], "").strip()
            for part in (f"### {plain(about['title'])}", _text(document["texts"][about["key"]], 4, refer))
        ]
        more = {"regret": _figures, "reason": _reasons, "remedy": _items}[key](document, refer)
        if texts or more:
            told += [
                f"## {name}",
                *(more if key == "regret" else ()),
                *texts,
                *(more if key != "regret" else ()),
            ]
    return "\n\n".join(part for part in told if part.strip()) + "\n"


# --- the head and the facts -------------------------------------------------------------------------


def _head(document: Document, number: int, digest: str, published: str) -> str:
    """YAML, of which every value is a string that JSON writes the same."""
    severity = (document.get("severity") or {}).get("name", "")
    lines = [
        ("title", document["title"]), ("date", _day(document)), ("incident", document["ref"]), ("revision", str(number)), ("published", published),
        ("severity", severity), ("zone", document["zone"]),
        *((words.lower(), at) for name, words in TIMES.items() if (at := document["times"].get(name))),
        ("services", ", ".join(document["services"])), ("tags", ", ".join(document["tags"])), ("seal", digest),
    ]  # fmt: skip
    return "\n".join(["---", *(f"{name}: {_quoted(value)}" for name, value in lines if value), "---"])


def _day(document: Document) -> str:
    """That of the incident, where it is known."""
    known = [at for at in document["times"].values() if at] or [event["at"] for event in document["events"]]
    return _moment(min(known, default=None), ZoneInfo(document["zone"]))[:10]


def _quoted(value: str) -> str:
    text = " ".join(value.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _facts(document: Document) -> list[str]:
    zone = ZoneInfo(document["zone"])
    rows = [
        ("Severity", (document.get("severity") or {}).get("name", "")),
        ("Services", ", ".join(document["services"])),
        *((words, _moment(document["times"].get(name), zone)) for name, words in TIMES.items()),
        *((one["name"], _duration(one)) for one in document["durations"] if one["state"] != "pending"),
        ("Took part", ", ".join(_person(one) for one in document["people"])),
    ]  # fmt: skip
    held = [(name, words) for name, words in rows if words]
    return [table(("Fact", f"Times in {document['zone']}"), [(plain(name), plain(words)) for name, words in held])] if held else []  # fmt: skip


def _person(one: Mapping[str, Any]) -> str:
    return f"{one['name']} ({one['role']})" if one["name"] else one["role"]


def _duration(one: Mapping[str, Any]) -> str:
    if one["seconds"] is None:
        return f"{one['state']}: {one['why']}"
    minutes, seconds = divmod(round(one["seconds"]), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (seconds if not hours else 0, "s")]
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or "0 s"


def _moment(at: str | None, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M:%S}" if at else ""


# --- the three parts ----------------------------------------------------------------------------------


def _figures(document: Document, refer: Refer) -> list[str]:
    figures = document.get("impact") or ()
    rows = [
        (plain(one["what"]), plain(f"{one['number']} {one['unit']}".strip() if one.get("number") is not None else f"unknown, because {one['unknown_because']}"))
        for one in figures
    ]  # fmt: skip
    return ["### How much it hurt", table(("What was hurt", "How much"), rows)] if rows else []


def _reasons(document: Document, refer: Refer) -> list[str]:
    return [*_timeline(document), *_conditions(document, refer)]


def _timeline(document: Document) -> list[str]:
    if not document["events"]:
        return []
    zone = ZoneInfo(document["zone"])
    shown = pictures.of_events(dict(document))
    rows = []
    for event in document["events"]:
        at = datetime.fromisoformat(event["at"]).astimezone(zone)
        shape = "%Y-%m-%d %H:%M" if event["precision"] in ("minute", "hour", "day") else "%Y-%m-%d %H:%M:%S"
        about = "~" if event["certainty"] == "approximate" else ""
        said = [plain(event["caption"]), plain(event["text"])] if event["caption"] else [plain(event["text"])]
        if event["id"] in shown:
            said.append(_picture(shown[event["id"]]))
        who = ": ".join(filter(None, [plain(event["source"]), plain(event["actor"])]))
        rows.append((f"{about}{at:{shape}}", f'<a id="event-{event["id"]}"></a>{who}', "<br>".join(said)))
    return ["### Timeline", table((f"Time ({document['zone']})", "Source", "What happened"), rows)]


def _picture(one: Mapping[str, Any]) -> str:
    return f"![{plain(one['alt'])}](images/{pictures.name_of(one['digest'], one['kind'])})"


def _conditions(document: Document, refer: Refer) -> list[str]:
    found: list[str] = []
    for helped, name in ((False, "Contributing conditions"), (True, "What helped")):
        of_kind = [one for one in document["conditions"] if bool(one.get("helped")) is helped]
        if of_kind:
            found += [f"### {name}", *(part for one in of_kind for part in _condition(one, document, refer))]
    return found


def _condition(one: Mapping[str, Any], document: Document, refer: Refer) -> Iterator[str]:
    number = one["number"]
    yield f'<a id="condition-{number}"></a>**C{number} · {plain(one["kind"])}: {plain(one["sentence"])}**'
    yield _text(one["made_sense"], 5, refer)
    there = {event["id"] for event in document["events"]}
    seen = [found for event in one["events"] if event in there and (found := refer("event", event))]
    if seen:
        yield "Seen at " + ", ".join(f"[{plain(found.words)}]({found.href})" for found in seen) + "."


def _items(document: Document, refer: Refer) -> list[str]:
    found = []
    if document.get("none_needed"):
        found += ["### Decided: nothing more follows", plain(document["none_needed"])]
    if document["items"]:
        found += ["### Items", table(("No.", "Action", "Type", "Owner", "Team", "Due", "Status", "Answers"), map(_item, document["items"]))]  # fmt: skip
        found += [part for one in document["items"] for part in _about_item(one, refer)]
    return found


def _item(one: Mapping[str, Any]) -> tuple[str, ...]:
    answers = ", ".join(f"[C{number}](#condition-{number})" for number in one["conditions"])
    told = (one["what"], one["type"], one["owner"], one["team"], one["due_on"] or "", one["status"])
    return (f'<a id="item-{one["number"]}"></a>R{one["number"]}', *map(plain, told), answers)


def _about_item(one: Mapping[str, Any], refer: Refer) -> Iterator[str]:
    more = [
        ("How we will know", one["how_we_know"]),
        ("Dropped because", one["dropped_reason"]),
    ]
    if any(words for _, words in more) or one["detail"].strip():
        yield f"**R{one['number']}: {plain(one['what'])}**"
    yield from (f"{name}: {plain(words)}" for name, words in more if words)
    yield _text(one["detail"], 5, refer)


# --- Markdown -----------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Words that mean nothing to Markdown, on one line for each line."""
    escaped = SIGNS.sub(r"\\\1", text.strip())
    escaped = AT_THE_BEGINNING.sub(r"\1\\\2", escaped)
    return "<br>".join(" ".join(line.split()) for line in escaped.split("\n") if line.strip())


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _text(text: str, headings_from: int, refer: Refer) -> str:
    return _cited(_lowered(text.strip("\n"), headings_from), refer)


def _lowered(text: str, headings_from: int) -> str:
    """Headings of a text as far down as they are on the page, written in one way."""
    lines = text.split("\n")
    tokens = WITH_HTML.parse(text)
    for place in range(len(tokens) - 1, -1, -1):
        token = tokens[place]
        if token.type == "heading_open" and token.level == 0 and token.map:
            level = min(6, int(token.tag[1]) + headings_from - 1)
            words = " ".join(tokens[place + 1].content.split())
            lines[token.map[0] : token.map[1]] = [f"{'#' * level} {words}"]
    return "\n".join(lines)


def _cited(text: str, refer: Refer) -> str:
    def lead(link: Link) -> str | None:
        target = CITES.fullmatch(link.target)
        if target is None:
            return None
        found = refer(target[1], int(target[2]))
        if found is None:
            return link.words
        if link.is_image:
            return f"![{link.words or plain(found.words)}](images/{found.href.rsplit('/', 1)[-1]})"
        named = any(name.casefold() in link.words.casefold() for name in found.names)
        words = plain(found.words) if named or not link.words.strip() else link.words
        return f"[{words}]({found.href})" if found.href.startswith("#") else words

    return rewritten(text, lead)
