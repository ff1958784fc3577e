"""Letters about comments: to who is called by name, and to the people of a thread about what is said in it.

1. Of one thread at most one letter waits for a person. What is said until it leaves joins it: the waiting letter is
   taken back and written anew, with everything said since the last one that left.
2. Between two letters of a thread to one person lies half an hour.
3. A letter carries words of comments and of the draft only where the incident is not restricted.
4. Nobody gets a letter about what they did, nor one who may not read the draft any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import people_with
from postmortems.markdown import to_text
from postmortems.notices import post
from postmortems.writeup.models import Comment, Mention
from postmortems.writeup.templating.outline import section_of

APART = timedelta(minutes=30)
MOST = 20  # comments in one letter, the latest


def tell(comment: Comment, before: Iterable[User], *, anew: Iterable[User] = (), now: datetime) -> None:
    """Of a comment that was made, changed or removed.

    `before` are the thread's people before that, `anew` those whom it calls now and did not call before.
    """
    called = {user.pk for user in anew}
    people = {user.pk: user for user in [*before, *people_of(comment.thread)]}
    for user in people.values():
        if user.pk != comment.by_id:
            _write(comment.thread, user, also=comment if user.pk in called else None, now=now)


def decided(thread: Comment, *, now: datetime) -> None:
    """To who suggested other words: what became of them."""
    if thread.by_id == thread.decided_by_id or not _may(thread, [thread.by_id]).exists():
        return
    post.send(
        to=thread.by.email,
        template="emails/writeup/suggestion",
        context=_about(thread, thread),
        key=f"suggestion {thread.pk} {thread.decided}",
        reader=thread.by.reader,
        now=now,
    )


def address(comment: Comment) -> str:
    page = reverse("writeup:edit", args=[comment.incident.ref])
    return f"{settings.SITE_URL}{page}#comment-{comment.pk}"


def people_of(thread: Comment) -> list[User]:
    """Who wrote in a thread or is called in it, and may read it."""
    said = _said_in(thread).filter(removed_at=None)
    called = Mention.objects.filter(comment__in=said)
    return list(_may(thread, [*said.values_list("by", flat=True), *called.values_list("user", flat=True)]))


def _said_in(thread: Comment) -> QuerySet[Comment]:
    return Comment.objects.filter(Q(pk=thread.pk) | Q(parent=thread))


def _may(thread: Comment, people: Iterable[int]) -> QuerySet[User]:
    return people_with(thread.incident, Permission.READ).filter(pk__in=set(people))


def _write(thread: Comment, user: User, *, also: Comment | None, now: datetime) -> None:
    about = f"thread {thread.pk}"
    waiting = post.withdraw(about=about, to=user.email)
    gone = [*post.sent(about=about, to=user.email), *waiting.on_their_way]
    last = gone[-1] if gone else None
    news = _news(thread, user, last.written_at if last else None, also)
    if not news:
        return
    post.send(
        to=user.email,
        template="emails/writeup/comments",
        context=_about(thread, news[-1]) | {"comments": _words(news), "called": _is_called(news, user)},
        key=f"{about} {user.pk} {now.isoformat()} {len(news)} {news[-1].pk}",
        about=about,
        reader=user.reader,
        not_before=(last.sent_at or now) + APART if last else None,
        now=now,
    )


def _news(thread: Comment, user: User, since: datetime | None, also: Comment | None) -> list[Comment]:
    """What others said since then, and `also`, which calls this person only now.

    Who never got a letter is told what was said since they came into the thread, by a comment of theirs or by name.
    """
    said = _said_in(thread).filter(removed_at=None).exclude(by=user)
    if since:
        news = said.filter(Q(at__gt=since) | Q(pk=also.pk if also else None))
    else:
        came = _said_in(thread).filter(Q(by=user) | Q(mentions__user=user)).order_by("pk").first()
        news = said.filter(pk__gte=came.pk) if came else said.none()
    return list(news.select_related("by"))[-MOST:]


def _is_called(news: Iterable[Comment], user: User) -> bool:
    return Mention.objects.filter(comment__in=list(news), user=user).exists()


def _words(news: Iterable[Comment]) -> list[dict]:
    return [{"by": one.by, "text": to_text(one.text), "suggests": one.suggestion is not None} for one in news]


def _about(thread: Comment, comment: Comment) -> dict:
    about = section_of(thread.incident, thread.section) if thread.section else None
    return {
        "incident": thread.incident, "thread": thread, "section": about.title if about else "", "address": address(comment),
        "says": not thread.incident.restricted,
    }  # fmt: skip
