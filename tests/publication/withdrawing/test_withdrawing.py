"""What is withdrawn is read nowhere any more; its address says so; what comes later is read again."""

from __future__ import annotations

import json

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from postmortems.archive.models import Card, Reckoning
from postmortems.audit.models import Entry
from postmortems.publication import actions as publication
from postmortems.publication import chain
from postmortems.publication.models import Printing, Revision, Twin, Withdrawal
from postmortems.publication.withdrawing import actions
from postmortems.publication.withdrawing.covering import of_revision, of_twin
from postmortems.writeup.writing.actions import save_section
from tests import make

NOW = make.T0
ADDRESSES = (
    "newest", "revision", "changes", "standing", "printing", "pdf", "document", "markdown", "folder", "word",
)  # fmt: skip
WORDS = "Zirbelkiefer"


@pytest.fixture
def review(cast):
    make.writeup_of(cast.incident)
    cast.incident.circle.filter(role="approver").delete()
    rewrite(cast.incident, WORDS)
    return cast.incident


def rewrite(incident, words: str) -> None:
    version = incident.sections.get(key="summary").version
    save_section(incident=incident, key="summary", text=words, version=version, by=incident.opened_by)


def publish(incident) -> Revision:
    made = publication.publish(incident=incident, by=incident.opened_by, now=NOW)
    printing = made.printing
    printing.file.save("x.pdf", ContentFile(b"%PDF-1.7"), save=False)
    Printing.objects.filter(pk=printing.pk).update(state="done", file=printing.file.name)
    return made


def withdraw(revision, by=None, reason="A customer's name stood in it.") -> Withdrawal:
    return actions.withdraw(revision=revision, by=by or revision.published_by, reason=reason, now=NOW)


def twin(revision, audience="public", number=1) -> Twin:
    return Twin.objects.create(
        incident=revision.incident, revision=revision, audience=audience, number=number, key=audience, title="", content={}, html="", words="",
        published_by=revision.published_by, digest=f"d{number}", previous_digest=f"d{number - 1}" if number > 1 else "",
    )  # fmt: skip


def get(client, name: str, ref: str, number: int):
    return client.get(reverse(f"publication:{name}", args=[ref] if name == "newest" else [ref, number]))


def test_its_addresses_say_that_it_was_withdrawn_and_why(review, cast, client):
    one = publish(review)
    withdraw(one)
    client.force_login(cast.rita)
    for name in ADDRESSES:
        answer = get(client, name, review.ref, 1)
        told = answer.content.decode()
        assert answer.status_code == 410, name
        assert WORDS not in told, name
        assert review.title not in told, name
        assert "name stood in it" in told, name
        assert "Alice" not in told.split("<main")[-1], name


def test_it_is_found_nowhere_any_more(review, cast, client):
    one = publish(review)
    Reckoning.objects.create(as_of=NOW, figures={})
    assert Card.objects.filter(incident=review).exists()
    withdraw(one)
    client.force_login(cast.rita)
    assert not Card.objects.exists()
    assert not Reckoning.objects.exists()
    assert not Revision.objects.visible_to(cast.rita).exists()
    for address in (
        reverse("archive:search") + f"?q={WORDS}", reverse("archive:search"), reverse("archive:feed"), reverse("home"),
        reverse("desk:overview", args=[review.ref]),
    ):  # fmt: skip
        page = client.get(address).content.decode()
        assert WORDS not in page.replace(f'value="{WORDS}"', ""), address
        assert f"/archive/{review.ref}/" not in page, address


def test_a_restricted_one_is_withdrawn_for_who_could_read_it_alone(cast, client, review):
    one = publish(review)
    withdraw(one)
    review.restricted = True
    review.save()
    client.force_login(cast.rita)
    assert get(client, "revision", review.ref, 1).status_code == 404
    client.force_login(cast.bob)
    assert get(client, "revision", review.ref, 1).status_code == 410


def test_those_before_it_go_with_it_and_one_after_it_stays(review, cast, client):
    one = publish(review)
    rewrite(review, "The second.")
    two = publish(review)
    rewrite(review, "The third.")
    three = publish(review)
    withdraw(two)
    client.force_login(cast.rita)
    assert [get(client, "revision", review.ref, number).status_code for number in (1, 2, 3)] == [
        410,
        410,
        200,
    ]
    assert "together with revision 2" in get(client, "revision", review.ref, 1).content.decode()
    page = get(client, "revision", review.ref, 3).content.decode()
    assert "published before was withdrawn" in page
    assert "What this revision changed" not in page
    assert get(client, "changes", review.ref, 3).status_code == 404
    assert Card.objects.get().revision == three
    assert of_revision(one) == of_revision(two)
    assert of_revision(three) is None
    with pytest.raises(actions.AlreadyWithdrawn):
        withdraw(one)


def test_its_twins_go_with_it_and_a_twin_goes_alone(review, cast):
    one = publish(review)
    first, second, partner = twin(one), twin(one, number=2), twin(one, "partner")
    actions.withdraw_twin(twin=second, by=cast.alice, reason="Too much", now=NOW)
    assert list(Twin.objects.standing()) == [partner]
    assert set(Twin.objects.withdrawn()) == {first, second}
    assert of_twin(first).twin == second
    assert Revision.objects.standing().exists()
    withdraw(one)
    assert not Twin.objects.standing().exists()
    rewrite(review, "The second.")
    two = publish(review)
    assert list(Twin.objects.standing()) == []
    third = twin(two, number=3)
    assert list(Twin.objects.standing()) == [third]


def test_the_same_words_may_be_published_again(review, cast):
    withdraw(publish(review))
    again = publish(review)
    assert (again.number, Card.objects.get().revision) == (2, again)


def test_what_is_published_later_is_in_the_chain(review, client, cast):
    withdraw(publish(review))
    rewrite(review, "Without the name.")
    publish(review)
    client.force_login(cast.rita)
    documents = [json.loads(get(client, "document", review.ref, number).content) for number in (1, 2)]
    assert documents[0]["withdrawn"]["by"] == "Lead reviewer"
    assert WORDS not in str(documents)
    assert chain.troubles(documents) == []
    documents[0]["html_sha256"] = "0" * 64
    assert chain.troubles(documents) == ["Revision 1 is not what was published."]


def test_a_page_asks_for_the_reason_and_says_what_happens(review, cast, client):
    publish(review)
    client.force_login(cast.alice)
    where = reverse("publication:withdraw", args=[review.ref, 1])
    page = client.get(where).content.decode()
    assert "leaves the archive" in page
    assert "1 is open, and reminders go on" in page
    assert client.post(where, {"reason": "  "}).status_code == 422
    assert not Withdrawal.objects.exists()
    assert client.post(where, {"reason": "A name stood in it"}).status_code == 302
    assert client.get(where).status_code == 404
    entry = Entry.objects.get(verb="revision.withdrawn")
    assert (entry.subject, entry.sentence) == (review.ref, "withdrew revision 1")
    assert review.items.exclude(status__in=["verified", "dropped"]).count() == 1
    assert "withdrawn" in client.get(reverse("publication:readiness", args=[review.ref])).content.decode()


def test_a_picture_of_what_was_withdrawn_is_shown_no_more(review, cast, client):
    image = make.image(review, by=cast.alice)
    rewrite(review, f"![what it shows](image:{image.number})")
    withdraw(publish(review))
    client.force_login(cast.rita)
    address = reverse("publication:image", args=[review.ref, image.digest, "png"])
    assert client.get(address).status_code == 410
    client.force_login(cast.bob)
    answer = client.get(address)
    assert answer.status_code == 200
    for close in answer._resource_closers:
        close()
