"""What makes an action checkable: an object of change, a number, a date, an owner, a mechanism.

A list of vague verbs would miss "Plan capacity better" and hit "Improve p99 to 300 ms"; a list of specifics does neither.
"""

from __future__ import annotations

from collections.abc import Sequence

from postmortems.language.words import CODE, Word

_SOFT = ("@soft", "@better", "@virtue")


def is_concrete(found: Sequence[Word]) -> bool:
    """An order with a verb of doing, and nothing in it that only gets "better"."""
    first = next((word for word in found if word.is_word or word.raw[0] == CODE), None)
    if first is None or "@concrete" not in first.forms or len(found) < 3:
        return False
    return not any(form in word.forms for word in found for form in _SOFT)


def has_measure(found: Sequence[Word]) -> bool:
    """A number, a day or a piece of code: something to hold the result against."""
    return any("@number" in word.forms or word.raw[0] == CODE or "@time" in word.forms for word in found)
