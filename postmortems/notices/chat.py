"""Messages to chats, as letters are to people: written in the transaction of their occasion, sent by a worker.

The three kinds take a JSON object at a secret web address: the incoming webhooks of Slack and Mattermost, and the
webhook of a Teams workflow, which posts an Adaptive Card. What users typed is escaped for each: it makes no link
and no picture, and calls nobody by name nor a whole channel.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from postmortems.notices.models import Channel, ChatMessage, Letter
from postmortems.notices.post import LONGEST_PAUSE, TRIES
from postmortems.web import outward
from postmortems.web.later import queue_after_commit
from postmortems.web.sealed import Unopened, seal, unseal

Line = tuple[str, str]  # what it says, and the address it leads to or nothing
MOST_LINES = 40
State = Letter.State


class NotOpened(Exception):
    """Why there can be no such channel, in a sentence for whoever asked."""


def open_channel(*, kind: str, name: str, address: str) -> Channel:
    """A channel at an address that may be written to. Raises NotOpened for one that may not."""
    name = " ".join(name.replace("\x00", "").split())[:80]
    if kind not in Channel.Kind.values:
        raise NotOpened("Choose which chat it is.")
    if not name:
        raise NotOpened("Give it the name its people know, such as #platform.")
    try:
        place = outward.place(address)
    except outward.NotFetched as error:
        raise NotOpened(str(error)) from None
    return Channel.objects.create(kind=kind, name=name, address=seal(address.strip()), host=place.host)


def send(
    *, channel: Channel, title: str, lines: Sequence[Line], key: str, now: datetime
) -> ChatMessage | None:
    """Write a message; None when the occasion `key` already has one."""
    from postmortems.notices.tasks import send_message

    message = ChatMessage(
        key=key, channel=channel, title=title[:300], lines=list(lines), written_at=now, next_try_at=now
    )
    try:
        with transaction.atomic():
            message.save()
    except IntegrityError:
        return None
    queue_after_commit(send_message, message.pk)
    return message


def withdraw(message: ChatMessage) -> bool:
    """Stop a message that waits; False when it has left, or is leaving at this moment."""
    if not _hold(message.pk):
        return False
    return bool(_waiting(message).update(state=State.WITHDRAWN))


def deliver(message_id: int, *, now: datetime) -> bool:
    """Send one waiting message; False when it was not to go now, somebody else has it, or the chat refused for now."""
    with transaction.atomic():
        if not _hold(message_id):
            return False
        message = (
            ChatMessage.objects.select_related("channel")
            .filter(pk=message_id, state=State.WAITING, next_try_at__lte=now)
            .first()
        )
        if message is None:
            return False
        if trouble := _hand_over(message):
            _try_later(message, trouble, now)
            return False
        _waiting(message).update(state=State.SENT, sent_at=now)
        return True


def _waiting(message: ChatMessage):
    return ChatMessage.objects.filter(pk=message.pk, state=State.WAITING)


def _hold(message_id: int) -> bool:
    """As with letters: not a lock of the row, so that nobody waits for a chat that takes its time."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 3))", [f"message {message_id}"])
        return cursor.fetchone()[0]


def _hand_over(message: ChatMessage) -> str:
    """What stood against it, in words without the address; empty when the chat took it."""
    said = payload(message.channel.kind, message.title, message.lines)
    try:
        body = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
        outward.post(unseal(message.channel.address), body, "application/json")
    except (outward.NotFetched, Unopened) as trouble:
        return str(trouble)[:300]
    return ""


def _try_later(message: ChatMessage, trouble: str, now: datetime) -> None:
    later = now + min(LONGEST_PAUSE, timedelta(minutes=2 ** min(message.tries + 1, 10)))
    state = State.GIVEN_UP if message.tries + 1 >= TRIES else State.WAITING
    _waiting(message).update(tries=F("tries") + 1, trouble=trouble, next_try_at=later, state=state)


# --- the three formats -------------------------------------------------------------------------------


def payload(kind: str, title: str, lines: Sequence[Sequence[str]]) -> dict[str, Any]:
    """What a channel of that kind is sent."""
    shown, more = list(lines[:MOST_LINES]), max(0, len(lines) - MOST_LINES)
    if more:
        shown.append((f"and {more} more", ""))
    return {"slack": _slack, "mattermost": _mattermost, "teams": _teams}[kind](title, shown)


def _slack(title: str, lines: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Plain text for notifications, and sections of mrkdwn, of which Slack takes 3,000 characters each."""
    told = [_plain(title), *(text for text, _ in lines)]
    shown = [f"*{_for_slack(title)}*"]
    shown += [f"• <{_address(url, '|>')}|{_for_slack(text)}>" if url else f"• {_for_slack(text)}" for text, url in lines]  # fmt: skip
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": part}} for part in _parts(shown, 2900)]
    return {
        "text": _for_slack("\n".join(told))[:3000],
        "blocks": blocks[:45],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _mattermost(title: str, lines: Sequence[Sequence[str]]) -> dict[str, Any]:
    shown = [f"**{_for_markdown(title)}**", ""]
    shown += [
        f"- [{_for_markdown(text)}](<{_address(url, '<>')}>)" if url else f"- {_for_markdown(text)}"
        for text, url in lines
    ]
    return {"text": "\n".join(shown)[:15_000]}


def _teams(title: str, lines: Sequence[Sequence[str]]) -> dict[str, Any]:
    body = [
        {
            "type": "TextBlock",
            "text": _for_markdown(title),
            "weight": "Bolder",
            "size": "Medium",
            "wrap": True,
        }
    ]
    for text, url in lines:
        shown = f"[{_for_markdown(text)}]({_address(url, '()')})" if url else _for_markdown(text)
        body.append({"type": "TextBlock", "text": shown, "wrap": True, "spacing": "Small"})
    card = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "body": body,
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}


def _parts(lines: Sequence[str], most: int) -> list[str]:
    """Lines joined into texts of at most so many characters; a line is never torn."""
    parts: list[str] = []
    for line in lines:
        if parts and len(parts[-1]) + 1 + len(line) <= most:
            parts[-1] += "\n" + line
        else:
            parts.append(line[:most])
    return parts


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", " ", text).split())


def _for_slack(text: str) -> str:
    """The three characters that Slack asks to be escaped; those that would style it are kept apart from words."""
    text = "\n".join(_plain(line) for line in text.split("\n"))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([*_~`|])", "\u200b\\1\u200b", text)


def _for_markdown(text: str) -> str:
    """No mark of Markdown, no address that becomes a link, and nobody called by an @."""
    text = re.sub(r"([\\`*_{}\[\]<>()#|~!+\-])", r"\\\1", _plain(text))
    return re.sub(r"(@|:)(?=[\w/])", "\\1\u200b", text)


def _address(url: str, marks: str) -> str:
    return "".join(f"%{ord(c):02X}" if c in marks or c.isspace() else c for c in url)
