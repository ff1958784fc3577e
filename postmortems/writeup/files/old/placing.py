"""Which section of the 3 R's a heading of an old write-up belongs to.

1. A heading says what it is by its words; the table goes from the particular to the general, and the first that fits wins.
2. What stands below a heading of remedies, a timeline, what was told or what went well belongs to it, whatever it is called.
3. A heading that is the title of a section of the organisation's template is that section, before all else.
4. A heading that says nothing belongs where the one above it went; before any other, to the summary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from postmortems.writeup.files.old.outline import Part, plain

# key, words that begin in the heading, and signs of languages that have no spaces
TABLE: tuple[tuple[str, str, str], ...] = (
    ("not_done", r"won'?t (?:do|fix)|will not|(?:decided )?not (?:to )?(?:do|done)\b|rejected|alternatives (?:considered|rejected)|non-?goals|out of scope", ""),
    ("timeline", r"time.?line|chronolog|sequence of events|event log|incident log|zeitleiste|zeitlicher|ablauf|cronolog|l[ií]nea (?:de|del) tiempo|linha do tempo|tidslinje|tijdlijn",
     "時系列|タイムライン|时间线|經過|経過"),
    ("wrong", r"(?:didn'?t|did not|not|hasn'?t|don'?t)\b.{0,20}\b(?:well|right|good|work)|(?:went|go|did|gone|going)\b.{0,12}\b(?:wrong|poor|bad)|could (?:have|be)|can be improved|difficulties|challenges|"
              r"schief|schlecht|salió mal|mal passé|deu errado", "悪かった"),
    ("well", r"(?:went|did|do|worked|goes|go|gone)\b.{0,20}\b(?:well|right|good|great)|well done|lucky|luck|positives?\b|strengths|kudos|gut gelaufen|lief gut|glück|"
             r"salió bien|bien passé|bien fonctionné|foi bem|deu certo|gikk bra|godt", "良かった|うまくいった|做得好"),
    ("remedies", r"actions?\b(?! taken)|action.?items?|follow.?up|next steps?|remed(?:y|ies|iation)|corrective|corrections?|prevent(?:ion|ive|ative|ing)?\b|improvements?\b|to.?dos?\b|tasks?\b|mitigations? (?:items|plan)|"
                 r"what (?:are we|we are|will we|we'?re|we will|we'?ll) (?:doing|do|chang)|(?:moving|going) forward|recommendations?|future (?:work|steps|mitigation)|commitments|backlog|"
                 r"maßnahmen|massnahmen|nächste schritte|folgeaktionen|acciones|siguientes pasos|mesures|prochaines étapes|ações|próximos passos|tiltak|acties|åtgärder",
     "対応策|今後の対応|再発防止|アクション|改进|措施|后续"),
    ("told", r"communicat|status.?page|(?:customer|public|external|internal) (?:messag|notif|announc|statement)|notifications? sent|announcements?|kommunikation|comunicaci|comunicaç", "連絡|公告"),
    ("apology", r"apolog|(?:we(?:'re| are) )?sorry|entschuldigung|disculpa|desculpa", "お詫び|致歉"),
    ("impact", r"impact|affected|(?:user|customer)s? (?:effect|facing)|damage|blast radius|scope|severity|stats|statistics|metrics|costs?\b|slos?\b|slas?\b|error budget|data loss|symptoms?|"
               r"auswirkung|repercussion|konsekvens|gevolg", "影響|影响"),
    ("summary", r"summary|tl;?\s?dr|abstract|overview|executive|synopsis|in (?:short|brief|a nutshell)|introduction|zusammenfassung|überblick|resum|résumé|sammendrag|samenvatting", "概要|サマリー|摘要|概述"),
    ("story", r"what happened|happened|background|context|detect|discover|diagnos|investigat|resol|recover|mitigat|restor|respon|trigger|root|cause|why|factor|contributing|analysis|details?|technical|fault|failure|problem|"
              r"lessons?|learn|takeaway|conclusion|discussion|findings?|observations?|description|incident|escalat|workaround|fix\b|attende|atende|participant|people|team|author|reviewer|owner|actions? taken|"
              r"reference|links?\b|related|resources|glossary|appendix|support|evidence|data\b|questions?|ursache|hintergrund|lösung|causa|origen|soluci|antecedent|déroul", "原因|経緯|背景|经过|検知"),
)  # fmt: skip
RULES = [
    (key, re.compile(rf"(?i)(?<![^\W_])(?:{words}){f'|{others}' if others else ''}"))
    for key, words, others in TABLE
]
SECTION = {"wrong": "story", "timeline": "story"}
OWN = {"remedies", "not_done", "told", "well", "timeline"}  # what stands below them belongs to them


CLOCK = re.compile(r"(?i)[\W_]{0,4}(?:[\d/.-]{4,10}[ ,T]{1,3})?(?:ca\.? ?|~)?\d{1,2}(?:[:.]\d\d|[ ]?[ap]m\b)")


@lru_cache(maxsize=10_000)
def meaning(title: str) -> str:
    """A word of the table for a heading, or nothing. A heading that begins with a time is an entry of a timeline."""
    words = plain(title)[:120].replace("’", "'")
    if CLOCK.match(words):
        return ""
    return next((key for key, shape in RULES if shape.search(words)), "")


def is_known(title: str) -> bool:
    """Whether a line in bold is a heading: short, and one of the usual ones."""
    return len(title.split()) <= 6 and bool(meaning(title))


def places(parts: list[Part], own: Mapping[str, str] | None = None) -> list[str]:
    """For each part, the key of the section it goes to. `own` are titles that say where exactly, in small letters, with keys."""
    own = own or {}
    found: list[str] = []
    above: list[tuple[int, str]] = []  # levels and meanings of the headings one stands below
    last = "summary"
    for part in parts:
        while above and above[-1][0] >= part.level:
            above.pop()
        exact = own.get(plain(part.title).casefold(), "") if part.level else ""
        holds = next((said for _, said in reversed(above) if said in OWN or said.startswith("x-")), "")
        said = exact or holds or (meaning(part.title) if part.level else "summary")
        if not said:
            said = next((said for _, said in reversed(above) if said), "") or last
        if part.level:
            above.append((part.level, said))
        last = said
        found.append(SECTION.get(said, said))
    return found
