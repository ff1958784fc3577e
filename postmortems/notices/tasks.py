from celery import shared_task
from django.utils import timezone

from postmortems.notices import chat, post
from postmortems.notices.models import ChatMessage, Letter


@shared_task
def send_letter(letter_id: int) -> None:
    post.deliver(letter_id, now=timezone.now())


@shared_task
def send_waiting() -> None:
    """The sweep: letters whose task was lost, or whose next try is due."""
    now = timezone.now()
    due = Letter.objects.filter(state=Letter.State.WAITING, next_try_at__lte=now).order_by("next_try_at")
    for letter_id in due.values_list("pk", flat=True)[:200]:
        post.deliver(letter_id, now=now)


@shared_task
def send_message(message_id: int) -> None:
    chat.deliver(message_id, now=timezone.now())


@shared_task
def send_waiting_messages() -> None:
    """The sweep, as for letters."""
    now = timezone.now()
    due = ChatMessage.objects.filter(state=Letter.State.WAITING, next_try_at__lte=now).order_by("next_try_at")
    for message_id in due.values_list("pk", flat=True)[:100]:
        chat.deliver(message_id, now=now)
