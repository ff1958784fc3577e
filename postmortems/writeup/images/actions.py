from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max

from postmortems.accounts.models import User
from postmortems.audit.log import record
from postmortems.incidents.models import Incident
from postmortems.writeup.citing.drafts import texts_of
from postmortems.writeup.images import picture, uses
from postmortems.writeup.models import Image
from timelines import actions as timelines
from timelines.models import Event

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
MOST = 500  # pictures of one incident
KEPT = timedelta(days=7)  # a picture that was taken out
GRAPH = "graph"  # the kind of an event that a picture shows


class NotPossible(Exception):
    """A change that cannot be made, in one sentence for the person who asked for it."""


@dataclass(frozen=True)
class Kept:
    image: Image
    moved: bool = False  # only the first of several pictures is kept


def keep(*, incident: Incident, by: User, upload: File, now: datetime, alt: str = "") -> Kept:
    """Keep a picture that somebody sent; the same one a second time is the first. Raises NotAPicture or NotPossible."""
    if upload.size > picture.LIMIT:
        raise picture.NotAPicture(picture.TOO_LARGE)
    raw = upload.read()
    sha256, alt = hashlib.sha256(raw).hexdigest(), _line(alt, 500)
    known = incident.images.filter(sha256=sha256).exclude(file="").exists()
    made = None if known else picture.clean(raw)
    with transaction.atomic():
        Incident.objects.select_for_update(of=("self",)).only("pk").get(pk=incident.pk)
        image = incident.images.filter(sha256=sha256).first()
        if image and image.file and not image.removed_at:
            if alt and not image.alt:
                describe(image=image, by=by, alt=alt)
            return Kept(image)
        if image is None:
            image = _next(incident, by, upload.name, sha256)
        image.removed_at, image.alt = None, alt or image.alt
        if not image.file:
            _draw(image, made or picture.clean(raw))
        image.by, image.at = by, now
        image.save()
        record(
            by=by, verb="image.kept", subject=incident.ref, sentence=f"brought in picture {image.number}", number=image.number,
            digest=image.digest,
        )  # fmt: skip
    return Kept(image, made is not None and made.moved)


def _next(incident: Incident, by: User, name: str | None, sha256: str) -> Image:
    """A row of the next number. Numbers are not used again: a row outlives its file."""
    told = incident.images.aggregate(last=Max("number"))
    if incident.images.standing().count() >= MOST:
        raise NotPossible(f"A write-up holds {MOST} pictures at most. Take out those that nothing shows.")
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(sign if sign.isprintable() else " " for sign in last)
    return Image(
        incident=incident, by=by, number=(told["last"] or 0) + 1, name=_line(seen, 200), sha256=sha256
    )


def _draw(image: Image, made: picture.Picture) -> None:
    image.kind, image.width, image.height, image.size = made.kind, made.width, made.height, len(made.body)
    image.digest = hashlib.sha256(made.body).hexdigest()
    image.file.save(f"{secrets.token_hex(16)}.{made.suffix}", ContentFile(made.body), save=False)


def describe(*, image: Image, by: User, alt: str) -> None:
    """Say what a picture shows, for those who do not see it."""
    alt = _line(alt, 500)
    with transaction.atomic():
        if not Image.objects.filter(pk=image.pk).exclude(alt=alt).update(alt=alt):
            return
        _told(image, by, "image.described", f"said what picture {image.number} shows")
    image.alt = alt


def remove(*, image: Image, by: User, now: datetime) -> None:
    """Take a picture out that nothing in the draft shows. It can be put back for `KEPT`."""
    with transaction.atomic():
        locked = Image.objects.select_for_update(of=("self",)).get(pk=image.pk)
        if uses.of(texts_of(locked.incident)).get(locked.number) or locked.event_id:
            raise NotPossible(
                "This picture is shown in the write-up or on the timeline. Take it out there first."
            )
        if locked.removed_at is None:
            Image.objects.filter(pk=image.pk).update(removed_at=now)
            _told(image, by, "image.removed", f"took out picture {image.number}")


def put_back(*, image: Image, by: User) -> None:
    with transaction.atomic():
        if (
            not Image.objects.filter(pk=image.pk, removed_at__isnull=False)
            .exclude(file="")
            .update(removed_at=None)
        ):
            raise NotPossible("This picture is not there any more. Bring it in once more.")
        _told(image, by, "image.put_back", f"put picture {image.number} back")


def discard(*, image: Image, now: datetime) -> bool:
    """Delete the file of a picture that was taken out long enough ago; its number stays taken.

    Whether a revision shows it is known to the caller alone.
    """
    with transaction.atomic():
        locked = Image.objects.select_for_update(of=("self",)).get(pk=image.pk)
        if not locked.file or locked.removed_at is None or locked.removed_at > now - KEPT:
            return False
        name, storage = locked.file.name, locked.file.storage
        Image.objects.filter(pk=image.pk).update(file="", name="", alt="")
        _told(image, None, "image.discarded", f"deleted picture {image.number}, which had been taken out")
        transaction.on_commit(lambda: storage.delete(name))
    return True


# --- evidence --------------------------------------------------------------------------------------


def show_moment(
    *,
    image: Image,
    by: User,
    at: datetime,
    text: str,
    until: datetime | None = None,
    precision: str = "minute",
    form_key: str = "",
) -> Event:
    """Say what happened where a picture shows it: an event by hand, with the picture as its evidence."""
    with transaction.atomic():
        locked = Image.objects.select_for_update(of=("self",)).get(pk=image.pk)
        if locked.event_id:
            raise NotPossible("This picture shows a moment of the timeline already.")
        try:
            event = timelines.add_by_hand(
                incident=locked.incident, by=by, at=at, until=until, text=text, precision=precision, kind=GRAPH, form_key=form_key
            )  # fmt: skip
        except timelines.NotPossible as trouble:
            raise NotPossible(str(trouble)) from trouble
        Image.objects.filter(pk=image.pk).update(event=event, removed_at=None)
        _told(
            image,
            by,
            "image.shows",
            f"tied picture {image.number} to a moment of the timeline",
            event=event.pk,
        )
    image.event = event
    return event


def leave_moment(*, image: Image, by: User) -> None:
    """Let a picture show no moment any more. The event stays: it can be hidden with a reason."""
    with transaction.atomic():
        if event := Event.objects.filter(images=image).select_for_update(of=("self",)).first():
            Image.objects.filter(pk=image.pk).update(event=None)
            timelines.shown_no_more(event=event, by=by)
            _told(image, by, "image.shows_no_more", f"took picture {image.number} from its moment")
    image.event = None


def _told(image: Image, by: User | None, verb: str, sentence: str, **data) -> None:
    record(by=by, verb=verb, subject=image.incident.ref, sentence=sentence, number=image.number, **data)


def _line(text: str, size: int) -> str:
    """One line that can be shown and stored; signs that join letters or turn their direction are words, too."""
    return " ".join(CONTROLS.sub(" ", text).split())[:size]
