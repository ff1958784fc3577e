"""The timeline picture of a twin, drawn from the events and times that it shows and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from timelines import picture

FEW = 60  # events up to which each is numbered in the picture


def draw(document: Mapping[str, Any]) -> str:
    events = document["events"]
    if not events:
        return ""
    times = {name: datetime.fromisoformat(at) if at else None for name, at in document["times"].items()}
    made = picture.Picture(
        title="Timeline",
        lanes=[picture.Lane(key=1, name="What happened")],
        marks=[
            picture.Mark(
                at=datetime.fromisoformat(event["at"]),
                until=datetime.fromisoformat(event["until"]) if event["until"] else None,
                lane=1,
                text=event["text"][:160],
                pinned=len(events) <= FEW,
                certainty="approximate" if event["certainty"] == "approximate" else "exact",
                precision=event["precision"],
                id=event["id"],
            )
            for event in events
        ],
        moments=picture.moments_of(times),
    )
    return picture.draw(made, width=960, zone=ZoneInfo(document["zone"]))
