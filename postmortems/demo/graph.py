"""The graph that somebody took from a dashboard and pasted into the write-up."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from postmortems.writeup.images import actions as images
from timelines import actions as timelines

WIDTH, HEIGHT, LEFT, TOP, FOOT = 1600, 520, 90, 70, 60  # pixels
LOWEST = 0.8
INK, FAINT, CURVE = "#333333", "#dddddd", "#b23a2e"


def graph(
    incident: Incident, told: dict[str, Any], level: dict[str, Any], by: User, begins: datetime, now: datetime
) -> None:
    """Brought in with its words, and tied to the stretch of time that it shows."""
    shares = [share for minutes, share in level["shares"] for _ in range(minutes)]
    upload = ContentFile(_drawn(level["name"], shares, begins), name="confirmed-on-the-page.png")
    image = images.keep(incident=incident, by=by, upload=upload, alt=told["alt"], now=now).image
    first, last = (begins + timedelta(minutes=minutes) for minutes in told["shows"])
    event = images.show_moment(image=image, by=by, at=first, until=last, text=told["text"])
    timelines.pin(event=event, by=by)


def _drawn(title: str, shares: list[float], begins: datetime) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(22)
    pen.text((LEFT, 20), f"{title}, by minute", INK, font)
    for share in (0.8, 0.85, 0.9, 0.95, 1.0):
        pen.line((LEFT, _y(share), WIDTH - 30, _y(share)), FAINT)
        pen.text((LEFT - 12, _y(share)), f"{share:.0%}", INK, font, anchor="rm")
    step = (WIDTH - 30 - LEFT) / len(shares)
    for minute in range(0, len(shares) - 5, 20):
        at = begins + timedelta(minutes=minute)
        pen.text((LEFT + step * minute, HEIGHT - FOOT + 14), f"{at:%H:%M}", INK, font)
    points = [
        (LEFT + step * place, _y(share))
        for minute, share in enumerate(shares)
        for place in (minute, minute + 1)
    ]
    pen.line(points, CURVE, 4)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _y(share: float) -> float:
    return TOP + (1 - share) / (1 - LOWEST) * (HEIGHT - TOP - FOOT)
