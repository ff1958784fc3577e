"""How a citation is written: `[18:09 lag alert](event:345)`, a link of Markdown that any editor shows as its words.

What is cited, and the number after the colon: an event or the person in a role by its key, a condition or an item
by the number it has in its incident. Reading is that of `postmortems.markdown`: what is code cites nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from postmortems.markdown import cited

# In the words of a link these would begin something else; an underscore within a name does not.
_MARKS = re.compile(r"[\\`*\[\]<>&~|]|(?<![^\W_])_|_(?![^\W_])")


def citation(words: str, kind: str, number: int) -> str:
    """The Markdown that shows `words`, as they stand, and cites."""
    words = _MARKS.sub(r"\\\g<0>", " ".join(words.replace("\x00", "").split()))
    return f"[{words}]({kind}:{number})"


def citations_of(text: str) -> list[tuple[str, int]]:
    """What a text cites, as (kind, number), each once and in its order; `image` is a kind as well."""
    return list(_read(text))


@lru_cache(maxsize=128)  # a draft is asked again and again, and one of its texts has changed
def _read(text: str) -> tuple[tuple[str, int], ...]:
    return tuple(cited(text))
