from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from postmortems.audit.models import Entry
from postmortems.writeup.citing.drafts import texts_of
from postmortems.writeup.images import actions, uses
from postmortems.writeup.images.picture import LIMIT, NotAPicture
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.make import T0
from tests.pictures import drawn, seen
from timelines import actions as timelines
from timelines.models import Event


def kept(cast, sent: bytes | None = None, name: str = "errors.png", by=None, **more):
    return actions.keep(
        incident=cast.incident,
        by=by or cast.alice,
        upload=ContentFile(sent or drawn(), name=name),
        now=T0,
        **more,
    ).image


def test_a_picture_is_kept_as_it_was_drawn_anew(cast):
    image = kept(cast, alt="Errors rise\nto 14 %")
    assert (image.number, image.kind, image.width, image.height, image.alt) == (
        1,
        "image/png",
        60,
        40,
        "Errors rise to 14 %",
    )
    with image.file.open("rb") as file:
        body = file.read()
    assert seen(body).size == (60, 40)
    assert (image.size, image.digest) == (len(body), hashlib.sha256(body).hexdigest())
    assert "errors" not in image.file.name


def test_the_same_picture_twice_is_one(cast):
    first, again = kept(cast), kept(cast, name="other.png", alt="Said later")
    assert first.pk == again.pk
    first.refresh_from_db()
    assert first.alt == "Said later"
    assert kept(cast, drawn(colour=(1, 2, 3))).number == 2
    assert Entry.objects.filter(verb="image.kept").count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_picture_from_two_people_at_once_is_one(cast, settings):
    def send(who):
        try:
            return kept(cast, by=who).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(send, [cast.alice, cast.bob] * 2)) == [1, 1, 1, 1]
    assert cast.incident.images.count() == 1
    assert len(list(Path(settings.MEDIA_ROOT).rglob("*.png"))) == 1


def test_the_same_picture_of_another_incident_is_another_one(cast):
    kept(cast)
    other = make.incident(by=cast.rev)
    found = actions.keep(incident=other, by=cast.rev, upload=ContentFile(drawn(), name="x.png"), now=T0).image
    assert (found.incident, found.number) == (other, 1)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../../etc/passwd",
        "a\r\nX-Evil: 1.png",
        "\u202egnp.exe",
        "<img src=x onerror=hit()>.png",
        "a" * 900,
    ],
)
def test_the_name_of_a_file_is_words_and_nothing_else(cast, name):
    image = kept(cast, name=name)
    assert image.name.isprintable()
    assert len(image.name) <= 200
    assert ".." not in image.file.name
    assert image.file.name.endswith(".png")


def test_what_is_too_large_is_not_read(cast):
    class Huge(ContentFile):
        def read(self, *args):
            raise AssertionError("it was read")

    upload = Huge(b"", name="x.png")
    upload.size = LIMIT + 1
    with pytest.raises(NotAPicture, match="larger than 15 MB"):
        actions.keep(incident=cast.incident, by=cast.alice, upload=upload, now=T0)


def test_a_write_up_holds_so_many_pictures_and_no_more(cast, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 1)
    kept(cast)
    with pytest.raises(actions.NotPossible, match="1 pictures at most"):
        kept(cast, drawn(colour=(1, 2, 3)))
    assert kept(cast).number == 1


def test_words_keep_the_signs_that_join_their_letters(cast):
    words = "نمی‌شود 👩‍🚒"
    assert kept(cast, alt=f"{words}\x00\x1b").alt == words


# --- words and uses --------------------------------------------------------------------------------


def shown(cast, text: str, key: str = "story") -> None:
    standing = cast.incident.sections.filter(key=key).first()
    save_section(
        incident=cast.incident, key=key, text=text, version=standing.version if standing else 0, by=cast.alice
    )


def test_where_a_picture_is_shown(cast):
    kept(cast, alt="Errors")
    shown(cast, "![the errors](image:1) and once more ![](image:1)\n\n`![](image:1)`")
    condition = make.condition(cast.incident)
    condition.made_sense = "![](image:1)"
    condition.save()
    assert [(use.words, use.place.key) for use in uses.of(texts_of(cast.incident))[1]] == [
        ("the errors", "story"), ("", "story"), ("", f"C{condition.number}"),
    ]  # fmt: skip


def test_pictures_without_a_word_are_told(cast):
    image = kept(cast)
    assert uses.without_words(cast.incident, texts_of(cast.incident)) == []  # nobody sees it
    shown(cast, "![](image:1) ![](image:9)")
    assert [
        (use.number, use.place.key) for use in uses.without_words(cast.incident, texts_of(cast.incident))
    ] == [(1, "story")]
    actions.describe(image=image, by=cast.alice, alt="Errors rise")
    assert uses.without_words(cast.incident, texts_of(cast.incident)) == []
    actions.describe(image=image, by=cast.alice, alt=" ")
    shown(cast, "![Errors rise](image:1)")
    assert uses.without_words(cast.incident, texts_of(cast.incident)) == []


def test_words_with_marks_stay_words(cast):
    image = kept(cast, alt="*p99* [ms] `x` <b> \\")
    shown(cast, image.markdown)
    assert uses.of(texts_of(cast.incident))[1][0].words == "*p99* [ms] `x` <b> \\"


def test_the_same_words_again_are_not_told(cast):
    image = kept(cast, alt="Errors")
    actions.describe(image=image, by=cast.bob, alt="Errors")
    assert not Entry.objects.filter(verb="image.described").exists()


# --- taking out ------------------------------------------------------------------------------------


def test_what_is_shown_is_not_taken_out(cast):
    image = kept(cast)
    shown(cast, "![](image:1)")
    with pytest.raises(actions.NotPossible, match="is shown"):
        actions.remove(image=image, by=cast.alice, now=T0)
    shown(cast, "no picture")
    actions.remove(image=image, by=cast.alice, now=T0)
    assert not cast.incident.images.standing().exists()
    actions.put_back(image=image, by=cast.bob)
    assert cast.incident.images.standing().exists()


def test_what_was_taken_out_is_deleted_after_a_while_and_its_number_stays(cast):
    image = kept(cast, alt="Errors")
    actions.remove(image=image, by=cast.alice, now=T0)
    image.refresh_from_db()
    assert not actions.discard(image=image, now=T0 + actions.KEPT - timedelta(seconds=1))
    storage, name = image.file.storage, image.file.name
    assert storage.exists(name)


@pytest.mark.django_db(transaction=True)
def test_what_was_deleted_is_gone_and_can_be_brought_in_anew(cast):
    image = kept(cast, alt="Errors")
    actions.remove(image=image, by=cast.alice, now=T0)
    storage, name = image.file.storage, image.file.name
    assert actions.discard(image=image, now=T0 + actions.KEPT)
    assert not storage.exists(name)
    assert not actions.discard(image=image, now=T0 + actions.KEPT)
    with pytest.raises(actions.NotPossible, match="not there any more"):
        actions.put_back(image=image, by=cast.alice)
    assert kept(cast, drawn(colour=(1, 2, 3))).number == 2
    assert kept(cast).number == 1
    image.refresh_from_db()
    assert image.removed_at is None
    assert image.file.storage.exists(image.file.name)


# --- evidence --------------------------------------------------------------------------------------


def test_a_graph_is_evidence_for_a_stretch_of_time(cast):
    image = kept(cast, alt="Errors rise")
    event = actions.show_moment(
        image=image,
        by=cast.bob,
        at=T0,
        until=T0 + timedelta(minutes=84),
        text="Errors rise to 14 %",
        precision="minute",
    )
    image.refresh_from_db()
    assert image.event == event
    assert (event.kind, event.at, event.until, event.added_by) == (
        "graph",
        T0,
        T0 + timedelta(minutes=84),
        cast.bob,
    )
    with pytest.raises(actions.NotPossible, match="already"):
        actions.show_moment(image=image, by=cast.bob, at=T0, text="again")
    with pytest.raises(actions.NotPossible, match="on the timeline"):
        actions.remove(image=image, by=cast.alice, now=T0)
    make.condition(cast.incident, "Retries had no budget", event)
    actions.leave_moment(image=image, by=cast.alice)
    image.refresh_from_db()
    assert image.event is None
    assert Event.objects.get(pk=event.pk).kind == "note"


def test_no_moment_ends_before_it_begins(cast):
    image = kept(cast)
    with pytest.raises(actions.NotPossible, match="before the beginning"):
        actions.show_moment(image=image, by=cast.bob, at=T0, until=T0 - timedelta(minutes=1), text="x")
    assert not Event.objects.filter(kind="graph").exists()


def test_putting_the_words_of_a_graph_right_keeps_its_end(cast):
    event = actions.show_moment(
        image=kept(cast), by=cast.bob, at=T0, until=T0 + timedelta(minutes=9), text="Errors"
    )
    edit = {
        "event": event,
        "by": cast.bob,
        "text": "Errors rise",
        "precision": "minute",
        "actor": "",
        "kind": "graph",
    }
    timelines.edit_by_hand(at=T0 + timedelta(minutes=1), **edit)
    assert event.until == T0 + timedelta(minutes=9)
    timelines.edit_by_hand(at=T0 + timedelta(minutes=10), **edit)
    assert event.until is None
