"""A click in the inbox is taken back by whoever made it, for ten minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from postmortems.incidents.models import Incident, Severity
from tests.timelines.conftest import signed_in
from tests.timelines.live.sending import alert
from tests.timelines.live.test_filing import deliver
from timelines.models import Delivery

pytestmark = pytest.mark.django_db


def decide(client, what: str, **given):
    one = Delivery.objects.filter(state="inbox").first()
    given |= {"connection": one.connection_id, "subject": one.subject, "what": what}
    return client.post(reverse("live:decide"), given)


def undo(client):
    return client.post(
        reverse("live:undo", args=[Delivery.objects.order_by("received_at").first().pk]), follow=True
    )


def test_what_was_put_onto_a_timeline_waits_again_and_its_events_are_hidden(connect, cast, incident):
    connection, rev = connect(), signed_in(cast.rev)
    deliver(connection, alert())
    decide(rev, "attach", incident=incident.ref)
    deliver(connection, alert(status="resolved"))  # goes on by itself
    assert incident.ref in rev.get(reverse("live:inbox")).content.decode()
    undo(rev)
    assert set(Delivery.objects.values_list("state", "incident")) == {("inbox", None)}
    events = incident.events.filter(source__name=connection.name)
    assert events.exists()
    assert not events.shown().exists()

    deliver(connection, alert() | {"receiver": "another"})  # of the very alert that was taken back
    assert set(Delivery.objects.values_list("state", flat=True)) == {"inbox"}, (
        "nothing follows what was taken back"
    )
    decide(rev, "attach", incident=incident.ref)
    assert events.shown().exists(), "put there once more, it shows again"


def test_what_another_message_tells_of_too_stays_on_the_timeline(connect, cast, incident):
    connection, rev = connect(), signed_in(cast.rev)
    deliver(connection, alert())
    decide(rev, "attach", incident=incident.ref)
    shown = incident.events.filter(source__name=connection.name).shown()
    resolved, *_ = deliver(connection, alert(status="resolved"))[1:]
    Delivery.objects.filter(pk=resolved.pk).update(
        handled_at=timezone.now() - timedelta(hours=1), handled_by=cast.rev
    )
    undo(rev)
    assert shown.filter(kind="alert firing").exists()


def test_an_incident_opened_by_mistake_is_closed_and_may_be_opened_anew(connect, cast):
    deliver(connect(), alert())
    rev, severity = signed_in(cast.rev), Severity.objects.first().pk
    decide(rev, "open", severity=severity, title="Lag")
    first = Incident.objects.get(title="Lag")
    undo(rev)
    first.refresh_from_db()
    assert (first.state, "mistake" in first.no_review_reason) == ("no_review", True)
    decide(rev, "open", severity=severity, title="Lag")
    assert Incident.objects.filter(title="Lag", state="reviewing").exists()


def test_what_was_left_out_waits_again(connect, cast):
    deliver(connect(), alert())
    rev = signed_in(cast.rev)
    decide(rev, "leave")
    undo(rev)
    assert Delivery.objects.get().state == "inbox"


def test_nobody_else_undoes_it_nor_anybody_later(connect, cast):
    deliver(connect(), alert())
    rev = signed_in(cast.rev)
    decide(rev, "leave")
    assert "no longer" in undo(signed_in(cast.ada)).content.decode()
    Delivery.objects.update(handled_at=timezone.now() - timedelta(minutes=11))
    assert "Undo" not in rev.get(reverse("live:inbox")).content.decode()
    assert "no longer" in undo(rev).content.decode()
    assert Delivery.objects.get().state == "ignored"


def test_the_way_to_the_inbox_says_how_much_waits_to_those_who_may_act(connect, cast):
    home = reverse("home")
    rev = signed_in(cast.rev)
    assert "Inbox, " not in rev.get(home).content.decode()
    deliver(connect(), alert(1), alert(2), alert(2, status="resolved"))
    assert "Inbox, 2 waiting" in rev.get(home).content.decode(), "as many as the inbox has rows"
    assert "Inbox, " not in signed_in(cast.mel).get(home).content.decode()
