"""What stands where for people without an account, and what they are never told."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from postmortems.publication import chain
from postmortems.publication.outside.addresses import path
from tests import make
from tests.publication.outside import shown

ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_text_is_read_without_an_account(public, client):
    answer = client.get(path(public, "newest"))
    assert answer.status_code == 200
    assert "Bookings were late" in answer.text
    assert "<strong>slow</strong>" in answer.text
    assert not answer.cookies
    assert answer["Cache-Control"] == "public, max-age=60, stale-while-revalidate=60"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "script" not in answer["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert "X-Robots-Tag" not in answer
    assert client.get(path(public)).status_code == 200


def test_it_is_the_same_for_who_is_signed_in(public, client, cast):
    before = client.get(path(public, "newest"))
    client.force_login(cast.alice)
    after = client.get(path(public, "newest"))
    assert after.content == before.content
    assert "Alice" not in after.text
    assert not after.cookies


def test_the_shelf_lists_the_newest_of_each(public, client, cast):
    shown.twin(cast.incident, "Bookings were late, told better", now=shown.NOW + timedelta(days=1))
    other = make.incident(by=cast.alice, title="Another")
    shown.twin(other, "Mail was lost", now=shown.NOW - timedelta(days=400))
    page = client.get("/public/").text
    assert "Bookings were late, told better" in page
    assert ">Bookings were late<" not in page
    assert page.index("told better") < page.index("Mail was lost")
    assert "2025" in page
    old = client.get("/public/2025/").text
    assert "Mail was lost" in old
    assert "told better" not in old
    assert client.get("/public/2019/").status_code == 404


def test_an_empty_shelf_says_so(client, db):
    assert "Nothing is published yet" in client.get("/public/").text
    assert client.get("/public").headers["Location"] == "/public/"


@pytest.mark.parametrize("kind", ["atom", "json"])
def test_the_feed(public, client, kind):
    answer = client.get(f"/public/feed.{kind}")
    if kind == "atom":
        entry = ElementTree.fromstring(answer.content).find(f"{ATOM}entry")
        title, where = entry.find(f"{ATOM}title").text, entry.find(f"{ATOM}link").get("href")
    else:
        entry = json.loads(answer.content)["items"][0]
        title, where = entry["title"], entry["url"]
    assert title == "Bookings were late"
    assert where.endswith(path(public))
    assert b"Alice" not in answer.content


def test_the_document_can_be_checked_and_names_nobody(public, client, cast):
    answer = client.get(path(public, "document"))
    told = json.loads(answer.content)
    assert chain.troubles([told]) == []
    assert "bookings-were-late-1.json" in answer["Content-Disposition"]
    for secret in ("Alice", cast.incident.ref, public.key):
        assert secret not in answer.text


def test_a_pdf_waits_until_it_is_set(public, client):
    waiting = client.get(path(public, "pdf"))
    assert waiting.status_code == 503
    assert "PDF, " not in client.get(path(public)).text
    shown.printed(public)
    assert "PDF, 2 pages" in client.get(path(public)).text
    answer = client.get(path(public, "pdf"))
    assert answer.content == b"%PDF-1.7 words"
    assert 'filename="bookings-were-late-1.pdf"' in answer["Content-Disposition"]


def test_pictures_stand_beside_the_page(cast, client):
    image = make.image(cast.incident, alt="Errors rise")
    other = make.image(cast.incident, colour=(1, 2, 3))
    told = {
        "number": 1,
        "digest": image.digest,
        "kind": image.kind,
        "width": 4,
        "height": 4,
        "alt": "Errors rise",
        "event": None,
    }
    made = shown.twin(cast.incident, summary="See ![Errors](image:1)", images=[told])
    name = f"images/{image.digest}.png"
    assert f'src="{name}"' in made.html
    for where in (path(made), path(made, "newest")):
        answer = client.get(where + name)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/png"
        assert cast.incident.ref not in str(answer.headers)
        assert client.get(f"{where}images/{other.digest}.png").status_code == 404
        assert client.get(f"{where}images/{image.digest}.jpg").status_code == 404


def test_partners_read_at_a_secret_address_and_nobody_is_led_there(cast, client):
    made = shown.twin(cast.incident, "For partners alone", audience="partner")
    answer = client.get(path(made, "newest"))
    assert answer.status_code == 200
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"].startswith("private")
    assert "For partners alone" in answer.text
    assert made.key not in client.get(path(made, "document")).text
    for where in ("/public/", "/public/feed.atom", "/public/feed.json", f"/public/{shown.NOW.year}/"):
        assert "For partners" not in client.get(where).text, where
        assert made.key not in client.get(where).text, where
    assert client.get(path(made).replace("partners", "public")).status_code == 404
    assert client.get("/partners/").status_code == 404
    assert len(made.key) >= 43


def test_one_text_does_not_open_the_other(cast, client, public):
    partner = shown.twin(cast.incident, "For partners alone", audience="partner")
    assert client.get(path(public).replace("public", "partners")).status_code == 404
    assert partner.key not in client.get(path(public)).text


@pytest.mark.parametrize(
    "where", ["/public/abcdefghjk/", "/public/abcdefghjk/1.pdf", "/public/x/", "/public/abcdefghjk/0/", "/public/../x", "/partners/x/1/",
              "/public/abcdefghjk/999999999999/", "/public/feed.exe", "/public/%00/", "/public/abcdefghjk%0a/"],
)  # fmt: skip
def test_where_nothing_is_nothing_is_said(db, client, where):
    answer = client.get(where)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert "noindex" in answer.text


def test_nothing_is_changed_here(public, client):
    for method in (client.post, client.put, client.delete):
        assert method(path(public)).status_code == 405


def test_what_was_withdrawn_says_why_and_nothing_else(public, client, cast):
    shown.printed(public)
    shown.withdraw(public, "A **figure** was wrong.")
    for form in ("newest", "twin", "pdf", "document"):
        answer = client.get(path(public, form))
        assert answer.status_code == 410, form
        assert "A **figure** was wrong." in answer.text
        assert "Bookings" not in answer.text
        assert "Alice" not in answer.text
    assert "Bookings" not in client.get("/public/").text
    assert "Bookings" not in client.get("/public/feed.json").text
    made = shown.twin(cast.incident, "Told anew")
    assert client.get(path(made, "newest")).status_code == 200
    assert path(made, "newest") in client.get(path(public)).text
    assert client.get(path(public)).status_code == 410


def test_a_withdrawal_covers_what_was_before_it(public, client, cast):
    second = shown.twin(cast.incident, "Second")
    assert "There is a newer one" in client.get(path(public)).text
    assert path(public) in client.get(path(second)).text
    shown.withdraw(second)
    assert [client.get(path(one)).status_code for one in (public, second)] == [410, 410]


def test_why_a_revision_was_withdrawn_is_not_for_outsiders(public, client, cast):
    shown.withdrawn_revision(public.revision, "because of a customer of ours")
    answer = client.get(path(public))
    assert answer.status_code == 410
    assert "customer" not in answer.text


def test_the_outside_can_be_closed(public, client, settings):
    assert client.get(path(public)).status_code == 200
    settings.PUBLIC_SIDE = False
    for where in (path(public), "/public/", "/public/feed.atom", path(public, "document")):
        assert client.get(where).status_code == 404, where
    assert client.get("/robots.txt").text.split("\n")[1] == "Disallow: /"


def test_search_engines_are_told(public, client, settings):
    assert "Allow: /public/" in client.get("/robots.txt").text
    settings.PUBLIC_INDEXED = False
    assert "Allow" not in client.get("/robots.txt").text
    assert "noindex" in client.get(path(public))["X-Robots-Tag"]
    assert "noindex" in client.get(path(public)).text


def test_it_is_packed_for_who_takes_that(public, client):
    plain = client.get(path(public))
    packed = client.get(path(public), headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Content-Encoding" not in plain
    assert packed["Vary"] == plain["Vary"] == "Accept-Encoding"
    assert packed["ETag"] == plain["ETag"]
    assert [int(one["Content-Length"]) for one in (plain, packed)] == [
        len(plain.content),
        len(packed.content),
    ]
    head = client.head(path(public))
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", plain["Content-Length"])


def test_what_did_not_change_is_not_sent_again(public, client):
    for form in ("newest", "twin", "document"):
        first = client.get(path(public, form))
        again = client.get(path(public, form), headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304
        assert not again.content
        assert again["ETag"] == first["ETag"]
        assert again["Cache-Control"] == first["Cache-Control"]
