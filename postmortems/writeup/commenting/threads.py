"""The threads of a write-up, each with the place where its words stand now. Reads only, in a constant number of queries."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.safestring import SafeString

from postmortems.incidents.models import Incident
from postmortems.language.marks import Utf16
from postmortems.markdown import Refer, to_text
from postmortems.writeup.citing.references import references_of
from postmortems.writeup.commenting.anchoring import WORK, Comparison, Page, Place, nearest, unmarked
from postmortems.writeup.models import Comment, Section, SectionText
from postmortems.writeup.templating.outline import sections_of
from postmortems.writeup.writing.differences import difference

OPEN = 200  # threads of a section that are shown; the others come up as these are resolved
RESOLVED = 30  # that are shown, the latest
ANSWERS = 200  # to one comment that are shown, the latest
ASKED = 50  # open threads that a meeting is asked about
TEXTS = 60  # of a section that are compared with what stands
COMPARED = 4_000  # characters of words and suggestion that are compared word by word


@dataclass
class Thread:
    """A comment with its answers. `text` is what stands in its section now."""

    first: Comment
    text: str = ""
    place: Place | None = None
    utf16: tuple[int, int] | None = None  # the place as browsers count it
    page: Callable[[], Page] | None = None  # `text` as it is read, made once for all threads of it
    answers: list[Comment] = field(default_factory=list)
    refer: Refer | None = None  # what its citations lead to

    @property
    def words(self) -> str:
        """What stands there now."""
        return self.text[self.place.start : self.place.end] if self.place else ""

    @property
    def quoted(self) -> str:
        """The words it is about, as they stand now or else as they were, to be read in a line."""
        return unmarked(self.words or self.first.quote)

    @property
    def was(self) -> str:
        return unmarked(self.first.quote)

    @property
    def as_read(self) -> tuple[str, int]:
        """For a page that shows the section without its marks."""
        return self.page().as_read(self.place) if self.place and self.page else ("", 0)

    @property
    def is_gone(self) -> bool:
        """The words were in a text, and are in it no more."""
        return self.place is None and self.first.start is not None and self.first.resolved_at is None

    @property
    def is_unplaced(self) -> bool:
        return bool(self.first.quote) and self.first.start is None and self.place is None

    @property
    def is_changed(self) -> bool:
        return self.place is not None and not self.place.whole

    @property
    def suggests(self) -> bool:
        return self.first.suggestion is not None

    @property
    def is_undecided(self) -> bool:
        return self.suggests and not self.first.decided

    @property
    def seen(self) -> str:
        return seen(self.words)

    @cached_property
    def difference(self) -> SafeString:
        """The suggestion against the words it would replace: those that stand, or once decided those it was made for."""
        was = self.words if self.place and self.is_undecided else self.first.quote
        suggestion = self.first.suggestion or ""
        if len(was) + len(suggestion) > COMPARED:
            return difference(was, "") + difference("", suggestion)
        return difference(was, suggestion)


def seen(words: str) -> str:
    """By which somebody who accepts a suggestion says what they saw it replace."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass
class Threads:
    """Of one section, or of the write-up as a whole where `section` is empty."""

    section: str
    version: int = 0
    open: list[Thread] = field(default_factory=list)
    resolved: list[Thread] = field(default_factory=list)
    more: int = 0  # open ones beyond those shown


def open_count(incident: Incident) -> int:
    """How many threads nobody has resolved."""
    return incident.comments.open().count()


def questions(incident: Incident) -> list[str]:
    """What is open, as questions for a meeting: where, about which words, and what was said. Names are not told."""
    titles = {text.key: text.title for text in sections_of(incident).texts}
    asked = []
    for comment in incident.comments.open()[:ASKED]:
        where = f"“{titles[comment.section]}”" if comment.section in titles else "The write-up"
        about = f", “{_line(unmarked(comment.quote), 80)}”" if comment.quote else ""
        said = to_text(comment.text) or f"rather “{comment.suggestion or ''}”?"
        asked.append(f"{where}{about}: {_line(said, 200)}")
    return asked


def _line(words: str, most: int) -> str:
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def of(incident: Incident) -> dict[str, Threads]:
    """The threads of every section that has any, by its key; open ones in the order of their places."""
    found: dict[str, Threads] = {}
    sections = {section.key: section for section in incident.sections.all()}
    firsts = _firsts(incident)
    answers = _answers([first.pk for first in firsts])
    for first in firsts:
        section = sections.get(first.section)
        told = found.setdefault(first.section, Threads(first.section, section.version if section else 0))
        thread = Thread(first, section.text if section else "", answers=answers[first.pk])
        (told.resolved if first.resolved_at else told.open).append(thread)
    _put_in_place([(sections[key], told.open) for key, told in found.items() if key in sections])
    _lead(incident, [thread for told in found.values() for thread in (*told.open, *told.resolved)])
    for told in found.values():
        told.open.sort(key=lambda thread: (thread.place is None, thread.place.start if thread.place else 0))
        told.resolved.reverse()
    for row in incident.comments.open().order_by().values("section").annotate(number=Count("pk")):
        found[row["section"]].more = max(0, row["number"] - OPEN)
    return found


def of_section(incident: Incident, key: str) -> Threads:
    version = incident.sections.filter(key=key).values_list("version", flat=True).first()
    return of(incident).get(key) or Threads(key, version or 0)


def one(comment: Comment) -> Thread:
    """The thread that a comment begins."""
    section = Section.objects.filter(incident=comment.incident_id, key=comment.section).first()
    thread = Thread(comment, section.text if section else "", answers=_answers([comment.pk])[comment.pk])
    if section:
        _put_in_place([(section, [thread])])
    _lead(comment.incident, [thread])
    return thread


def _lead(incident: Incident, threads: Sequence[Thread]) -> None:
    """Let their citations lead to what they cite."""
    refer = references_of(
        incident, [one.text for thread in threads for one in (thread.first, *thread.answers)]
    )
    for thread in threads:
        thread.refer = refer


def _firsts(incident: Incident) -> list[Comment]:
    """Of each section those that began its threads: open ones from the first on, and the latest of those resolved."""
    begun = incident.comments.shown().select_related("by", "resolved_by", "decided_by")
    standing = Window(RowNumber(), partition_by="section", order_by="id")
    lately = Window(RowNumber(), partition_by="section", order_by=F("resolved_at").desc())
    return [
        *begun.filter(resolved_at=None).annotate(row=standing).filter(row__lte=OPEN),
        *begun.exclude(resolved_at=None)
        .annotate(row=lately)
        .filter(row__lte=RESOLVED)
        .order_by("resolved_at"),
    ]


def _answers(firsts: Sequence[int]) -> dict[int, list[Comment]]:
    lately = Window(RowNumber(), partition_by="parent", order_by=F("id").desc())
    found: dict[int, list[Comment]] = defaultdict(list)
    answers = Comment.objects.filter(parent__in=firsts).select_related("by")
    for answer in answers.annotate(row=lately).filter(row__lte=ANSWERS):
        found[answer.parent_id].append(answer)
    return found


def _put_in_place(told: Iterable[tuple[Section, Sequence[Thread]]]) -> None:
    """One comparison for each text that threads were begun on, the newest first, as long as the work stays within bounds."""
    told = list(told)
    texts = _texts_begun_on(told)
    left = WORK
    for section, threads in told:
        comparisons: dict[int, Comparison] = {}
        utf16, page = Utf16(section.text), cache(partial(Page, section.text))
        for thread in sorted(threads, key=lambda thread: -thread.first.version):
            version = thread.first.version
            if version not in comparisons and (section.pk, version) in texts:
                comparisons[version] = Comparison(texts[section.pk, version], section.text, most=left)
                left -= comparisons[version].work
            thread.place = _place(thread.first, comparisons.get(version), section.text)
            thread.page = page
            if thread.place:
                thread.utf16 = (utf16(thread.place.start), utf16(thread.place.end))


def _texts_begun_on(told: Iterable[tuple[Section, Sequence[Thread]]]) -> dict[tuple[int, int], str]:
    """By section and version; of each section no more than the latest."""
    wanted = Q(pk=None)
    for section, threads in told:
        versions = {thread.first.version for thread in threads if thread.first.start is not None}
        wanted |= Q(section=section, version__in=sorted(versions)[-TEXTS:])
    rows = SectionText.objects.filter(wanted).values_list("section", "version", "text")
    return {(section, version): text for section, version, text in rows}


def _place(first: Comment, comparison: Comparison | None, text: str) -> Place | None:
    """Words that were in no text yet when they were commented on are looked for by themselves."""
    if comparison and first.start is not None and comparison.was[first.start : first.end] == first.quote:
        return comparison.place(first.start, first.end)
    return nearest(text, first.quote, first.start or 0)
