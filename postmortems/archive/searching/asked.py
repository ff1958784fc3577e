"""What somebody asks of the archive: words, and the facets of a card."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import QueryDict

from postmortems.accounts.models import Team
from postmortems.incidents.models import Service, Severity

# Of the address → of the card. What has a name that may change stands on cards by its key.
FACETS = ("severity", "service", "team", "kind", "year", "tag")
NO_SUCH = "none:"  # a facet that no card carries
LONGEST = 200


@dataclass(frozen=True)
class Asked:
    words: str = ""
    chosen: dict[str, str] = field(default_factory=dict)  # facet → what the address says
    newest: bool = False  # newest first rather than best first
    page: int = 1
    any_of: bool = False  # one of the words will do

    @classmethod
    def of(cls, given: QueryDict) -> Asked:
        chosen = {name: text for name in FACETS if (text := _clean(given.get(name, "")))}
        page = given.get("page", "")
        return cls(
            words=_clean(given.get("q", "")), chosen=chosen, newest=given.get("order") == "newest",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
        )  # fmt: skip

    @property
    def anything(self) -> bool:
        return bool(self.words or self.chosen)

    @property
    def several(self) -> bool:
        return len(self.words.replace('"', " ").split()) > 1

    def facets(self) -> list[str]:
        """The words that a card must carry."""
        return [_facet(name, text) for name, text in self.chosen.items()]


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST]


def _facet(name: str, text: str) -> str:
    rows = {"severity": Severity, "service": Service, "team": Team}.get(name)
    if rows is None:
        return f"{name}:{text}"
    row = rows.objects.filter(**{"key" if name == "severity" else "slug": text}).only("pk").first()
    return f"{name}:{row.pk}" if row else NO_SUCH
