"""The proposed passages of a conversation follow the stamped lines of its notes."""

from __future__ import annotations

from postmortems.interviews.listening import cues, passages, stamps
from postmortems.interviews.models import Interview, Passage


def follow(interview: Interview, before: str, after: str) -> bool:
    """A new line is proposed, a changed one changes its proposal, one taken out withdraws it.

    What the interviewee released, struck or put in other words stays as they left it. To be called within the
    transaction that changes the notes; answers whether anything was newly proposed.
    """
    span = cues.span_of(interview.incident)
    found = passages.changes(stamps.read(before, span), stamps.read(after, span))
    if not (found.new or found.changed or found.gone):
        return False
    rows = list(Passage.objects.filter(interview=interview).exclude(stamp=""))
    proposed = {(row.stamp, row.text): row for row in rows if row.state == Passage.State.PROPOSED}
    known = {row.stamp for row in rows}
    fresh = list(found.new)
    for old, new in found.changed:
        if row := proposed.pop(old.key, None):
            _put(row, new).save()
        elif old.mark not in known:
            fresh.append(new)
    gone = [row.pk for old in found.gone if (row := proposed.pop(old.key, None))]
    Passage.objects.filter(pk__in=gone).delete()
    Passage.objects.bulk_create(_put(Passage(interview=interview), new) for new in fresh)
    return bool(fresh)


def _put(row: Passage, stamp: stamps.Stamp) -> Passage:
    row.stamp, row.text, row.about = stamp.mark, stamp.text, stamp.about
    row.earliest, row.latest = stamp.earliest, stamp.latest
    return row
