"""Approvals: of exactly the words that were read, by those who are named, as many as the policy asks for."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from postmortems.incidents import actions as incidents
from postmortems.incidents.models import Severity
from postmortems.notices.models import Letter
from postmortems.publication import actions as publication
from postmortems.publication import chain
from postmortems.publication.approving import actions
from postmortems.publication.approving.named import waiting_for
from postmortems.publication.approving.texts import Changed, draft
from postmortems.publication.models import Approval, ApprovedText, Revision
from postmortems.publication.reading.document import document_of
from postmortems.writeup.writing.actions import save_section
from tests import make

MONDAY = datetime(2026, 3, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def review(cast):
    """Written, with Apo and Bob named as approvers."""
    make.writeup_of(cast.incident)
    incidents.add_to_circle(incident=cast.incident, by=cast.alice, user=cast.bob, role="approver")
    return cast.incident


def asks_for(incident, number: int) -> None:
    Severity.objects.filter(pk=incident.severity_id).update(approvals_needed=number)
    incident.refresh_from_db()


def rewrite(incident, words: str, key: str = "summary") -> None:
    version = incident.sections.get(key=key).version
    save_section(incident=incident, key=key, text=words, version=version, by=incident.opened_by)


def agree(incident, by, now=MONDAY) -> None:
    text = draft(incident)
    actions.approve(text=text, by=by, digest=text.digest, now=now)


def publish(incident, **more) -> Revision:
    return publication.publish(incident=incident, by=incident.opened_by, now=MONDAY, **more)


def test_a_number_that_the_policy_asks_for_is_not_overruled(review, cast):
    asks_for(review, 2)
    agree(review, cast.apo)
    with pytest.raises(publication.NotReady, match="1 of 2 approvals are there; Bob can give the rest"):
        publish(review, despite="the board waits")
    agree(review, cast.bob)
    assert publish(review).number == 1


def test_where_no_number_is_asked_for_a_reason_overrules(review, cast):
    agree(review, cast.apo)
    with pytest.raises(publication.NotReady, match="Bob did not approve"):
        publish(review)
    assert publish(review, despite="Bob is away until May").number == 1


def test_who_leads_the_review_does_not_approve_their_own(review, cast):
    asks_for(review, 2)
    incidents.add_to_circle(incident=review, by=cast.alice, user=cast.alice, role="approver")
    for one in (cast.alice, cast.apo):
        agree(review, one)
    with pytest.raises(publication.NotReady):
        publish(review, despite="it is mine")


def test_fewer_named_than_needed_is_said(review, cast):
    asks_for(review, 3)
    for one in (cast.apo, cast.bob):
        agree(review, one)
    assert "3 approvals, and 2 people are named" in waiting_for(review, draft(review).digest)[0]


def test_whoever_is_not_named_any_more_does_not_count(review, cast):
    asks_for(review, 2)
    for one in (cast.apo, cast.bob):
        agree(review, one)
    incidents.remove_from_circle(member=review.circle.get(user=cast.bob, role="approver"), by=cast.alice)
    with pytest.raises(publication.NotReady):
        publish(review)


def test_only_who_is_named_approves(review, cast):
    with pytest.raises(actions.NotNamed):
        agree(review, cast.rev)
    assert not Approval.objects.exists()


def test_a_change_voids_an_approval_and_the_words_back_restore_it(review, cast, client):
    before = review.sections.get(key="summary").text
    agree(review, cast.apo)
    agree(review, cast.bob)
    rewrite(review, "It was a quiet evening.")
    assert waiting_for(review, draft(review).digest)
    client.force_login(cast.apo)
    page = client.get(reverse("publication:readiness", args=[review.ref])).content.decode()
    assert "void since" in page
    assert "What changed since you approved" in page
    since = client.get(
        reverse("publication:since_approval", args=[review.ref, Approval.objects.get(by=cast.apo).pk])
    )
    assert "<ins>" in since.content.decode()
    assert "quiet evening" in since.content.decode()
    rewrite(review, before)
    assert waiting_for(review, draft(review).digest) == []


def test_what_one_did_not_read_is_not_approved(review, cast, client):
    client.force_login(cast.apo)
    read = draft(review).digest
    rewrite(review, "Other words.")
    page = client.post(reverse("publication:approve", args=[review.ref]), {"digest": read}, follow=True)
    assert "changed while you were reading" in page.content.decode()
    with pytest.raises(Changed):
        actions.approve(text=draft(review), by=cast.apo, digest=read, now=MONDAY)
    assert not ApprovedText.objects.exists()


def test_approvers_are_asked_once_for_a_text_and_at_a_decent_hour(review, cast):
    night = MONDAY.replace(hour=23)
    assert actions.ask_approvers(text=draft(review), by=cast.alice, now=night) == 2
    assert actions.ask_approvers(text=draft(review), by=cast.alice, now=night) == 0
    rewrite(review, "Other words.")
    assert actions.ask_approvers(text=draft(review), by=cast.alice, now=night) == 2
    waiting = Letter.objects.filter(about__startswith="approve", state=Letter.State.WAITING)
    assert sorted(waiting.values_list("to", flat=True)) == ["apo@example.org", "bob@example.org"]
    assert all(letter.next_try_at > night + timedelta(hours=5) for letter in waiting)
    assert "Other words" not in "".join(waiting.values_list("text", flat=True))


def test_who_leads_hears_once_that_all_agreed_and_nobody_is_asked_any_more(review, cast):
    asks_for(review, 1)
    actions.ask_approvers(text=draft(review), by=cast.alice, now=MONDAY.replace(hour=23))
    agree(review, cast.apo)
    agree(review, cast.bob)
    assert not Letter.objects.filter(about__startswith="approve", state=Letter.State.WAITING).exists()
    assert Letter.objects.filter(to="alice@example.org", subject__contains="is approved").count() == 1


def test_a_revision_tells_who_approved_it_and_the_seal_is_over_that(review, cast, client):
    agree(review, cast.apo)
    agree(review, cast.bob, MONDAY + timedelta(minutes=5))
    revision = publish(review, change_note="the first")
    told = revision.content["published"]
    assert [one["name"] for one in told["approved_by"]] == ["Apo", "Bob"]
    assert (told["number"], told["by"], told["change_note"]) == (1, "Alice", "the first")
    client.force_login(cast.rita)
    assert (
        "Approved by Apo"
        in client.get(reverse("publication:revision", args=[review.ref, 1])).content.decode()
    )
    document = document_of(Revision.objects.select_related("incident", "published_by").get())
    document["content"]["published"]["approved_by"].pop()
    assert chain.troubles([document]) == ["Revision 1 is not what was published."]


def test_the_lead_names_approvers_where_they_publish(review, cast, client):
    client.force_login(cast.alice)
    page = reverse("publication:readiness", args=[review.ref])
    client.post(reverse("publication:name_approver", args=[review.ref]), {"user": cast.mel.pk})
    assert "Mel" in client.get(page).content.decode().split('id="approval"')[1].split("</ul>")[0]
    place = review.circle.get(user=cast.mel, role="approver")
    client.post(reverse("publication:unname_approver", args=[review.ref, place.pk]))
    assert not review.circle.filter(user=cast.mel).exists()
    for nobody in ("", "999999", "x", "²"):
        assert (
            client.post(reverse("publication:name_approver", args=[review.ref]), {"user": nobody}).status_code
            == 302
        )


@pytest.mark.django_db(transaction=True)
def test_a_change_while_it_is_published_is_not_published(review, cast):
    """Whatever comes first under the lock, what is published is what was approved, or nothing is."""
    asks_for(review, 2)
    for one in (cast.apo, cast.bob):
        agree(review, one)
    approved = draft(review).digest
    told = []

    def change() -> None:
        rewrite(review, "Words that nobody approved.")
        connection.close()

    def attempt() -> None:
        try:
            told.append(chain.drafted(publish(review, despite="now").content))
        except (publication.NotReady, publication.Unchanged):
            told.append("refused")
        connection.close()

    threads = [threading.Thread(target=change), *(threading.Thread(target=attempt) for _ in range(2))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert set(told) <= {approved, "refused"}
    assert len(told) == 2
    assert all(chain.drafted(one.content) == approved for one in Revision.objects.all())


def test_home_tells_approvers_of_what_waits_for_them_until_it_no_longer_does(review, cast, client):
    client.force_login(cast.apo)

    def asks() -> bool:
        return f"asked to read and approve {review.ref}" in client.get(reverse("home")).content.decode()

    assert not asks()
    actions.ask_approvers(text=draft(review), by=cast.alice, now=MONDAY)
    assert asks()
    Letter.objects.update(state="sent")
    agree(review, cast.apo)
    assert not asks(), "who agreed has nothing to do, though somebody else has"
    rewrite(review, "Other words.")
    actions.ask_approvers(text=draft(review), by=cast.alice, now=MONDAY + timedelta(hours=1))
    assert asks(), "other words are asked about anew"
    Letter.objects.update(state="sent")
    agree(review, cast.bob, now=MONDAY + timedelta(hours=2))
    agree(review, cast.apo, now=MONDAY + timedelta(hours=2))
    assert not asks()


def test_home_does_not_ask_for_what_was_published_meanwhile(review, cast, client):
    client.force_login(cast.apo)
    actions.ask_approvers(text=draft(review), by=cast.alice, now=MONDAY - timedelta(hours=1))
    publish(review, despite="the board waits")
    assert "asked to read and approve" not in client.get(reverse("home")).content.decode()
