from __future__ import annotations

import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from postmortems.incidents.models import Incident
from postmortems.publication import actions, article, content
from postmortems.publication.models import Revision
from postmortems.publication.reading.comparing import changes
from postmortems.writeup.conditions import actions as conditions
from postmortems.writeup.writing.actions import save_section
from tests import make
from timelines import actions as timelines

NOW = make.T0 + timedelta(days=14)


@pytest.fixture
def twice(cast):
    """An incident with two revisions; the second corrects a number."""
    make.writeup_of(cast.incident)
    cast.incident.circle.filter(role="approver").delete()
    actions.publish(incident=cast.incident, by=cast.alice, now=NOW)
    section = cast.incident.sections.get(key="summary")
    save_section(
        incident=cast.incident, key="summary", text="Bookings <b>failed</b> for 84 minutes.", version=section.version, by=cast.alice,
    )  # fmt: skip
    actions.publish(incident=cast.incident, by=cast.alice, now=NOW, change_note="a number was wrong")
    return cast.incident


def said(*arguments: str, **options) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_what_a_revision_changed_is_shown(twice, client, cast):
    client.force_login(cast.rita)
    page = client.get(reverse("publication:changes", args=[twice.ref, 2]))
    assert "a number was wrong" in page.text
    assert "&lt;" in page.text
    assert "<b>" not in page.text
    assert "In short" in page.text
    assert "The timeline" not in [title for title, _ in page.context["changes"]]
    assert client.get(reverse("publication:changes", args=[twice.ref, 1])).status_code == 404
    assert "<ins>" in client.get(reverse("publication:changes", args=[twice.ref, 1]), {"beside": 2}).text


def test_what_is_the_same_is_not_told(twice):
    document = content.of(twice)
    assert changes(document, document) == []
    other = document | {"items": [], "title": "Another title"}
    assert [(one.title, bool(one.becomes)) for one in changes(document, other)] == [
        ("Title", True),
        ("R1", False),
    ]


def test_exported_revisions_are_checked_without_the_server(twice, client, cast, tmp_path):
    client.force_login(cast.rita)
    for number in (1, 2):
        document = client.get(reverse("publication:document", args=[twice.ref, number]))
        (tmp_path / f"{twice.ref}-r{number}.json").write_bytes(document.content)
    assert said("check_archive", str(tmp_path)).endswith("\n2 revisions are as they were published.\n")
    first = tmp_path / f"{twice.ref}-r1.json"
    raw = first.read_bytes()
    at = raw.index(b"queue") if b"queue" in raw else len(raw) // 2
    first.write_bytes(raw[:at] + b"Q" + raw[at + 1 :])
    with pytest.raises(CommandError):
        said("check_archive", str(tmp_path))
    first.unlink()
    assert "begins with revision 2 here" in said("check_archive", str(tmp_path))
    second = tmp_path / f"{twice.ref}-r2.json"
    second.write_bytes(second.read_bytes().replace(b'"number": 2', b'"number": 1', 1))
    with pytest.raises(CommandError, match="not as it was published"):
        said("check_archive", str(tmp_path))


def test_the_archive_is_checked_here(twice):
    assert json.loads(said("check_archive", json=True)) == {
        "checked": 2,
        "files": 0,
        "troubles": [],
        "remarks": [],
    }


def test_publishing_from_the_command_line_writes_page_print_and_document(cast, tmp_path):
    make.writeup_of(cast.incident)
    with pytest.raises(CommandError, match="approve"):
        said("publish", cast.incident.ref)
    told = json.loads(said("publish", cast.incident.ref, despite="tried out", out=tmp_path, json=True))
    assert told["revision"] == 1
    page, print_, document = (tmp_path / f"{cast.incident.ref}-r1.{end}" for end in ("html", "pdf", "json"))
    assert Revision.objects.get().html in page.read_text()
    assert print_.read_bytes().startswith(b"%PDF-")
    assert json.loads(document.read_text())["pdf"]["bytes"] == print_.stat().st_size
    assert said("check_archive", str(tmp_path)) == (
        "1 revisions are as they were published. And 3 files are as they were exported.\n"
    )
    print_.write_bytes(print_.read_bytes() + b" ")
    with pytest.raises(CommandError):
        said("check_archive", str(tmp_path))
    assert "revision 1" in said(
        "publish", cast.incident.ref, despite="again"
    )  # nothing new: the same revision again
    assert Revision.objects.count() == 1


def test_nobody_by_that_name_publishes(cast):
    with pytest.raises(CommandError, match="There is no incident"):
        said("publish", "INC-1999-0001")
    with pytest.raises(CommandError, match="who publishes"):
        said("publish", cast.incident.ref, by="nobody@example.org")


def test_no_time_at_all_is_a_time_and_days_are_told_where_there_are_several(cast):
    make.writeup_of(cast.incident)
    incident = cast.incident
    Incident.objects.filter(pk=incident.pk).update(acknowledged_at=incident.detected_at)
    event = timelines.add_by_hand(
        incident=incident, by=cast.alice, at=make.T0 + timedelta(days=1), text="The next day"
    )
    timelines.pin(event=event, by=cast.alice)
    condition = incident.conditions.first()
    conditions.cite(condition=condition, by=cast.alice, event=event, cited=True)
    html = article.render(content.of(Incident.objects.get(pk=incident.pk)))
    assert "<dt>Time to acknowledge</dt><dd>0 s</dd>" in html
    assert re.search(rf'<a href="#event-{event.pk}">\d+ \w+, \d\d:\d\d', html)
