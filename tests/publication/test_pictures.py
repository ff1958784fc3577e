from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from pypdf import PdfReader

from postmortems.publication import actions, content, pdf, pictures
from postmortems.publication.reading import alone
from postmortems.publication.tasks import discard_pictures
from postmortems.writeup.images import actions as images
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.make import T0
from tests.pictures import seen


def write(cast, text: str, key: str = "story") -> None:
    standing = cast.incident.sections.filter(key=key).first()
    save_section(
        incident=cast.incident, key=key, text=text, version=standing.version if standing else 0, by=cast.alice
    )


def publish(cast):
    cast.incident.circle.filter(role="approver").delete()
    return actions.publish(incident=cast.incident, by=cast.alice, now=T0, despite="a test needs it")


def address_of(revision) -> str:
    return re.search(r'<img src="([^"]+)"', revision.html)[1]


@pytest.fixture
def image(cast):
    return make.image(cast.incident, alt="Errors rise")


def test_a_revision_names_its_pictures_by_their_bytes(cast, image, client):
    make.image(cast.incident, colour=(0, 0, 9))  # nothing shows it
    write(cast, "![](image:1) ![x](image:9)")
    revision = publish(cast)
    (one,) = revision.content["images"]
    assert one == {
        "number": 1, "digest": image.digest, "kind": "image/png", "width": 60, "height": 40, "alt": "Errors rise", "event": None,
    }  # fmt: skip
    assert (
        f'<img src="/archive/{cast.incident.ref}/images/{image.digest}.png" alt="Errors rise" width="60" height="40">'
        in revision.html
    )
    client.force_login(cast.rita)
    answer = client.get(address_of(revision))
    assert seen(b"".join(answer.streaming_content)).size == (60, 40)
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert list(pictures.troubles()) == []
    assert "Errors rise" in revision.words


def test_a_draft_shows_its_pictures_to_those_who_may_read_it(cast, image, client):
    write(cast, "![](image:1)")
    where = reverse("publication:image", args=[cast.incident.ref, image.digest, "png"])
    for who, status in (("alice", 200), ("ian", 200), ("rita", 404), ("mel", 404)):
        client.force_login(cast[who])
        answer = client.get(where)
        assert answer.status_code == status, who
        assert status == 404 or seen(b"".join(answer.streaming_content)).size == (60, 40)


def test_what_a_revision_shows_stays_whatever_becomes_of_the_draft(cast, image, client):
    write(cast, "![](image:1)")
    revision = publish(cast)
    write(cast, "no picture")
    images.remove(image=image, by=cast.alice, now=T0)
    other = make.image(cast.incident, colour=(0, 0, 9))
    images.remove(image=other, by=cast.alice, now=T0)
    discard_pictures()
    image.refresh_from_db()
    other.refresh_from_db()
    assert image.file
    assert not other.file
    client.force_login(cast.rita)
    answer = client.get(address_of(revision))
    assert seen(b"".join(answer.streaming_content)).size == (60, 40)
    client.force_login(cast.alice)
    assert (
        client.get(reverse("publication:image", args=[cast.incident.ref, other.digest, "png"])).status_code
        == 404
    )


def test_pictures_that_were_taken_out_a_moment_ago_stay(cast, image):
    images.remove(image=image, by=cast.alice, now=T0)
    assert list(pictures.unpublished(T0 + images.KEPT - timedelta(seconds=1))) == []
    assert list(pictures.unpublished(T0 + images.KEPT)) == [image]


@pytest.mark.parametrize("digest", ["0" * 64, "x", "..", "%2e%2e%2fx"])
def test_what_nobody_brought_in_is_not_there(cast, image, client, digest):
    client.force_login(cast.alice)
    assert client.get(f"/archive/{cast.incident.ref}/images/{digest}.png").status_code == 404
    assert client.get(f"/archive/{cast.incident.ref}/images/{image.digest}.svg").status_code == 404


def test_pictures_of_a_restricted_incident_are_for_its_circle(cast, image, client):
    write(cast, "![](image:1)")
    revision = publish(cast)
    cast.incident.restricted = True
    cast.incident.save()
    client.force_login(cast.rita)
    assert client.get(address_of(revision)).status_code == 404


def test_the_graph_of_an_event_is_published_with_it(cast):
    event = make.graph(cast.incident, by=cast.alice)
    assert content.of(cast.incident)["images"] == []
    make.condition(cast.incident, "Retries had no budget", event)
    revision = publish(cast)
    assert [one["event"] for one in revision.content["images"]] == [event.pk]
    row = re.search(rf'<li id="event-{event.pk}">.*?</li>', revision.html, re.S)[0]
    assert '<img src="/archive/' in row
    assert 'alt="Errors rise"' in row


def test_the_pdf_has_the_picture_and_its_words(cast, image):
    write(cast, "![Errors *rise* to 14 %](image:1)")
    made, _ = pdf.render(publish(cast))
    reader = PdfReader(BytesIO(made))
    assert {one.image.size for page in reader.pages for one in page.images} == {(60, 40)}
    assert [alt for kind, alt in figures(reader) if kind == "/Figure"][-1] == "Errors rise to 14 %"


def test_a_picture_without_words_is_told_as_one(cast):
    make.image(cast.incident)
    write(cast, "![](image:1)")
    made, _ = pdf.render(publish(cast))
    assert ("/Figure", "A picture without a description") in figures(PdfReader(BytesIO(made)))


def figures(reader: PdfReader) -> list[tuple[str, str]]:
    """Kind and alternative text of every element of the document's structure."""
    found, waiting = [], [reader.root_object["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop(0)
        if not hasattr(element, "get"):
            continue
        found.append((str(element.get("/S", "")), str(element.get("/Alt", ""))))
        kids = element.get("/K", [])
        kids = kids if isinstance(kids, list) else [kids]
        waiting += [kid.get_object() for kid in kids if hasattr(kid, "get_object")]
    return found


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "/archive/{ref}/images/{other}.png",
        "/archive/INC-1/images/{mine}.png",
        "https://evil.example/x.png",
    ],
)
def test_printing_opens_no_picture_but_those_of_the_revision(cast, image, address):
    other = make.image(cast.incident, colour=(0, 0, 9))
    write(cast, "![](image:1)")
    revision = publish(cast)
    hostile = address.format(ref=cast.incident.ref, other=other.digest, mine=image.digest)
    revision.html = revision.html.replace(address_of(revision), hostile)
    made, _ = pdf.render(revision)
    assert not [one for page in PdfReader(BytesIO(made)).pages for one in page.images]


def test_a_page_that_stands_by_itself_has_its_pictures_inside(cast, image):
    write(cast, '![](image:1)\n\n`<img src="/archive/x">`')
    revision = publish(cast)
    page = alone.page(revision)
    assert "/images/" not in page
    assert '<img src="data:image/png;base64,iVBOR' in page


def test_a_file_that_is_missing_or_another_is_told(cast, image):
    write(cast, "![](image:1)")
    publish(cast)
    with image.file.storage.open(image.file.name, "wb") as file:
        file.write(b"another")
    told = f"{cast.incident.ref}: picture 1 of revision 1 is"
    assert list(pictures.troubles()) == [f"{told} not the one that was published."]
    with pytest.raises(CommandError, match="1 of what was found in 1 revisions"):
        call_command("check_archive")
    image.file.storage.delete(image.file.name)
    assert list(pictures.troubles()) == [f"{told} missing."]


def test_the_trace_leads_from_a_condition_to_the_picture_it_rests_on(cast, client):
    event = make.graph(cast.incident, by=cast.alice)
    make.condition(cast.incident, "Retries had no budget", event)
    client.force_login(cast.alice)
    page = client.get(reverse("publication:trace", args=[cast.incident.ref])).text
    assert reverse("writeup:image_of_event", args=[cast.incident.ref, event.pk]) in page
