"""What is masked in an incident, one line for each value. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, QuerySet

from postmortems.incidents.models import Incident
from timelines.models import Secret

AROUND = 90  # characters of the text on either side of a mask
LONGEST = 400  # characters of a value


@dataclass(frozen=True)
class Masked:
    """A value that stands behind masks: in how many events, and the first of them for its surroundings."""

    secret: Secret
    events: int
    state: str
    decided_at: datetime | None

    @property
    def key(self) -> str:
        return bytes(self.secret.digest).hex()

    @property
    def title(self) -> str:
        """The kind as a heading; names that are written small stay so."""
        kind = self.secret.kind
        return kind if kind.startswith(("npm ", "age ")) else kind[0].upper() + kind[1:]

    @property
    def value(self) -> str:
        value = self.secret.value
        return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"

    @property
    def field(self) -> str:
        """Where in the event it stands, when that is not its text."""
        return {"link": "link", "actor": "author", "extra": "details"}.get(self.secret.column, "")

    @property
    def beside(self) -> tuple[str, str, str]:
        """What stands before, the mask or the shown value itself, and what stands after."""
        event = self.secret.event
        text = event.text if self.secret.column == "text" else getattr(event, self.secret.column, "")
        text = text if isinstance(text, str) else ""
        mark = self.secret.value if self.secret.state == Secret.State.SHOWN else self.secret.mask
        before, found, after = text.partition(mark)
        if not found:
            return event.text[: 2 * AROUND], "", ""
        return (
            f"{'…' if len(before) > AROUND else ''}{before[-AROUND:]}",
            found,
            f"{after[:AROUND]}{'…' if len(after) > AROUND else ''}",
        )


def values_of(incident: Incident) -> QuerySet[Secret]:
    """A row for each value and state."""
    return incident.secrets.values("digest", "state").annotate(
        events=Count("event", distinct=True), first=Min("pk"), at=Max("decided_at")
    )


def waiting(incident: Incident) -> QuerySet[Secret]:
    return values_of(incident).filter(state=Secret.State.MASKED).order_by("first")


def decided(incident: Incident) -> QuerySet[Secret]:
    return values_of(incident).exclude(state=Secret.State.MASKED).order_by("-at", "-first")


def with_surroundings(rows: Iterable[dict]) -> list[Masked]:
    rows = list(rows)
    found = Secret.objects.select_related("event__source", "decided_by").in_bulk(
        [row["first"] for row in rows]
    )
    return [Masked(found[row["first"]], row["events"], row["state"], row["at"]) for row in rows]
