from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from postmortems.accounts.models import User
from postmortems.demo import loader
from postmortems.incidents.models import Incident
from postmortems.interviews.models import Interview
from postmortems.notices.models import ChatMessage
from postmortems.publication.models import Revision
from postmortems.publication.readiness import reasons
from postmortems.remediation.models import Item, Tracked
from postmortems.remediation.tracking.looking import due_rows
from timelines.merging import comparing, people
from timelines.models import Delivery, Event, Secret


@pytest.mark.slow
@pytest.mark.parametrize(
    "now", [datetime(2026, 11, 21, 8, 0, tzinfo=UTC), datetime(2027, 3, 27, 23, 30, tzinfo=UTC)]
)
def test_the_demo_shows_every_stage(db, client, now):
    loader.load(now=now, say=lambda line: None)
    worked, soaking, opened = Incident.objects.order_by("-ref")[:3][::-1]

    revision = Revision.objects.get(incident=worked)
    assert "1,914 people" in revision.words
    assert not [reason for reason in reasons(worked) if reason.blocks]
    assert set(worked.sources.values_list("format", flat=True)) >= {
        "slack", "alertmanager", "pagerduty", "github", "syslog", "shell", "table", "recollection", "hand",
    }  # fmt: skip
    waiting = Delivery.objects.values_list("connection__kind", "state").order_by("received_at")
    assert list(waiting) == [
        ("github", "inbox"),
        *[("alertmanager", "inbox")] * 3,
        ("alertmanager", "ignored"),
    ]
    public, partner = (worked.twins.get(audience=audience).words for audience in ("public", "partner"))
    assert "1,914 people" in public
    assert "replica-2" in revision.words
    assert "replica-2" not in public + partner
    assert worked.interviews.filter(state="done").count() == 4
    assert set(Item.objects.filter(incident=worked).values_list("status", flat=True)) == set(
        Item.Status.values
    )
    assert all(condition.events.exists() for condition in worked.conditions.exclude(kind="helped"))

    # two items are issues elsewhere: one was closed there, of the other both sides moved the date; nobody is asked
    closed, both = Tracked.objects.select_related("item", "tracker").order_by("item__number")
    assert closed.item.status == "done"
    assert closed.item.steps.last().reason == "Closed in Jira Platform: PLAT-418"
    assert set(both.conflict) == {"due"}
    assert not due_rows(now=now + timedelta(days=30), most=9)
    assert not ChatMessage.objects.exclude(state="sent").exists()

    # said about the draft: one taken up, one done, one for the meeting
    assert [one.decided for one in worked.comments.filter(parent=None).order_by("id")] == ["accepted", "", ""]
    assert worked.comments.open().get().section == "sense"
    assert "laid their notes side by side" in revision.words

    # one line of many: what is said of the one incident is known in the next
    assert worked.groups.count() == 4
    assert worked.questions.get().answer
    assert set(Secret.objects.filter(incident=worked).values_list("kind", flat=True)) == {"telephone number"}
    names = people.named(comparing.current(soaking)[0].names)
    assert not [one for one in names if one.is_unknown]

    assert timedelta(hours=29) < now - soaking.resolved_at < timedelta(hours=32)
    assert Interview.objects.filter(incident=soaking, starts_at__gt=now).exists()
    assert opened.resolved_at is None
    assert Event.objects.filter(incident=opened).exists()

    assert Revision.objects.count() >= 11
    mara = User.objects.get(email="mara@lanternstreet.example")
    client.force_login(mara)
    for name in ("home", "incidents:list", "archive:search", "remediation:mine"):
        assert client.get(reverse(name)).status_code == 200
    for incident in (worked, soaking, opened):
        for name in (
            "desk:overview",
            "timelines:timeline",
            "interviews:board",
            "writeup:edit",
            "publication:readiness",
        ):
            assert client.get(reverse(name, args=[incident.ref])).status_code == 200


def test_the_demo_is_for_an_empty_house(cast):
    with pytest.raises(CommandError, match="people here already"):
        call_command("demo")
    call_command("demo", "--if-empty")
