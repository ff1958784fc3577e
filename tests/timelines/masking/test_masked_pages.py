from __future__ import annotations

import pytest
from django.urls import reverse

from postmortems.audit.models import Entry
from tests import make
from tests.timelines.conftest import make_record, queries, signed_in
from tests.timelines.masking.planted import SECRETS
from timelines import storing
from timelines.models import Event, Secret

pytestmark = pytest.mark.django_db
TOKEN = SECRETS["GitHub token"]


def page(incident) -> str:
    return reverse("timelines:masked", args=[incident.ref])


def test_nothing_found_says_so(incident, as_alice):
    assert "Nothing is masked" in as_alice.get(page(incident)).content.decode()


def test_a_curator_sees_the_value_once_for_all_events(incident, store, as_alice):
    store(f"use {TOKEN} now")
    store(f"they used {TOKEN}", key="2")
    shown = as_alice.get(page(incident)).content.decode()
    assert shown.count(TOKEN) == 1
    assert "in 2 events" in shown
    assert "use <mark>[masked: GitHub token]</mark> now" in shown


def test_the_values_are_kept_in_no_cache(incident, as_alice):
    assert "no-store" in as_alice.get(page(incident))["Cache-Control"]


def test_harmless_is_written_back_everywhere_and_undone_everywhere(incident, store, decide):
    store(f"use {TOKEN}", extra={"quote": f'say "{TOKEN}"'})
    store(f"{TOKEN} again {TOKEN}", key="2")
    told = decide(Secret.objects.first(), "shown")
    assert "shown in 2 events" in told.content.decode()
    assert set(Event.objects.values_list("text", flat=True)) == {f"use {TOKEN}", f"{TOKEN} again {TOKEN}"}
    assert Event.objects.get(external_id="1").extra == {"quote": f'say "{TOKEN}"'}
    decide(Secret.objects.first(), "masked", seen="shown")
    assert not Event.objects.filter(text__contains=TOKEN).exists()
    assert TOKEN not in str(Event.objects.get(external_id="1").extra)
    assert not Secret.objects.exclude(state="masked").exists()


@pytest.mark.parametrize("value", ['Zk4"horse', "Zk4horse\\n", "Zk4'hörse🙈"])
def test_odd_letters_come_back_as_they_were(store, decide, value):
    extra = {"password": value}
    event = store("x", extra=extra)
    assert event.extra != extra
    decide(event.secrets.first(), "shown")
    event.refresh_from_db()
    assert event.extra == extra


def test_two_answers_at_once_the_first_stands(store, decide):
    secret = store(f"use {TOKEN}").secrets.get()
    decide(secret, "kept")
    told = decide(secret, "shown")
    assert "Somebody else answered this" in told.content.decode()
    assert TOKEN not in Event.objects.get().text


def test_nonsense_is_answered_kindly(incident, as_alice):
    for data in (
        {},
        {"value": "zz", "answer": "kept", "seen": "masked"},
        {"value": "00", "answer": "x", "seen": "masked"},
    ):
        answer = as_alice.post(reverse("timelines:decide_masked", args=[incident.ref]), data, follow=True)
        assert answer.status_code == 200


def test_the_audit_tells_who_looked_and_not_what(store, decide, alice):
    secret = store(f"use {TOKEN}").secrets.get()
    decide(secret, "shown")
    entry = Entry.objects.filter(verb="secret.shown").get()
    assert "GitHub token" in entry.sentence
    assert TOKEN not in str(vars(entry))


def test_another_incident_is_another_matter(cast, incident, store, decide):
    other = make.incident(by=cast.alice, title="Another one")
    storing.store(make.source(other), [make_record("1", f"use {TOKEN}")])
    decide(store(f"use {TOKEN}").secrets.get(), "shown")
    assert other.events.get().text == "use [masked: GitHub token]"


def test_answered_values_are_a_page_of_their_own(incident, store, decide, as_alice):
    decide(store(f"use {TOKEN}").secrets.get(), "kept")
    assert "Nothing waits for an answer" in as_alice.get(page(incident)).content.decode()
    answered = as_alice.get(f"{page(incident)}?answered").content.decode()
    assert "stays masked, says" in answered
    decide(Secret.objects.get(), "masked", seen="kept")
    assert Secret.objects.get().decided_by is None


def test_thirty_values_ask_no_more_than_one(incident, store, as_alice):
    store("password=Zk4horse")
    one = queries(as_alice, page(incident))
    for number in range(30):
        store(f"password=Zk4horse{number}", key=f"k{number}")
    assert queries(as_alice, page(incident)) == one
    assert "Page 1 of 2" in as_alice.get(page(incident)).content.decode()


def test_curators_see_the_raw_record_and_readers_see_it_masked(cast, incident, store):
    raw = f'{{"text": "use {TOKEN}", "user": {{"password": "Zk4\\"horse"}}, "other": "{SECRETS["Slack token"]}"}}'
    event = store(f"use {TOKEN}", raw=raw.encode(), extra={"password": 'Zk4"horse'})
    address = reverse("timelines:event", args=[incident.ref, event.pk])
    to_reader = signed_in(cast.ian).get(address).content.decode()
    for secret in (TOKEN, "Zk4", SECRETS["Slack token"]):
        assert secret not in to_reader
    assert "[masked: GitHub token]" in to_reader
    assert TOKEN in signed_in(cast.bob).get(address).content.decode()
    download = reverse("timelines:raw", args=[incident.ref, event.pk])
    assert download not in to_reader
    assert signed_in(cast.ian).get(download).status_code == 403
    assert signed_in(cast.bob).get(download).content == raw.encode()


def test_a_secret_at_the_end_of_what_is_shown_is_not_half_shown(cast, incident, store):
    raw = "x " * 49_990 + TOKEN + " more" * 100
    event = store("long", raw=raw.encode())
    shown = (
        signed_in(cast.ian).get(reverse("timelines:event", args=[incident.ref, event.pk])).content.decode()
    )
    assert TOKEN[:8] not in shown


def test_harmless_values_are_in_the_raw_record_for_all(cast, incident, store, decide):
    event = store(f"use {TOKEN}", raw=f"use {TOKEN}".encode())
    decide(event.secrets.get(), "shown")
    address = reverse("timelines:event", args=[incident.ref, event.pk])
    assert signed_in(cast.ian).get(address).content.decode().count(TOKEN) >= 2


def test_the_way_there_is_shown_to_those_who_may_go(cast, incident, store):
    store(f"use {TOKEN}")
    evidence = reverse("timelines:imports", args=[incident.ref])
    assert (
        page(incident)
        in signed_in(cast.bob).get(reverse("timelines:questions", args=[incident.ref])).content.decode()
    )
    assert page(incident) not in signed_in(cast.ian).get(evidence).content.decode()


def test_a_page_of_values_is_kept_masked_at_once_or_not_at_all(incident, store, as_alice):
    secrets = [store(f"password=Zk4horse{n}", key=str(n)).secrets.get() for n in range(3)]
    where = reverse("timelines:decide_masked", args=[incident.ref])
    values = [bytes(secret.digest).hex() for secret in secrets]
    stale = as_alice.post(
        where, {"value": [*values, "00" * 32], "seen": "masked", "answer": "kept"}, follow=True
    )
    assert "Somebody else answered this" in stale.content.decode()
    assert Secret.objects.filter(state="masked").count() == 3
    told = as_alice.post(where, {"value": values, "seen": "masked", "answer": "kept"}, follow=True)
    assert "stays masked in 3 events" in told.content.decode()
    assert Secret.objects.filter(state="kept").count() == 3
