"""Letting marks of the coach stand, and what an organisation tells the coach. The audit trail carries no words of a draft."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.language.kinds import TITLES, Kind
from postmortems.writeup.coaching.reading import place_of
from postmortems.writeup.models import Dismissal, HouseWord, SilencedKind

KEY = re.compile(r"(?P<kind>[a-z_]{1,20}):[0-9a-f]{16}")
MOST_WORDS = 200  # every one of them is looked for in every text
SUBJECT = "Coach"


def let_stand(*, incident: Incident, section: str, key: str, word: str, by: User, now: datetime) -> Dismissal:
    """Let the passage of this mark stand as it is worded, with a word why. The first word given holds.

    Raises ValueError, with a sentence for the person, where the place, the mark or the word is missing.
    """
    word = " ".join(word.split())[:200]
    if not word:
        raise ValueError("Say in a word why it may stand.")
    place, kind = place_of(incident, section), _kind_of(key)
    if place is None or kind is None:
        raise ValueError("There is no such mark.")
    with transaction.atomic():
        found, made = Dismissal.objects.get_or_create(
            incident=incident, section=section, key=key, defaults={"word": word, "by": by, "at": now}
        )
        if made:
            record(
                by=by, verb="mark.let_stand", subject=incident.ref, section=section, kind=kind.value,
                sentence=f"let a mark of the coach stand in “{place.title}” ({TITLES[kind]})",
            )  # fmt: skip
    return found


def ask_again(*, incident: Incident, section: str, key: str, by: User) -> None:
    """Take back that a passage was let stand. Twice is once."""
    with transaction.atomic():
        gone, _ = Dismissal.objects.filter(incident=incident, section=section, key=key).delete()
        if gone:
            record(
                by=by, verb="mark.ask_again", subject=incident.ref, section=section,
                sentence="asked the coach about a passage again that had been let stand",
            )  # fmt: skip


def add_word(*, kind: Kind, words: str, by: User, now: datetime) -> HouseWord:
    """Mark `words` wherever they stand. Raises ValueError, with a sentence for the person."""
    words = " ".join(words.split())
    if sum(letter.isalnum() for letter in words) < 2 or len(words) > 80:
        raise ValueError("Words to mark have 2 to 80 characters.")
    with transaction.atomic():
        standing = HouseWord.objects.filter(kind=kind, words__iexact=words).first()
        if standing:
            return standing
        if HouseWord.objects.count() >= MOST_WORDS:
            raise ValueError(f"There are {MOST_WORDS} words already. Remove one first.")
        added = HouseWord.objects.create(kind=kind, words=words, by=by, at=now)
        sentence = f"asked the coach to mark “{words}” as “{TITLES[kind]}”"
        record(by=by, verb="coach.word_added", subject=SUBJECT, sentence=sentence, kind=kind.value)
    return added


def remove_word(*, word: HouseWord, by: User) -> None:
    with transaction.atomic():
        word.delete()
        sentence = f"asked the coach to mark “{word.words}” no longer"
        record(by=by, verb="coach.word_removed", subject=SUBJECT, sentence=sentence, kind=word.kind)


def silence(*, kind: Kind, why: str, by: User, now: datetime) -> SilencedKind:
    """Mark nothing of this kind any more. Raises ValueError without a why."""
    why = " ".join(why.split())[:200]
    if not why:
        raise ValueError("Say why this kind is silenced.")
    with transaction.atomic():
        silenced, made = SilencedKind.objects.get_or_create(
            kind=kind, defaults={"why": why, "by": by, "at": now}
        )
        if made:
            sentence = f"silenced the coach's kind “{TITLES[kind]}”: {why}"
            record(by=by, verb="coach.silenced", subject=SUBJECT, sentence=sentence, kind=kind.value)
    return silenced


def hear(*, kind: Kind, by: User) -> None:
    """Mark this kind again. Twice is once."""
    with transaction.atomic():
        gone, _ = SilencedKind.objects.filter(kind=kind).delete()
        if gone:
            sentence = f"asked the coach to mark “{TITLES[kind]}” again"
            record(by=by, verb="coach.heard", subject=SUBJECT, sentence=sentence, kind=kind.value)


def _kind_of(key: str) -> Kind | None:
    found = KEY.fullmatch(key)
    return next((kind for kind in Kind if found and kind.value == found["kind"]), None)
