"""What the page of a twin shows: each part with its decision, what is taken out, and what fell back. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.urls import reverse
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from postmortems.incidents.models import Incident
from postmortems.markdown import Refer, Reference, to_html, to_text
from postmortems.publication import article, citations, pictures
from postmortems.publication.models import Audience, Mark, Replacement
from postmortems.publication.twin.detecting import Found
from postmortems.publication.twin.drafting import Drafted
from postmortems.publication.twin.making import make, told
from postmortems.publication.twin.parts import Choice, Part, groups_of, parts_of
from postmortems.publication.twin.swapping import Swap, Swaps
from postmortems.writeup.images.picture import SUFFIXES
from postmortems.writeup.writing.differences import difference

Kind = Mark.Kind
SAME = 0.5  # how alike words are that could be the same passage, written anew
LOOKED_AT = 5  # revisions in which the words of an old mark are looked for
NAMES = {
    Kind.PASSAGE: "passage",
    Kind.EVENT: "event",
    Kind.CONDITION: "condition",
    Kind.ITEM: "item",
    Kind.IMAGE: "picture",
    Kind.FIGURE: "figure",
    Kind.FACT: "fact",
    Kind.TITLE: "title",
}
# Of these a part is there or not: words in their place would be no time and no duration.
ONLY_AS_IT_IS = ("zone", "meeting", "drawing", "impact_began", "detected", "acknowledged", "mitigated", "resolved")  # fmt: skip


@dataclass(frozen=True)
class Row:
    part: Part
    choice: Choice
    decided: bool
    shown: SafeString
    heading: str = ""  # the one it stands under, where the row before stood under another
    is_there: bool = False
    picture: str = ""

    @property
    def name(self) -> str:
        return NAMES[self.part.kind]

    @property
    def is_long(self) -> bool:
        return self.part.kind not in (Kind.FACT, Kind.TITLE, Kind.FIGURE)

    @property
    def takes_words(self) -> bool:
        key = self.part.key
        return self.part.kind != Kind.FACT or key not in ONLY_AS_IT_IS and not key.startswith("duration ")


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    rows: list[Row]  # on this page
    total: int
    there: int


def in_order(made: Drafted) -> list[Part]:
    """What is decided about, in the order of the write-up; the same words twice are decided about once."""
    order = {key: number for number, key in enumerate(groups_of(made.revision.content))}
    once = {part.place: part for part in made.parts if part.group in order}
    return sorted(once.values(), key=lambda part: order[part.group])


def groups(made: Drafted, page: Sequence[Part], parts: Sequence[Part]) -> list[Group]:
    """The write-up part by part: those of this page, of all `parts`."""
    refer = _without_leading(citations.within(made.revision.content))
    titles = groups_of(made.revision.content)
    total = Counter(part.group for part in parts)
    there = Counter(part.group for part in parts if made.choice(part).is_for(made.audience))
    found: dict[str, Group] = {}
    before = ""
    for part in page:
        group = found.get(part.group)
        if group is None:
            group = found[part.group] = Group(part.group, titles[part.group], [], total[part.group], there[part.group])  # fmt: skip
            before = ""
        heading = part.block.under[-1].words if part.block and part.block.under else ""
        group.rows.append(_row(made, part, heading if heading != before else "", refer))
        before = heading
    return list(found.values())


def _row(made: Drafted, part: Part, heading: str, refer: Refer) -> Row:
    choice = made.choice(part)
    shown = mark_safe(  # noqa: S308 the sanitiser, or escaped
        to_html(part.words, headings_from=5, refer=refer)
        if part.is_markdown
        else linebreaks(part.words, autoescape=True)
    )
    return Row(
        part, choice, part.place in made.choices, shown, to_text(heading), choice.is_for(made.audience), _picture(made, part)
    )  # fmt: skip


def _without_leading(refer: Refer) -> Refer:
    """What is cited in its words, and pictures; here nothing leads anywhere."""

    def words(kind: str, number: int) -> Reference | None:
        found = refer(kind, number)
        return found if found is None or kind == "image" else Reference("", found.words, names=found.names)

    return words


def _picture(made: Drafted, part: Part) -> str:
    if part.kind != Kind.IMAGE:
        return ""
    one = next(one for one in made.revision.content["images"] if one["number"] == int(part.key))
    return reverse("publication:image", args=[made.incident.ref, one["digest"], SUFFIXES[one["kind"]]])


def preview(made: Drafted) -> SafeString:
    """The article as outsiders will read it, with pictures at addresses that the reviewer can open."""

    def put(match) -> str:
        suffix = match["address"].rpartition(".")[2]
        address = reverse("publication:image", args=[made.incident.ref, match["digest"], suffix])
        return f"{match['before']}{address}{match['after']}"

    return mark_safe(pictures.SOURCE.sub(put, made.html))  # noqa: S308 rendered as everything published is


# --- what is taken out -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """A part that outsiders do not read, or read in other words."""

    part: Part
    difference: SafeString | None  # None: all of it is taken out

    @property
    def words(self) -> str:
        return to_text(self.part.words) if self.part.is_markdown else self.part.words

    @property
    def count(self) -> int:
        return len(self.words.split())


def gaps(made: Drafted) -> list[tuple[str, list[Gap | SafeString]]]:
    """The write-up as outsiders read it and what they do not: by group, in its order."""
    there = told(made.revision.content, made.choices, Swaps(made.swaps), made.audience)
    titles = groups_of(made.revision.content)
    found: dict[str, list[Gap]] = {}
    for part in made.parts:
        words = there.get(part.place)
        found.setdefault(part.group, []).append(Gap(part, None if words is None else _difference(part, words)))  # fmt: skip
    return [(titles[key], found[key]) for key in titles if key in found]


def _difference(part: Part, words: str) -> SafeString:
    if part.is_markdown:
        return difference(to_text(part.words), to_text(words))
    return difference(part.words, words)


@dataclass(frozen=True)
class Swapped:
    """Words that are replaced, in how many places of what is shown; `row` where somebody decided it."""

    swap: Swap
    count: int
    row: Replacement | None = None


def swapped(made: Drafted) -> list[Swapped]:
    """Those that the shown words hold, and all that somebody decided about."""
    as_it_is = article.words(
        article.render(make(made.revision.content, made.choices, Swaps(()), made.audience))
    )
    rows = []
    for swap in [*made.swaps, *(Swap(one.words, "") for one in made.decided.values() if one.stays)]:
        count = len(Swaps([swap]).spans(as_it_is))
        row = made.decided.get(swap.words.casefold())
        if count or row:
            rows.append(Swapped(swap, count, row))
    return sorted(rows, key=lambda one: (-one.count, one.swap.words))


def taken_out(made: Drafted, replaced: list[Swapped]) -> str:
    """14 passages, 6 events, 3 wordings taken out."""
    counts = Counter(NAMES[part.kind] for part in made.parts if not made.choice(part).is_for(made.audience))
    told = [f"{count} {name}{'s' if count != 1 else ''}" for name, count in counts.items()]
    wordings = sum(1 for one in replaced if one.count and not (one.row and one.row.stays))
    told += [f"{wordings} wording{'s' if wordings != 1 else ''}"] if wordings else []
    return f"{', '.join(told)} taken out" if told else "Nothing is taken out"


@dataclass(frozen=True)
class Asked:
    """Something found that is still to be decided, with what stands around it."""

    found: Found
    before: str
    after: str
    stubborn: bool


def asked(made: Drafted) -> list[Asked]:
    words = " ".join(article.words(made.html).split())
    return [Asked(one, *_around(words, one.words), one in made.stubborn) for one in made.found]


def _around(text: str, words: str) -> tuple[str, str]:
    at = text.find(words)
    if at < 0:
        return "", ""
    end = at + len(words)
    return text[max(0, at - 40) : at], text[end : end + 40]


# --- what fell back --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fallen:
    """A part that was for outsiders until its words changed; `now` is what may be the same part today."""

    part: Part
    audience: str
    now: Part
    difference: SafeString


def fallen(made: Drafted) -> list[Fallen]:
    """Marks of words that stand no more, where others stand in their place; told by the revision that had them."""
    there = {part.place for part in made.parts}
    lost = {
        place: choice
        for place, choice in made.choices.items()
        if place not in there and choice.audience != Audience.INTERNAL
    }
    free = [part for part in made.parts if part.place not in made.choices]
    found = []
    for part in _once_there(made.incident, set(lost)):
        now = _likest(part, free)
        if now is not None:
            free = [one for one in free if one is not now]
            found.append(Fallen(part, lost[part.place].audience, now, difference(part.words, now.words)))
    return found


def _once_there(incident: Incident, places: set[tuple[str, str, str]]) -> Iterator[Part]:
    if not places:
        return
    earlier = incident.revisions.order_by("-number").values_list("content", flat=True)
    for content in earlier[1 : LOOKED_AT + 1]:
        for part in parts_of(content):
            if part.place in places:
                places = places - {part.place}
                yield part


def _likest(part: Part, others: list[Part]) -> Part | None:
    same = [
        one for one in others if one.kind == part.kind and (one.key == part.key or part.kind == Kind.FACT)
    ]
    likeness = {one.id: SequenceMatcher(None, part.words[:2000], one.words[:2000]).ratio() for one in same}
    best = max(same, key=lambda one: likeness[one.id], default=None)
    needed = (
        SAME if part.kind in (Kind.PASSAGE, Kind.FACT, Kind.FIGURE) else 0.0
    )  # the others have a key of their own
    return best if best and likeness[best.id] >= needed else None
