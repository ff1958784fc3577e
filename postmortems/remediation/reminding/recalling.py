"""Taking back what is on its way about an item that has changed."""

from __future__ import annotations

from postmortems.notices import chat, post
from postmortems.notices.models import ChatMessage, Letter
from postmortems.remediation.models import Item, Reminder


def recall(*, item: Item) -> None:
    """Stop the letters and messages that tell of an item and have not left; what they told waits to be told anew.

    Call it in the transaction of the change. What a worker is handing over at this moment counts as gone.
    """
    told = Reminder.objects.filter(item=item, state=Reminder.State.SENT)
    for letter in Letter.objects.filter(pk__in=told.values("letter"), state=Letter.State.WAITING).order_by(
        "pk"
    ):
        if not post.withdraw(about=letter.about).on_their_way:
            _wait(Reminder.objects.filter(letter=letter))
    for message in ChatMessage.objects.filter(
        pk__in=told.values("message"), state=Letter.State.WAITING
    ).order_by("pk"):
        if chat.withdraw(message):
            _wait(Reminder.objects.filter(message=message))


def _wait(reminders) -> None:
    reminders.update(state=Reminder.State.WAITING, sent_at=None, letter=None, message=None)
