"""What `tests.vectors` holds, taken all the way: into the article, the preview, the feed, mail, and the PDF."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from postmortems.archive.announcing import actions as announcing
from postmortems.archive.announcing import sending
from postmortems.archive.following import actions as following
from postmortems.archive.leading import printing
from postmortems.archive.leading.reckoning import figures_of
from postmortems.archive.listing import actions as listing
from postmortems.archive.old_writeups import Known, Wishes, bring
from postmortems.archive.recalling import letters as recalling
from postmortems.archive.recalling import month, year
from postmortems.incidents import actions as incidents
from postmortems.incidents.impact import actions as impact
from postmortems.incidents.models import Incident
from postmortems.language.kinds import Kind
from postmortems.markdown import to_html
from postmortems.notices import post
from postmortems.notices.models import Letter
from postmortems.publication import actions, pdf
from postmortems.publication.approving.actions import approve
from postmortems.publication.approving.texts import draft
from postmortems.publication.twin import actions as outside
from postmortems.publication.twin.drafting import draft as twin_of
from postmortems.publication.withdrawing.actions import withdraw
from postmortems.remediation.none_needed.actions import decide_none
from postmortems.writeup import sections
from postmortems.writeup.citing.grammar import citation
from postmortems.writeup.coaching import actions as coaching
from postmortems.writeup.coaching import reading as coach
from postmortems.writeup.commenting import actions as commenting
from postmortems.writeup.commenting.passages import Passage
from postmortems.writeup.images import actions as images
from postmortems.writeup.models import ConditionKind
from postmortems.writeup.writing.actions import save_section
from tests import make
from tests.make import T0
from tests.pictures import drawn
from tests.test_markdown import Seen, assert_harmless
from tests.vectors import FILE_NAMES, OF_MARKDOWN, TAGS_THAT_RUN, THAT_CHANGE_WHEN_READ_TWICE, VECTORS

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
SHARE = -(-len(VECTORS) // len(sections.TEXTS))


def infest(incident, by) -> None:
    """Every field that takes words takes vectors; the texts together take all of them."""
    Incident.objects.filter(pk=incident.pk).update(
        title=TAGS_THAT_RUN[60], summary="\n\n".join(OF_MARKDOWN), tags=["<svg onload=hit()>"]
    )
    incident.refresh_from_db()
    for number, about in enumerate(sections.TEXTS):
        text = "\n\n".join(
            vector.replace("\x00", "") for vector in VECTORS[number * SHARE : (number + 1) * SHARE]
        )
        standing = incident.sections.filter(key=about.key).first()
        save_section(
            incident=incident, key=about.key, text=text, version=standing.version if standing else 0, by=by
        )
    event = make.event(incident, "\n".join(THAT_CHANGE_WHEN_READ_TWICE[:10]), pinned=True, by=by)
    condition = make.condition(incident, "<img src=x onerror=hit()>", event)
    condition.made_sense = "\n\n".join(THAT_CHANGE_WHEN_READ_TWICE)
    condition.save()
    polyglot = ContentFile(
        drawn("GIF", mode="P") + b"*/=1;hit();/*<script>hit()</script>", name="<img src=x onerror=hit()>.html"
    )
    picture = images.keep(
        incident=incident, by=by, upload=polyglot, alt=f'" onerror=hit() x="{TAGS_THAT_RUN[0]}', now=T0
    ).image
    graph = images.show_moment(image=picture, by=by, at=T0, text=TAGS_THAT_RUN[1])
    condition.events.add(graph)
    story = incident.sections.get(key="story")
    save_section(
        incident=incident,
        key="story",
        text=f"{picture.markdown}\n\n![](image:1)\n\n{story.text}",
        version=story.version,
        by=by,
    )
    item = make.item(
        incident, "<script>hit()</script>", detail="\n\n".join(OF_MARKDOWN), conditions=[condition]
    )
    for fields in (
        {"number": Decimal(1), "unit": "<b onfocus=hit()>"},
        {"unknown_because": TAGS_THAT_RUN[3][:300]},
    ):
        impact.add_figure(incident=incident, by=by, what=TAGS_THAT_RUN[2][:160], **fields)
    decide_none(incident=incident, by=by, why="\n\n".join(OF_MARKDOWN), now=T0)
    ConditionKind.objects.filter(key="technical").update(name="<svg onload=hit()>")
    citing = make.condition(incident, "It cites what attacks")
    kinds = {"event": event.pk, "condition": condition.number, "item": item.number}
    written = [*OF_MARKDOWN, *THAT_CHANGE_WHEN_READ_TWICE, *TAGS_THAT_RUN]
    citing.made_sense = "\n\n".join(
        [f"<{kind}:{number}>" for kind, number in kinds.items()]
        + [citation(vector, *list(kinds.items())[number % 3]) for number, vector in enumerate(written)]
        + [
            "[x](event:javascript)",
            '[x](<event:1" onmouseover=hit()>)',
            "<event:hit()>",
            "![x](image:1&quot;)",
        ]
    )
    citing.save()


@pytest.fixture(scope="module")
def whole(_kept, django_db_blocker, tmp_path_factory):
    """Infested once: what a test changes is rolled back behind it, and all of it after the last."""
    files = str(tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=files):
        gathered = _kept.again()
        infest(gathered.incident, gathered.alice)
        yield gathered, files
        transaction.set_rollback(True)


@pytest.fixture
def cast(whole, db, settings):
    settings.MEDIA_ROOT = whole[1]
    gathered = deepcopy(whole[0])
    gathered.incident = Incident.objects.get(pk=gathered.incident.pk)
    return gathered


@pytest.fixture
def infested(cast):
    return cast.incident


@pytest.fixture
def revision(cast, infested):
    infested.circle.filter(role="approver").delete()
    return actions.publish(incident=infested, by=cast.alice, now=T0, despite="a test needs it")


def assert_runs_nothing(page: str) -> None:
    for tag, attributes in Seen(page).found:
        assert tag not in ("script", "iframe", "object", "embed", "base", "form", "meta", "link", "style"), (
            tag
        )
        assert not [name for name in attributes if name.startswith(("on", "hx-", "data-hx"))], (
            tag,
            attributes,
        )
        for name in ("href", "src", "xlink:href", "action"):
            assert re.match(r"(?i)(?:https?:|mailto:|[^:]*(?:[/?#]|$))", attributes.get(name) or ""), (
                tag,
                attributes,
            )
        if tag not in ("a",):
            assert "evil.example" not in (attributes.get("src") or "") + (attributes.get("href") or "")


def test_the_article(revision):
    assert_runs_nothing(revision.html)
    assert revision.html.count('class="cite"') > len(
        OF_MARKDOWN
    )  # the vectors in citations came as far as this


def test_the_preview(client, cast, infested):
    client.force_login(cast.alice)
    answer = client.post(
        reverse("writeup:preview", args=[infested.ref]),
        {"text": "\n\n".join(VECTORS)},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert_runs_nothing(answer.text)


def test_comments_beside_the_text_and_in_their_letters(client, cast, infested):
    words = "\n\n".join(vector.replace("\x00", "") for vector in VECTORS)
    shares = [words[at : at + 9_000] for at in range(0, len(words), 9_000)]
    for share in shares:
        begun = make.comment(infested, f"@Bob {share}", by=cast.ian, section="")
        commenting.answer(thread=begun, by=cast.bob, text=share, now=T0)
    text = infested.sections.get(key="story").text
    for number, vector in enumerate(TAGS_THAT_RUN[:20]):
        passage = Passage(
            "story",
            infested.sections.get(key="story").version,
            number,
            number + 90,
            text[number : number + 90],
        )
        commenting.comment(
            incident=infested,
            by=cast.ian,
            text="",
            now=T0,
            passage=passage,
            suggestion=vector.replace("\x00", "") or "x",
        )
    client.force_login(cast.bob)
    for section in ("", "story"):
        answer = client.get(
            reverse("writeup:comments", args=[infested.ref]),
            {"section": section},
            headers={"HX-Request": "true"},
        )
        page = re.sub(r'(?s)<form .*?</form>|hx-\w+="[^"]*"', "", answer.text)  # our own
        assert answer.text.count('class="thread"') >= min(len(shares), 20)
        assert_runs_nothing(page)
    mine = client.get(reverse("writeup:my_comments")).text
    assert_runs_nothing(
        re.sub(r"(?s)<form .*?</form>", "", mine[mine.index('<h2 id="called"') : mine.index("</main")])
    )
    letters = Letter.objects.filter(about__startswith="thread")
    assert letters
    for letter in letters:
        assert_runs_nothing(re.sub(r"(?s)<head>.*?</head>", "", letter.html).replace("<!doctype html>", ""))


def test_why_it_was_withdrawn_and_what_changed_since_it_was_approved(client, cast, revision, tmp_path):
    place = incidents.add_to_circle(incident=revision.incident, by=cast.alice, user=cast.apo, role="approver")
    text = draft(revision.incident)
    approve(text=text, by=cast.apo, digest=text.digest, now=T0)
    for key in ("story", "summary"):
        version = revision.incident.sections.get(key=key).version
        save_section(incident=revision.incident, key=key, text="Quiet.", version=version, by=cast.alice)
    withdraw(revision=revision, by=cast.alice, reason="\n\n".join(VECTORS).replace("\x00", ""), now=T0)
    client.force_login(cast.alice)
    ref, approval = revision.incident.ref, revision.incident.approvals.get(by=place.user)
    call_command("export_archive", str(tmp_path / "site"), stdout=StringIO())
    pages = [
        client.get(reverse("publication:revision", args=[ref, 1])).text,
        client.get(reverse("publication:since_approval", args=[ref, approval.pk])).text.split("<h2>")[-1],
        (tmp_path / "site" / ref / "index.html").read_text(),
    ]
    for page in pages:
        begins = page.index("<main") if "<main" in page else 0
        assert_runs_nothing(page[begins : page.index("</main")])


def test_what_outsiders_read_as_it_is_and_in_other_words(client, cast, revision):
    incident = revision.incident
    parts = twin_of(incident, "public").parts
    outside.mark(incident=incident, by=cast.alice, choices={one.place: "public" for one in parts}, now=T0)
    for vector, part in zip(VECTORS, parts[::3], strict=False):
        outside.say_instead(incident=incident, by=cast.alice, place=part.place, instead=vector, now=T0)
    for word, vector in zip(("alert", "words", "script"), TAGS_THAT_RUN, strict=False):
        outside.replace(incident=incident, by=cast.alice, words=word, instead=vector, now=T0)
    outside.keep_inside(by=cast.ada, words="evil", instead=TAGS_THAT_RUN[3], now=T0)
    assert_runs_nothing(twin_of(incident, "public").html)
    client.force_login(cast.alice)
    page = client.get(reverse("publication:twin", args=[incident.ref]), {"gaps": "1"}).text
    for shown in page.split('<ul class="parts">')[1:]:
        assert_runs_nothing(shown[: shown.index("data-without-script")])
    assert_runs_nothing(page[page.index('<div class="card diff gaps">') : page.index('id="words"')])


def test_what_is_worth_reading_and_the_letters_that_recall(client, cast, revision):
    first, then = T0.date().replace(day=1), T0 + timedelta(days=400)
    client.force_login(cast.alice)
    for number, vector in enumerate([*TAGS_THAT_RUN, *OF_MARKDOWN][::9]):
        words = " ".join(vector.replace("\x00", "").split())[:290] or "x"
        listing.recommend(incident=revision.incident, by=cast.alice, because=words, now=T0)
        told = month.Told(revision.incident_id, revision.incident.ref, words, words)
        promise = {"incident": told.incident, "ref": told.ref, "number": 1, "what": words, "day": first}
        word = {"word": words, "write_ups": 2, "services": 1}
        letter = recalling.month(
            cast.ada, month.Month(first.replace(year=2000 + number), (told,), 1, {"kept": 1}, (promise,), (word,), told), now=T0
        )  # fmt: skip
        became = (year.Promise(1, words, "not done yet"),)
        ago = year.Year(number, told.ref, words, first, False, became, "1 promised: 1 done.", words, told.ref)
        for sent in (letter, recalling.years(cast.ada, [ago], now=then)):
            assert "\n" not in sent.subject
            assert_runs_nothing(re.sub(r"(?s)<head>.*?</head>", "", sent.html).replace("<!doctype html>", ""))
        for where in ("archive:reading", "archive:shelf"):
            page = client.get(reverse(where, args=[told.ref] if where.endswith("shelf") else [])).text
            shown = page[page.index("<main") : page.index("</main")]
            assert_runs_nothing(re.sub(r"(?s)<form .*?</form>", "", shown))
    printed = printing.html(T0, figures_of(T0))
    assert_runs_nothing(printed[printed.index("<body") :])


def test_the_feed_as_its_readers_read_it(client, cast, revision):
    client.force_login(cast.alice)
    feed = ElementTree.fromstring(client.get(reverse("archive:feed")).content)
    space = {"a": "http://www.w3.org/2005/Atom"}
    for entry in feed.findall("a:entry", space):
        assert not Seen(entry.find("a:summary", space).text).found, "a summary is taken for HTML"
        assert entry.find("a:link", space).get("href").startswith(f"{settings.SITE_URL}/")


def test_mail(cast, infested):
    for number, vector in enumerate([*TAGS_THAT_RUN, *OF_MARKDOWN]):
        title = " ".join(vector.replace("\x00", "").split())
        context = {
            "incident": {"title": title, "ref": infested.ref, "absolute_url": "/"},
            "title": title,
            "name": title,
            "person": title,
            "words": vector,
            "site": "https://example.org",
        }
        letter = post.send(
            to="ian@example.org", template="emails/publication/attributed", context=context, key=f"v{number}"
        )
        assert letter is not None
        assert "\n" not in letter.subject
        page = letter.html
        assert_runs_nothing(re.sub(r"(?s)<head>.*?</head>", "", page).replace("<!doctype html>", ""))
    assert Letter.objects.count() >= len(TAGS_THAT_RUN)
    assert not mail.outbox


def test_who_follows_reads_the_words_and_runs_nothing(cast, client, revision):
    following.follow(by=cast.alice, facet="all:", now=T0)
    announcing.announce(
        incident=revision.incident,
        by=cast.alice,
        now=T0,
        revision=revision,
        text="\n".join(TAGS_THAT_RUN)[:1000],
    )
    sending.send_to_person(cast.alice.pk, now=T0 + timedelta(hours=16))
    letter = Letter.objects.get(about__startswith="told")
    assert "\n" not in letter.subject
    assert_runs_nothing(letter.html[letter.html.index("<body") :])  # before it stands nothing of anybody's
    client.force_login(cast.alice)
    page = client.get(reverse("archive:announce", args=[revision.incident.ref, 1])).content.decode()
    assert_runs_nothing(page[page.index('id="letter"') : page.index("</aside>")])


def test_no_template_lets_words_through_as_they_are():
    """Escaping is off nowhere but in plain text; what is Markdown goes through its one filter."""
    for path in TEMPLATES.rglob("*"):
        if path.suffix not in (".html", ".svg", ".xml"):
            continue
        text = path.read_text(encoding="utf-8").replace("field.help_text|safe", "")  # our own words, of forms
        assert not re.search(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b", text), path


def test_the_pdf_holds_nothing_that_acts(revision):
    data, _ = pdf.render(revision)
    reader = PdfReader(BytesIO(data))
    acts, addresses = set(), []
    waiting, seen = [reader.trailer["/Root"]], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            acts |= {
                str(one[name])
                for name in ("/S",)
                if "/URI" in one or "/JS" in one or "/F" in one and name in one
            }
            acts |= {
                name
                for name in one
                if name
                in (
                    "/JS",
                    "/JavaScript",
                    "/Launch",
                    "/OpenAction",
                    "/AA",
                    "/EmbeddedFiles",
                    "/SubmitForm",
                    "/RichMedia",
                )
            }
            if "/URI" in one:
                addresses.append(str(one["/URI"]))
            waiting += [value for name, value in one.items() if name != "/Parent"]
        elif isinstance(one, ArrayObject):
            waiting += list(one)
    assert acts <= {"/URI"}
    for address in addresses:
        assert re.match(r"(?i)(?:https?:|mailto:|[^:]*(?:[/?#]|$))", address), address


@pytest.mark.parametrize("name", FILE_NAMES)
def test_names_of_files(client, cast, infested, name):
    told = bring(
        f"pm/{name}",
        b"# Late\n\nwords " + name.encode("utf-8", "replace"),
        Wishes(by=cast.ada),
        Known(),
        now=T0,
    )
    imported = Incident.objects.get(ref=told.ref).imports.get()
    client.force_login(cast.ada)
    page = client.get(reverse("timelines:imports", args=[told.ref])).text
    assert "<img src=x" not in page
    assert "<svg onload" not in page
    original = client.get(reverse("timelines:original", args=[told.ref, imported.pk]))
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert not {"X-Evil"} & set(original.headers)
    for resource in original._resource_closers:
        resource()
    upload = SimpleUploadedFile(name or "x", b"# no draft")
    answer = client.post(reverse("writeup:compare", args=[infested.ref]), {"file": upload})
    assert answer.status_code == 422


def test_search_marks_words_and_runs_nothing(client, cast, revision):
    client.force_login(cast.alice)
    page = client.get(reverse("archive:search"), {"q": "hit"}).text
    results = page[page.index("<main") : page.index("</main")]
    for tag, attributes in Seen(results).found:
        assert tag not in ("script", "iframe", "img", "svg", "object", "style") or "evil" not in str(
            attributes
        ), tag
        assert not [name for name in attributes if name.startswith("on")]


def test_all_of_it_in_one_text_is_harmless():
    assert_harmless(to_html("\n\n".join(VECTORS)))


def test_what_the_coach_quotes_and_what_it_is_told(client, cast, infested):
    client.force_login(cast.ada)
    blaming = "The operator should have checked {} before applying it."
    vectors = [vector.replace("\x00", "").replace("\n", " ") for vector in TAGS_THAT_RUN[:60]]
    text = "\n\n".join(blaming.format(vector) for vector in vectors)
    told = client.post(reverse("writeup:marks", args=[infested.ref, "told"]), {"text": text})
    assert told["Content-Type"] == "application/json"
    section = infested.sections.get(key="told")
    save_section(incident=infested, key="told", text=text, version=section.version, by=cast.ada)
    notes = coach.open_marks(infested)
    assert len(notes) > 20
    for note, vector in zip(notes[::2], vectors, strict=False):
        coaching.let_stand(
            incident=infested, section=note.section, key=note.key, word=vector, by=cast.ada, now=T0
        )
    for vector in vectors[:10]:
        coaching.add_word(kind=Kind.JUDGEMENT, words=vector[:80], by=cast.ada, now=T0)
    coaching.silence(kind=Kind.OMISSION, why=vectors[0], by=cast.ada, now=T0)
    for address in (reverse("writeup:coach", args=[infested.ref]), reverse("writeup:coach_settings")):
        page = client.get(address).text
        shown = page[page.index("<main") : page.index("</main")]
        ours = re.sub(r"(?s)<form .*?>|</form>|<input .*?>", "", shown)
        assert_runs_nothing(ours.replace(infested.title, ""))
