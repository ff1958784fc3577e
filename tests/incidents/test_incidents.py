from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
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
    soak, fade = window(Severity.objects.get(key="sev1"), make.T0)
    assert (soak - make.T0, fade - make.T0) == (timedelta(hours=24), timedelta(hours=120))


policies = st.builds(
    Severity,
    owner_hours=st.integers(0, 500),
    jot_notes_hours=st.integers(0, 500),
    preliminary_days=st.none() | st.integers(0, 30),
    soak_hours=st.integers(0, 100),
    fade_hours=st.integers(101, 500),
    meeting_days=st.none() | st.integers(1, 60),
    publish_days=st.integers(0, 90),
)
zones = st.sampled_from(["UTC", "Europe/Lisbon", "Asia/Kathmandu", "America/St_Johns"]).map(ZoneInfo)


@given(policies, st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)), zones)
def test_deadlines_come_in_order_none_before_the_end_of_impact(policy, resolved, zone):
    found = deadlines(policy, resolved, zone=zone)
    assert [d.at for d in found] == sorted(d.at for d in found)
    assert all(d.at >= resolved for d in found)
    keys = {d.key for d in found}
    assert keys >= {"owner", "jot_notes", "soak", "fade", "publish"}
    assert ("preliminary" in keys) == (policy.preliminary_days is not None)
    assert ("meeting" in keys) == (policy.meeting_days is not None)


def test_the_preliminary_edition_is_counted_in_working_days_of_the_lead_reviewer(db):
    severity, friday = Severity.objects.get(key="sev1"), datetime(2026, 3, 13, 16, 0, tzinfo=UTC)

    def due(**given) -> datetime:
        (found,) = [d for d in deadlines(severity, friday, **given) if d.key == "preliminary"]
        return found.at

    monday = datetime(2026, 3, 16, 16, 0, tzinfo=UTC)
    assert due(zone=ZoneInfo("UTC")) == monday
    assert due(zone=ZoneInfo("UTC"), holidays={monday.date()}) == monday + timedelta(days=1)
    # in Tokyo it was Saturday already, and Saturday is followed by the same Monday, on Tokyo's clock
    assert due(zone=ZoneInfo("Asia/Tokyo")) == datetime(2026, 3, 15, 16, 0, tzinfo=UTC)


def test_deadlines_say_whether_they_were_kept(db):
    severity = Severity.objects.get(key="sev1")
    found = {
        d.key: d
        for d in deadlines(
            severity,
            make.T0,
            zone=ZoneInfo("UTC"),
            named_at=make.T0,
            published_at=make.T0 + timedelta(days=16),
        )
    }
    now = make.T0 + timedelta(days=20)
    assert found["owner"].state(now) == "kept"
    assert found["publish"].state(now) == "kept late"
    assert found["meeting"].state(now) == "overdue"
    assert found["meeting"].state(make.T0) == "ahead"


def test_the_overview_counts_in_the_calendar_of_the_lead_reviewer(client, cast):
    """After Good Friday 2026 comes Easter Monday: a holiday in Germany, not where no country is known."""
    friday = datetime(2026, 4, 3, 10, 0, tzinfo=UTC)
    times = {f"{name}_at": friday for name in TIME_NAMES}
    incident = make.incident(by=cast.alice, severity="sev1", title="Before Easter", **times)
    client.force_login(cast.alice)

    def due() -> datetime:
        told = client.get(reverse("desk:overview", args=[incident.ref])).context["deadlines"]
        (found,) = [deadline for deadline, _ in told if deadline.key == "preliminary"]
        return found.at

    assert due().day == 6
    cast.alice.country = "DE"
    cast.alice.save()
    assert due().day == 7
    cast.alice.country = "XX"  # no such place
    cast.alice.save()
    assert due().day == 6


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
        "year=01999999",
        "year=2026%00",
        "year=%D9%A2%D9%A0%D9%A2%D9%A6",
        "team=%00&q=%00",
        "page=99999999999999999999",
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
        ("q=PRINTER", True),
        ("q=prin+fi", True),
        ("q=fire+alarm", False),
        ("q=inters", False),
        ("q=%25", False),
        ("severity=sev4", True),
        ("tag=paper", True),
        ("severity=sev1", False),
        ("mine=1", False),
    ):
        assert (
            "Printers on fire" in client.get(f"{reverse('incidents:list')}?{query}").content.decode()
        ) == found, query


def test_an_incident_is_found_by_its_reference_and_by_parts_of_it(client, cast):
    found = make.incident(by=cast.mel, title="Printers on fire")
    client.force_login(cast.rita)
    for words in (found.ref, found.ref.lower(), found.ref.split("-")[-1], f"printers {found.ref}"):
        page = client.get(reverse("incidents:list"), {"q": words}).content.decode()
        assert "Printers on fire" in page, words
    other = f"{found.ref[:-4]}9999"
    assert "Printers on fire" not in client.get(reverse("incidents:list"), {"q": other}).content.decode()


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
    for number in range(60):  # more than a page
        make.incident(by=cast.alice, title=f"Incident more {number}")
    assert asked() <= some


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


def test_a_review_moves_from_where_it_stands_and_tells_who_comes_second(client, cast):
    incident, now = cast.incident, make.T0
    actions.close_review(incident=incident, by=cast.alice, now=now)
    told = Entry.objects.count()
    with pytest.raises(actions.NotPossible, match="Closed"):
        actions.close_review(incident=incident, by=cast.rev, now=now + timedelta(days=1))
    with pytest.raises(actions.NotPossible, match="Closed"):
        actions.no_review_needed(incident=incident, by=cast.rev, reason="A drill.", now=now)
    incident.refresh_from_db()
    assert (incident.closed_at, incident.no_review_reason, Entry.objects.count()) == (now, "", told)
    actions.reopen_review(incident=incident, by=cast.alice, now=now)
    with pytest.raises(actions.NotPossible, match="In review"):
        actions.reopen_review(incident=incident, by=cast.alice, now=now)
    client.force_login(cast.alice)
    answer = client.post(reverse("incidents:reopen", args=[incident.ref]), follow=True)
    assert "Nothing was changed" in answer.content.decode()


def test_no_review_needs_a_reason_and_can_be_taken_back(client, cast):
    client.force_login(cast.alice)
    where = reverse("incidents:no_review", args=[cast.incident.ref])
    client.post(where, {"reason": " "})
    cast.incident.refresh_from_db()
    assert cast.incident.state == "reviewing"
    page = client.post(where, {"reason": "It was a drill."}, follow=True).content.decode()
    assert "It was a drill." in page
    client.post(reverse("incidents:reopen", args=[cast.incident.ref]))
    cast.incident.refresh_from_db()
    assert (cast.incident.state, cast.incident.closed_at, cast.incident.no_review_reason) == (
        "reviewing",
        None,
        "",
    )


@pytest.mark.parametrize("stage", ["open", "write", "publish", "", "nonsense", "soak\x00"])
def test_what_a_review_is_cannot_be_gone_past(client, cast, stage):
    with pytest.raises(actions.NotPossible):
        actions.skip_stage(incident=cast.incident, by=cast.alice, stage=stage, reason="In a hurry")
    client.force_login(cast.alice)
    where = reverse("incidents:skip_stage", args=[cast.incident.ref])
    page = client.post(where, {"stage": stage, "reason": "In a hurry"}, follow=True).content.decode()
    assert "cannot be gone past" in page
    cast.incident.refresh_from_db()
    assert cast.incident.skipped_stages == {}


def test_a_stage_gone_past_keeps_its_reason_and_can_be_taken_up_again(client, cast):
    client.force_login(cast.alice)
    where = reverse("incidents:skip_stage", args=[cast.incident.ref])
    client.post(where, {"stage": "interview", "reason": "Nobody\x00 was there"})
    cast.incident.refresh_from_db()
    assert cast.incident.skipped_stages == {"interview": "Nobody was there"}
    client.post(where, {"stage": "interview", "reason": ""})
    cast.incident.refresh_from_db()
    assert cast.incident.skipped_stages == {}
