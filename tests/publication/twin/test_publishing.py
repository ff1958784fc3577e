"""A twin from the decisions to the frozen text: what blocks it, what it says, what it never says."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from postmortems.audit.models import Entry
from postmortems.incidents import actions as incidents
from postmortems.incidents.models import Incident, Severity
from postmortems.publication import actions as publication
from postmortems.publication import chain
from postmortems.publication.approving.actions import approve
from postmortems.publication.models import Mark, Printing, Replacement, Twin
from postmortems.publication.twin import actions
from postmortems.publication.twin.drafting import draft
from postmortems.publication.twin.parts import Part
from postmortems.publication.withdrawing import actions as withdrawing
from postmortems.writeup.writing.actions import save_section
from tests import make

NOW = make.T0 + timedelta(days=14)


def write(incident, key: str, text: str) -> None:
    standing = incident.sections.filter(key=key).first()
    save_section(incident=incident, key=key, text=text, version=standing.version if standing else 0, by=incident.opened_by)  # fmt: skip


def publish_revision(incident):
    return publication.publish(incident=incident, by=incident.opened_by, now=NOW, despite="it is a test")


@pytest.fixture
def told(ready):
    """A published review that names people, machines and a ticket."""
    write(ready, "story", "Ian restarted replica-7 after JIRA-123.\n\nThe queue of Larkspur Bank grew.")
    publish_revision(ready)
    return ready


def part(incident, words: str) -> Part:
    return next(one for one in draft(incident, "public").parts if words in one.words)


def mark(incident, audience: str, *words: str) -> None:
    choices = {part(incident, one).place: audience for one in words}
    actions.mark(incident=incident, by=incident.opened_by, choices=choices, now=NOW)


def publish(incident, audience: str = "public", **more) -> Twin:
    given = {
        "by": incident.opened_by,
        "change_note": "",
        "now": NOW,
        "digest": draft(incident, audience).digest,
    }
    return actions.publish_twin(incident=incident, audience=audience, **(given | more))


@pytest.fixture
def decided(told):
    mark(told, "public", "Bookings were not", "Ian restarted")
    actions.replace(incident=told, by=told.opened_by, words="replica-7", instead="a database host", now=NOW)
    actions.let_stay(incident=told, by=told.opened_by, words="JIRA-123", now=NOW)
    return told


def test_outsiders_read_what_was_marked_in_the_words_that_were_decided(decided):
    twin = publish(decided)
    assert twin.title == "Bookings were not confirmed"
    assert twin.content["texts"] == {
        "story": "The on-call responder restarted a database host after JIRA-123."
    }
    everything = json.dumps(twin.content) + twin.html + twin.words
    for inside in ("Ian", "replica-7", "Larkspur", decided.ref, "SEV", "Europe", "Retries had no budget"):
        assert inside not in everything


def test_it_is_sealed_numbered_printed_and_told(decided, sent_tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = publish(decided)
    mark(decided, "public", "Larkspur")
    second = publish(decided, change_note="Ian wrote more")
    assert (first.number, second.number, second.previous_digest) == (1, 2, first.digest)
    assert first.key == second.key
    assert len(first.key) >= 10
    assert second.digest == chain.seal(second.content, second.html, first.digest)
    assert second.change_note == "The on-call responder wrote more"
    assert Printing.objects.filter(twin__in=[first, second]).count() == 2
    assert [name for name, _ in sent_tasks if name.endswith("print_text")]
    entry = Entry.objects.filter(verb="twin.published").latest("id")
    assert entry.subject == decided.ref
    assert "Ian" not in entry.sentence


def test_the_address_for_partners_is_another_and_a_secret(decided):
    mark(decided, "partner", "Larkspur")
    public, partner = publish(decided), publish(decided, "partner")
    assert public.key != partner.key
    assert len(partner.key) >= 40
    assert "Larkspur" in partner.words
    assert "Larkspur" not in public.words


def test_what_was_found_is_decided_first(told):
    mark(told, "public", "Bookings were not", "Ian restarted")
    with pytest.raises(actions.NotReady, match="2 things that were found"):
        publish(told)
    assert {one.words for one in draft(told, "public").found} == {"replica-7", "JIRA-123"}


def test_words_in_the_house_list_go_out_nowhere(decided, cast):
    actions.keep_inside(by=cast.ada, words="larkspur bank", instead="a bank", now=NOW)
    mark(decided, "public", "Larkspur")
    assert "The queue of a bank grew." in publish(decided).words


def test_the_change_note_is_looked_at_as_well(decided):
    with pytest.raises(actions.NotReady, match="host-99"):
        publish(decided, change_note="Now with host-99")


def test_a_title_and_something_to_read_are_needed(told):
    with pytest.raises(actions.NotReady) as blocked:
        publish(told)
    assert len(blocked.value.reasons) == 2


def test_nothing_but_what_was_shown_is_published(decided):
    seen = draft(decided, "public").digest
    mark(decided, "public", "Larkspur")
    with pytest.raises(actions.Changed):
        publish(decided, digest=seen)


def test_the_same_again_is_no_new_number(decided):
    publish(decided)
    with pytest.raises(actions.Unchanged):
        publish(decided)


def test_what_was_withdrawn_can_be_published_again(decided, cast):
    withdrawing.withdraw_twin(twin=publish(decided), by=cast.alice, reason="a name was in it", now=NOW)
    assert publish(decided).number == 2


def test_of_a_withdrawn_revision_there_is_no_twin(decided, cast):
    withdrawing.withdraw(revision=decided.revisions.get(), by=cast.alice, reason="wrong", now=NOW)
    assert draft(decided, "public") is None
    with pytest.raises(actions.NotReady):
        actions.publish_twin(incident=decided, by=cast.alice, audience="public", change_note="", now=NOW, digest="")  # fmt: skip


def test_a_restricted_incident_is_published_only_deliberately(decided):
    Incident.objects.filter(pk=decided.pk).update(restricted=True)
    decided.refresh_from_db()
    with pytest.raises(actions.NotReady, match="restricted"):
        publish(decided)
    assert publish(decided, restricted_too=True).number == 1


def test_approvers_agree_to_exactly_these_words(decided, cast):
    Severity.objects.filter(pk=decided.severity_id).update(approvals_needed=1)
    decided.refresh_from_db()
    incidents.add_to_circle(incident=decided, by=cast.alice, user=cast.apo, role="approver")
    with pytest.raises(actions.NotReady, match="approval"):
        publish(decided)
    text = draft(decided, "public").text
    approve(text=text, by=cast.apo, digest=text.digest, now=NOW)
    assert publish(decided).number == 1
    mark(decided, "public", "Larkspur")
    with pytest.raises(actions.NotReady, match="approval"):
        publish(decided)


def test_other_words_are_internal_again_and_the_page_says_so(decided, cast, client):
    write(
        decided,
        "story",
        "Ian restarted replica-7 at once after JIRA-123.\n\nThe queue of Larkspur Bank grew.",
    )
    publish_revision(decided)
    assert not draft(decided, "public").document["texts"]
    client.force_login(cast.alice)
    page = client.get(reverse("publication:twin", args=[decided.ref])).content.decode()
    assert "1 part fell back to internal" in page
    assert "<ins>at once </ins>" in page


def test_other_words_stand_in_the_place_of_a_part(decided):
    place = part(decided, "Larkspur").place
    actions.say_instead(
        incident=decided, by=decided.opened_by, place=place, instead="A queue *grew*.", now=NOW
    )
    assert "grew" not in json.dumps(draft(decided, "public").document), "it is still internal"
    actions.mark(incident=decided, by=decided.opened_by, choices={place: "public"}, now=NOW)
    assert publish(decided).content["texts"]["story"].endswith("\n\nA queue *grew*.")


def test_what_is_no_longer_there_takes_no_decision(decided):
    place = ("passage", "story", "0" * 64)
    assert actions.mark(incident=decided, by=decided.opened_by, choices={place: "public"}, now=NOW) == 0
    with pytest.raises(actions.Changed):
        actions.say_instead(incident=decided, by=decided.opened_by, place=place, instead="x", now=NOW)
    assert not Mark.objects.filter(digest="0" * 64).exists()


def test_words_are_decided_once_whatever_their_case(decided):
    actions.replace(incident=decided, by=decided.opened_by, words="REPLICA-7", instead="a replica", now=NOW)
    assert [one.instead for one in Replacement.objects.filter(words__iexact="replica-7")] == ["a replica"]
    with pytest.raises(actions.NoWords):
        actions.replace(incident=decided, by=decided.opened_by, words=" ", instead="x", now=NOW)


def test_what_cannot_be_replaced_where_it_stands_blocks(decided):
    write(decided, "story", "We looked at re**plica**-9 again.")
    publish_revision(decided)
    mark(decided, "public", "We looked")
    made = draft(decided, "public")
    assert [one.words for one in made.found] == ["replica-9"]
    actions.replace(incident=decided, by=decided.opened_by, words="replica-9", instead="a host", now=NOW)
    with pytest.raises(actions.NotReady, match="could not be replaced where it stands"):
        publish(decided)
