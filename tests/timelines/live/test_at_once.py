"""Several workers and several senders at the same moment, on the real database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection as database
from django.utils import timezone

from postmortems.incidents.models import Incident, Severity
from tests.timelines.live.sending import add_rule, alert, send
from timelines.live import filing
from timelines.models import Delivery, Event

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work, arguments) -> list:
    def one(argument):
        try:
            return work(argument)
        finally:
            database.close()

    with ThreadPoolExecutor(6) as pool:
        return list(pool.map(one, arguments))


def test_the_same_message_sent_six_times_at_once_is_kept_once(connect):
    connection = connect("github")
    answers = at_once(lambda _: send(connection, alert(), name="same").status_code, range(6))
    assert answers == [202] * 6
    assert Delivery.objects.count() == 1


def test_many_workers_open_one_incident_and_file_each_message_once(connect, cast):
    connection = connect()
    add_rule(cast.ada, field="service", pattern="*", does="open", severity=Severity.objects.first())
    for number in range(6):
        send(connection, alert(number), name=str(number))
        send(connection, alert(number, status="resolved"), name=f"{number}r")
    ids = list(Delivery.objects.values_list("pk", flat=True))
    before = Incident.objects.count()
    at_once(filing.file, ids * 2)
    Delivery.objects.filter(state="waiting").update(received_at=timezone.now())
    assert set(Delivery.objects.values_list("state", flat=True)) == {"filed"}
    assert Incident.objects.count() == before + 1
    events = Event.objects.filter(source__name=connection.name)
    assert events.values("external_id").distinct().count() == events.count() > 0


def test_a_worker_killed_between_leaves_nothing_half_done(connect, cast, incident, monkeypatch):
    Incident.objects.filter(pk=incident.pk).update(opened_at=timezone.now())
    add_rule(cast.ada, field="service", pattern="*", does="attach")
    send(connect(), alert())
    waiting, end = Delivery.objects.get(), filing._end

    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    monkeypatch.setattr(filing, "_end", killed)
    with pytest.raises(Killed):
        filing.file(waiting.pk)
    assert Delivery.objects.get().state == "waiting"
    assert not Event.objects.filter(source__format="alertmanager").exists()
    monkeypatch.setattr(filing, "_end", end)
    assert filing.file(waiting.pk) == "filed"
