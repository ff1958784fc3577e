"""What the interviewer set apart in the notes while listening: `# ` begins a theme, `? ` a question left open. Pure."""

from __future__ import annotations

import re

MOST = 30
LONGEST = 300
THEME = re.compile(r"^[ \t]*#+[ \t]+(?P<words>\S.*)$", re.M)
OPEN = re.compile(r"^[ \t]*\?+[ \t]+(?P<words>\S.*)$", re.M)


def themes(body: str) -> list[str]:
    return _lines(THEME, body)


def open_questions(body: str) -> list[str]:
    return _lines(OPEN, body)


def _lines(pattern: re.Pattern, body: str) -> list[str]:
    """Each once, in order."""
    found = dict.fromkeys(match["words"].strip()[:LONGEST] for match in pattern.finditer(body))
    return list(found)[:MOST]
