from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from postmortems.incidents.models import Incident
from postmortems.publication import actions, tasks
from postmortems.publication.withdrawing.actions import withdraw
from tests import cast as people
from tests import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOW = make.T0 + timedelta(days=14)


def said(*arguments) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def cast(transactional_db):
    return people.gather()


def published(by, title: str, *, restricted: bool = False) -> Incident:
    incident = make.incident(by=by, title=title, restricted=restricted)
    make.writeup_of(incident)
    actions.publish(incident=incident, by=by, now=NOW, despite="a test")
    return incident


def test_the_folder_holds_everything_that_everybody_may_read(cast, tmp_path):
    shown = published(cast.alice, "Bookings <b>hung</b>")
    hidden = published(cast.alice, "Restricted matter", restricted=True)
    tasks.print_text(shown.revisions.get().printing.pk)
    folder = tmp_path / "site"
    told = said("export_archive", str(folder))
    assert told.startswith("1 write-ups with 1 revisions and 1 PDFs are in")
    names = {str(path.relative_to(folder)) for path in folder.rglob("*")}
    assert {f"{shown.ref}/{name}" for name in ("index.html", "r1.html", "r1.pdf", "r1.json")} < names
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert hidden.ref.encode() not in everything
    assert b"Restricted matter" not in everything
    assert not [page for page in folder.rglob("*.html") if "<b>hung" in page.read_text()]
    assert said("check_archive", str(folder)).startswith("1 revisions are as they were published. And ")
    with pytest.raises(CommandError, match="already"):
        said("export_archive", str(folder))


def test_a_reader_of_a_circle_takes_its_write_ups_along(cast, tmp_path):
    hidden = published(cast.alice, "Restricted matter", restricted=True)
    said("export_archive", str(tmp_path / "alice"), f"--for={cast.alice.email}")
    said("export_archive", str(tmp_path / "rita"), f"--for={cast.rita.email}")
    assert (tmp_path / "alice" / hidden.ref).is_dir()
    assert not (tmp_path / "rita" / hidden.ref).exists()
    with pytest.raises(CommandError, match="Nobody"):
        said("export_archive", str(tmp_path / "x"), "--for=nobody@example.org")


def test_of_what_was_withdrawn_the_folder_says_so_and_no_word(cast, tmp_path):
    gone = published(cast.alice, "Zirbelkiefer")
    twice = published(cast.alice, "Corrected")
    withdraw(revision=gone.revisions.get(), by=cast.alice, reason="A name stood in it", now=NOW)
    withdraw(revision=twice.revisions.get(), by=cast.alice, reason="Another one", now=NOW)
    actions.publish(incident=twice, by=cast.alice, now=NOW, despite="a test")
    folder = tmp_path / "site"
    assert "2 revisions were withdrawn" in said("export_archive", str(folder))
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"Zirbelkiefer" not in everything
    for page in ("index.html", "r1.html", "r1.json"):
        assert "A name stood in it" in (folder / gone.ref / page).read_text()
    assert "Another one" in (folder / twice.ref / "r1.html").read_text()
    assert "Corrected" in (folder / twice.ref / "index.html").read_text()
    told = said("check_archive", str(folder))
    assert f"{gone.ref}: revision 1 was withdrawn" in told
    assert "3 revisions are as they were published." in told


def test_an_empty_archive_says_so(cast, tmp_path):
    said("export_archive", str(tmp_path / "site"))
    assert "Nothing is published yet." in (tmp_path / "site" / "index.html").read_text()
