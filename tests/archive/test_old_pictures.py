from __future__ import annotations

import zipfile

import pytest
from django.core.management import call_command

from postmortems.incidents.models import Incident
from postmortems.writeup.citing.drafts import texts_of
from postmortems.writeup.images.uses import of
from tests.pictures import drawn

TEXT = """# Mail was late

## Impact
Ten people.

![The queue grows](img/queue.png) ![](../secret.png) ![far](https://x.example/a.png)

## Timeline

- 2024-05-01 10:45 UTC the queue grew

<img src="img/queue.png" alt="Once more"> ![drawing](img/plan.svg) ![linked](img/link.png)
"""


@pytest.fixture
def folder(cast, tmp_path):
    inside = tmp_path / "pm"
    (inside / "img").mkdir(parents=True)
    (inside / "mail.md").write_text(TEXT)
    (inside / "img" / "queue.png").write_bytes(drawn())
    (inside / "img" / "plan.svg").write_text("<svg onload='hit()'/>")
    (tmp_path / "secret.png").write_bytes(drawn(colour=(1, 2, 3)))
    (inside / "img" / "link.png").symlink_to(tmp_path / "secret.png")
    (inside / "away").symlink_to(tmp_path)
    return inside


def brought(capsys, *paths, **more) -> tuple[Incident | None, str]:
    call_command("import_writeups", *map(str, paths), **more)
    return Incident.objects.filter(title="Mail was late").first(), capsys.readouterr().out


def test_pictures_beside_a_write_up_come_along_and_none_from_elsewhere(folder, capsys):
    incident, said = brought(capsys, folder)
    (image,) = incident.images.all()
    assert (image.name, image.width) == ("queue.png", 60)
    uses = of(texts_of(incident))
    assert sorted(use.words for use in uses[1]) == ["Once more", "The queue grows"]
    assert ", 1 picture" in said
    assert "The picture img/plan.svg was not taken. This is an SVG drawing." in said
    assert "The picture ../secret.png does not lie beside it" in said
    assert "The picture img/link.png does not lie beside it" in said
    assert "1 picture of other sites is not fetched: the text leads there." in said


def test_the_same_again_brings_no_picture_twice_and_a_newer_edition_keeps_them(folder, capsys):
    incident, _ = brought(capsys, folder)
    _, said = brought(capsys, folder)
    assert "known already" in said
    (folder / "mail.md").write_text(TEXT.replace("Ten people", "Twelve people"))
    incident, said = brought(capsys, folder)
    assert "newer edition taken" in said
    assert incident.images.count() == 1
    assert "Twelve people" in incident.sections.get(key="impact").text
    assert "(image:1)" in incident.sections.get(key="impact").text


def test_a_dry_run_keeps_nothing(folder, capsys):
    incident, said = brought(capsys, folder, dry_run=True)
    assert incident is None
    assert ", 2 pictures" in said


def test_a_file_by_itself_finds_what_lies_in_its_folder(folder, capsys):
    incident, _ = brought(capsys, folder / "mail.md")
    assert [image.name for image in incident.images.all()] == ["queue.png"]


def test_pictures_come_out_of_an_archive_too(folder, tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "pm.zip", "w") as archive:
        archive.writestr("notes/mail.md", TEXT)
        archive.write(folder / "img" / "queue.png", "notes/img/queue.png")
    incident, _ = brought(capsys, tmp_path / "pm.zip")
    assert [image.name for image in incident.images.all()] == ["queue.png"]


def test_a_folder_that_is_a_link_is_not_followed(folder, capsys):
    (folder / "mail.md").write_text("# Mail was late\n\n![x](away/secret.png)\n")
    for path in (folder, folder / "mail.md"):
        incident, _ = brought(capsys, path)
        assert not incident.images.exists()
