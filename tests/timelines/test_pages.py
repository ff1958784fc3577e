"""What a person sees and does on the timeline and evidence pages, with and without script."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from postmortems.audit.models import Entry
from tests import make
from tests.timelines.conftest import bring_in, make_record, queries, signed_in
from timelines import actions, drawing, importing, line, storing, tally
from timelines.asked import Asked, address
from timelines.models import Event, Import, Source

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
TABLE = b"time,text,who\n2026-03-10T18:00:00Z,deploy began,Mara\n2026-03-10T18:05:00Z,alarm,\n"


def page(client, name, incident, *args, **query):
    answer = client.get(reverse(f"timelines:{name}", args=[incident.ref, *args]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client, name, incident, *args, data=None, **headers):
    return client.post(
        reverse(f"timelines:{name}", args=[incident.ref, *args]), data or {}, headers=headers or None
    )


def shown(html: str) -> list[str]:
    """The numbers of the events in the list, in order."""
    return re.findall(r'<li class="event[^"]*" id="event-(\d+)"', html)


@pytest.fixture
def event(incident) -> Event:
    return make.events(incident, 3)[0]


# --- curating --------------------------------------------------------------------------------------


def test_pinning_changes_the_row_with_script_and_returns_to_it_without(as_alice, incident, event):
    answer = post(as_alice, "pin", incident, event.pk, data={"pinned": "1"}, **HTMX)
    assert answer.status_code == 200
    assert f'id="event-{event.pk}"' in answer.content.decode()
    assert "<html" not in answer.content.decode()
    event.refresh_from_db()
    assert event.pinned
    here = f"{address(incident)}?show=pinned"
    answer = post(as_alice, "pin", incident, event.pk, data={"pinned": "0", "next": here})
    assert answer["Location"] == f"{here}#event-{event.pk}"
    event.refresh_from_db()
    assert not event.pinned


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)", "/\\example.org"]
)
def test_the_way_back_never_leads_elsewhere(as_alice, incident, event, elsewhere):
    answer = post(as_alice, "pin", incident, event.pk, data={"pinned": "1", "next": elsewhere})
    assert answer["Location"].startswith(address(incident))


def test_a_caption_names_and_pins(as_alice, incident, event):
    post(as_alice, "annotate", incident, event.pk, data={"caption": "  The first <b>sign</b>\n "})
    event.refresh_from_db()
    assert (event.caption, event.pinned) == ("The first <b>sign</b>", True)
    assert "The first &lt;b&gt;sign&lt;/b&gt;" in page(as_alice, "timeline", incident)


def test_a_caption_and_a_phase_are_saved_by_one_press_and_a_refused_phase_keeps_neither(
    as_alice, incident, event
):
    post(as_alice, "annotate", incident, event.pk, data={"caption": "First sign", "phase": "detect"})
    event.refresh_from_db()
    assert (event.caption, event.phase, event.ends_phase) == ("First sign", "detect", "")
    post(as_alice, "annotate", incident, event.pk, data={"caption": "Other words", "phase": "blame"})
    event.refresh_from_db()
    assert (event.caption, event.phase) == ("First sign", "detect")


def test_hiding_needs_a_reason_and_can_be_undone(as_alice, incident, event):
    post(as_alice, "hide", incident, event.pk, data={"reason": "  "})
    assert str(event.pk) in shown(page(as_alice, "timeline", incident))
    answer = post(as_alice, "hide", incident, event.pk, data={"reason": "another incident"})
    assert answer.status_code == 302
    html = page(as_alice, "timeline", incident)
    assert str(event.pk) not in shown(html)
    assert "show it again" in html
    assert str(event.pk) in shown(page(as_alice, "timeline", incident, show="all"))
    post(as_alice, "show", incident, event.pk)
    assert str(event.pk) in shown(page(as_alice, "timeline", incident))


def test_marked_events_make_phases(as_alice, incident):
    first, second, _ = make.events(incident, 3)
    post(as_alice, "annotate", incident, first.pk, data={"phase": "detect"})
    post(as_alice, "annotate", incident, second.pk, data={"phase": "mitigate"})
    assert [(phase.name, phase.start, phase.end) for phase in drawing.phases(incident)] == [
        ("Detect", first.at, second.at),
        ("Mitigate", second.at, incident.resolved_at),
    ]
    assert post(as_alice, "annotate", incident, first.pk, data={"phase": "blame"}).status_code == 302
    assert shown(page(as_alice, "timeline", incident, phase="mitigate")) == [str(second.pk)]


def test_every_annotation_is_told_once_and_nothing_is_told_of_what_was_so_before(incident, event, alice):
    before = Entry.objects.count()
    for _ in range(2):
        actions.pin(event=event, by=alice)
        actions.mark_phase(event=event, by=alice, begins="detect")
    assert Entry.objects.count() == before + 2


def test_participants_may_add_and_not_curate(cast, incident, event):
    ian = signed_in(cast.ian)
    assert post(ian, "pin", incident, event.pk, data={"pinned": "1"}).status_code == 403
    html = page(ian, "timeline", incident)
    assert "data-pin" not in html
    assert "Add an event" in html
    assert "Add an event by hand" in page(ian, "add", incident)


def test_an_event_of_another_incident_is_not_found_here(as_alice, alice, incident, event):
    other = make.incident(by=alice, title="Another")
    for name in ("pin", "annotate", "hide", "show"):
        assert post(as_alice, name, other, event.pk).status_code == 404
    assert as_alice.get(reverse("timelines:event", args=[other.ref, event.pk])).status_code == 404
    assert as_alice.get(reverse("timelines:raw", args=[other.ref, event.pk])).status_code == 404


# --- by hand ---------------------------------------------------------------------------------------


def form(**fields):
    return {
        "at": "2026-03-10T18:07:30",
        "precision": "minute",
        "text": "Somebody phoned",
        "actor": "Ann",
        "kind": "note",
    } | fields


def test_an_event_by_hand_is_in_the_incidents_zone_and_the_same_form_adds_one(as_alice, alice):
    incident = make.incident(by=alice, zone="America/New_York")
    for _ in range(2):
        assert post(as_alice, "add", incident, data=form(form_key="k1")).status_code == 302
    event = Event.objects.get(incident=incident)
    assert event.at.isoformat() == "2026-03-10T22:07:30+00:00"
    assert (event.precision, event.actor, event.added_by, event.raw) == ("minute", "Ann", alice, None)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("at", "soon", "not a date"), ("at", "1970-01-01T00:00", "1990"), ("text", " ", "required"), ("at", "2026-03-08T02:30", "does not exist")],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_the_field_and_nothing_typed_is_lost(
    as_alice, alice, field, value, words
):
    incident = make.incident(by=alice, zone="America/New_York")
    answer = post(as_alice, "add", incident, data=form(**{field: value}))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Ann" in answer.content.decode()
    assert not incident.events.exists()


def test_ones_own_event_can_be_put_right_and_no_other(as_alice, cast, incident, event):
    post(as_alice, "add", incident, data=form(actor=""))
    mine = incident.events.get(source__format="hand")
    assert 'value="2026-03-10T18:07:30"' in page(as_alice, "edit", incident, mine.pk)
    assert post(as_alice, "edit", incident, mine.pk, data=form(text="Mara phoned")).status_code == 302
    mine.refresh_from_db()
    assert mine.text == "Mara phoned"
    assert post(signed_in(cast.bob), "edit", incident, mine.pk, data=form()).status_code == 403
    assert post(as_alice, "edit", incident, event.pk, data=form()).status_code == 403


def test_a_recollection_is_never_sharper_than_memory(incident, alice):
    at = make.T0
    event = actions.add_recollection(
        incident=incident,
        by=alice,
        at=at,
        until=at + timedelta(minutes=10),
        text="I thought it was the cache",
        actor="Ian",
    )
    assert (event.certainty, event.is_recollection, event.source.format) == (
        "approximate",
        True,
        "recollection",
    )
    with pytest.raises(actions.NotPossible):
        actions.add_recollection(
            incident=incident, by=alice, at=at, until=at - timedelta(1), text="x", actor=""
        )


# --- finding ---------------------------------------------------------------------------------------


def test_filters_narrow_and_what_is_unreadable_is_not_asked(as_alice, incident):
    slack, log = make.source(incident), make.source(incident, "web1", "syslog")
    storing.store(
        slack,
        [
            make.record("rolling back", minutes=1, actor="Mara"),
            make.record("100% sure_", minutes=2, actor="Ian"),
        ],
    )
    storing.store(
        log,
        [
            make.record("disk full", minutes=3, kind="log", actor="kernel"),
            make.record("joined", minutes=4, noise=True),
        ],
    )
    by_text = {event.text: str(event.pk) for event in incident.events.all()}

    def found(**query):
        return shown(page(as_alice, "timeline", incident, **query))

    assert found() == [by_text[text] for text in ("rolling back", "100% sure_", "disk full")]
    assert found(q="ROLLING") == found(actor="Mara") == [by_text["rolling back"]]
    assert found(q="100%") == found(q="sure_") == [by_text["100% sure_"]]
    assert found(source=log.pk) == found(kind="log") == [by_text["disk full"]]
    assert by_text["joined"] in found(show="all")
    start = (make.T0 + timedelta(minutes=2)).isoformat()
    assert found(**{"from": start, "to": start}) == [by_text["100% sure_"]]
    for nonsense in (
        {"source": "x"},
        {"source": "9" * 30},
        {"from": "yesterday"},
        {"after": "x~y~z"},
        {"after": "~~"},
        {"phase": "x"},
        {"show": "x"},
        {"q": "\x00"},
    ):
        assert len(found(**nonsense)) == 3
    assert "Nothing matches" in page(as_alice, "timeline", incident, q="unicorn")


def test_paging_by_key_shows_every_event_once_also_at_one_instant(as_alice, incident):
    source = make.source(incident)
    storing.store(source, [make.record(f"e{n}", minutes=n // 90, order=n % 7) for n in range(200)])
    forward, backward, query = [], [], {}
    while True:
        html = page(as_alice, "timeline", incident, **query)
        forward += shown(html)
        later = re.search(r'href="\?after=([^"&#]+)#events" data-events-later', html)
        if not later:
            break
        query = {"after": later[1].replace("%3A", ":").replace("%2B", "+")}
    assert len(forward) == len(set(forward)) == 200
    while True:
        backward = shown(html) + backward
        earlier = re.search(r'href="\?before=([^"&#]+)#events" data-events-earlier', html)
        if not earlier:
            break
        html = page(as_alice, "timeline", incident, before=earlier[1].replace("%3A", ":").replace("%2B", "+"))
    assert backward == forward


def test_one_can_go_to_a_time_of_the_incident(as_alice, incident):
    make.events(incident, 100)
    html = page(as_alice, "timeline", incident, after=incident.mitigated_at.isoformat())
    assert incident.events.get(pk=shown(html)[0]).at == incident.mitigated_at
    assert "data-events-earlier" in html


def test_evidence_of_a_year_is_shown_around_the_incident_first(as_alice, incident):
    source = make.source(incident)
    storing.store(source, [make.record(f"day {n}", minutes=1440 * n + 5) for n in range(-200, 200)])
    html = page(as_alice, "timeline", incident)
    assert len(shown(html)) == 1
    assert "All 400 events" in html
    assert len(shown(page(as_alice, "timeline", incident, whole="1"))) == line.PAGE


def test_days_are_separated_in_the_readers_zone(as_alice, alice, incident):
    alice.zone = "Asia/Tokyo"
    alice.save()
    storing.store(
        make.source(incident), [make.record("before", minutes=-240), make.record("after", minutes=-120)]
    )
    html = page(as_alice, "timeline", incident)
    assert "Tuesday 10 March 2026" in html
    assert "Wednesday 11 March 2026" in html


def test_silence_inside_the_incident_is_shown_and_outside_means_nothing(incident):
    """What machines say does not break it: nobody can be asked what an alert was thinking."""
    people = [make.record("a", minutes=m, actor_kind="person") for m in (-600, 1, 10, 40, 80, 900)]
    machines = [make.record("b", minutes=m, actor_kind="system") for m in (5, 20, 60, 70)]
    storing.store(make.source(incident), people + machines)
    found = [
        ((gap.start - make.T0).seconds // 60, (gap.end - make.T0).seconds // 60)
        for gap in drawing.gaps(incident)
    ]
    assert found == [(10, 40), (40, 80)]


# --- one event -------------------------------------------------------------------------------------


def test_an_event_shows_how_it_was_written_and_its_raw_record_as_text(as_alice, incident):
    source = make.source(incident)
    actions.set_clock_offset(source=source, by=incident.opened_by, offset=timedelta(seconds=-75))
    raw = b'{"text": "<script>alert(1)</script>", "big": 1}'
    storing.store(
        source,
        [
            make.record(
                "said", written="1773165600.000200", zone="Z", precision="microsecond", raw=raw, nanoseconds=0
            )
        ],
    )
    event = incident.events.get()
    html = page(as_alice, "event", incident, event.pk)
    for words in (
        "1773165600.000200",
        "microsecond",
        "shifted by -75",
        "2026-03-10 17:58:45.000000",
        "&lt;script&gt;",
    ):
        assert words in html
    assert "<script>alert" not in html
    answer = as_alice.get(reverse("timelines:raw", args=[incident.ref, event.pk]))
    assert answer.content == raw
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_editions_are_listed_with_what_changed(as_alice, incident):
    source = make.source(incident)
    for number, text in enumerate(("rollbck", "rollback")):
        revised = make.T0 + timedelta(minutes=number) if number else None
        storing.store(
            source,
            [make_record("1", text, at=make.T0, raw=json.dumps({"text": text}).encode(), revised=revised)],
        )
    event = incident.events.get()
    html = page(as_alice, "event", incident, event.pk)
    assert "<del>-  &quot;text&quot;: &quot;rollbck&quot;</del>" in html
    assert "<ins>+  &quot;text&quot;: &quot;rollback&quot;</ins>" in html
    editions = re.findall(r"\?edition=(\d+)", html)
    first = as_alice.get(reverse("timelines:raw", args=[incident.ref, event.pk]), {"edition": editions[0]})
    assert first.content == b'{"text": "rollbck"}'
    other = make.events(incident, 1)[-1]
    assert (
        as_alice.get(
            reverse("timelines:raw", args=[incident.ref, other.pk]), {"edition": editions[0]}
        ).status_code
        == 404
    )


def test_threads_lead_both_ways(as_alice, incident):
    source = make.source(incident)
    root, one, two = (
        make.record("who is on it?", id="C/1"),
        make.record("I am", id="C/2", thread="C/1"),
        make.record("me too", id="C/3", thread="C/1"),
    )
    storing.store(source, [root, one, two])
    first, second, _ = incident.events.order_by("external_id")
    assert "me too" in page(as_alice, "event", incident, first.pk)
    html = page(as_alice, "event", incident, second.pk)
    assert "who is on it?" in html
    assert "Others in this thread" in html


def test_a_raw_record_without_end_is_cut_for_the_page(as_alice, incident):
    storing.store(make.source(incident), [make.record("big", raw=b"x" * 300_000)])
    html = page(as_alice, "event", incident, incident.events.get().pk)
    assert len(html) < 200_000
    assert "Only the first 100 kB" in html


# --- evidence --------------------------------------------------------------------------------------


def send(client, incident, *files, **fields):
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(reverse("timelines:receive", args=[incident.ref]), {"files": uploads, **fields})


def test_several_files_are_brought_in_at_once_and_the_form_twice_is_once(
    as_alice, incident, sent_tasks, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            answer = send(
                as_alice, incident, ("a.csv", TABLE), ("b.csv", TABLE), form_key="once", name="Orders"
            )
            assert answer.status_code == 302
    assert [imported.filename for imported in incident.imports.order_by("filename")] == ["a.csv", "b.csv"]
    assert [name for name, _ in sent_tasks] == ["timelines.tasks.run_import"] * 2
    for imported in incident.imports.all():
        importing.run(imported.pk)
    html = page(as_alice, "imports", incident)
    assert "2 added. " in html
    assert "0 added, 2 unchanged. " in html
    assert incident.sources.get().name == "Orders"


def test_a_row_asks_again_while_it_is_read_and_stops_when_it_is_over(as_alice, alice, incident):
    imported = actions.receive_file(incident=incident, by=alice, upload=SimpleUploadedFile("t.csv", TABLE))
    Import.objects.filter(pk=imported.pk).update(state="running", bytes_read=40, bytes_total=80, added=1)
    html = page(as_alice, "import", incident, imported.pk)
    assert 'hx-trigger="every 1s"' in html
    assert '<progress value="40" max="80"' in html
    Import.objects.filter(pk=imported.pk).update(state="waiting")
    importing.run(imported.pk)
    html = page(as_alice, "import", incident, imported.pk)
    assert "hx-trigger" not in html
    assert 'hx-swap-oob="true"' in html


def test_what_was_skipped_is_listed_line_by_line(as_alice, alice, incident):
    bring_in(incident, alice, "t.csv", TABLE + b"never,x,y\n")
    html = page(as_alice, "imports", incident)
    assert "1 line could not be read" in html
    assert "<code>t.csv:4</code>" in html


def test_a_question_shows_how_the_file_begins_and_takes_the_answer(as_alice, alice, incident):
    imported = bring_in(
        incident, alice, "odd.csv", b"moment of it;words\n1773165600;<b>hello</b>\n", format="table"
    )
    html = page(as_alice, "imports", incident)
    assert "moment of it;words" in html
    assert "&lt;b&gt;hello" in html
    assert '<option value="moment of it">' in html
    post(as_alice, "answer", incident, imported.pk, data={"time": "moment of it", "text": "words"})
    importing.run(imported.pk)
    assert incident.events.get().text == "<b>hello</b>"
    post(as_alice, "answer", incident, imported.pk, data={"zone": "Mars/Olympus"})
    assert "no time zone Mars/Olympus" in page(as_alice, "imports", incident)


def test_an_empty_file_and_none_at_all_are_said_beside_the_field(as_alice, incident):
    answer = send(as_alice, incident, ("empty.json", b"")).content.decode()
    assert "empty.json is empty: it has no bytes at all" in answer
    assert "Choose at least one file" in send(as_alice, incident).content.decode()
    assert not Import.objects.exists()


def test_an_empty_file_among_others_is_left_out_by_name(as_alice, incident):
    assert send(as_alice, incident, ("none.log", b""), ("a.csv", TABLE)).status_code == 302
    assert [imported.filename for imported in incident.imports.all()] == ["a.csv"]
    assert "nothing is in it: none.log." in page(as_alice, "imports", incident)


def test_a_file_over_the_limit_is_refused_in_a_sentence(as_alice, incident, settings):
    settings.UPLOAD_LIMIT = 1000
    assert send(as_alice, incident, ("big.csv", b"x" * 5000)).status_code == 302
    html = page(as_alice, "imports", incident)
    assert "big.csv" in html
    assert "larger than" in html
    assert not Import.objects.exists()


def test_a_name_of_a_file_is_only_a_name(as_alice, incident):
    send(as_alice, incident, ("..\\..\\<script>.csv", TABLE))
    imported = Import.objects.get()
    assert "/" not in imported.filename
    assert "\\" not in imported.filename
    assert "<script>" not in page(as_alice, "imports", incident).replace("<script type", "")
    answer = as_alice.get(reverse("timelines:original", args=[incident.ref, imported.pk]))
    assert b"".join(answer.streaming_content) == TABLE
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_clock_and_the_zone_of_a_source_are_set_on_the_page(as_alice, alice, incident):
    log = b"Nov 10 12:00:00 web1 app: first\n"
    source = bring_in(incident, alice, "messages", log, zone="UTC", year=2025).source
    post(as_alice, "offset", incident, source.pk, data={"seconds": "−75,5"})
    post(as_alice, "zone", incident, source.pk, data={"zone": "Asia/Tokyo"})
    event = incident.events.get()
    assert event.read_at.hour == 3
    assert event.read_at - event.at == timedelta(seconds=75.5)
    for nonsense in ("", "much", "nan", "1e99", "999999999"):
        post(as_alice, "offset", incident, source.pk, data={"seconds": nonsense})
        assert "a number of seconds" in page(as_alice, "imports", incident)
    post(as_alice, "zone", incident, source.pk, data={"zone": "Nowhere"})
    assert "There is no time zone Nowhere" in page(as_alice, "imports", incident)
    assert Source.objects.get(pk=source.pk).zone == "Asia/Tokyo"


# --- taking it along -------------------------------------------------------------------------------


def exported(client, incident, kind, **query):
    answer = client.get(reverse("timelines:export", args=[incident.ref, kind]), query)
    return b"".join(answer.streaming_content).decode()


def test_the_timeline_can_be_taken_along_and_no_cell_is_a_formula(as_alice, incident):
    texts = ["=cmd()", "+1", "-1", "@x", "\tx", " =x", "plain"]
    storing.store(make.source(incident), [make.record(text, minutes=n) for n, text in enumerate(texts)])
    rows = list(csv.DictReader(io.StringIO(exported(as_alice, incident, "csv"))))
    assert [row["text"][:1] for row in rows] == ["'"] * 6 + ["p"]
    assert rows[0]["at"] == "2026-03-10T18:00:00Z"
    lines = [json.loads(row) for row in exported(as_alice, incident, "jsonl").splitlines()]
    assert [row["text"] for row in lines] == texts
    assert len(exported(as_alice, incident, "jsonl", q="plain").splitlines()) == 1


# --- as fast with many as with few -----------------------------------------------------------------


@pytest.mark.parametrize("pinned", [False, True])
def test_the_timeline_asks_the_same_number_of_queries_with_any_number_of_events(
    as_alice, alice, incident, pinned
):
    source, numbers = make.source(incident), []
    stored = 0
    for number in (1, 20, 200, 10_000):
        for batch in storing.batches(
            make.record(f"e{n}", minutes=n / 200, actor=f"P{n % 50}") for n in range(stored, number)
        ):
            storing.store(source, batch)
        stored = number
        if pinned:
            source.events.filter(pk__in=source.events.values("pk")[:60]).update(pinned=True, phase="detect")
        numbers.append(queries(as_alice, address(incident)))
    assert max(numbers) - min(numbers) <= 1, numbers  # counts instead of marks
    assert max(numbers) <= 22


def test_the_evidence_page_asks_the_same_number_of_queries_with_any_number_of_imports(
    as_alice, alice, incident
):
    numbers = []
    for number in (1, 20, 60):
        for n in range(Import.objects.count(), number):
            bring_in(incident, alice, f"{n}.csv", TABLE + b"never,x,y\n" * 3, name=f"Source {n}")
        numbers.append(queries(as_alice, reverse("timelines:imports", args=[incident.ref])))
    assert len(set(numbers)) == 1, numbers


def test_an_event_asks_the_same_number_of_queries_in_any_thread(as_alice, incident):
    source, numbers, stored = make.source(incident), [], 0
    storing.store(source, [make.record("root", id="C/0")])
    for number in (1, 20, 200):
        storing.store(
            source, [make.record(f"r{n}", id=f"C/{n + 1}", thread="C/0") for n in range(stored, number)]
        )
        stored = number
        numbers.append(
            queries(
                as_alice,
                reverse("timelines:event", args=[incident.ref, source.events.get(external_id="C/1").pk]),
            )
        )
    assert len(set(numbers)) == 1, numbers


def test_bins_begin_at_the_same_instants_for_every_reader(as_alice, alice, incident):
    """Counting is in UTC, whatever zone the page is shown in."""
    source = make.source(incident)
    storing.store(source, [make.record(f"e{n}", minutes=n / 10) for n in range(drawing.FEW + 100)])
    seen = []
    for zone in ("UTC", "Asia/Kolkata"):
        with timezone.override(zone):
            asked, span, _ = line.focus(incident, Asked(), tally.counted(incident))
            seen.append(
                [
                    list(lane.bins)
                    for lane in drawing.picture_of(incident, asked, span, tally.counted(incident)).lanes
                ]
            )
    assert seen[0] == seen[1]
    (bins,) = seen[0]
    assert sum(count for _, count in bins) == drawing.FEW + 100
    assert bins[0][0] <= make.T0 < bins[1][0]
