"""Every script finds the modules it imports under the names they have in production."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.management.commands.collectstatic import Command

from postmortems.web.statics import Statics


@pytest.fixture
def collected(tmp_path, monkeypatch):
    storage = Statics(location=tmp_path)
    command = Command()
    command.set_options(
        interactive=False, verbosity=0, link=False, clear=False, dry_run=False, ignore_patterns=[],
        use_default_ignore_patterns=True, post_process=True,
    )  # fmt: skip
    command.storage, command.local = storage, True
    command.collect()
    return storage


@pytest.mark.slow
def test_modules_import_each_other_by_the_names_they_have_here(collected):
    ours = list((settings.BASE_DIR / "static" / "js").rglob("*.js"))
    imports = 0
    for path in ours:
        name = collected.stored_name(path.relative_to(settings.BASE_DIR / "static").as_posix())
        text = Path(collected.path(name)).read_text(encoding="utf-8")
        for asked in re.findall(r"""(?:from|import)\s*\(?["']([^"']+\.js)["']""", text):
            imports += 1
            assert re.search(r"\.[0-9a-f]{12}\.js$", asked), f"{path} imports {asked}"
            folder = name.rsplit("/", 1)[0]
            assert collected.exists(
                asked.removeprefix("/static/") if asked.startswith("/") else f"{folder}/{asked}"
            )
    assert imports
