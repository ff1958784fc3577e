"""Names and words of pictures are shown on many pages; none of them is more than words there."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from postmortems.markdown import to_html
from postmortems.publication import article, content
from postmortems.writeup.citing.references import references_of
from postmortems.writeup.images import actions
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.pictures import drawn
from tests.test_markdown import Seen, assert_harmless
from tests.vectors import FILE_NAMES, TAGS_THAT_RUN, VECTORS


@pytest.mark.parametrize("name", FILE_NAMES)
def test_the_name_of_a_file_is_words(client, cast, name):
    client.force_login(cast.alice)
    where = reverse("writeup:add_image", args=[cast.incident.ref])
    upload = SimpleUploadedFile("x.png", drawn(), content_type="image/png")
    upload.name = name  # as a client that keeps to no rule would send it
    client.post(where, {"picture": upload})
    page = client.get(reverse("writeup:images", args=[cast.incident.ref])).text
    for tag, attributes in Seen(page[page.index("<main") : page.index("</main")]).found:
        assert tag not in ("script", "svg", "iframe")
        assert not [one for one in attributes if one.startswith("on")]
    answer = client.get(reverse("writeup:image", args=[cast.incident.ref, 1]))
    assert answer["Content-Disposition"] == f'inline; filename="{cast.incident.ref}-1.png"'
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")


def test_the_words_of_a_picture_are_words_wherever_they_stand(cast):
    image = make.image(cast.incident)
    for vector in VECTORS:
        actions.describe(image=image, by=cast.alice, alt=vector)
        refer = references_of(cast.incident, ["![](image:1)"])
        for text in ("![](image:1)", image.markdown, f"# {image.markdown}\n\n| {image.markdown} |\n|---|\n"):
            assert_harmless(to_html(text, refer=refer))


def test_a_revision_takes_the_words_for_words(cast):
    image = make.image(cast.incident, alt=" ".join(TAGS_THAT_RUN)[:500])
    event = actions.show_moment(image=image, by=cast.alice, at=make.T0, text="Errors rise")
    make.condition(cast.incident, "Retries had no budget", event)
    save_section(
        incident=cast.incident, key="story", text=f"![](image:1) {image.markdown}", version=0, by=cast.alice
    )
    page = article.render(content.of(cast.incident))
    for tag, attributes in Seen(page).found:
        assert tag not in ("script", "iframe", "object", "embed", "form")
        assert not [one for one in attributes if one.startswith("on")]
