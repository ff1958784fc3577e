"""A backup holds everything: what is restored from it is the same, row by row and file by file."""

from __future__ import annotations

import shutil
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from postmortems.accounts.models import User
from postmortems.publication.checking.guards import without_guard
from tests import cast as people
from tests import make
from tests.emptying import GUARDED, UNGUARDED
from tests.test_doors import one_of_everything

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LEFT_OUT = ("django_session", "django_migrations")


def said(*arguments) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def tables() -> list[str]:
    return [name for name in connection.introspection.table_names() if name not in LEFT_OUT]


def everything() -> dict[str, str]:
    """By table a digest of all its rows, what the database computes included; by file its bytes."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'select md5(string_agg(t::text, chr(10) order by t::text)) from "{table}" t')
            found[table] = cursor.fetchone()[0]
    root = Path(settings.MEDIA_ROOT)
    return found | {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def emptied() -> None:
    """As it is after `migrate` on a new machine, or emptier."""
    with connection.cursor() as cursor:
        names = ", ".join(f'"{table}"' for table in tables())
        cursor.execute("; ".join(["begin", *UNGUARDED, f"truncate {names}", *GUARDED, "commit"]))
    shutil.rmtree(settings.MEDIA_ROOT)


@pytest.fixture
def backup(tmp_path):
    one_of_everything(people.gather())
    path = tmp_path / "all.backup"
    told = said("backup", str(path))
    assert "files are in" in told
    assert not list(tmp_path.glob("*.part"))
    return path


def test_what_was_saved_comes_back(backup):
    before = everything()
    assert sum(value is not None for value in before.values()) > 50
    emptied()
    assert "are back" in said("restore", str(backup))
    assert everything() == before
    assert without_guard() == []
    make.incident(by=User.objects.get(name="Alice"), title="Numbers go on where they were")
    with pytest.raises(CommandError, match="not empty"):
        said("restore", str(backup))


@pytest.mark.parametrize(
    ("begins", "spoil"),
    [
        ("tables/incidents_incident.copy", lambda raw: raw.replace(b"Bookings", b"Bookinks")),
        ("tables/accounts_user.copy", lambda raw: raw[: len(raw) // 2]),
        ("files/", lambda raw: raw + b" "),
    ],
)
def test_a_damaged_backup_restores_nothing(backup, tmp_path, begins, spoil):
    damaged = tmp_path / "damaged.backup"
    with zipfile.ZipFile(backup) as one, zipfile.ZipFile(damaged, "w") as other:
        for name in one.namelist():
            raw = one.read(name)
            other.writestr(name, spoil(raw) if name.startswith(begins) else raw)
    emptied()
    with pytest.raises(CommandError, match="Nothing was restored"):
        said("restore", str(damaged))
    assert not User.objects.exists()
    assert "are back" in said("restore", str(backup))


def test_what_is_no_backup_is_refused(tmp_path, backup):
    with pytest.raises(CommandError, match="already"):
        said("backup", str(backup))
    for raw in (b"", b"PK", b"words"):
        (tmp_path / "x").write_bytes(raw)
        with pytest.raises(CommandError, match="Nothing was restored"):
            said("restore", str(tmp_path / "x"))
    with zipfile.ZipFile(tmp_path / "x", "w") as other:
        other.writestr("a", "b")
    with pytest.raises(CommandError, match="not a whole backup"):
        said("restore", str(tmp_path / "x"))
    with pytest.raises(CommandError, match="There is no"):
        said("restore", str(tmp_path / "nothing"))
