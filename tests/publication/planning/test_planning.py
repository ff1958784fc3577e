"""Publications to come: exactly what was read, at its moment, once; or nothing, and somebody hears why."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from postmortems.audit.models import Entry
from postmortems.incidents import actions as incidents
from postmortems.incidents.models import Incident
from postmortems.notices import post
from postmortems.notices.models import Letter
from postmortems.publication import actions as publication
from postmortems.publication import chain, content
from postmortems.publication.approving.actions import approve
from postmortems.publication.approving.texts import draft
from postmortems.publication.models import Planned, Revision
from postmortems.publication.planning import actions, letters, tasks
from postmortems.writeup.writing.actions import save_section
from tests import make

MONDAY = datetime(2026, 3, 23, 10, 0, tzinfo=UTC)
THURSDAY = datetime(2026, 3, 26, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def planned(incident, at=THURSDAY, *, by=None, now=MONDAY, **fields) -> Planned:
    return actions.publish_later(
        incident=incident, by=by or incident.opened_by, at=at, digest=chain.digest(content.of(incident)), now=now, **fields
    )  # fmt: skip


def rewrite(incident, text: str, key: str = "summary") -> None:
    section = incident.sections.get(key=key)
    save_section(incident=incident, key=key, text=text, version=section.version, by=incident.opened_by)


def deliver(now) -> list[str]:
    for pk in Letter.objects.filter(state="waiting").values_list("pk", flat=True):
        post.deliver(pk, now=now)
    return [letter.body for letter in mail.outbox]


def test_it_is_published_at_its_moment_and_not_before(ready):
    made = planned(ready, change_note="")
    assert actions.carry_out(planned=made.pk, now=THURSDAY - MINUTE) is None
    assert not Revision.objects.exists()
    revision = actions.carry_out(planned=made.pk, now=THURSDAY)
    assert (revision.number, revision.published_at, revision.published_by) == (1, THURSDAY, ready.opened_by)
    made.refresh_from_db()
    assert (made.state, made.revision) == (Planned.State.PUBLISHED, revision)
    assert actions.carry_out(planned=made.pk, now=THURSDAY + MINUTE) is None
    assert Revision.objects.count() == 1
    assert not Letter.objects.exists()


def test_a_text_that_was_changed_is_not_published_and_the_lead_hears_why(ready):
    made = planned(ready)
    rewrite(ready, "Something else happened: 1,914 people, 84 minutes.")
    assert actions.carry_out(planned=made.pk, now=THURSDAY) is None
    made.refresh_from_db()
    assert made.state == Planned.State.STOPPED
    assert "no longer the one that was read" in made.trouble
    assert not Revision.objects.exists()
    (body,) = deliver(THURSDAY + timedelta(hours=1))
    assert made.trouble in body
    assert reverse("publication:readiness", args=[ready.ref]) in body
    assert Entry.objects.get(verb="publication.stopped").subject == ready.ref


def test_a_change_is_told_in_time_and_once(ready):
    made = planned(ready)
    assert not letters.warn(made, now=MONDAY)
    rewrite(ready, "Once more: 1,914 people, 84 minutes.")
    assert letters.warn(made, now=MONDAY)
    rewrite(ready, "And again: 1,914 people, 84 minutes.")
    assert not letters.warn(made, now=MONDAY)
    assert len(deliver(MONDAY + timedelta(hours=1))) == 1


def test_what_blocks_may_be_met_until_then(cast):
    make.writeup_of(cast.incident)
    made = planned(cast.incident)
    digest = made.digest
    approve(text=draft(cast.incident), by=cast.apo, digest=digest, now=MONDAY)
    assert actions.carry_out(planned=made.pk, now=THURSDAY).number == 1


def test_without_the_approval_nothing_is_published(cast):
    make.writeup_of(cast.incident)
    made = planned(cast.incident)
    assert actions.carry_out(planned=made.pk, now=THURSDAY) is None
    made.refresh_from_db()
    assert "approve" in made.trouble


def test_a_reason_covers_what_was_open_when_it_was_given(cast):
    make.writeup_of(cast.incident)
    rewrite(cast.incident, "", key="apology")
    cast.incident.circle.filter(role="approver").delete()
    made = planned(cast.incident, despite="The board asked for it")
    assert actions.carry_out(planned=made.pk, now=THURSDAY).number == 1
    rewrite(cast.incident, "A second edition: 1,914 people, 84 minutes.")
    made = planned(cast.incident, at=THURSDAY + 7 * timedelta(days=1), despite="The board asked again")
    incidents.add_to_circle(incident=cast.incident, by=cast.alice, user=cast.apo, role="approver")
    assert (
        actions.carry_out(planned=made.pk, now=made.at) is None
    )  # nobody said why to go on without the approver


def test_publishing_by_hand_takes_its_place(ready):
    made = planned(ready)
    publication.publish(incident=ready, by=ready.opened_by, now=MONDAY + MINUTE)
    made.refresh_from_db()
    assert made.state == Planned.State.STOPPED
    assert actions.carry_out(planned=made.pk, now=THURSDAY) is None
    assert Revision.objects.count() == 1
    assert not Letter.objects.exists()


def test_a_new_plan_takes_the_place_of_the_old_and_can_be_called_off(ready):
    planned(ready)
    second = planned(ready, at=THURSDAY + timedelta(hours=2))
    assert list(Planned.objects.filter(state="waiting")) == [second]
    assert actions.call_off(incident=ready, by=ready.opened_by)
    assert not actions.call_off(incident=ready, by=ready.opened_by)
    assert actions.carry_out(planned=second.pk, now=second.at) is None


def test_who_may_not_publish_any_more_publishes_nothing(cast, ready):
    made = planned(ready, by=cast.rev)
    incidents.edit_incident(
        incident=ready,
        by=cast.alice,
        version=Incident.objects.get(pk=ready.pk).version,
        changes={"restricted": True},
    )
    Planned.objects.filter(pk=made.pk).update(
        digest=chain.digest(content.of(Incident.objects.get(pk=ready.pk)))
    )
    assert actions.carry_out(planned=made.pk, now=THURSDAY) is None
    made.refresh_from_db()
    assert "may no longer publish" in made.trouble
    assert all(made.trouble not in body for body in deliver(THURSDAY + timedelta(hours=1)))


def test_a_worker_that_comes_late_publishes_late_for_a_day(ready):
    made = planned(ready)
    late = THURSDAY + timedelta(hours=23)
    assert actions.carry_out(planned=made.pk, now=late).published_at == late
    rewrite(ready, "Later: 1,914 people, 84 minutes.")
    made = planned(ready, at=late + timedelta(days=1), now=late)
    assert actions.carry_out(planned=made.pk, now=made.at + timedelta(hours=25)) is None
    made.refresh_from_db()
    assert "more than a day" in made.trouble


@pytest.mark.parametrize("away", [-MINUTE, timedelta(0), timedelta(days=400)])
def test_moments_that_cannot_be(ready, away):
    with pytest.raises(actions.NotPlanned):
        planned(ready, at=MONDAY + away)


def test_only_what_was_read_can_be_planned(ready):
    with pytest.raises(publication.Changed):
        actions.publish_later(incident=ready, by=ready.opened_by, at=THURSDAY, digest="0" * 64, now=MONDAY)
    publication.publish(incident=ready, by=ready.opened_by, now=MONDAY)
    with pytest.raises(actions.NotPlanned, match="Nothing changed"):
        planned(ready)


def test_a_worker_that_dies_leaves_it_waiting(ready, monkeypatch):
    made = planned(ready)
    real = Planned.objects.filter

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    for place in (
        "postmortems.publication.actions.record",
        "postmortems.publication.actions.queue_after_commit",
    ):
        with monkeypatch.context() as torn:
            torn.setattr(place, die)
            with pytest.raises(KeyboardInterrupt):
                actions.carry_out(planned=made.pk, now=THURSDAY)
        assert not Revision.objects.exists()
        assert real(pk=made.pk, state="waiting").exists()
    assert actions.carry_out(planned=made.pk, now=THURSDAY + MINUTE).number == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_publish_once(cast):
    make.writeup_of(cast.incident)
    cast.incident.circle.filter(role="approver").delete()
    made = planned(cast.incident)
    start = threading.Barrier(4)

    def work():
        start.wait()
        try:
            actions.carry_out(planned=made.pk, now=THURSDAY)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    actions.carry_out(planned=made.pk, now=THURSDAY + MINUTE)
    assert Revision.objects.count() == 1
    assert Planned.objects.get().state == Planned.State.PUBLISHED


def test_one_that_fails_keeps_nothing_from_the_others(cast, ready, monkeypatch):
    now = timezone.now()
    first = planned(ready, at=now + 2 * MINUTE, now=now)
    other = make.incident(by=cast.alice, title="Another")
    make.writeup_of(other)
    second = planned(other, at=now + 3 * MINUTE, now=now)
    Planned.objects.update(at=now)
    carry_out = actions.carry_out

    def trouble(*, planned, now):
        if planned == first.pk:
            raise ValueError
        return carry_out(planned=planned, now=now)

    monkeypatch.setattr(tasks.actions, "carry_out", trouble)
    tasks.publish_planned()
    assert Planned.objects.get(pk=first.pk).state == "waiting"
    assert Planned.objects.get(pk=second.pk).state == "published"


# --- the pages ---------------------------------------------------------------------------------------


@pytest.fixture
def lead(client, cast, ready):
    Incident.objects.filter(pk=ready.pk).update(zone="Europe/Lisbon")
    client.force_login(cast.alice)
    return client


def send(client, incident, at: str, **fields):
    where = reverse("publication:plan", args=[incident.ref])
    return client.post(where, {"at": at, "digest": chain.digest(content.of(incident))} | fields)


def test_a_moment_is_typed_on_the_clock_of_the_incident(lead, ready):
    ready.refresh_from_db()
    year = timezone.now().year + 1
    assert send(lead, ready, f"{year}-07-02T09:00").status_code == 302
    assert Planned.objects.get().at == datetime(year, 7, 2, 8, 0, tzinfo=UTC)
    page = lead.get(reverse("publication:readiness", args=[ready.ref])).content.decode()
    assert "02 July" in page or "2 July" in page or f"{year}-07-02" in page
    assert "Call it off" in page
    rewrite(ready, "Changed: 1,914 people, 84 minutes.")
    assert (
        "was changed since" in lead.get(reverse("publication:readiness", args=[ready.ref])).content.decode()
    )
    assert "in " in lead.get(reverse("desk:overview", args=[ready.ref])).content.decode()
    lead.post(reverse("publication:call_off", args=[ready.ref]))
    assert Planned.objects.get().state == "stopped"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2027-03-28T01:30", "does not exist"),
        ("2027-10-31T01:30", "twice that night"),
        ("2020-01-01T09:00", "lies ahead"),
        ("soon", "not a date"),
    ],
)
def test_hours_that_a_clock_skips_or_shows_twice(lead, ready, at, said):
    ready.refresh_from_db()
    answer = send(lead, ready, at)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Planned.objects.exists()


def test_publishing_by_hand_is_bound_to_what_was_read(lead, ready):
    ready.refresh_from_db()
    digest = chain.digest(content.of(ready))
    rewrite(ready, "Changed meanwhile: 1,914 people, 84 minutes.")
    lead.post(reverse("publication:publish", args=[ready.ref]), {"digest": digest})
    assert not Revision.objects.exists()
