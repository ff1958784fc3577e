"""What outsiders take along: by the command line and from the site, checked without the server."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from postmortems.publication.models import Audience, Twin
from postmortems.publication.outside.addresses import name_of, path
from postmortems.publication.twin import actions as twins
from postmortems.publication.twin.parts import parts_of
from tests import make
from tests.publication.outside import shown


def said(*arguments: str, **options) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def marked(cast):
    """A review of which everything is for everybody."""
    make.writeup_of(cast.incident)
    cast.incident.circle.filter(role="approver").delete()
    content = shown.revision_of(cast.incident).content
    choices = {part.place: Audience.PUBLIC for part in parts_of(content)}
    twins.mark(incident=cast.incident, by=cast.alice, choices=choices, now=shown.NOW)
    return cast.incident


def test_publishing_for_everybody_from_the_command_line(marked, client, tmp_path):
    told = json.loads(said("publish", marked.ref, public=True, out=tmp_path, json=True))
    twin = Twin.objects.get()
    assert told["address"].endswith(path(twin))
    page, print_, document = (tmp_path / f"{name_of(twin)}.{end}" for end in ("html", "pdf", "json"))
    assert print_.read_bytes().startswith(b"%PDF-")
    for file in (page, document):
        words = file.read_text()
        assert twin.title in words
        assert marked.ref not in words
        assert "Alice" not in words
    assert said("check_archive", str(tmp_path)).startswith("1 revisions are as they were published.")
    assert client.get(path(twin)).status_code == 200
    assert json.loads(said("publish", marked.ref, public=True, json=True))["version"] == 1  # nothing is new
    assert marked.revisions.count() == 1


def test_what_is_not_decided_is_not_published(cast):
    with pytest.raises(CommandError, match="no revision"):
        said("publish", cast.incident.ref, public=True)
    make.writeup_of(cast.incident)
    shown.revision_of(cast.incident)
    with pytest.raises(CommandError, match=r"The title is internal.*/twin/"):
        said("publish", cast.incident.ref, public=True)
    assert not Twin.objects.exists()


def test_versions_for_outsiders_are_checked_as_a_chain(public, cast, client, tmp_path):
    second = shown.twin(cast.incident, "Told better")
    partner = shown.twin(cast.incident, "For partners", audience="partner")
    for twin in (public, second, partner):
        file = tmp_path / f"{name_of(twin)}.json"
        file.write_bytes(client.get(path(twin, "document")).content)
    assert said("check_archive", str(tmp_path)).endswith("3 revisions are as they were published.\n")
    first = tmp_path / f"{name_of(public)}.json"
    told = json.loads(first.read_bytes())
    first.write_text(json.dumps(told | {"html": told["html"].replace("slow", "fast")}))
    with pytest.raises(CommandError):
        said("check_archive", str(tmp_path))
    first.unlink()
    assert "begins with revision 2" in said("check_archive", str(tmp_path))


def test_the_site_that_is_exported_holds_no_version_for_outsiders(public, cast, tmp_path):
    partner = shown.twin(cast.incident, "For partners alone", audience="partner")
    said("export_archive", str(tmp_path / "site"))
    everything = b"".join(one.read_bytes() for one in (tmp_path / "site").rglob("*") if one.is_file())
    assert cast.incident.ref.encode() in everything
    for word in (b"For partners alone", partner.key.encode(), public.key.encode()):
        assert word not in everything


def test_the_archive_here_is_checked_with_them(public, cast):
    shown.printed(public)
    with pytest.raises(CommandError):
        said("check_archive")  # its PDF is none that was set
