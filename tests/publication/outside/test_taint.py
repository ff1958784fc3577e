"""What stays inside is nowhere outside: not in a page, a print, a feed, a document, a picture, a header or a log.

Words are planted in every text of a whole house; some parts of its write-up are marked; then everything that somebody
without an account can ask for is read. What was marked is there, and nothing else of it all.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client, override_settings

from postmortems.incidents.impact import actions as impact
from postmortems.incidents.models import Incident
from postmortems.publication import actions as publication
from postmortems.publication.models import Audience, Mark, Printing, Twin
from postmortems.publication.outside.addresses import path
from postmortems.publication.tasks import print_text
from postmortems.publication.twin import actions as twins
from postmortems.publication.twin.drafting import draft
from postmortems.publication.twin.parts import Part, parts_of
from postmortems.publication.withdrawing.actions import withdraw_twin
from postmortems.writeup.images import actions as images
from tests import cast as people
from tests import make
from tests.interviews.planted import of_pdf
from tests.publication.outside import shown, tainted
from tests.test_doors import one_of_everything
from timelines import actions as timelines

pytestmark = pytest.mark.slow
NOW = shown.NOW
AUDIENCES = (Audience.PUBLIC, Audience.INTERNAL, Audience.PARTNER)


@dataclass
class House:
    cast: people.Cast
    incident: Incident
    planted: tainted.Planted
    marked: dict[str, list[Part]]  # by audience
    public: Twin
    partner: Twin

    def allowed(self, *audiences: str) -> set[str]:
        """What is in the parts for these readers."""
        told = " ".join(f"{part.about} {part.words}" for one in audiences for part in self.marked[one])
        return self.planted.inside(told) | {
            word for word, where in self.planted.words.items() if where in self.notes(audiences)
        }

    @staticmethod
    def notes(audiences) -> set[str]:
        return {f"change note for {one}" for one in audiences}


@pytest.fixture(scope="module")
def whole(django_db_setup, django_db_blocker, tmp_path_factory):
    """A house built once; what a test changes in it is rolled back behind the test, and all of it after the last."""
    files = str(tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=files):
        yield _built(people.gather()), files
        transaction.set_rollback(True)


@pytest.fixture
def house(whole, db, settings) -> House:
    settings.MEDIA_ROOT = whole[1]
    return whole[0]


def _built(cast: people.Cast) -> House:
    planted = tainted.Planted()
    one_of_everything(cast)
    _more(cast, planted)
    tainted.fill_empty_tables(planted)
    rows = tainted.plant_everywhere(planted)
    assert {table for table, count in rows.items() if not count} == set(), "no row to plant a word in"
    incident = Incident.objects.get(pk=cast.incident.pk)
    _write(incident, planted)
    incident.circle.filter(role="approver").delete()
    publication.publish(
        incident=incident, by=cast.alice, now=NOW, despite=planted.word("despite"),
        change_note=planted.word("change note of a revision"),
    )  # fmt: skip
    marked = _mark(incident, cast.alice)
    made = {one: _publish(incident, cast.alice, one, planted) for one in (Audience.PUBLIC, Audience.PARTNER)}
    return House(cast, incident, planted, marked, made[Audience.PUBLIC], made[Audience.PARTNER])


def _write(incident: Incident, planted: tainted.Planted) -> None:
    """Texts of many passages, and one that shows every picture."""
    for section in incident.sections.all():
        section.text = tainted.passages(planted, section.key)
        if section.key == "summary":
            section.text += "".join(
                f"\n\n![{planted.word('words of a picture')}](image:{one.number})"
                for one in incident.images.all()
            )
        section.save()


def _more(cast, planted: tainted.Planted) -> None:
    """Several of what can be marked one by one."""
    incident = cast.incident
    for number in range(6):
        made = make.event(incident, f"moment {number}", pinned=True)
        if number % 2:
            timelines.caption(event=made, by=cast.alice, text=f"told {number}")
        condition = make.condition(incident, f"Condition {number}", made)
        make.item(incident, f"Bound retries {number}", conditions=[condition])
        impact.add_figure(
            incident=incident, by=cast.alice, what=f"people {number}", number=Decimal(number), unit="people"
        )
    hidden = make.event(incident, "hidden", pinned=True)
    timelines.hide(event=hidden, by=cast.alice, reason="not part of it")
    for number in range(3):
        upload = ContentFile(
            tainted.picture(planted, (40 * number, 90, 120)), name=f"{planted.word('file name')}.png"
        )
        images.keep(incident=incident, by=cast.alice, upload=upload, alt=f"Errors {number}", now=make.T0)


def _mark(incident: Incident, by) -> dict[str, list[Part]]:
    """In turns for everybody, nobody and partners, of each kind of part; the title is told in other words."""
    parts = parts_of(incident.revisions.order_by("number").last().content)
    marked: dict[str, list[Part]] = {audience: [] for audience in AUDIENCES}
    counts: dict[str, int] = {}
    choices = {}
    for part in parts:
        turn = counts.setdefault(part.kind, 0)
        counts[part.kind] += 1
        audience = Audience.PUBLIC if part.kind == Mark.Kind.TITLE else AUDIENCES[turn % 3]
        choices[part.place] = audience
        marked[audience].append(part)
    twins.mark(incident=incident, by=by, choices=choices, now=NOW)
    title = marked[Audience.PUBLIC].pop(0)
    assert title.kind == Mark.Kind.TITLE
    twins.say_instead(incident=incident, by=by, place=title.place, instead="Orders were late", now=NOW)
    return marked


def _publish(incident: Incident, by, audience: str, planted: tainted.Planted) -> Twin:
    for found in draft(incident, audience).found:
        twins.replace(incident=incident, by=by, words=found.words, instead="something else", now=NOW)
    with shown.committed():
        made = twins.publish_twin(
            incident=incident, by=by, audience=audience, change_note=planted.word(f"change note for {audience}"), now=NOW,
            digest=draft(incident, audience).digest,
        )  # fmt: skip
    print_text(made.printing.pk)
    return made


def read(client: Client, where: str, **headers) -> bytes:
    """Everything that comes back: headers, cookies and body; of a PDF all that is packed in it."""
    answer = client.get(where, headers=headers)
    body = answer.content
    if answer["Content-Type"] == "application/pdf":
        body = unpacked(body)
    return f"{answer.headers} {answer.cookies}".encode() + body


@cache
def unpacked(pdf: bytes) -> bytes:
    return of_pdf(pdf).encode("utf-8", "replace")


def addresses(twin: Twin) -> list[str]:
    pages = [path(twin, form) for form in ("newest", "twin", "pdf", "document")]
    pictures = [f"{path(twin)}images/{one['digest']}.png" for one in twin.content["images"]]
    of_incident = [f"{path(twin)}images/{one.digest}.png" for one in twin.incident.images.all()]
    return [*pages, *pictures, *of_incident]


SHELF = (
    "/public/",
    f"/public/{NOW.year}/",
    "/public/feed.atom",
    "/public/feed.json",
    "/robots.txt",
    "/public/nothing-is-here/",
)
INSIDE = ("Alice", "Ian", "alice@example.org", "127.0.0.1")


def test_what_is_not_marked_is_nowhere_outside(house, caplog):
    caplog.set_level(logging.DEBUG)
    signed_in = Client()
    signed_in.force_login(house.cast.alice)
    names = [*INSIDE, house.incident.ref]
    for client in (Client(), signed_in):
        for twin, allowed in (
            (house.public, house.allowed("public")),
            (house.partner, house.allowed("public", "partner")),
        ):
            for where in addresses(twin):
                for _ in range(2):  # as it is made, and as it is kept
                    said = read(client, where)
                    leaked = house.planted.inside(said) - allowed
                    assert not leaked, f"{where} tells {_where(house, leaked)}"
                    assert not [name for name in names if name.encode() in said], where
        for where in SHELF:
            said = read(client, where)
            leaked = house.planted.inside(said) - house.allowed("public")
            assert not leaked, f"{where} tells {_where(house, leaked)}"
            assert house.partner.key.encode() not in said
    said = " ".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records)
    assert not house.planted.inside(said)


def _where(house: House, words: set[str]) -> list[str]:
    return sorted(house.planted.words[word] for word in words)


def test_what_is_marked_is_there_in_every_form(house):
    client = Client()
    for twin, audiences in ((house.public, ["public"]), (house.partner, ["public", "partner"])):
        marked = [part for one in audiences for part in house.marked[one] if part.kind != Mark.Kind.IMAGE]
        wanted = house.planted.inside(" ".join(part.words for part in marked))
        wanted -= {word for word in wanted if house.planted.words[word] == "words of a picture"}  # go with it
        assert len(wanted) > 20
        for form in ("newest", "document", "pdf"):
            missing = wanted - house.planted.inside(read(client, path(twin, form)).replace(b"\n", b""))
            assert not missing, f"{form} lacks {_where(house, missing)}"


def test_every_kind_of_part_is_told_and_left_out(house):
    """The walk is about something: of each kind one part is there, and one is not."""
    for audience in ("public", "internal"):
        assert {part.kind for part in house.marked[audience]} >= {
            "passage",
            "event",
            "condition",
            "item",
            "fact",
            "figure",
            "image",
        }


def test_a_withdrawn_one_tells_its_reason_and_nothing_of_what_it_was(house):
    reason = house.planted.word("reason for outsiders")
    with shown.committed():
        withdraw_twin(twin=house.public, by=house.cast.alice, reason=f"Because {reason}.", now=NOW)
    for where in addresses(house.public):
        assert house.planted.inside(read(Client(), where)) <= {reason}, where
    for where in SHELF:
        assert not house.planted.inside(read(Client(), where)), where


def test_a_word_that_leaks_is_found(house):
    """The looking is good for something: a word that nobody marked is seen in each of the forms."""
    word = next(iter(house.planted.inside(house.marked["internal"][0].words)))
    told = shown.twin(house.incident, "Told by mistake", summary=f"It was {word}.")
    print_text(Printing.objects.create(twin=told).pk)
    for form in ("newest", "document", "pdf"):
        assert word in house.planted.inside(read(Client(), path(told, form))), form
    for where in ("/public/", "/public/feed.atom", "/public/feed.json"):
        assert word in house.planted.inside(read(Client(), where)), where
