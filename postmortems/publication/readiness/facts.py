"""What the rules look at. Each part is read when a rule asks for it first, in a constant number of queries."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from postmortems.incidents.models import Incident
from postmortems.interviews.releasing.attributed import Claim
from postmortems.interviews.scheduling.window import window_of
from postmortems.publication import attributed, chain
from postmortems.publication.approving.named import waiting_for
from postmortems.publication.readiness.rules import Found
from postmortems.writeup.citing.drafts import Place, texts_of
from postmortems.writeup.citing.references import broken
from postmortems.writeup.coaching.reading import Note, open_marks
from postmortems.writeup.commenting.threads import open_count
from postmortems.writeup.images.uses import Use, without_words
from postmortems.writeup.models import Clash
from postmortems.writeup.sections import Sections
from postmortems.writeup.templating.outline import sections_of
from timelines.merging import questions
from timelines.models import Event, Question

COMMITTED = ("Accepted", "In progress", "Done", "Verified")
LET_GO = ("Dropped", "Parked")
HEARING = ("invited", "accepted", "moving", "writing")


class Facts:
    """An incident and the document that would be published."""

    def __init__(self, incident: Incident, document: dict[str, Any]) -> None:
        self.incident, self.document = incident, document
        self.texts = {key: text.strip() for key, text in document["texts"].items() if text.strip()}

    def page(self, name: str, *more: object) -> str:
        return reverse(name, args=[self.incident.ref, *more])

    def of_text(self, key: str, sentence: str, part: str = "") -> Found:
        """Something to be mended in a text, or at the top of the page where the write-up has no such text."""
        known = key in self.sections.by_key
        return Found(sentence, self.page("writeup:edit") + (f"#{key}" if known else ""), key, part)

    def clock(self, at: datetime) -> str:
        return at.astimezone(ZoneInfo(self.incident.zone)).strftime("%H:%M")

    @cached_property
    def sections(self) -> Sections:
        return sections_of(self.incident)

    @cached_property
    def hurting(self) -> list[dict[str, Any]]:
        return [one for one in self.document["conditions"] if not one["helped"]]

    @cached_property
    def going_on(self) -> list[dict[str, Any]]:
        """Items that somebody means to do, or did."""
        return [item for item in self.document["items"] if item["status"] not in LET_GO]

    @cached_property
    def committed(self) -> list[dict[str, Any]]:
        return [item for item in self.document["items"] if item["status"] in COMMITTED]

    # --- the timeline
    @cached_property
    def pinned(self) -> list[Event]:
        return list(self.incident.events.pinned().defer("extra", "digest", "link").in_order())

    @cached_property
    def customers_were_told(self) -> bool:
        return self.incident.events.filter(kind="customer message", hidden=False, deleted=False).exists()

    @cached_property
    def silences(self) -> list[questions.Offered]:
        return questions.offered(self.incident)

    @cached_property
    def open_questions(self) -> list[Question]:
        return list(self.incident.questions.filter(closed_at=None))

    # --- the draft
    @cached_property
    def clashes(self) -> list[str]:
        """Keys of the texts in which two wordings wait for a decision."""
        found = Clash.objects.filter(section__incident=self.incident, settled="")
        return list(found.order_by("section__key").values_list("section__key", flat=True).distinct())

    @cached_property
    def open_comments(self) -> int:
        return open_count(self.incident)

    @cached_property
    def open_marks(self) -> list[Note]:
        return open_marks(self.incident)

    @cached_property
    def cited_texts(self) -> list[tuple[Place, str]]:
        return list(texts_of(self.incident))

    @cached_property
    def broken_citations(self) -> list[tuple[Place, str, int]]:
        return broken(self.incident, self.cited_texts)

    @cached_property
    def pictures_without_words(self) -> list[Use]:
        return without_words(self.incident, self.cited_texts)

    # --- people and their words
    @cached_property
    def to_be_heard(self) -> int:
        return self.incident.interviews.filter(state__in=HEARING).count()

    @cached_property
    def window_decision(self) -> Any:
        window = window_of(self.incident)
        return window.decision if window else None

    @cached_property
    def claims(self) -> list[Claim]:
        return attributed.claims(self.incident, self.document)

    @cached_property
    def approval_awaited(self) -> list[str]:
        return waiting_for(self.incident, chain.digest(self.document))
