"""Raw records for those who may read and not curate: the same words behind the same masks."""

from __future__ import annotations

import json
from dataclasses import dataclass

from timelines.masking.find import find
from timelines.masking.masks import masks_of, replaced
from timelines.masking.storing import called_harmless, digest_of
from timelines.models import Event, Secret


@dataclass(frozen=True)
class Masks:
    """What was taken out of an event, what its incident calls harmless, and who its author is."""

    known: dict[str, str]
    harmless: set[bytes]
    author: set[str]

    @classmethod
    def of(cls, event: Event) -> Masks:
        taken = event.secrets.exclude(state=Secret.State.SHOWN).values_list("value", "mask")
        known = {written: mask for value, mask in taken for written in (value, *_as_json(value))}
        return cls(known, called_harmless(event.incident_id), {event.actor, event.actor_id})

    def over(self, text: str) -> str:
        """The text without what was taken out, and without whatever else is found in it: raw records hold more."""
        founds = [found for found in find(text) if self._hides(found.value)]
        masks = {value: mask for value, (_, mask) in masks_of(text, founds).items()}
        return replaced(text, masks | self.known, founds)

    def _hides(self, value: str) -> bool:
        return value not in self.author and digest_of(value) not in self.harmless


def _as_json(value: str) -> set[str]:
    """How a value is written inside a string of JSON, with letters beyond ASCII as they are or escaped."""
    return {json.dumps(value, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
