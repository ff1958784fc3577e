"""Who writes where is told as it happens; nothing depends on it."""

from __future__ import annotations

import threading
import time

from django.urls import reverse

from postmortems.writeup.writing import actions, live


def test_a_page_hears_who_is_where_and_what_was_saved(cast, django_capture_on_commit_callbacks):
    live.move(cast.incident.pk, "1/a", "Alice", "story", now=time.time())
    live.PLACES.acquire()
    stream = live.Stream(cast.incident.pk, seconds=20)
    events = iter(stream)
    assert next(events).startswith("retry:")
    assert '"name": "Alice", "section": "story"' in next(events)

    def save():
        with django_capture_on_commit_callbacks(execute=True):
            actions.save_section(
                incident=cast.incident, key="story", text="a secret of the draft", version=0, by=cast.bob
            )

    save()
    told = next(event for event in events if event.startswith("event: saved"))
    assert '"section": "story"' in told
    assert "secret" not in told
    stream.close()


def test_somebody_of_whom_nothing_is_heard_has_left(cast):
    now = time.time()
    live.move(cast.incident.pk, "1/a", "Alice", "story", now=now)
    live.move(cast.incident.pk, "2/b", "Bob", "impact", now=now + 30)
    assert [one["name"] for one in live.people(cast.incident.pk, now=now + 50)] == ["Bob"]
    live.move(cast.incident.pk, "2/b", "Bob", "", now=now + 31)
    assert live.people(cast.incident.pk, now=now + 31) == [
        {"page": "1/a", "name": "Alice", "section": "story"}
    ]


def test_a_stream_that_is_closed_gives_its_place_back_once(client, cast, monkeypatch):
    monkeypatch.setattr(live, "PLACES", threading.BoundedSemaphore(1))
    client.force_login(cast.alice)
    where = reverse("writeup:events", args=[cast.incident.ref])
    first = client.get(where)
    assert first["Content-Type"] == "text/event-stream"
    assert client.get(where).status_code == 503
    for _ in range(2):  # twice is once
        for close in first._resource_closers:
            close()
    assert client.get(where).status_code == 200


def test_without_the_server_of_the_queue_people_write_as_before(
    client, cast, settings, django_capture_on_commit_callbacks
):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    client.force_login(cast.alice)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            reverse("writeup:save", args=[cast.incident.ref, "story"]), {"text": "kept", "version": 0}
        )
    assert answer.status_code == 302
    client.post(reverse("writeup:here", args=[cast.incident.ref]), {"section": "story", "page": "x"})
    live.PLACES.acquire()
    stream = live.Stream(cast.incident.pk, seconds=1)
    assert list(stream) == []
    stream.close()


def test_what_stands_is_told_with_how_places_move(client, cast):
    client.force_login(cast.alice)
    kept = {"incident": cast.incident, "key": "story", "by": cast.bob}
    actions.save_section(text="one two", version=0, **kept)
    actions.save_section(text="one more two", version=1, **kept)
    told = client.get(reverse("writeup:text", args=[cast.incident.ref, "story"]) + "?since=1").json()
    assert (told["text"], told["version"], told["moves"]) == ("one more two", 2, [[4, 4, 5]])
