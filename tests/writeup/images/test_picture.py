from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile, PngImagePlugin
from PIL.GifImagePlugin import GifImageFile

from postmortems.writeup.images.picture import LIMIT, LONGEST, NotAPicture, Picture, clean
from tests.pictures import drawn, seen

SCRIPT = b"<script>hit()</script>"


@pytest.mark.parametrize(
    ("form", "mode", "kind"),
    [
        ("PNG", "RGB", "image/png"), ("PNG", "RGBA", "image/png"), ("PNG", "P", "image/png"), ("PNG", "1", "image/png"),
        ("PNG", "LA", "image/png"), ("JPEG", "RGB", "image/jpeg"), ("JPEG", "L", "image/jpeg"), ("JPEG", "CMYK", "image/jpeg"),
        ("WEBP", "RGB", "image/webp"), ("WEBP", "RGBA", "image/webp"), ("GIF", "P", "image/png"),
    ],
)  # fmt: skip
def test_what_a_browser_shows_is_kept_as_it_looks(form, mode, kind):
    sent = drawn(form, mode=mode)
    made = clean(sent)
    assert (made.kind, made.width, made.height, made.moved) == (kind, 60, 40, False)
    before, after = (seen(body).convert("RGB").getpixel((7, 7)) for body in (sent, made.body))
    assert all(abs(a - b) < 6 for a, b in zip(before, after, strict=True))


def test_a_picture_that_can_be_seen_through_stays_so():
    out = BytesIO()
    Image.new("RGBA", (9, 9), (10, 20, 30, 0)).save(out, "PNG")
    assert seen(clean(out.getvalue()).body).getpixel((3, 3))[3] == 0
    palette = Image.new("P", (9, 9), 1)
    palette.putpalette([0, 0, 0, 255, 255, 255])
    out = BytesIO()
    palette.save(out, "PNG", transparency=1)
    assert seen(clean(out.getvalue()).body).getpixel((3, 3))[3] == 0


def test_sixteen_bits_a_pixel_are_shown_as_eight():
    out = BytesIO()
    Image.new("I;16", (9, 9), 30_000).save(out, "PNG")
    assert abs(seen(clean(out.getvalue()).body).getpixel((3, 3)) - 117) <= 1


def test_a_large_picture_is_made_smaller_and_keeps_its_shape():
    made = clean(drawn(size=(4800, 1200)))
    assert (made.width, made.height) == (LONGEST, 600)


def test_a_picture_is_the_right_way_up():
    turned = Image.Exif()
    turned[0x0112] = 6
    made = clean(drawn("JPEG", size=(60, 40), exif=turned))
    assert (made.width, made.height) == (40, 60)


def test_of_a_picture_that_moves_the_first_is_kept():
    first, *others = (Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue"))
    for form in ("GIF", "WEBP", "PNG"):
        out = BytesIO()
        first.save(out, form, save_all=True, append_images=others, duration=100, lossless=True)
        made = clean(out.getvalue())
        image = seen(made.body)
        assert made.moved
        assert getattr(image, "n_frames", 1) == 1
        assert image.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_nothing_but_the_picture_comes_along():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SCRIPT.decode())
    notes.add_itxt("XML:com.adobe.xmp", SCRIPT.decode(), zip=True)
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    exif[0x9286] = "at home"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for sent in (
        drawn("PNG", pnginfo=notes, exif=exif, icc_profile=profile) + SCRIPT,
        drawn("JPEG", exif=exif, comment=SCRIPT, icc_profile=profile, xmp=SCRIPT) + SCRIPT,
        drawn("WEBP", exif=exif, icc_profile=profile, xmp=SCRIPT),
        drawn("GIF", mode="P", comment=SCRIPT) + SCRIPT,
    ):
        assert SCRIPT in sent or b"iCCP" in sent
        made = clean(sent)
        assert b"script" not in made.body
        assert not {"exif", "icc_profile", "comment", "xmp", "XML:com.adobe.xmp"} & set(seen(made.body).info)


def test_colours_of_another_profile_come_in_ours():
    grey = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert clean(drawn(icc_profile=grey)).kind == "image/png"  # a profile that does not fit is left out
    assert clean(drawn(icc_profile=b"\x00" * 200)).kind == "image/png"


def test_a_script_that_is_a_picture_as_well_is_a_picture_alone():
    """The first bytes of a GIF can be read as a name in a script; what comes back has none of it."""
    sent = bytearray(drawn("GIF", mode="P"))
    sent += b"*/=1;hit();/*"
    made = clean(bytes(sent))
    assert made.body.startswith(b"\x89PNG")
    assert b"hit" not in made.body


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (b"", "empty"),
        (b"\x00" * (LIMIT + 1), "larger than 15 MB"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='hit()'/>", "an SVG drawing. Save it as PNG"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg/>', "an SVG drawing"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "an HEIC picture. Save it as PNG"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00", "a film"),
        (b"%PDF-1.7\n", "a PDF"),
        (drawn("TIFF"), "a TIFF picture"),
        (drawn("BMP"), "a BMP picture"),
        (b"hello, this is a letter", "no PNG, JPEG, WebP or GIF"),
        (drawn("PNG")[:90], "damaged"),
        (drawn("JPEG")[:-200], "damaged"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_told_in_a_sentence(sent, sentence, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(NotAPicture, match=sentence):
        clean(sent)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def test_a_picture_that_unpacks_to_gigabytes_is_refused_before():
    for side in (8_000, 12_000, 60_000):
        head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
        bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 100_000))
        with pytest.raises(NotAPicture, match="too many pixels"):
            clean(bomb)


def test_a_picture_that_is_drawn_over_and_over_again_is_refused_before():
    sent = drawn("JPEG", size=(3000, 3000), progressive=True)
    scan = sent[sent.rindex(b"\xff\xda") : -2]
    with pytest.raises(NotAPicture, match="over and over again"):
        clean(sent[:-2] + scan * 200 + sent[-2:])


def test_a_film_of_very_many_pictures_costs_no_more_than_its_first(monkeypatch):
    first, *others = (Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in range(120))
    out = BytesIO()
    first.save(out, "GIF", save_all=True, append_images=others)
    sought = []
    monkeypatch.setattr(GifImageFile, "_seek", watched(GifImageFile._seek, sought))
    assert clean(out.getvalue()).moved
    assert max(sought) <= 1


def watched(seek, sought):
    def seeking(image, frame, *more):
        sought.append(frame)
        return seek(image, frame, *more)

    return seeking


STARTS = [
    drawn(form, mode=mode) for form, mode in (("PNG", "RGB"), ("JPEG", "RGB"), ("WEBP", "RGB"), ("GIF", "P"))
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([b"", *STARTS]),
    st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=12)), max_size=6),
    st.integers(0, 3000),
)
def test_whatever_the_bytes_are_the_answer_is_a_picture_or_a_sentence(start, changes, length):
    sent = bytearray(start)
    for at, piece in changes:
        sent[at : at + len(piece)] = piece
    made = tried(bytes(sent[:length]) if length < 2500 else bytes(sent))
    if isinstance(made, str):
        assert made.endswith(".")
    else:
        assert seen(made.body).size == (made.width, made.height)
        assert max(made.width, made.height) <= LONGEST


def tried(sent: bytes) -> Picture | str:
    try:
        return clean(sent)
    except NotAPicture as trouble:
        return str(trouble)
