"""What the documents promise is there: settings, commands, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_setting_is_told():
    code = (ROOT / "postmortems" / "settings.py").read_text(encoding="utf-8")
    told = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    names = set(re.findall(r'env(?:_bool|_int|_networks)?\(\s*"([A-Z_]+)"', code))
    assert names
    assert {name for name in names if f"`{name}`" not in told} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_documents_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_decision_is_in_the_list():
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(path.name for path in folder.glob("0*.md"))


def test_commands_of_the_makefile_are_listed():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in ("setup", "run", "test", "check", "fix", "bench", "docs", "demo", "clean"):
        assert re.search(rf"^{name}:.*## ", makefile, re.M), name


def test_nothing_names_an_index_or_a_machine():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--hash=sha256:" in text
