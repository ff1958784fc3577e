"""Which part of a write-up a heading opens: regret, reason, remedy, timeline or interview."""

from __future__ import annotations

import re

SECTIONS = ("regret", "reason", "remedy", "timeline", "interview")

_SIGNS = (
    ("timeline", r"time ?line|chronolog|sequence of events|log of events|history of the incident"),
    (
        "remedy",
        r"remed|action|follow[- ]?up|next steps?|to[- ]?dos?\b|prevent|mitigations? (?:items|plan)|improvements?|recommendation"
        r"|corrective|lessons?|what (?:we|will) (?:will|change|are going to)|tasks|process$|planned work|going forward",
    ),
    ("interview", r"interview|debrief|questions? and answers|q ?& ?a|conversation|transcript"),
    (
        "regret",
        r"regret|apolog|impact|who was (?:hurt|affected)|summary|in short|overview|executive|customer",
    ),
    (
        "reason",
        r"reason|cause|contribut|condition|what happened|analysis|background|detect|response|went well|went wrong"
        r"|didn.?t go|lucky|explanation|description|trigger|resolution|discussion|details",
    ),
)
_PATTERNS = [(section, re.compile(signs)) for section, signs in _SIGNS]


def section_of(heading: str) -> str | None:
    """The section that a heading names; None where it says nothing, and the one above goes on."""
    heading = heading.lower()[:200]
    return next((section for section, signs in _PATTERNS if signs.search(heading)), None)
