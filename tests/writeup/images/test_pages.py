from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from postmortems.writeup.models import Image
from tests.pictures import drawn, seen

JSON = {"Accept": "application/json"}


@pytest.fixture
def alice(cast, client):
    client.force_login(cast.alice)
    return client


def address(name: str, cast, *more) -> str:
    return reverse(f"writeup:{name}", args=[cast.incident.ref, *more])


def sent(body: bytes | None = None, name: str = "errors.png", kind: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, drawn() if body is None else body, content_type=kind)


def kept(client, cast, **more) -> Image:
    answer = client.post(address("add_image", cast), {"picture": sent(), **more}, headers=JSON)
    return cast.incident.images.get(number=answer.json()["number"])


def test_a_picture_comes_back_as_a_picture_and_nothing_else(alice, cast):
    image = kept(alice, cast)
    answer = alice.get(address("image", cast, image.number))
    assert seen(b"".join(answer.streaming_content)).size == (60, 40)
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Disposition"] == f'inline; filename="{cast.incident.ref}-1.png"'
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert (
        alice.get(address("image", cast, image.number), headers={"If-None-Match": answer["ETag"]}).status_code
        == 304
    )


def test_the_type_that_a_browser_claims_and_the_name_do_not_count(alice, cast):
    answer = alice.post(
        address("add_image", cast), {"picture": sent(name="x.html", kind="text/html")}, headers=JSON
    )
    assert answer.json() == {"number": 1, "alt": "", "markdown": "![](image:1)", "told": ""}
    answer = alice.get(address("image", cast, 1))
    assert answer["Content-Type"] == "image/png"
    assert seen(b"".join(answer.streaming_content)).format == "PNG"
    drawing = sent(b"<svg onload='hit()'/>", "x.png")
    answer = alice.post(address("add_image", cast), {"picture": drawing}, headers=JSON)
    assert answer.status_code == 422
    assert answer.json() == {"trouble": "This is an SVG drawing. Save it as PNG, please, and bring that."}


@pytest.mark.parametrize("body", [b"", b"hello", drawn()[:80]])
def test_what_is_no_picture_is_told_on_the_page(alice, cast, body):
    answer = alice.post(address("add_image", cast), {"picture": sent(body), "alt": "Errors"})
    assert answer.status_code == 422
    assert 'value="Errors"' in answer.content.decode()
    assert not cast.incident.images.exists()


def test_no_picture_at_all_is_told(alice, cast):
    assert "Choose a picture first." in alice.post(address("add_image", cast), {}).content.decode()


def test_a_file_beyond_the_limit_of_all_uploads_is_told_as_such(alice, cast, settings):
    settings.UPLOAD_LIMIT = 20
    answer = alice.post(address("add_image", cast), {"picture": sent()}, headers=JSON)
    assert answer.status_code == 422
    assert "larger than 15 MB" in answer.json()["trouble"]


def test_without_script_the_text_is_saved_with_the_picture_at_its_end(alice, cast):
    form = {"text": "What happened.", "version": "0", "picture": sent(), "alt": "Errors [ms]"}
    answer = alice.post(address("add_image_to_section", cast, "story"), form)
    assert answer["Location"].endswith("#story")
    assert f'href="{address("images", cast)}#image-1"' in alice.get(answer["Location"]).text
    assert cast.incident.sections.get(key="story").text == "What happened.\n\n![Errors \\[ms\\]](image:1)\n"


def test_without_script_a_picture_that_is_none_loses_no_text(alice, cast):
    form = {"text": "What happened.", "version": "0", "picture": sent(b"<svg/>")}
    answer = alice.post(address("add_image_to_section", cast, "story"), form, follow=True)
    assert "The text is saved, the picture is not. This is an SVG drawing." in answer.content.decode()
    assert cast.incident.sections.get(key="story").text == "What happened."
    assert alice.post(address("add_image_to_section", cast, "nothing"), form).status_code == 404


def test_the_gallery_tells_where_each_is_shown_and_lets_its_words_be_said(alice, cast):
    page = alice.get(address("images", cast)).content.decode()
    assert "No pictures yet" in page
    image = kept(alice, cast)
    alice.post(
        reverse("writeup:save", args=[cast.incident.ref, "story"]),
        {"text": "![dip](image:1)", "version": "0"},
    )
    page = alice.get(address("images", cast)).content.decode()
    assert "no words yet" in page
    assert "says “dip”" in page
    assert "Take it out" not in page
    alice.post(address("describe_image", cast, 1), {"alt": "Errors <b>rise</b>"})
    image.refresh_from_db()
    assert image.alt == "Errors <b>rise</b>"
    page = alice.get(address("images", cast)).content.decode()
    assert "<b>rise" not in page
    answer = alice.post(address("describe_image", cast, 1), {"alt": "x"}, headers=JSON)
    assert answer.json() == {"alt": "x", "markdown": "![x](image:1)"}


def test_taking_out_and_putting_back(alice, cast):
    kept(alice, cast)
    alice.post(address("remove_image", cast, 1))
    page = alice.get(address("images", cast)).content.decode()
    assert "No pictures yet" in page
    assert "Put it back" in page
    assert alice.post(address("describe_image", cast, 1), {"alt": "x"}).status_code == 404
    alice.post(address("put_image_back", cast, 1))
    assert cast.incident.images.standing().exists()


def test_a_graph_is_put_on_the_timeline_in_the_zone_of_the_incident(alice, cast):
    kept(alice, cast, alt="Errors rise to 14 %")
    page = alice.get(address("image_moment", cast, 1)).content.decode()
    assert "Errors rise to 14 %" in page
    form = {
        "at": "2026-03-10T18:02",
        "until": "2026-03-10T17:26",
        "precision": "minute",
        "text": "Errors rise",
    }
    assert "The end lies before" in alice.post(address("image_moment", cast, 1), form).content.decode()
    form["until"] = "2026-03-10T19:26"
    answer = alice.post(address("image_moment", cast, 1), form, follow=True)
    event = cast.incident.events.get(kind="graph")
    fragment = address("image_at_event", cast, event.pk)
    assert fragment in answer.content.decode()
    assert address("image", cast, 1) in alice.get(fragment, headers={"HX-Request": "true"}).content.decode()
    assert seen(b"".join(alice.get(address("image_of_event", cast, event.pk)).streaming_content)).size == (
        60,
        40,
    )
    line = alice.get(reverse("timelines:timeline", args=[cast.incident.ref])).content.decode()
    assert f'<img src="../images/of/{event.pk}/"' in line
    again = alice.post(address("image_moment", cast, 1), form)
    assert "shows a moment" in again.content.decode()
    alice.post(address("leave_moment", cast, 1))
    assert alice.get(address("image_of_event", cast, event.pk)).status_code == 404
    assert (
        "images/of/"
        not in alice.get(reverse("timelines:timeline", args=[cast.incident.ref])).content.decode()
    )
    assert "No picture shows this moment" in alice.get(fragment).content.decode()


def test_the_same_number_of_questions_for_one_picture_and_for_many(alice, cast):
    def count() -> int:
        with CaptureQueriesContext(connection) as told:
            alice.get(address("images", cast))
        return len(told)

    kept(alice, cast)
    one = count()
    for shade in range(5):
        alice.post(address("add_image", cast), {"picture": sent(drawn(colour=(shade, 0, 0)))}, headers=JSON)
    assert count() == one


def test_pictures_are_shown_in_the_draft_and_its_preview(alice, cast):
    kept(alice, cast, alt="Errors rise")
    answer = alice.post(
        reverse("writeup:preview", args=[cast.incident.ref]), {"text": "![](image:1) ![x](image:9)"}
    )
    page = answer.content.decode()
    assert re.search(
        rf'<img src="{address("image", cast, 1)}" alt="Errors rise"[^>]* width="60" height="40">', page
    )
    assert '<span class="gone" title="no longer there">x</span>' in page
