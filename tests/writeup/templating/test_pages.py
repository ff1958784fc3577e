"""The pages of templates, as an administrator and a writer use them without script."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from postmortems.audit.models import Entry
from postmortems.publication import article, content
from postmortems.writeup.models import Template
from postmortems.writeup.sections import BUILT_IN, TEXTS, Sections, Text
from postmortems.writeup.templating import actions, file
from postmortems.writeup.templating.outline import in_version
from postmortems.writeup.writing.actions import save_section
from tests.make import T0
from tests.test_markdown import Seen
from tests.test_vectors_everywhere import assert_runs_nothing
from tests.vectors import OF_MARKDOWN, TAGS_THAT_RUN
from tests.writeup.templating.test_shape import posted

LAW = Text("x-law", "regret", "Whom the law wants told", "By when?", required=False)


@pytest.fixture
def ada(client, cast):
    client.force_login(cast.ada)
    return client


@pytest.fixture
def template(cast):
    return actions.create(
        name="Data loss", sentence="", sections=Sections((*TEXTS, LAW)), severities=[], by=cast.ada, now=T0
    )


def titles(answer) -> list[str]:
    return [row["text"].title for r in answer.context["rs"] for row in r["rows"]]


def test_from_nothing_to_a_template(ada, cast):
    assert "No template of your own yet" in ada.get(reverse("writeup:templates")).text
    new = reverse("writeup:new_template")
    begun = posted(TEXTS) | {"name": "Data loss", "sentence": ""}
    with_one = ada.post(new, begun | {"do": "add-regret"})
    assert with_one.status_code == 200
    assert titles(with_one)[4] == ""
    place = 4
    typed = posted([row["text"] for r in with_one.context["rs"] for row in r["rows"]]) | {
        "name": "Data loss",
        "sentence": "",
    }
    refused = ada.post(new, typed)
    assert refused.status_code == 422
    assert "A section has no title yet." in refused.text
    assert not Template.objects.exists()
    answer = ada.post(
        new,
        typed | {f"title-{place}": "Whom we told", "severities": [cast.incident.severity.pk]},
        follow=True,
    )
    made = Template.objects.get()
    assert answer.redirect_chain == [(reverse("writeup:template", args=[made.pk]) + "?saved", 302)]
    assert "x-whom-we-told" in in_version(made.versions.get()).by_key
    assert list(made.severities.all()) == [cast.incident.severity]
    assert (
        Entry.objects.filter(verb="template.made")
        .get()
        .sentence.endswith("new write-ups of SEV2 begin with it")
    )


def test_a_button_keeps_everything_that_was_typed(ada, template):
    edit = reverse("writeup:edit_template", args=[template.pk])
    typed = posted([*TEXTS[:4], LAW, *TEXTS[4:]]) | {
        "started_from": "1",
        "note": "Half a thought",
        "title-4": "Half a title",
    }
    answer = ada.post(edit, typed | {"do": "up-4"})
    assert titles(answer)[3] == "Half a title"
    assert 'value="Half a thought"' in answer.text
    assert template.versions.count() == 1
    part = ada.post(edit, typed | {"do": "up-4"}, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="sections">')


def test_who_was_overtaken_keeps_what_was_typed_and_may_save_it_as_the_next(ada, cast, template):
    edit = reverse("writeup:edit_template", args=[template.pk])
    actions.save_version(template=template, sections=BUILT_IN, started_from=1, note="", by=cast.rev, now=T0)
    typed = posted([*TEXTS[:4], LAW, *TEXTS[4:]]) | {"started_from": "1", "note": "", "title-4": "Of the law"}
    answer = ada.post(edit, typed)
    assert answer.status_code == 409
    assert "Rev saved version 2 in the meantime." in answer.text
    assert "Of the law" in titles(answer)
    ada.post(edit, typed | {"started_from": "2"})
    assert in_version(template.versions.first()).by_key["x-law"].title == "Of the law"
    assert template.versions.count() == 3


def test_out_to_a_file_and_into_another_house(ada, cast, template):
    out = ada.get(reverse("writeup:template_file", args=[template.pk, 1]))
    assert out["Content-Disposition"] == 'attachment; filename="data-loss-1.json"'
    upload = SimpleUploadedFile("t.json", out.content)
    read = ada.post(reverse("writeup:new_template"), {"do": "file", "file": upload})
    assert read.status_code == 200
    assert "Whom the law wants told" in titles(read)
    assert 'value="Data loss"' in read.text
    assert Template.objects.count() == 1, "nothing is kept by reading"
    again = ada.post(
        reverse("writeup:edit_template", args=[template.pk]),
        {"do": "file", "started_from": "1", "file": SimpleUploadedFile("t.json", out.content)},
    )
    assert again.status_code == 200


@pytest.mark.parametrize("raw", [b"", b"\x89PNG\r\n\x1a\n\x00\x00", b"{}", b"x" * (file.LIMIT + 1)])
def test_what_is_no_template_is_refused_and_the_form_stays(ada, template, raw):
    for where in (reverse("writeup:new_template"), reverse("writeup:edit_template", args=[template.pk])):
        answer = ada.post(where, {"do": "file", "file": SimpleUploadedFile("t.json", raw)})
        assert answer.status_code == 422
        assert "The story" in titles(answer)


def test_versions_are_compared_and_old_ones_read(ada, cast, template):
    actions.save_version(
        template=template, sections=BUILT_IN, started_from=1, note="Shorter", by=cast.ada, now=T0
    )
    page = reverse("writeup:compare_template", args=[template.pk])
    answer = ada.get(page, {"was": 1, "becomes": 2})
    assert "1 section left out" in answer.text
    assert "1 section left out" in ada.get(page).text
    for was in ("9", "x", "²", "9" * 30):
        assert ada.get(page, {"was": was, "becomes": "2"}).status_code == 404
    old = ada.get(reverse("writeup:template", args=[template.pk]), {"version": "1"})
    assert "Whom the law wants told" in old.text
    assert "an older one" in old.text


def test_how_many_drafts_follow_which_version(ada, cast, template):
    actions.change(
        template=template, name="Data loss", sentence="", severities=[cast.incident.severity], by=cast.ada
    )
    save_section(incident=cast.incident, key="summary", text="x", version=0, by=cast.bob)
    actions.save_version(template=template, sections=BUILT_IN, started_from=1, note="", by=cast.ada, now=T0)
    assert "1 open draft follows it" in ada.get(reverse("writeup:templates")).text
    versions = ada.get(reverse("writeup:template", args=[template.pk])).context["versions"]
    assert [(one.number, one.drafts) for one in versions] == [(2, 0), (1, 1)]


def test_a_list_of_many_asks_no_more_than_one_of_few(ada, cast, template, django_assert_max_num_queries):
    for number in range(20):
        actions.create(
            name=f"Template {number}", sentence="", sections=BUILT_IN, severities=[], by=cast.ada, now=T0
        )
    with django_assert_max_num_queries(12):
        assert ada.get(reverse("writeup:templates")).status_code == 200


def test_reviewers_read_and_do_not_change(client, cast, template):
    client.force_login(cast.rev)
    page = client.get(reverse("writeup:template", args=[template.pk]))
    assert page.status_code == 200
    assert reverse("writeup:edit_template", args=[template.pk]) not in page.text
    assert client.get(reverse("writeup:edit_template", args=[template.pk])).status_code == 403


def test_a_writer_begins_with_what_the_template_has(client, cast, template):
    texts = [
        Text("x-law", "regret", "Whom the law wants told", "", starter="| Who | When |\n|---|---|\n| | |")
    ]
    newer = actions.save_version(
        template=template, sections=Sections((*TEXTS, *texts)), started_from=1, note="", by=cast.ada, now=T0
    )
    actions.follow(incident=cast.incident, version=newer, seen=None, by=cast.bob, now=T0)
    client.force_login(cast.bob)
    page = client.get(reverse("writeup:edit", args=[cast.incident.ref]))
    assert "Begin with what the template has" in page.text
    client.post(
        reverse("writeup:save", args=[cast.incident.ref, "x-law"]),
        {"text": texts[0].starter.replace("\n", "\r\n"), "version": 0},
    )
    assert cast.incident.sections.get().text == texts[0].starter
    assert (
        "Begin with what the template has"
        not in client.get(reverse("writeup:edit", args=[cast.incident.ref])).text
    )


def test_the_page_of_a_write_up_says_what_it_follows_and_lets_one_choose(client, cast, template):
    client.force_login(cast.bob)
    where = reverse("writeup:outline", args=[cast.incident.ref])
    assert "the 3 R's as they come" in client.get(where).text
    version = template.versions.get()
    look = client.get(where, {"to": version.pk})
    assert "Whom the law wants told" in look.text
    client.post(reverse("writeup:follow", args=[cast.incident.ref]), {"to": version.pk, "seen": "house"})
    assert "Whom the law wants told" in client.get(reverse("writeup:edit", args=[cast.incident.ref])).text
    for nonsense in ("x", "9" * 30, "0", "²"):
        assert client.get(where, {"to": nonsense}).status_code == 404
        assert (
            client.post(reverse("writeup:leave", args=[cast.incident.ref]), {"to": nonsense}).status_code
            == 404
        )


def test_words_of_a_template_run_nowhere(ada, cast):
    tags = [tag.replace("\x00", "") for tag in TAGS_THAT_RUN]
    many = "\n\n".join([*OF_MARKDOWN, *tags])
    text = Text(
        "x-law",
        "regret",
        tags[60][:80],
        tags[3][:200],
        tuple(tag[:300] for tag in tags[:10]),
        many[:2000],
        many[-2000:],
        False,
        many[:5000],
    )
    made = actions.create(
        name=tags[1][:80],
        sentence=tags[2][:200],
        sections=Sections((*TEXTS, text)),
        severities=[],
        by=cast.ada,
        now=T0,
    )
    actions.save_version(template=made, sections=BUILT_IN, started_from=1, note=tags[4], by=cast.ada, now=T0)
    actions.follow(
        incident=cast.incident, version=made.versions.get(number=1), seen=None, by=cast.bob, now=T0
    )
    save_section(incident=cast.incident, key="x-law", text="x", version=0, by=cast.bob)
    one = [made.pk]
    pages = [
        reverse("writeup:templates"), reverse("writeup:template", args=one) + "?version=1", reverse("writeup:edit_template", args=one),
        reverse("writeup:new_template") + f"?like={made.pk}", reverse("writeup:template_about", args=one),
        reverse("writeup:compare_template", args=one) + "?was=2&becomes=1", reverse("writeup:compare_template", args=one) + "?was=1&becomes=2",
        reverse("writeup:outline", args=[cast.incident.ref]), reverse("writeup:edit", args=[cast.incident.ref]),
        reverse("writeup:history", args=[cast.incident.ref, "x-law"]),
    ]  # fmt: skip
    for page in pages:
        html = ada.get(page).text
        for tag, attributes in Seen(html[html.index("<main") : html.index("</main")]).found:
            assert tag not in (
                "script",
                "iframe",
                "object",
                "embed",
                "base",
                "meta",
                "style",
                "video",
            ), (page, tag)
            assert not [name for name in attributes if name.startswith("on")], (page, attributes)
    assert_runs_nothing(article.render(content.of(cast.incident)))


def test_the_file_of_a_template_says_what_the_format_is(ada, template):
    document = json.loads(ada.get(reverse("writeup:template_file", args=[template.pk, 1])).content)
    assert document["format"] == "second-story-template"
    assert [*document] == ["format", "name", "sentence", "sections"]
