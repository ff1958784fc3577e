"""From whatever somebody sent to a picture that is nothing but a picture. Pure: bytes in, bytes out.

1. What it is, its bytes say; never its name. PNG, JPEG, WebP and GIF are taken.
2. It is drawn anew: the right way up, in sRGB, at most `LONGEST` on its longer side, and written without anything
   else that was in the file. What hides in comments, profiles, thumbnails or behind the last byte does not come along.
3. Of a picture that moves the first one is kept: it can be read at one's own pace, and printed.
4. Whatever the bytes are, the answer is a picture or `NotAPicture` with a sentence; nothing else is raised. Its sizes
   are looked at before anything is unpacked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageFile, ImageOps

LIMIT = 15_000_000  # bytes of what is sent
LONGEST = 2_400  # pixels
PIXELS = 30_000_000  # unpacked: four bytes each, and once more while they are made smaller
OF_PHOTOGRAPHS = 60_000_000  # pixels of a JPEG, which is unpacked to a part of them
PROFILE = 1_000_000  # bytes of a colour profile at most
SCAN, SCANNED = (
    b"\xff\xda",
    20 * OF_PHOTOGRAPHS,
)  # a JPEG goes over all of its pixels once for each; ten are usual
DIRECT = ("L", "RGB", "RGBA", "CMYK")  # modes whose pixels are colours and no numbers of such
TAKEN = ("PNG", "JPEG", "WEBP", "GIF")
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
SAVING = {
    "PNG": {"compress_level": 7},
    "JPEG": {"quality": 90, "subsampling": 0, "progressive": True},
    "WEBP": {"quality": 90, "method": 4},
}
PLEASE = "Save it as PNG, please, and bring that."
TOO_LARGE = f"This is larger than {LIMIT // 1_000_000} MB. Make it smaller, and bring that."
TOO_MANY = (
    f"This picture has too many pixels: a photograph may have {OF_PHOTOGRAPHS // 1_000_000} million of them, another"
    f" picture {PIXELS // 1_000_000} million. Make it smaller, and bring that."
)
OTHERS = (
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:svg\b|[?!][^\x00]{0,4000}?<svg\b)", re.I), "an SVG drawing"),
    (re.compile(rb".{4}ftyp(?:heic|heix|hevc|heim|heis|mif1|msf1)", re.S), "an HEIC picture"),
    (re.compile(rb".{4}ftypavi[fs]", re.S), "an AVIF picture"),
    (re.compile(rb"II\*\x00|MM\x00\*"), "a TIFF picture"),
    (re.compile(rb"BM.{4}\x00\x00\x00\x00", re.S), "a BMP picture"),
    (re.compile(rb"%PDF-"), "a PDF"),
    (re.compile(rb"8BPS"), "a Photoshop file"),
    (re.compile(rb".{4}ftyp|\x1a\x45\xdf\xa3", re.S), "a film"),
)  # fmt: skip


class NotAPicture(Exception):
    """What was sent cannot be kept, in one sentence for the person who sent it."""


@dataclass(frozen=True)
class Picture:
    body: bytes
    kind: str  # a value of KINDS
    width: int
    height: int
    moved: bool = False  # only the first of several pictures is kept

    @property
    def suffix(self) -> str:
        return SUFFIXES[self.kind]


def clean(raw: bytes) -> Picture:
    """The picture in `raw`, drawn anew. Raises NotAPicture."""
    if len(raw) > LIMIT:
        raise NotAPicture(TOO_LARGE)
    if not raw:
        raise NotAPicture("This file is empty: it has no bytes at all.")
    for shape, name in OTHERS:
        if shape.match(raw):
            raise NotAPicture(f"This is {name}. {PLEASE}")
    try:
        return _drawn_anew(raw)
    except NotAPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture(TOO_MANY) from None
    except Image.UnidentifiedImageError:
        raise NotAPicture(f"This is no PNG, JPEG, WebP or GIF. {PLEASE}") from None
    except Exception:  # readers of pictures raise whatever broken bytes lead them to
        raise NotAPicture(
            "This picture is damaged: it cannot be read to its end. Take it once more."
        ) from None


def _drawn_anew(raw: bytes) -> Picture:
    # whoever loads WeasyPrint asks for half pictures to be taken as whole ones, in all of the process
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(BytesIO(raw), formats=TAKEN) as found:
        _check_sizes(found, raw)
        form = {"GIF": "PNG", "MPO": "JPEG"}.get(found.format, found.format)
        moved = found.format != "MPO" and getattr(found, "is_animated", False)
        found.draft("RGB", (LONGEST, LONGEST))  # a JPEG is unpacked no larger than it is needed
        found.load()
        if found.mode in DIRECT:
            _smaller(found)
        image = _upright(_plain(found))
    _smaller(image)
    image.info = {}
    lossless = {"lossless": True} if form == "WEBP" and b"VP8L" in raw[:PROFILE] else {}
    out = BytesIO()
    image.save(out, format=form, **SAVING[form], **lossless)
    return Picture(out.getvalue(), KINDS[form], *image.size, moved)


def _check_sizes(found: Image.Image, raw: bytes) -> None:
    pixels = found.width * found.height
    photograph = found.format in ("JPEG", "MPO")
    if pixels > (OF_PHOTOGRAPHS if photograph else PIXELS):
        raise NotAPicture(TOO_MANY)
    if photograph and pixels * raw.count(SCAN) > SCANNED:
        raise NotAPicture(f"This picture is drawn over and over again. {PLEASE}")


def _smaller(image: Image.Image) -> None:
    if max(image.size) > LONGEST:
        image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)


def _plain(found: Image.Image) -> Image.Image:
    """In a mode that every one of the forms can hold, its colours those of sRGB."""
    if found.mode.startswith(("I", "F")):  # sixteen bits a pixel: the upper eight are seen
        return found.point(lambda value: value * (1 / 256)).convert("L")
    profile = found.info.get("icc_profile")
    if profile and len(profile) <= PROFILE and found.mode in ("RGB", "RGBA", "CMYK"):
        return _in_srgb(found, profile)
    seen_through = found.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in found.info
    if found.mode in ("1", "L") and not seen_through:
        return found.convert("L")
    return found.convert("RGBA" if seen_through else "RGB")


def _in_srgb(found: Image.Image, profile: bytes) -> Image.Image:
    mode = "RGBA" if found.mode == "RGBA" else "RGB"
    try:
        made = ImageCms.profileToProfile(
            found, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, ValueError, OSError):
        return found.convert(mode)
    return made.copy() if made is found else made


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera was held; a note about it that cannot be read turns nothing."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image
