"""The language coach: a write-up of 10,000 words and one changed paragraph, against reading the words one by one."""

from __future__ import annotations

import re

from bench.measuring import median, said
from postmortems.language.coach import read

_PARAGRAPH = (
    "At 09:14 Lena started `ansible` on the edge group, and it listed three changes. The load balancer "
    "ejected two of six members, as their health check failed to connect. The on-call engineer restarted the gateway at "
    "09:20, because the runbook lists it first. Nobody had told support about the window. The queue drained within four "
    "minutes, and the error rate was back to normal at 09:31. The two alarms belong together; at the time "
    "they came from different tools. The certificate was renewed by the bot on Friday. We should have told customers sooner. "
)
WORDS = 10_000


def run() -> None:
    size = len(_PARAGRAPH.split())
    text = "\n\n".join(f"{number}. {_PARAGRAPH}" for number in range(WORDS // (size + 1) + 1))
    for name, part in (
        (f"coach, {len(text.split()):,} words", text),
        ("coach, one changed paragraph", _PARAGRAPH),
    ):
        said(
            name,
            median(lambda part=part: read(part, "reason")),
            median(lambda part=part: _words(part)),
            "the words alone",
        )


def _words(text: str) -> int:
    return sum(1 for _ in re.finditer(r"\w+", text))
