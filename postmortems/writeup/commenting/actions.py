"""What people say about a draft. Sentences of the audit trail never carry a comment's words."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.audit.log import record
from postmortems.incidents.access import people_with
from postmortems.incidents.models import Incident
from postmortems.writeup.commenting import letters, threads
from postmortems.writeup.commenting.mentions import mentioned
from postmortems.writeup.commenting.passages import LONGEST as LONGEST_PASSAGE
from postmortems.writeup.commenting.passages import Passage
from postmortems.writeup.commenting.refusals import NotPossible
from postmortems.writeup.models import Comment, Mention, Section
from postmortems.writeup.templating.outline import section_of
from postmortems.writeup.writing import actions as writing
from postmortems.writeup.writing import live

LONGEST = 10_000  # characters of a comment
AGAIN = timedelta(minutes=10)  # the same words from the same person within it were sent twice


def comment(
    *,
    incident: Incident,
    by: User,
    text: str,
    now: datetime,
    passage: Passage | None = None,
    suggestion: str | None = None,
) -> Comment:
    """Begin a thread about a passage, a section or the whole; with `suggestion`, the words to stand there instead.

    The same once more, shortly after, is the one that is there. Raises NotPossible.
    """
    passage = passage or Passage()
    text = _said(text, may_be_empty=suggestion is not None)
    suggestion = _suggested(suggestion, passage)
    about = {
        "parent": None, "section": passage.section, "quote": passage.quote, "start": passage.start, "suggestion": suggestion,
    }  # fmt: skip
    with transaction.atomic():
        if sent := _sent_before(incident, by, text, now, about):
            return sent
        made = Comment.objects.create(
            incident=incident, by=by, text=text, at=now, version=passage.version, end=passage.end, **about
        )  # fmt: skip
        what = "commented on" if suggestion is None else "suggested other words in"
        _record(made, by, "comment.made" if suggestion is None else "suggestion.made", what)
        _call(made, now=now)
    return made


def answer(*, thread: Comment, by: User, text: str, now: datetime) -> Comment:
    """Answer the comment that begins a thread; who answers one that was resolved opens it again. Raises NotPossible."""
    text = _said(text)
    with transaction.atomic():
        thread = _locked(thread)
        if sent := _sent_before(thread.incident, by, text, now, {"parent": thread}):
            return sent
        made = Comment.objects.create(incident=thread.incident, parent=thread, by=by, text=text, at=now)
        if thread.resolved_at:
            _resolve(thread, None, None)
        _record(thread, by, "comment.answered", "answered a comment on")
        _call(made, now=now)
    return made


def edit(*, comment: Comment, by: User, text: str, now: datetime) -> Comment:
    """Change the words of one's own comment; that it was changed is shown. Raises NotPossible."""
    with transaction.atomic():
        comment = _own(comment, by)
        text = _said(text, may_be_empty=comment.suggestion is not None)
        if text == comment.text:
            return comment
        comment.text, comment.edited_at = text, now
        comment.save(update_fields=["text", "edited_at"])
        _record(comment, by, "comment.edited", "changed their comment on")
        _call(comment, now=now)
    return comment


def remove(*, comment: Comment, by: User, now: datetime) -> Comment:
    """Take back one's own comment: its words are gone for good, its place in the thread stays. Raises NotPossible."""
    with transaction.atomic():
        comment = _own(comment, by)
        readers = letters.people_of(comment.thread)
        comment.text, comment.removed_at = "", now
        if not comment.decided:
            comment.suggestion = None
        comment.save(update_fields=["text", "removed_at", "suggestion"])
        comment.mentions.all().delete()
        letters.tell(comment, readers, now=now)
        _record(comment, by, "comment.removed", "removed their comment on")
    return comment


def resolve(*, thread: Comment, by: User, now: datetime) -> Comment:
    """Say that a thread is done. Twice is once."""
    with transaction.atomic():
        thread = _locked(thread)
        if thread.resolved_at is None:
            _resolve(thread, by, now)
            _record(thread, by, "comment.resolved", "resolved a comment on")
    return thread


def reopen(*, thread: Comment, by: User) -> Comment:
    with transaction.atomic():
        thread = _locked(thread)
        if thread.resolved_at:
            _resolve(thread, None, None)
            _record(thread, by, "comment.reopened", "reopened a comment on")
    return thread


def accept(*, thread: Comment, by: User, seen: str, now: datetime) -> bool:
    """Put the suggested words in the place of those that stand there; what others wrote elsewhere stays.

    `seen` (`threads.seen`) tells which words were on the page of whoever accepts. False when it was decided before,
    and nothing changes. Raises NotPossible, and both wordings stay, when those words changed since or are gone.
    """
    with transaction.atomic():
        thread = _locked(thread)
        if thread.decided or thread.suggestion is None:
            return False
        section = (
            Section.objects.select_for_update().filter(incident=thread.incident, key=thread.section).first()
        )
        told = threads.one(thread)
        if section is None or told.place is None:
            raise NotPossible(
                "The words that this suggestion is about are gone, so that nothing was replaced. Both are kept."
            )
        if told.seen != seen:
            raise NotPossible(
                "Somebody changed these words since you looked, so that nothing was replaced. "
                "The suggestion stands beside the words as they are now."
            )
        text = told.text[: told.place.start] + thread.suggestion + told.text[told.place.end :]
        writing.save_section(
            incident=thread.incident, key=thread.section, text=text, version=section.version, by=by, now=now
        )
        _decide(thread, by, Comment.Decided.ACCEPTED, now)
        _record(thread, by, "suggestion.accepted", f"took up what {thread.by} suggested in")
        letters.decided(thread, now=now)
    return True


def decline(*, thread: Comment, by: User, now: datetime) -> bool:
    """Leave the words as they are. False when it was decided before."""
    with transaction.atomic():
        thread = _locked(thread)
        if thread.decided or thread.suggestion is None:
            return False
        _decide(thread, by, Comment.Decided.DECLINED, now)
        _record(thread, by, "suggestion.declined", f"left as it was what {thread.by} suggested to change in")
        letters.decided(thread, now=now)
    return True


def _decide(thread: Comment, by: User, how: Comment.Decided, now: datetime) -> None:
    thread.decided, thread.decided_by, thread.decided_at = how, by, now
    thread.save(update_fields=["decided", "decided_by", "decided_at"])
    _resolve(thread, by, now)


def _resolve(thread: Comment, by: User | None, at: datetime | None) -> None:
    thread.resolved_by, thread.resolved_at = by, at
    thread.save(update_fields=["resolved_by", "resolved_at"])


def _locked(comment: Comment) -> Comment:
    found = Comment.objects.select_for_update(of=("self",)).select_related("incident__severity", "by")
    return found.get(pk=comment.pk)


def _own(comment: Comment, by: User) -> Comment:
    comment = _locked(comment)
    if comment.by_id != by.pk:
        raise NotPossible("Only who wrote a comment can change it. You can answer it.")
    if comment.removed_at:
        raise NotPossible("This comment was removed.")
    return comment


def _said(text: str, *, may_be_empty: bool = False) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text and not may_be_empty:
        raise NotPossible("Write what you want to say.")
    if len(text) > LONGEST:
        raise NotPossible(f"This is {len(text):,} characters long; a comment has at most {LONGEST:,}.")
    return text


def _suggested(suggestion: str | None, passage: Passage) -> str | None:
    if suggestion is None:
        return None
    if passage.start is None:
        raise NotPossible("These words are not in the text, so that nothing can stand in their place.")
    suggestion = suggestion.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(suggestion) > LONGEST_PASSAGE:
        raise NotPossible(f"A suggestion has at most {LONGEST_PASSAGE:,} characters.")
    if suggestion == passage.quote:
        raise NotPossible(
            "The suggestion is what stands there already. Change the words, or leave a comment alone."
        )
    return suggestion


def _sent_before(incident: Incident, by: User, text: str, now: datetime, about: dict) -> Comment | None:
    """A request that was sent again because its answer got lost."""
    mine = Comment.objects.filter(incident=incident, by=by, text=text, removed_at=None, at__gt=now - AGAIN)
    return mine.filter(**about).first()


def _record(comment: Comment, by: User, verb: str, what: str) -> None:
    thread = comment.thread
    about = section_of(thread.incident, thread.section) if thread.section else None
    where = f"“{about.title}”" if about else "the write-up"
    incident_id, section = thread.incident_id, thread.section
    record(by=by, verb=verb, subject=thread.incident.ref, sentence=f"{what} {where}", comment=comment.pk)
    transaction.on_commit(lambda: live.tell(incident_id, "commented", section=section))


def _call(comment: Comment, *, now: datetime) -> None:
    """Note who is called by name, and write to everybody the comment is for or was for before it was changed."""
    before = letters.people_of(comment.thread)
    called = []
    if "@" in comment.text:
        readers = people_with(comment.incident, Permission.READ).exclude(pk=comment.by_id)
        called = mentioned(comment.text, readers)
    known = set(comment.mentions.values_list("user", flat=True))
    comment.mentions.exclude(user__in=called).delete()
    anew = [user for user in called if user.pk not in known]
    Mention.objects.bulk_create([Mention(comment=comment, user=user) for user in anew], ignore_conflicts=True)
    letters.tell(comment, before, anew=anew, now=now)
