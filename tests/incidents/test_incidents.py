from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from postmortems.audit.models import Entry
from postmortems.incidents import actions
from postmortems.incidents.durations import durations
from postmortems.incidents.models import TIME_NAMES, Incident, Severity
from postmortems.incidents.policy import deadlines, window
from tests import make

instants = st.datetimes(timezones=st.just(make.T0.tzinfo))


@given(
    st.fixed_dictionaries({name: st.none() | instants for name in TIME_NAMES}),
    st.sets(st.sampled_from(TIME_NAMES)),
)
def test_a_duration_is_one_of_four_and_never_silently_wrong(times, absent):
    for duration in durations(times, not_applicable=absent):
        assert (duration.value is not None) == (duration.state == "recorded")
        assert duration.value is None or duration.value >= timedelta(0)
        assert duration.why or duration.state == "recorded"


def test_a_contradiction_names_the_two_times():
    (told,) = [
        d
        for d in durations({"impact_began": make.T0, "detected": make.T0 - timedelta(minutes=5)})
        if d.key == "detect"
    ]
    assert told.state == "contradictory"
    assert "17:55:00" in told.why
    assert "18:00:00" in told.why


def test_the_window_lies_between_soak_and_fade(db):
    severity = Severity.objects.get(key="sev1")
    soak, fade = window(severity, make.T0)
    assert (soak - make.T0, fade - make.T0) == (timedelta(hours=24), timedelta(hours=120))
    found = deadlines(severity, make.T0)
    assert [d.at for d in found] == sorted(d.at for d in found)


def form(**fields) -> dict:
    severity = Severity.objects.get(key="sev2").pk
    return {
        "title": "Slow pages",
        "severity": severity,
        "zone": "Europe/Lisbon",
        "form_key": "once",
        **fields,
    }


def test_a_form_sent_twice_opens_one_incident(client, cast):
    client.force_login(cast.mel)
    for _ in range(2):
        assert client.post(reverse("incidents:new"), form()).status_code == 302
    assert Incident.objects.filter(title="Slow pages").count() == 1


def test_times_are_in_the_incidents_zone_and_future_ones_are_refused(client, cast):
    client.force_login(cast.mel)
    client.post(reverse("incidents:new"), form(detected="2026-07-01T10:00:00"))
    assert Incident.objects.get(title="Slow pages").detected_at.hour == 9  # Lisbon is an hour ahead in summer
    answer = client.post(reverse("incidents:new"), form(form_key="2", detected="2999-01-01T00:00:00"))
    assert "in the future" in answer.content.decode()
    answer = client.post(reverse("incidents:new"), form(form_key="3", detected="2026-03-29T01:30:00"))
    assert "put forward" in answer.content.decode()  # the clock jumped over it


def test_a_stale_edit_keeps_what_was_typed_and_shows_what_stands(client, cast):
    incident = cast.incident
    actions.edit_incident(incident=incident, by=cast.bob, version=1, changes={"title": "Bob was faster"})
    client.force_login(cast.alice)
    answer = client.post(
        reverse("incidents:edit", args=[incident.ref]), form(title="Alice typed this", version=1)
    )
    page = answer.content.decode()
    assert "Bob was faster" in page
    assert "Alice typed this" in page
    assert Incident.objects.get(pk=incident.pk).title == "Bob was faster"


@pytest.mark.parametrize(
    "query",
    [
        "year=0",
        "year=²",
        "year=99999999999",
        "page=x",
        "page=-1",
        "severity=%00",
        "q=%25%27",
        "tag=%5B",
        "state=x",
        "service=%F0",
    ],
)
def test_nonsense_in_an_address_is_no_error(client, cast, query):
    client.force_login(cast.alice)
    for name in ("incidents:list", "archive:search", "remediation:all"):
        assert client.get(f"{reverse(name)}?{query}").status_code == 200


def test_filters_find_what_they_say(client, cast):
    make.incident(by=cast.mel, title="Printers on fire", severity="sev4", tags=["paper"])
    client.force_login(cast.rita)
    for query, found in (
        ("q=printers", True),
        ("severity=sev4", True),
        ("tag=paper", True),
        ("severity=sev1", False),
        ("mine=1", False),
    ):
        assert (
            "Printers on fire" in client.get(f"{reverse('incidents:list')}?{query}").content.decode()
        ) == found, query


@pytest.mark.parametrize(
    "name",
    ["incidents:list", "home", "remediation:mine", "remediation:all", "archive:search", "accounts:people"],
)
def test_lists_ask_the_same_number_of_queries_however_long(client, cast, name):
    client.force_login(cast.alice)

    def asked() -> int:
        client.get(reverse(name))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(reverse(name)).status_code == 200
        return len(seen)

    make.item(cast.incident, owner=cast.alice)
    make.incident(by=cast.alice)
    few = asked()
    for number in range(20):
        incident = make.incident(by=cast.alice, title=f"Incident {number}")
        make.item(incident, owner=cast.alice)
        make.user()
    some = asked()
    assert some <= few + 1  # paging may count once more
    for number in range(180):
        make.incident(by=cast.alice, title=f"Incident more {number}")
    assert asked() <= some


@pytest.mark.parametrize(
    "change",
    [
        lambda c: actions.open_incident(by=c.mel, title="x", severity=Severity.objects.first()),
        lambda c: actions.edit_incident(incident=c.incident, by=c.bob, version=1, changes={"title": "x"}),
        lambda c: actions.add_participant(incident=c.incident, by=c.bob, name="x", role="x"),
        lambda c: actions.add_to_circle(incident=c.incident, by=c.alice, user=c.mel, role="lead"),
        lambda c: actions.add_link(incident=c.incident, by=c.bob, url="https://example.org", title="x"),
        lambda c: actions.no_review_needed(incident=c.incident, by=c.alice, reason="x", now=make.T0),
        lambda c: actions.skip_stage(incident=c.incident, by=c.alice, stage="interview", reason="x"),
        lambda c: make.event(c.incident),
        lambda c: make.item(c.incident),
        lambda c: make.condition(c.incident),
    ],
)
def test_what_cannot_be_audited_does_not_happen(cast, monkeypatch, change):
    def rows() -> list:
        with connection.cursor() as cursor:
            found = []
            for table in sorted(connection.introspection.table_names(cursor)):
                cursor.execute(f"select count(*), coalesce(sum(hashtext(t::text)), 0) from {table} t")
                found.append((table, *cursor.fetchone()))
            return found

    before = rows()

    def refuse(**fields):
        raise RuntimeError("the audit trail cannot be written")

    monkeypatch.setattr(Entry.objects, "create", refuse)
    with pytest.raises(RuntimeError, match="audit"), transaction.atomic():
        change(cast)
    assert rows() == before


@pytest.mark.parametrize("sql", ["update audit_entry set sentence = 'x'", "delete from audit_entry"])
def test_the_audit_trail_is_never_changed(cast, sql):
    refused = pytest.raises(Exception, match="never changed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_new_lead_takes_over_and_the_former_stays(cast):
    actions.add_to_circle(incident=cast.incident, by=cast.alice, user=cast.bob, role="lead")
    places = set(cast.incident.circle.values_list("user__name", "role"))
    assert {("Bob", "lead"), ("Alice", "co")} <= places
    assert ("Bob", "co") not in places


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_references_are_unique_when_many_open_at_once():
    mel, severity = make.user("mel"), Severity.objects.first()
    troubles = []

    def opened(number: int) -> None:
        try:
            actions.open_incident(
                by=mel, title=f"at once {number}", severity=severity, form_key=f"key {number % 4}"
            )
        except Exception as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=opened, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not troubles
    assert Incident.objects.count() == 4  # each form came twice
    assert len(set(Incident.objects.values_list("ref", flat=True))) == 4
