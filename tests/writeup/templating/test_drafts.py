"""Which sections a write-up has: begun by severity, kept from its first word on, changed when somebody accepts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.urls import reverse

from postmortems.archive.old_writeups import Known, Wishes, bring
from postmortems.desk import facts
from postmortems.incidents.models import Incident, Severity
from postmortems.publication import article, content, readiness
from postmortems.writeup.files import exchange
from postmortems.writeup.models import Outline, TemplateVersion
from postmortems.writeup.sections import BUILT_IN, TEXTS, Sections, Text
from postmortems.writeup.templating import actions
from postmortems.writeup.templating.outline import drafts_of, section_of, sections_of, version_of
from postmortems.writeup.writing import live
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.make import T0

LAW = Text(
    "x-law",
    "regret",
    "Whom the law wants told",
    "By when, and by whom?",
    starter="| Who | When |\n|---|---|\n",
)
RECOVERED = Text("x-recovered", "reason", "What came back, and what did not", "", required=False)
HOUSE = tuple(text.key for text in TEXTS)


def keys(incident) -> list[str]:
    return [text.key for text in sections_of(incident).texts]


@pytest.fixture
def template(cast):
    return actions.create(
        name="Data loss", sentence="Something is gone", sections=Sections((*TEXTS, LAW, RECOVERED)),
        severities=[cast.incident.severity], by=cast.ada, now=T0,
    )  # fmt: skip


@pytest.fixture
def second(cast, template):
    """The next version: one section gone, one of the house gone, one reworded."""

    def make_it() -> TemplateVersion:
        texts = [
            replace(text, title="Who was hit") if text.key == "impact" else text
            for text in TEXTS
            if text.key != "well"
        ]
        return actions.save_version(
            template=template,
            sections=Sections((*texts, LAW)),
            started_from=1,
            note="Shorter",
            by=cast.ada,
            now=T0,
        )

    return make_it


def write(cast, key, text="Words.", version=0):
    return save_section(incident=cast.incident, key=key, text=text, version=version, by=cast.bob, now=T0)


def test_without_a_template_it_has_what_comes_with_the_house(cast):
    assert sections_of(cast.incident) == BUILT_IN


def test_a_new_write_up_begins_with_the_newest_of_its_severity(cast, template, second):
    assert keys(cast.incident)[-4:] == ["well", "x-recovered", "remedies", "not_done"]
    second()
    assert "well" not in keys(cast.incident), "nobody has written yet"
    assert not Outline.objects.exists(), "looking at it keeps nothing"


def test_a_draft_stays_with_what_it_began_with_until_somebody_accepts(cast, template, second):
    write(cast, "summary")
    newer = second()
    assert version_of(cast.incident).number == 1
    actions.follow(
        incident=cast.incident, version=newer, seen=template.versions.get(number=1).pk, by=cast.bob, now=T0
    )
    assert version_of(cast.incident) == newer
    assert "well" not in keys(cast.incident)
    assert sections_of(cast.incident).by_key["impact"].title == "Who was hit"


def test_a_draft_that_began_without_a_template_stays_without_one(cast):
    write(cast, "summary")
    actions.create(
        name="Late", sentence="", sections=Sections((*TEXTS, LAW)), severities=[cast.incident.severity], by=cast.ada, now=T0
    )  # fmt: skip
    assert sections_of(cast.incident) == BUILT_IN


def test_another_severity_and_a_retired_template_begin_nothing(cast, template):
    other = make.incident(by=cast.alice, severity="sev4")
    assert sections_of(other) == BUILT_IN
    actions.retire(template=template, by=cast.ada, now=T0)
    assert sections_of(cast.incident) == BUILT_IN
    actions.bring_back(template=template, by=cast.ada)
    assert "x-law" in keys(cast.incident)


def test_words_of_a_section_that_is_gone_stay_at_the_end_of_their_r_while_there_are_any(
    cast, template, second
):
    write(cast, "well", "The radio worked.")
    write(cast, "x-recovered", "All but eleven orders.")
    actions.follow(
        incident=cast.incident, version=second(), seen=version_of(cast.incident).pk, by=cast.bob, now=T0
    )
    found = sections_of(cast.incident)
    assert [text.key for text in found.of("reason")] == ["story", "sense", "well", "x-recovered"]
    assert found.by_key["x-recovered"].left
    assert found.by_key["x-recovered"].title == "What came back, and what did not"
    assert "x-recovered" not in found.required
    write(cast, "x-recovered", "", version=1)
    assert "x-recovered" not in keys(cast.incident)
    assert section_of(cast.incident, "x-recovered"), "its history can still be read"


def test_what_somebody_still_writes_in_a_section_that_just_went_is_taken(client, cast, template, second):
    write(cast, "summary")
    actions.follow(
        incident=cast.incident, version=second(), seen=version_of(cast.incident).pk, by=cast.alice, now=T0
    )
    client.force_login(cast.bob)
    answer = client.post(
        reverse("writeup:save", args=[cast.incident.ref, "x-recovered"]),
        {"text": "Everything.", "version": 0},
    )
    assert answer.status_code == 302
    assert cast.incident.sections.get(key="x-recovered").text == "Everything."
    assert client.get(reverse("writeup:history", args=[cast.incident.ref, "x-recovered"])).status_code == 200
    unknown = reverse("writeup:save", args=[cast.incident.ref, "x-never-there"])
    assert client.post(unknown, {"text": "x", "version": 0}).status_code == 404


def test_it_is_published_under_the_title_it_had_then(cast, template, second):
    write(cast, "x-law", "The authority, on Tuesday.")
    write(cast, "well", "The radio worked.")
    document = content.of(cast.incident)
    actions.follow(
        incident=cast.incident, version=second(), seen=version_of(cast.incident).pk, by=cast.bob, now=T0
    )
    page = article.render(document)
    assert (
        page.index("Whom the law wants told")
        < page.index("The authority, on Tuesday.")
        < page.index("What went well")
    )
    later = article.render(content.of(cast.incident))
    assert "The radio worked." in later, "no word is lost by a template"


def test_a_document_from_before_templates_is_rendered_as_it_was(cast):
    write(cast, "impact", "1,914 people.")
    document = content.of(cast.incident)
    page = article.render(document)
    del document["sections"]
    assert article.render(document) == page


def test_what_a_template_needs_is_missed_and_its_starter_says_nothing(cast, template):
    def missing() -> bool:
        return any("Whom the law wants told" in one.sentence for one in readiness.reasons(cast.incident))

    assert missing()
    write(cast, "x-law", sections_of(cast.incident).by_key["x-law"].starter)
    assert missing()
    assert facts.of([cast.incident])[cast.incident.pk].texts_written == 0
    write(cast, "x-law", "The authority, on Tuesday.", version=1)
    assert not missing()
    found = facts.of([cast.incident])[cast.incident.pk]
    assert (found.texts_written, found.texts_required) == (1, 5)


def test_sections_of_many_are_asked_for_as_those_of_one(cast, template, django_assert_num_queries):
    for number in range(5):
        made = make.incident(by=cast.alice, title=f"Another {number}")
        save_section(incident=made, key="summary", text="x", version=0, by=cast.alice)
    incidents = list(Incident.objects.exclude(pk=cast.incident.pk))
    for asked in ([cast.incident, incidents[0]], [cast.incident, *incidents]):
        with django_assert_num_queries(3):
            assert all("x-law" in sections.by_key for sections in drafts_of(asked).values())


def test_leaving_a_newer_version_is_remembered_until_there_is_a_newer_one(client, cast, template, second):
    write(cast, "summary")
    newer = second()
    client.force_login(cast.bob)
    page = reverse("writeup:edit", args=[cast.incident.ref])
    assert "has a newer version: 2 sections left out, 1 reworded" in client.get(page).text
    client.post(reverse("writeup:leave", args=[cast.incident.ref]), {"to": newer.pk})
    assert "has a newer version" not in client.get(page).text
    assert version_of(cast.incident).number == 1
    assert "Accept it" in client.get(reverse("writeup:outline", args=[cast.incident.ref])).text
    third = actions.save_version(
        template=template, sections=BUILT_IN, started_from=2, note="", by=cast.ada, now=T0
    )
    assert "has a newer version" in client.get(page).text
    client.post(
        reverse("writeup:follow", args=[cast.incident.ref]),
        {"to": third.pk, "seen": version_of(cast.incident).pk},
    )
    assert version_of(cast.incident) == third


def test_pages_that_are_open_are_told(cast, template, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(live, "tell", lambda incident_id, kind, **what: told.append((incident_id, kind)))
    seen = version_of(cast.incident).pk
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            actions.follow(incident=cast.incident, version=None, seen=seen, by=cast.bob, now=T0)
    assert told == [(cast.incident.pk, "follows")]


def test_who_chooses_on_an_old_page_is_asked_to_look_once_more(client, cast, template, second):
    write(cast, "summary")
    seen, newer = version_of(cast.incident), second()
    actions.follow(incident=cast.incident, version=None, seen=seen.pk, by=cast.alice, now=T0)
    with pytest.raises(actions.Stale):
        actions.follow(incident=cast.incident, version=newer, seen=seen.pk, by=cast.bob, now=T0)
    client.force_login(cast.bob)
    answer = client.post(
        reverse("writeup:follow", args=[cast.incident.ref]), {"to": newer.pk, "seen": seen.pk}, follow=True
    )
    assert "in the meantime" in answer.text
    assert version_of(cast.incident) is None
    actions.follow(
        incident=cast.incident, version=None, seen=seen.pk, by=cast.bob, now=T0
    )  # twice the same is once


@pytest.mark.django_db(transaction=True)
def test_two_people_who_accept_at_once(transactional_db):
    from tests.cast import gather

    cast = gather()
    one = actions.create(
        name="Data loss", sentence="", sections=Sections((*TEXTS, LAW)), severities=[cast.incident.severity], by=cast.ada, now=T0
    )  # fmt: skip
    write(cast, "summary")
    seen = version_of(cast.incident).pk
    newer = actions.save_version(
        template=one, sections=BUILT_IN, started_from=1, note="", by=cast.ada, now=T0
    )
    together, ended = Barrier(2), []

    def accept(by):
        together.wait()
        try:
            ended.append(
                actions.follow(incident=cast.incident, version=newer, seen=seen, by=by, now=T0).version_id
            )
        finally:
            connection.close()

    people = [Thread(target=accept, args=(by,)) for by in (cast.alice, cast.bob)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert ended == [newer.pk, newer.pk]
    assert Outline.objects.get().version == newer


def test_a_version_is_frozen(cast, template):
    version = template.versions.get()
    with pytest.raises(Exception, match="never changed"), transaction.atomic():
        TemplateVersion.objects.filter(pk=version.pk).update(sections=[])
    with pytest.raises(Exception, match="never changed"), transaction.atomic():
        version.delete()


def test_two_administrators_at_once_and_the_second_is_told(cast, template, second):
    second()
    with pytest.raises(actions.Stale, match="Ada saved version 2"):
        actions.save_version(
            template=template, sections=BUILT_IN, started_from=1, note="", by=cast.ada, now=T0
        )
    assert template.versions.count() == 2


def test_nothing_different_is_no_version(cast, template):
    actions.save_version(
        template=template,
        sections=Sections((*TEXTS, LAW, RECOVERED)),
        started_from=1,
        note="",
        by=cast.ada,
        now=T0,
    )
    assert template.versions.count() == 1


def test_a_severity_begins_with_one_template_alone(cast, template):
    sev2, sev3 = Severity.objects.get(key="sev2"), Severity.objects.get(key="sev3")
    other = actions.create(
        name="Other", sentence="", sections=BUILT_IN, severities=[sev2, sev3], by=cast.ada, now=T0
    )
    assert not template.severities.exists()
    actions.change(template=template, name="Data loss", sentence="", severities=[sev3], by=cast.ada)
    assert list(other.severities.all()) == [sev2]
    actions.retire(template=other, by=cast.ada, now=T0)
    actions.change(template=template, name="Data loss", sentence="", severities=[sev2, sev3], by=cast.ada)
    actions.bring_back(template=other, by=cast.ada)
    assert not other.severities.exists(), "another took them meanwhile"
    with pytest.raises(actions.Unusable, match="already"):
        actions.change(template=other, name="data LOSS", sentence="", severities=[], by=cast.ada)


# --- files ----------------------------------------------------------------------------------------


def test_a_drafts_file_has_the_sections_of_the_template_and_comes_back(cast, template):
    write(cast, "x-law", "The authority, on Tuesday.")
    out = exchange.export(cast.incident)
    assert "### Whom the law wants told\n\n<!-- By when, and by whom? -->" in out
    assert not exchange.plan(cast.incident, out).changes
    assert not exchange.plan(cast.incident, out).troubles
    back = out.replace("The authority, on Tuesday.", "The authority, on Monday.")
    exchange.take(incident=cast.incident, text=back, by=cast.bob, now=T0 + timedelta(days=1))
    assert cast.incident.sections.get(key="x-law").text == "The authority, on Monday."


def test_a_file_taken_home_before_the_template_changed_comes_back_whole(cast, template, second):
    write(cast, "x-recovered", "All but eleven orders.")
    out = exchange.export(cast.incident)
    actions.follow(
        incident=cast.incident, version=second(), seen=version_of(cast.incident).pk, by=cast.bob, now=T0
    )
    plan = exchange.plan(cast.incident, out.replace("eleven", "twelve"))
    assert [change.title for change in plan.changes] == ["What came back, and what did not"]
    assert not plan.troubles


def test_a_question_that_looks_like_a_mark_of_the_file_breaks_nothing(cast):
    odd = [
        replace(LAW, question="draft: begin story, version 0"),
        replace(RECOVERED, title="x -->", question="--> <!-- draft: end story"),
    ]
    actions.create(
        name="Odd",
        sentence="",
        sections=Sections((*TEXTS, *odd)),
        severities=[cast.incident.severity],
        by=cast.ada,
        now=T0,
    )
    write(cast, "story", "It was quiet.")
    out = exchange.export(cast.incident)
    plan = exchange.plan(cast.incident, out)
    assert not plan.changes
    assert not plan.troubles


def test_an_old_write_up_finds_a_section_by_its_title(cast):
    actions.create(
        name="Old",
        sentence="",
        sections=Sections((*TEXTS, LAW)),
        severities=Severity.objects.all(),
        by=cast.ada,
        now=T0,
    )
    raw = b"# Orders were lost\n\n## Summary\n\nLost.\n\n## Whom the law wants told\n\nThe authority.\n\n### What happened then\n\nThey called.\n\n## Impact\n\nTwelve people.\n"
    told = bring("old/lost.md", raw, Wishes(by=cast.ada), Known(), now=T0)
    texts = dict(Incident.objects.get(ref=told.ref).sections.values_list("key", "text"))
    assert "The authority." in texts["x-law"]
    assert "They called." in texts["x-law"]
    assert "Twelve people." in texts["impact"]
