"""Keys to one page of one person, for letters: signed, for a single purpose, good for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing


@dataclass(frozen=True)
class Purpose:
    """What a key opens. Each purpose has a salt of its own, so that no key opens two doors."""

    salt: str
    days: int

    def key(self, value: str) -> str:
        return signing.dumps(value, salt=self.salt)

    def value(self, key: str) -> str | None:
        """What the key was made for; None for one that is forged or too old."""
        try:
            return signing.loads(key, salt=self.salt, max_age=timedelta(days=self.days))
        except signing.BadSignature:
            return None

    def once(self, key: str) -> str | None:
        """What a genuine key was made for, however old: good for asking for a new one, and for nothing else."""
        try:
            return signing.loads(key, salt=self.salt)
        except signing.BadSignature:
            return None
