"""The timeline picture: plain values in, one SVG document out; no Django, no clock, no fonts."""

from timelines.picture.contents import (
    Gap,
    Hypothesis,
    Lane,
    Mark,
    Message,
    Moment,
    Phase,
    Picture,
    Series,
    moments_of,
    numbered,
    silences,
)
from timelines.picture.printing import for_print
from timelines.picture.rows import Row, table
from timelines.picture.scale import bins
from timelines.picture.sheet import draw

__all__ = [
    "Gap",
    "Hypothesis",
    "Lane",
    "Mark",
    "Message",
    "Moment",
    "Phase",
    "Picture",
    "Row",
    "Series",
    "bins",
    "draw",
    "for_print",
    "moments_of",
    "numbered",
    "silences",
    "table",
]
