"""From a document (`publication.content`) to the article readers see, and to its plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

from postmortems.markdown import Refer, to_html
from postmortems.publication import citations, pictures
from postmortems.writeup.sections import TEXTS, R


def render(document: dict[str, Any]) -> str:
    """The article as HTML; the same for draft, page and PDF."""
    zone = ZoneInfo(document["zone"])
    refer = citations.within(document)
    texts = {key: _safe(text, 4, refer) for key, text in document["texts"].items() if text.strip()}
    sections = sections_in(document)
    shown = pictures.of_events(document)
    events = [_event(event, zone) | {"picture": shown.get(event["id"])} for event in document["events"]]
    several = len({event["day"] for event in events}) > 1
    seen = {event["id"]: _seen(event, several) for event in events}
    return render_to_string(
        "publication/article.html",
        {
            "d": document,
            "picture": mark_safe(document["picture"]),  # noqa: S308 timelines.picture escapes every text
            "rs": [
                {"key": key, "name": name, "texts": [(about, texts[about["key"]]) for about in sections if about["r"] == key and about["key"] in texts]}
                for key, (name, _) in R.items() if key in _said(document, sections, texts)
            ],
            "kicker": " · ".join(filter(None, [document["severity"]["name"], document["ref"], *document["services"]])),
            "summary": texts.get("summary", ""),
            "times": [
                (words, _local(document["times"][name], zone), document["times"][name])
                for name, words in (
                    ("impact_began", "Impact began"), ("detected", "Detected"), ("acknowledged", "Acknowledged"),
                    ("mitigated", "Mitigated"), ("resolved", "Resolved"),
                )
                if document["times"].get(name)
            ],
            "durations": [d | {"value": timedelta(seconds=d["seconds"]) if d["seconds"] is not None else None} for d in document["durations"]],
            "events": events,
            "conditions": [
                c | {"sense": _safe(c["made_sense"], 5, refer), "cited": [(e, seen[e]) for e in c["events"] if e in seen]}
                for c in sorted(document["conditions"], key=lambda c: c.get("helped", False))
            ],
            "meeting": said_of_meeting(document.get("meeting")),
            "figures": [figure | {"shown": said_of_figure(figure)} for figure in document.get("impact", [])],
            "none_needed": document.get("none_needed", ""),
            "items": [i | {"more": _safe(i["detail"], 5, refer), "due": _day(i["due_on"])} for i in document["items"]],
        },
    )  # fmt: skip


def sections_in(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Key, R and title of the document's sections, in order; documents from before templates have those of the house."""
    house = [{"key": text.key, "r": text.r, "title": text.title} for text in TEXTS]
    return document.get("sections", house)


def _said(document: Mapping[str, Any], sections: list[dict[str, str]], texts: Mapping[str, str]) -> set[str]:
    """The R's that have a heading: all three in the house; for outsiders those of which something is theirs."""
    if not document.get("audience"):
        return set(R)
    told = {"regret": ["impact"], "reason": ["events", "conditions"], "remedy": ["items", "none_needed"]}
    return {one["r"] for one in sections if one["key"] in texts} | {
        r for r, names in told.items() if any(document.get(name) for name in names)
    }


def said_of_meeting(told: dict[str, Any] | None) -> str:
    """A sentence about the meeting; documents from before meetings were noted have none."""
    if not told or not told["came"]:
        return ""
    day = datetime.fromisoformat(told["held_on"]).strftime("%-d %B %Y")
    people = f"{told['came']} people" if told["came"] != 1 else "one person"
    return f"Talked through by {people} on {day}"


def said_of_figure(figure: dict[str, Any]) -> str:
    """1,914 people; or why nobody knows; or what outsiders read instead."""
    if figure.get("instead"):
        return figure["instead"]
    if figure["number"] is None:
        return f"unknown, because {figure['unknown_because']}"
    return f"{Decimal(figure['number']):,} {figure['unit']}"


def _safe(text: str, headings_from: int, refer: Refer) -> SafeString:
    return mark_safe(to_html(text, headings_from=headings_from, refer=refer))  # noqa: S308 the sanitiser is its last step


def _local(text: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(text).astimezone(zone).strftime("%-d %B %Y, %H:%M:%S")


def _day(text: str | None) -> str:
    return date.fromisoformat(text).strftime("%-d %B %Y") if text else ""


def _event(event: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Shown no finer than its source knew it: an event of a day stands under its day."""
    at = datetime.fromisoformat(event["at"]).astimezone(zone)
    shown = at.strftime("%H:%M" if event["precision"] == "minute" else "%H:%M:%S")
    if event["certainty"] == "approximate":
        shown = f"~{at:%H:%M}"
    if event["precision"] in ("hour", "day"):
        shown = f"{at:%H} h" if event["precision"] == "hour" else "that day"
    return event | {
        "day": at.strftime("%A, %-d %B %Y"),
        "short_day": at.strftime("%-d %B"),
        "shown_at": shown,
    }


def _seen(event: dict[str, Any], several: bool) -> str:
    """When it was, in a sentence: with its day where there are several."""
    if event["precision"] == "day":
        return event["short_day"]
    return f"{event['short_day']}, {event['shown_at']}" if several else event["shown_at"]


def words(html: str) -> str:
    """The words of an article without its drawing, as plain text; of a picture, what it shows."""
    html = re.sub(r'<img\b[^<>]*?\balt="([^"<>]*)"[^<>]*>', r" \1 ", html)
    html = re.sub(r"<svg\b.*?</svg>", " ", html, flags=re.S)
    html = re.sub(r"</(p|li|h[1-6]|tr|dd|dt|div|section|figure)>|<br\s*/?>", "\n", html)
    html = re.sub(r"</t[dh]>", " ", html)
    text = strip_tags(html)
    for entity, character in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", '"'),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ):
        text = text.replace(entity, character)
    return re.sub(r"[ \t]+", " ", re.sub(r"\s*\n\s*", "\n", text)).strip()
