"""Secrets planted in the evidence: at every address, for every role, and in everything that leaves the house."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from pypdf import PdfReader

from postmortems.audit.models import Entry
from postmortems.notices.models import Letter
from postmortems.publication import actions as publication
from postmortems.publication import pdf
from postmortems.writeup.writing import live
from tests import make
from tests.test_doors import TABLE, WRITE, address, one_of_everything
from tests.timelines.conftest import signed_in
from tests.timelines.masking.planted import NAMED, SECRETS
from timelines import actions as timelines
from timelines import storing

pytestmark = pytest.mark.django_db
VALUES = [*SECRETS.values(), *(value for _, value, _ in NAMED)]
TEXTS = [
    *(f"look at {value} please" for value in SECRETS.values()),
    *(around.format(value) for around, value, _ in NAMED),
]
# Values that a page may show by chance, because they are short or plain words, are looked for with their surroundings.
PROOFS = [value for value in VALUES if len(value) > 12] + ["Zk4horse", "Zk4-horse", "=correcthorse"]
ROLES = ("alice", "bob", "ian", "apo", "mel", "rita", "rev", "ada")
# The pages on which those who curate see what came in as it came.
OPENLY = {"timelines:masked", "timelines:raw", "timelines:event", "timelines:original"}


@pytest.fixture(autouse=True)
def streams_end_at_once(monkeypatch):
    monkeypatch.setattr(live, "SECONDS", 0.1)


def plant(incident, by) -> None:
    source = make.source(incident)
    records = [
        make.record(
            text, minutes=number, id=f"planted-{number}", raw=text.encode(), link=f"https://x.example/?note={number}",
            extra={"said": text},
        )
        for number, text in enumerate(TEXTS)
    ]  # fmt: skip
    storing.store(source, records)
    for event in source.events.all():
        timelines.pin(event=event, by=by)


def content(answer) -> str:
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for close in answer._resource_closers:
        close()
    return data.decode("utf-8", "replace")


def leaks(words: str) -> list[str]:
    return [proof for proof in PROOFS if proof in words]


@pytest.fixture
def planted(cast) -> dict:
    """A house with one of everything, in which the event and the file of the addresses hold secrets."""
    house = one_of_everything(cast)
    plant(cast.incident, cast.alice)
    house["event"] = cast.incident.events.get(external_id="planted-1").pk
    file = ContentFile("\n".join(TEXTS).encode(), name="notes.txt")
    imported = timelines.receive_file(incident=cast.incident, by=cast.alice, upload=file)
    type(imported).objects.filter(pk=imported.pk).update(
        state="asking", message="Which zone?", asks_for="zone"
    )
    house["import"] = imported.pk
    return house


@pytest.mark.slow
def test_no_address_shows_a_secret_to_anybody(cast, planted):
    clients = {who: signed_in(cast[who]) for who in ROLES}
    for name in sorted(name for name, (method, _, _) in TABLE.items() if method == "GET"):
        where = address(name, planted)
        for who in ROLES:
            if name in OPENLY and who in WRITE:
                continue
            found = leaks(content(clients[who].get(where)))
            assert not found, f"{who} at {name} sees {found}"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "jsonl", "md", "ics"])
def test_no_file_to_take_along_holds_one(cast, planted, kind):
    where = reverse("timelines:export", args=[planted["ref"], kind])
    words = content(signed_in(cast.alice).get(where)).replace("\r\n ", "")
    assert leaks(words) == []
    assert "masked: GitHub token" in words


def test_a_search_for_a_secret_finds_nothing(cast):
    plant(cast.incident, cast.alice)
    where = reverse("timelines:timeline", args=[cast.incident.ref])
    client = signed_in(cast.alice)
    for value in PROOFS:
        shown = content(client.get(where, {"q": value}))
        assert "planted" not in shown
        assert 'id="event-' not in shown, value
    assert 'id="event-' in content(client.get(where, {"q": "masked"}))


@pytest.mark.slow
def test_what_is_published_holds_none(cast):
    incident = cast.incident
    plant(incident, cast.alice)
    make.writeup_of(incident)
    incident.circle.filter(role="approver").delete()
    revision = publication.publish(incident=incident, by=cast.alice, now=make.T0)
    assert leaks(str(revision.content)) == []
    assert leaks(revision.html + revision.words) == []
    assert "[masked: GitHub token]" in revision.html
    printed, _ = pdf.render(revision)
    told = "".join(page.extract_text() for page in PdfReader(BytesIO(printed)).pages)
    assert "masked: GitHub token" in told
    assert leaks(told) == []


def test_neither_the_audit_nor_a_letter_holds_one(cast):
    plant(cast.incident, cast.alice)
    assert leaks(str(list(Entry.objects.values()))) == []
    assert leaks(str(list(Letter.objects.values()))) == []
