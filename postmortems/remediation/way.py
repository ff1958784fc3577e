"""The way of an item from idea to proof: which step may follow which, and what each asks for. Pure."""

from __future__ import annotations

NEXT = {
    "parked": ("proposed", "dropped"),
    "proposed": ("accepted", "parked", "dropped"),
    "accepted": ("in_progress", "done", "proposed", "dropped"),
    "in_progress": ("done", "accepted", "dropped"),
    "done": ("verified", "in_progress"),
    "verified": ("in_progress",),
    "dropped": ("proposed",),
}
ORDER = ("parked", "proposed", "accepted", "in_progress", "done", "verified")


def is_back(before: str, after: str) -> bool:
    """Whether a step takes back what was said before; a dropped item that is taken up again does."""
    if after == "dropped":
        return False
    return before == "dropped" or ORDER.index(after) < ORDER.index(before)


def asks_why(before: str, after: str) -> str:
    """What a step without a reason is told; empty for one that needs none."""
    if after == "dropped":
        return "Say in a sentence why it is dropped; the write-up will tell it."
    if is_back(before, after):
        return "Say in a sentence why it goes back; whoever counted on it will ask."
    return ""
