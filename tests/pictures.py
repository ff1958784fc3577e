"""Pictures for tests, drawn on the spot."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image


def drawn(
    form: str = "PNG",
    *,
    size: tuple[int, int] = (60, 40),
    mode: str = "RGB",
    colour: Any = (178, 58, 46),
    **more,
) -> bytes:
    """A picture of one colour in a form that Pillow writes; what is `more` is written into it too."""
    out = BytesIO()
    image = Image.new("RGB", size, colour).convert(mode)
    image.save(out, form, **more)
    return out.getvalue()


def seen(body: bytes) -> Image.Image:
    """The picture as a reader would see it."""
    image = Image.open(BytesIO(body))
    image.load()
    return image
