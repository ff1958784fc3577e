"""What an action around interviews may answer instead of changing something."""

from __future__ import annotations


class NotPossible(Exception):
    """A change that cannot be made, in one sentence for the person who asked for it."""


class Gone(NotPossible):
    """What it is about is not there any more, and will not be again: nothing more is taken for it."""


class Stale(Exception):
    """Somebody saved in between; `standing` is what stands."""

    def __init__(self, standing) -> None:
        super().__init__("The notes were saved from another window in the meantime.")
        self.standing = standing
