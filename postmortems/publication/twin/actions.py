from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.publication import article, chain
from postmortems.publication.approving.texts import NAMES, Changed
from postmortems.publication.content import stamp
from postmortems.publication.models import Audience, HouseReplacement, Mark, Printing, Replacement, Twin
from postmortems.publication.outside.addresses import new_key
from postmortems.publication.outside.keeping import changing
from postmortems.publication.tasks import print_text
from postmortems.publication.twin.drafting import Drafted, draft
from postmortems.publication.twin.parts import Part
from postmortems.publication.twin.swapping import Swaps
from postmortems.web.later import queue_after_commit

__all__ = ["Changed", "NotReady", "Unchanged", "publish_twin"]
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
LONGEST = 300  # characters of words that are replaced
INSTEAD = 5_000  # of those that stand in the place of a part

Place = tuple[str, str, str]


class NotReady(Exception):
    """Something stands in the way; `reasons` are sentences."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(self.reasons))


class Unchanged(Exception):
    """It is word for word the twin that was published last."""


class NoWords(Exception):
    """There is nothing to replace, or nothing to put there."""


def publish_twin(
    *,
    incident: Incident,
    by: User,
    audience: str,
    change_note: str,
    now: datetime,
    digest: str,
    restricted_too: bool = False,
) -> Twin:
    """Freeze what was shown to `by`, whose digest this is, as the next twin for `audience`.

    A lock on the incident lets a form that was sent twice make one. Raises NotReady while something is to be decided,
    to be approved, or `restricted_too` does not say that a restricted incident is meant; Changed when what would be
    published is no longer what was shown; Unchanged when nothing is new. What the change note says is looked at as well.
    """
    with transaction.atomic():
        locked = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        made = draft(locked, audience)
        if made is None:
            raise NotReady(["Nothing is published in the house that outsiders could read."])
        if made.digest != digest:
            raise Changed
        note = " ".join(Swaps(made.swaps).plain(CONTROLS.sub(" ", change_note)).split())[:500]
        if missing := [*made.missing, *_of_note(made, note), *_restricted(locked, restricted_too)]:
            raise NotReady(missing)
        if made.is_published:
            raise Unchanged
        twin = _freeze(made, by=by, note=note, now=now)
        record(
            by=by, verb="twin.published", subject=locked.ref, digest=twin.digest, number=twin.number,
            sentence=f"published {NAMES[Audience(audience)]}, number {twin.number}",
        )  # fmt: skip
        changing(twin)
        queue_after_commit(print_text, twin.printing.pk)
    return twin


def _freeze(made: Drafted, *, by: User, note: str, now: datetime) -> Twin:
    last, number = made.last, made.next
    previous = last.digest if last else ""
    content = made.document | {"published": {"number": number, "at": stamp(now), "change_note": note}}
    html = article.render(content)
    twin = Twin.objects.create(
        incident=made.incident, revision=made.revision, audience=made.audience, number=number,
        key=last.key if last else new_key(made.audience), title=content["title"], content=content, html=html,
        words=article.words(html), change_note=note, published_at=now, published_by=by,
        digest=chain.seal(content, html, previous), previous_digest=previous,
    )  # fmt: skip
    Printing.objects.create(twin=twin)
    return twin


def _of_note(made: Drafted, note: str) -> list[str]:
    found = ", ".join(f"“{one.words}”" for one in made.undecided(note)) if note else ""
    return [f"The note on what changed names {found}, about which nothing is decided."] if found else []


def _restricted(incident: Incident, said: bool) -> list[str]:
    if incident.restricted and not said:
        return [
            "This incident is restricted to its circle. Say that outsiders are to read of it all the same."
        ]
    return []


# --- for whom the parts are ------------------------------------------------------------------------


def mark(*, incident: Incident, by: User, choices: Mapping[Place, str], now: datetime) -> int:
    """Say for whom parts are; how many became otherwise. What no longer stands there with these words stays as it is."""
    with transaction.atomic():
        made = _locked(incident)
        there = {part.place: part for part in made.parts}
        changed = [
            _save(made, there[place], by, now, audience=Audience(audience))
            for place, audience in choices.items()
            if place in there
        ]
        _told(incident, by, sum(changed))
    return sum(changed)


def say_instead(*, incident: Incident, by: User, place: Place, instead: str, now: datetime) -> bool:
    """Put other words in the place of a part, for outsiders; none take them back. Raises Changed."""
    with transaction.atomic():
        made = _locked(incident)
        part = next((one for one in made.parts if one.place == place), None)
        if part is None:
            raise Changed
        said = _save(made, part, by, now, instead=instead.replace("\x00", "").strip()[:INSTEAD])
        _told(incident, by, int(said))
    return said


def _save(made: Drafted, part: Part, by: User, now: datetime, **fields: str) -> bool:
    kind, key, digest = part.place
    before = made.choice(part)
    if part.place in made.choices and all(getattr(before, name) == value for name, value in fields.items()):
        return False
    Mark.objects.update_or_create(
        incident=made.incident, kind=kind, key=key, digest=digest,
        defaults={"by": by, "at": now, **fields},
        create_defaults={"by": by, "at": now, "audience": Audience.INTERNAL, **fields},
    )  # fmt: skip
    return True


def _told(incident: Incident, by: User, count: int) -> None:
    if count:
        parts = "a part" if count == 1 else f"{count} parts"
        record(
            by=by,
            verb="twin.marked",
            subject=incident.ref,
            sentence=f"said for whom {parts} of the write-up {'is' if count == 1 else 'are'}",
        )


def _locked(incident: Incident) -> Drafted:
    """Raises NotReady when nothing is published yet."""
    locked = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    made = draft(locked, Audience.PUBLIC)
    if made is None:
        raise NotReady(["Nothing is published in the house that outsiders could read."])
    return made


# --- words that are read otherwise -----------------------------------------------------------------


def replace(*, incident: Incident, by: User, words: str, instead: str, now: datetime) -> Replacement:
    """Let outsiders read `instead` wherever these words stand. Raises NoWords."""
    if not _line(instead):
        raise NoWords
    return _decide(incident, by, words, now, instead=_line(instead), stays=False)


def let_stay(*, incident: Incident, by: User, words: str, now: datetime) -> Replacement:
    """Say that these words may go out as they are. Raises NoWords."""
    return _decide(incident, by, words, now, instead="", stays=True)


def ask_again(*, replacement: Replacement, by: User) -> None:
    """Take back what was decided about words."""
    with transaction.atomic():
        if Replacement.objects.filter(pk=replacement.pk).delete()[0]:
            record(
                by=by,
                verb="twin.words",
                subject=replacement.incident.ref,
                sentence="took back what outsiders read in the place of some words",
            )


def _decide(incident: Incident, by: User, words: str, now: datetime, **fields) -> Replacement:
    words = _line(words)
    if not words:
        raise NoWords
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).only("pk").get(pk=incident.pk)
        same = incident.replacements.annotate(folded=Lower("words")).filter(folded=words.lower())
        same.exclude(words=words).delete()
        made, _ = incident.replacements.update_or_create(words=words, defaults={"by": by, "at": now, **fields})  # fmt: skip
        record(by=by, verb="twin.words", subject=incident.ref, sentence="decided what outsiders read in the place of some words")  # fmt: skip
    return made


def _line(words: str) -> str:
    return " ".join(CONTROLS.sub(" ", words).split())[:LONGEST].strip()


# --- what the whole house keeps inside -------------------------------------------------------------


def keep_inside(*, by: User, words: str, instead: str, now: datetime) -> HouseReplacement:
    """Words that no write-up tells outsiders, such as a customer's name. Raises NoWords."""
    words, instead = _line(words), _line(instead) or "a customer"
    if not words:
        raise NoWords
    with transaction.atomic():
        HouseReplacement.objects.annotate(folded=Lower("words")).filter(folded=words.lower()).delete()
        made = HouseReplacement.objects.create(words=words, instead=instead, by=by, at=now)
        record(by=by, verb="house.words", subject="Outside", sentence="said which words stay in the house")
    return made


def let_out(*, kept: HouseReplacement, by: User) -> None:
    with transaction.atomic():
        if HouseReplacement.objects.filter(pk=kept.pk).delete()[0]:
            record(by=by, verb="house.words", subject="Outside", sentence="let words out that stayed in the house")  # fmt: skip
