"""An export in which a byte was flipped, or a file was lost, swapped or added, is not taken for the one that was made."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortems.publication import actions, chain
from postmortems.publication.checking import sums
from postmortems.publication.checking.files import check
from postmortems.publication.models import Revision
from postmortems.publication.reading import alone
from postmortems.publication.reading.document import document_of, written
from postmortems.writeup.writing.actions import save_section
from tests import make

RENDER = """
import sys, json, django
django.setup()
from postmortems.publication import article, chain
from postmortems.publication.reading.document import written
document = json.loads(sys.stdin.buffer.read())
html = article.render(document["content"])
sys.stdout.write(chain.seal(document["content"], html, document["previous_digest"]) + str(written(document)))
"""


@pytest.fixture
def twice(cast) -> list[Revision]:
    make.writeup_of(cast.incident)
    cast.incident.circle.filter(role="approver").delete()
    actions.publish(incident=cast.incident, by=cast.alice, now=make.T0)
    version = cast.incident.sections.get(key="summary").version
    save_section(
        incident=cast.incident, key="summary", text="Grüße, 84 minutes.", version=version, by=cast.alice
    )
    actions.publish(incident=cast.incident, by=cast.alice, now=make.T0, change_note="a number")
    return list(Revision.objects.order_by("number").select_related("incident", "published_by", "printing"))


@pytest.fixture
def export(twice, tmp_path) -> Path:
    folder = tmp_path / "export"
    own = folder / twice[0].incident.ref
    own.mkdir(parents=True)
    for one in twice:
        (own / f"r{one.number}.json").write_bytes(written(document_of(one)))
        (own / f"r{one.number}.html").write_text(alone.page(one, style_at="../style.css"))
        (own / f"r{one.number}.pdf").write_bytes(b"%PDF-1.7 " + one.digest.encode())
    (folder / "style.css").write_text("p {}")
    sums.write_all(folder)
    return folder


def test_an_export_as_it_was_made_is_found_whole(export):
    checked = check([export])
    assert (checked.revisions, checked.files, checked.troubles, checked.remarks) == (2, 7, [], [])


def test_a_flipped_byte_is_found_in_every_file(export):
    chance = random.Random(7)
    for path in sorted(path for path in export.rglob("*") if path.is_file()):
        raw = path.read_bytes()
        for at in [0, len(raw) - 1, *(chance.randrange(len(raw)) for _ in range(12))]:
            path.write_bytes(raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :])
            assert check([export]).troubles, (path, at)
        path.write_bytes(raw)
    assert not check([export]).troubles


def swap(one: Path, other: Path) -> None:
    raw = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(raw)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda own: (own / "r2.json").unlink(),
        lambda own: (own / "r1.pdf").unlink(),
        lambda own: shutil.rmtree(own),
        lambda own: swap(own / "r1.html", own / "r2.html"),
        lambda own: swap(own / "r1.json", own / "r2.json"),
        lambda own: swap(own / "r1.pdf", own / "r2.pdf"),
        lambda own: (own / "r3.json").write_bytes((own / "r2.json").read_bytes()),
        lambda own: (own / "more.html").write_text("x"),
        lambda own: (own / "r1.json").rename(own / "r9.json"),
        lambda own: (own / "r1.html").write_bytes(b""),
        lambda own: (own.parent / "SHA256SUMS").write_bytes(b""),
        lambda own: (own.parent / "SHA256SUMS").write_text(f"{'0' * 64}  ../../etc/passwd\n"),
    ],
)
def test_what_is_lost_swapped_or_added_is_found(export, spoil):
    (own,) = (path for path in export.iterdir() if path.is_dir())
    spoil(own)
    assert check([export]).troubles


def test_a_chain_made_anew_is_told_by_the_digest_of_the_list(export):
    before = sums.sha256(export / sums.ALL)
    (own,) = (path for path in export.iterdir() if path.is_dir())
    document = json.loads((own / "r2.json").read_bytes())
    document["content"]["title"] = document["title"] = "Another story"
    document["digest"] = chain.seal(document["content"], document["html"], document["previous_digest"])
    (own / "r2.json").write_bytes(written(chain.summed(document)))
    assert check([export]).troubles
    (export / sums.ALL).unlink()
    assert sums.write_all(export) != before


def test_one_document_alone_tells_every_change_of_what_it_says(twice, tmp_path):
    path, chance = tmp_path / "r1.json", random.Random(3)
    raw = written(document_of(twice[0]))
    said = json.loads(raw)
    for at in (chance.randrange(len(raw)) for _ in range(150)):
        flipped = raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]
        path.write_bytes(flipped)
        try:
            same = json.loads(flipped) == said
        except ValueError:
            same = False
        assert same or check([path]).troubles, at


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ref", "number", "content", "published", "pdf", "digest", "withdrawn", "html"]) | st.text(max_size=3), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(rest=st.dictionaries(st.sampled_from(["ref", "number", "content", "html", "digest", "previous_digest", "pdf", "sum", "withdrawn"]), JSON))  # fmt: skip
def test_whatever_pretends_to_be_a_revision_breaks_nothing(tmp_path_factory, rest):
    path = tmp_path_factory.mktemp("odd") / "r1.json"
    path.write_text(json.dumps({"format": "second-story/revision/1"} | rest))
    assert check([path]).troubles


def test_the_same_revision_is_the_same_bytes_in_another_process(twice):
    """Another hash seed, another time zone, another language of the machine."""
    document = document_of(twice[1])
    here = twice[1].digest + str(written(document))
    elsewhere = os.environ | {
        "PYTHONHASHSEED": "7", "TZ": "Pacific/Apia", "LC_ALL": "C", "LANG": "de_DE.UTF-8", "DJANGO_SETTINGS_MODULE": "postmortems.settings",
    }  # fmt: skip
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RENDER], input=written(document), env=elsewhere, capture_output=True, check=True, timeout=120
    )  # fmt: skip
    assert told.stdout.decode() == here
