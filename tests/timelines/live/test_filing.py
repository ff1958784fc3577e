"""Where deliveries go: on with what is known, by rule, or into the inbox; and in any order, with repeats."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortems.incidents.models import Incident, Severity
from tests import make
from tests.timelines.conftest import signed_in
from tests.timelines.live.sending import add_rule, alert, send
from timelines.live import actions, filing, tasks
from timelines.models import Delivery, Event, Rule

pytestmark = pytest.mark.django_db


def deliver(connection, *messages) -> list[Delivery]:
    """Send, and let a worker file what waits."""
    for number, message in enumerate(messages):
        assert send(connection, message, name=f"m{Delivery.objects.count()}-{number}").status_code == 202
    for pk in Delivery.objects.filter(state="waiting").order_by("received_at").values_list("pk", flat=True):
        filing.file(pk)
    return list(Delivery.objects.order_by("received_at"))


def test_what_no_rule_knows_waits_in_the_inbox_with_what_it_is_about(connect):
    (one,) = deliver(connect(), alert())
    assert (one.state, one.facts["service"], one.facts["title"]) == ("inbox", "bookings", "Replica 1 lags")


def test_a_secret_in_a_title_is_masked_before_anybody_looks(connect):
    token = "ghp_" + "a1B2c3D4e5F6" * 3
    message = alert()
    message["commonAnnotations"]["summary"] = f"login with {token} failed"
    (one,) = deliver(connect(), message)
    assert token not in str(one.facts) + one.subject + one.why
    assert "masked" in one.facts["title"]


def test_one_click_opens_an_incident_with_all_that_waits_about_it(connect, cast):
    deliver(connect(), alert(), alert(status="resolved"))
    rev = signed_in(cast.rev)
    page = rev.get(reverse("live:inbox")).content.decode()
    assert "2 messages" in page
    one = Delivery.objects.first()
    given = {
        "connection": one.connection_id,
        "subject": one.subject,
        "title": "Replica lags",
        "severity": Severity.objects.first().pk,
    }
    for _ in range(2):  # an impatient click opens nothing twice
        rev.post(reverse("live:decide"), given | {"what": "open"})
    incident = Incident.objects.get(title="Replica lags")
    assert incident.detected_at.isoformat() == "2026-03-10T18:00:00+00:00", (
        "when the alert began, not when it came"
    )
    assert set(Delivery.objects.values_list("state", "incident")) == {("filed", incident.pk)}
    assert incident.events.exists()


def test_what_waits_is_attached_or_left_out_and_taken_back(connect, cast, incident):
    connection = connect()
    deliver(connection, alert(1), alert(2))
    one, two = Delivery.objects.order_by("subject")
    rev = signed_in(cast.rev)
    rev.post(
        reverse("live:decide"),
        {"connection": connection.pk, "subject": one.subject, "what": "attach", "incident": incident.ref},
    )
    rev.post(reverse("live:decide"), {"connection": connection.pk, "subject": two.subject, "what": "leave"})
    states = dict(Delivery.objects.values_list("subject", "state"))
    assert states == {one.subject: "filed", two.subject: "ignored"}
    rev.post(reverse("live:take_back", args=[two.pk]))
    filing.file(two.pk)
    assert Delivery.objects.get(pk=two.pk).state == "inbox"


def test_nobody_attaches_to_an_incident_they_may_not_write(connect, cast, restricted):
    connection = connect()
    (one,) = deliver(connection, alert())
    answer = signed_in(cast.rev).post(
        reverse("live:decide"),
        {"connection": connection.pk, "subject": one.subject, "what": "attach", "incident": restricted.ref},
    )
    assert answer.status_code == 404
    assert Delivery.objects.get().state == "inbox"


def test_the_resolution_follows_its_alert_without_a_rule(connect, cast, incident):
    connection = connect()
    deliver(connection, alert())
    actions.attach(
        deliveries=list(Delivery.objects.all()), incident=incident, by=cast.rev, now=timezone.now()
    )
    *_, last = deliver(connection, alert(status="resolved"))
    assert (last.state, last.incident) == ("filed", incident)
    source = incident.sources.get(name=connection.name)
    assert {event.kind for event in source.events.all()} >= {"alert firing"}


def test_rules_by_service_attach_open_and_ignore(connect, cast, incident):
    connection = connect()
    severity = Severity.objects.first()
    Incident.objects.filter(pk=incident.pk).update(opened_at=timezone.now())
    add_rule(cast.ada, field="label:alertname", pattern="lag9", does="ignore")
    add_rule(cast.ada, field="service", pattern="book*", does="attach", hours=1)
    add_rule(cast.ada, field="service", pattern="*", does="open", severity=severity)
    ignored, attached, opened, again = deliver(
        connection, alert(9), alert(1), alert(2, service="mail"), alert(3, service="mail")
    )
    assert (ignored.state, attached.incident) == ("ignored", incident)
    assert opened.incident not in (None, incident)
    assert again.incident == opened.incident, "one alert after the other opens one incident"


def test_an_old_incident_takes_nothing_by_rule(connect, cast, incident):
    Incident.objects.filter(pk=incident.pk).update(opened_at=timezone.now() - timedelta(hours=3))
    add_rule(cast.ada, field="service", pattern="bookings", does="attach", hours=2)
    (one,) = deliver(connect(), alert())
    assert one.state == "inbox"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"a": 1}', b"\xff\x00", b'{"alerts": 7}'])
def test_what_cannot_be_read_says_why_and_harms_nothing(connect, body):
    (one,) = deliver(connect(), body)
    assert one.state == "failed"
    assert one.why.endswith((".", "?"))


def test_a_ping_of_github_is_left_out_without_trouble(connect):
    connection = connect("github")
    ping = {"zen": "Keep it logically awesome.", "hook_id": 1, "hook": {"type": "Repository", "id": 1}}
    assert send(connection, ping, **{"X-GitHub-Event": "ping"}).status_code == 202
    filing.file(Delivery.objects.get().pk)
    assert Delivery.objects.get().state == "ignored"


def test_a_deployment_of_github_is_filed_by_its_repository(connect, cast, incident):
    Incident.objects.filter(pk=incident.pk).update(opened_at=timezone.now())
    add_rule(cast.ada, field="repository", pattern="lantern/*", does="attach")
    push = {
        "action": "created", "repository": {"full_name": "lantern/bookings", "pushed_at": 1773165600},
        "deployment": {
            "id": 7, "ref": "main", "sha": "4be1c2e90f", "environment": "production", "creator": {"login": "ewa", "id": 3},
            "created_at": "2026-03-10T18:00:00Z", "updated_at": "2026-03-10T18:00:00Z", "url": "https://example.org/7",
        },
    }  # fmt: skip
    assert send(connect("github"), push, **{"X-GitHub-Event": "deployment"}).status_code == 202
    filing.file(Delivery.objects.get().pk)
    assert Delivery.objects.get().incident == incident
    assert incident.events.filter(source__format="github").exists()


def test_a_worker_that_died_leaves_it_to_the_sweep(connect, monkeypatch):
    assert send(connect(), alert()).status_code == 202
    asked = []
    monkeypatch.setattr(tasks.file_delivery, "delay", asked.append)
    Delivery.objects.update(received_at=timezone.now() - timedelta(minutes=1))
    tasks.file_waiting()
    assert asked == [str(Delivery.objects.get().pk)]


def line(connection) -> list[tuple]:
    return sorted(
        Event.objects.filter(source__name=connection.name).values_list(
            "external_id", "at", "until", "text", "kind"
        )
    )


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, 5), max_size=10))
def test_any_order_with_repeats_tells_the_same(connect, cast, incident, order):
    """Late, repeated and out of order: what stands at the end is what stands when all came in their order, once."""
    told = [
        alert(n, status=status, minute=n)
        for n, status in itertools.product((1, 2, 3), ("firing", "resolved"))
    ]
    Rule.objects.all().delete()
    Delivery.objects.all().delete()
    Incident.objects.filter(pk=incident.pk).update(opened_at=timezone.now())
    add_rule(cast.ada, field="service", pattern="*", does="attach")
    straight, mixed = connect(), connect()
    deliver(straight, *told)
    expected = line(straight)
    Event.objects.filter(source__name=straight.name).delete()
    deliver(mixed, *(told[place] for place in order), *(told[place] for place in range(6)))
    assert line(mixed) == expected
    Event.objects.filter(source__name=mixed.name).delete()


def test_the_inbox_asks_the_same_number_of_queries_with_any_number_waiting(connect, cast):
    from tests.timelines.conftest import queries

    connection, rev, numbers = connect(), signed_in(cast.rev), []
    make.incident(by=cast.rev, now=timezone.now())
    for count in (1, 20):
        deliver(connection, *(alert(100 + n) for n in range(Delivery.objects.count(), count)))
        numbers.append(queries(rev, reverse("live:inbox")))
    assert len(set(numbers)) == 1, numbers


def test_what_is_filed_is_counted_and_compared_like_an_import(
    connect, cast, incident, django_capture_on_commit_callbacks
):
    deliver(connect(), alert())
    incident.sources.update(counted=True)
    with django_capture_on_commit_callbacks() as asked:
        actions.attach(
            deliveries=list(Delivery.objects.all()), incident=incident, by=cast.rev, now=timezone.now()
        )
    assert not incident.sources.get(format="alertmanager").counted
    assert asked


def test_a_row_of_the_inbox_fills_in_a_rule(connect, cast):
    deliver(connect(), alert())
    ada = signed_in(cast.ada)
    assert "field=service&amp;pattern=bookings" in ada.get(reverse("live:inbox")).content.decode()
    page = ada.get(reverse("live:new_rule"), {"field": "service", "pattern": "bookings"}).content.decode()
    assert 'value="bookings"' in page
    assert "Always do this" not in signed_in(cast.rev).get(reverse("live:inbox")).content.decode()


def test_an_incident_opened_from_the_inbox_has_the_service(connect, cast):
    service = make.service("Bookings")
    deliver(connect(), alert())
    opened = actions.open_from(
        deliveries=list(Delivery.objects.all()), by=cast.rev, severity=Severity.objects.first(), title="", now=timezone.now()
    )  # fmt: skip
    assert list(opened.services.all()) == [service]
