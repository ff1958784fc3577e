from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.urls import reverse
from kombu.exceptions import OperationalError

from postmortems.audit.models import Entry
from postmortems.publication import actions, article, chain, content, tasks
from postmortems.publication.approving.actions import approve
from postmortems.publication.approving.texts import draft
from postmortems.publication.models import Printing, Revision
from postmortems.publication.readiness import reasons
from postmortems.writeup.writing.actions import save_section
from tests import make

NOW = make.T0 + timedelta(days=14)


def rewrite(incident, key: str, text: str) -> None:
    section = incident.sections.get(key=key)
    save_section(incident=incident, key=key, text=text, version=section.version, by=incident.opened_by)


def test_blocked_until_somebody_says_why(ready):
    rewrite(ready, "apology", "")
    with pytest.raises(actions.NotReady):
        actions.publish(incident=ready, by=ready.opened_by, now=NOW)
    assert not Revision.objects.exists()
    actions.publish(incident=ready, by=ready.opened_by, now=NOW, despite="The board asked for it today")
    assert Entry.objects.get(verb="revision.published").data["despite"] == "The board asked for it today"


def test_the_same_text_is_published_once(ready, client):
    client.force_login(ready.opened_by)
    for _ in range(2):
        client.post(reverse("publication:publish", args=[ready.ref]))
    assert Revision.objects.count() == 1
    rewrite(ready, "summary", "A correction.")
    client.post(reverse("publication:publish", args=[ready.ref]), {"change_note": "a number was wrong"})
    assert list(Revision.objects.order_by("number").values_list("number", "change_note")) == [
        (1, ""),
        (2, "a number was wrong"),
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "update publication_revision set title = 'x'",
        "delete from publication_revision",
        "truncate publication_revision cascade",
    ],
)
def test_the_database_refuses_to_change_a_revision(ready, sql):
    actions.publish(incident=ready, by=ready.opened_by, now=NOW)
    refused = pytest.raises((IntegrityError, InternalError))
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(sql)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.update(html="x")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda rows: rows[0]["content"].update(title="x"), ["Revision 1 is not what was published."]),
        (lambda rows: rows[1].update(html=rows[1]["html"] + " "), ["Revision 2 is not what was published."]),
        (lambda rows: rows[0].update(digest="0" * 64), [
            "Revision 1 is not what was published.", "Revision 2 does not name the one before it.",
        ]),
        (lambda rows: rows.pop(0), [
            "It begins with revision 2.", "Revision 2 does not name the one before it.",
        ]),
    ],
)  # fmt: skip
def test_whatever_is_changed_in_a_chain_is_found(ready, spoil, told):
    actions.publish(incident=ready, by=ready.opened_by, now=NOW)
    rewrite(ready, "summary", "A correction.")
    actions.publish(incident=ready, by=ready.opened_by, now=NOW)
    rows = list(
        Revision.objects.order_by("number").values("number", "content", "html", "digest", "previous_digest")
    )
    assert chain.troubles(rows) == []
    spoil(rows)
    assert chain.troubles(rows) == told


def test_an_approval_is_of_exactly_this_text(cast):
    make.writeup_of(cast.incident)
    assert {reason.code for reason in reasons(cast.incident)} == {"approval"}
    digest = chain.digest(content.of(cast.incident))
    approve(text=draft(cast.incident), by=cast.apo, digest=digest, now=NOW)
    assert reasons(cast.incident) == []
    rewrite(cast.incident, "summary", "Other words.")
    assert {reason.code for reason in reasons(cast.incident)} == {"approval"}
    with pytest.raises(actions.Changed):
        approve(text=draft(cast.incident), by=cast.apo, digest=digest, now=NOW)


def test_a_broker_that_is_away_loses_nothing(ready, client, monkeypatch, django_capture_on_commit_callbacks):
    from celery import Task

    def away(self, *args, **kwargs):
        raise OperationalError("the broker is away")

    client.force_login(ready.opened_by)
    with monkeypatch.context() as patched:
        patched.setattr(Task, "apply_async", away)
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(reverse("publication:publish", args=[ready.ref]))
    assert answer.status_code == 302
    revision = Revision.objects.get()
    assert revision.printing.state == Printing.State.WAITING
    assert client.get(reverse("publication:pdf", args=[ready.ref, 1])).status_code == 503

    sent = []
    monkeypatch.setattr(tasks.print_text, "delay", sent.append)
    tasks.print_waiting()  # the broker is back, and with it the sweep
    assert sent == [revision.printing.pk]
    for _ in range(2):  # a task that arrives twice prints once
        tasks.print_text(revision.printing.pk)
    printing = Printing.objects.get()
    assert (printing.state, printing.tries) == (Printing.State.DONE, 1)
    answer = client.get(reverse("publication:pdf", args=[ready.ref, 1]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    for close in answer._resource_closers:
        close()


def test_what_helped_is_told_under_its_own_heading(ready):
    make.condition(ready, "Support shares a channel with engineers")
    make.condition(ready, "A third condition")
    ready.conditions.filter(number=3).update(kind="helped")
    html = article.render(content.of(ready))
    assert (
        html.index("A third condition") < html.index('id="helped"') < html.index("Support shares a channel")
    )
    assert html.count('id="conditions"') == html.count('id="helped"') == 1


@pytest.mark.parametrize(
    ("precision", "shown", "seen"),
    [
        ("day", "that day", "10 March"), ("hour", "18 h", "10 March, 18 h"), ("minute", "18:00", "10 March, 18:00"),
        ("second", "18:00:00", "10 March, 18:00:00"),
    ],
)  # fmt: skip
def test_no_event_is_told_finer_than_its_source_knew_it(ready, precision, shown, seen):
    document = content.of(ready)
    told = {
        "at": "2026-03-10T18:00:00Z",
        "precision": precision,
        "certainty": "exact",
        "text": "x",
        "caption": "",
        "source": "s",
        "actor": "",
    }
    document["events"] = [told | {"id": 1}, told | {"id": 2, "at": "2026-03-11T18:00:00Z"}]
    document["conditions"] = [document["conditions"][0] | {"events": [1]}]
    html = article.render(document)
    assert f">{shown}</time>" in html
    assert f'<a href="#event-1">{seen}</a>' in html
