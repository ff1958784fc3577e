"""What an action of a meeting may answer instead of changing something."""

from __future__ import annotations

from typing import Any


class NotPossible(Exception):
    """A change that cannot be made, in one sentence for the person who asked for it."""


class Stale(Exception):
    """Somebody saved in between; `standing` is what stands."""

    def __init__(self, standing: Any) -> None:
        super().__init__("Somebody else saved this in the meantime.")
        self.standing = standing
