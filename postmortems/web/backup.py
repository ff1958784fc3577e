"""Everything of an installation in one file, and back into an empty one.

The file is a zip: `tables/NAME.copy` as PostgreSQL's COPY writes text, `files/NAME` as stored, and last `manifest.json`
with the number of rows and the SHA-256 of each entry. The database is read in one snapshot; files are only ever added
while people work, so that every file a row of the snapshot names is there afterwards, too.

Left out: sessions (everybody signs in again) and the queue. What is sealed with SECRET_KEY needs the same key again.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import Error, sql

FORMAT = "second-story/backup/1"
LEFT_OUT = {"django_session", "django_migrations"}
CHUNK = 1 << 20
Progress = Callable[[str], None]


class CannotRestore(Exception):
    """One sentence: what is in the way."""


@dataclass
class Entry:
    sha256: str
    rows: int = 0  # of a table
    columns: tuple[str, ...] = ()


def _quiet(_: str) -> None: ...


# --- out -------------------------------------------------------------------------------------------


def save(path: Path, *, now: datetime, progress: Progress = _quiet) -> dict[str, int]:
    """Write everything to `path`; it appears there only once it is whole. How many tables, rows and files, and files missing."""
    part = path.with_name(f"{path.name}.part")
    entries: dict[str, Entry] = {}
    missing: list[str] = []
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
            for table, columns in _tables():
                progress(table)
                entries[f"tables/{table}.copy"] = _save_table(packed, table, columns)
            named = list(_files())
        for name in named:
            progress(name)
            if (entry := _save_file(packed, name)) is None:
                missing.append(name)
            else:
                entries[f"files/{name}"] = entry
        manifest = {
            "format": FORMAT,
            "made_at": now.isoformat(),
            "migrations": _migrations(),
            "missing": missing,
            "entries": {name: asdict(entry) for name, entry in entries.items()},
        }
        packed.writestr("manifest.json", json.dumps(manifest, indent=1))
    part.replace(path)
    tables = [entry for name, entry in entries.items() if name.startswith("tables/")]
    return {
        "tables": len(tables),
        "rows": sum(entry.rows for entry in tables),
        "files": len(entries) - len(tables),
        "missing": len(missing),
    }


def _tables() -> list[tuple[str, tuple[str, ...]]]:
    """Every table of ours with the columns that are stored; those the database computes come by themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select c.relname, array_agg(a.attname::text order by a.attnum)
            from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace and not c.relispartition
              and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
            group by c.relname order by c.relname
            """
        )
        return [(name, tuple(columns)) for name, columns in cursor.fetchall() if name not in LEFT_OUT]


def _save_table(packed: zipfile.ZipFile, table: str, columns: tuple[str, ...]) -> Entry:
    digest = hashlib.sha256()
    statement = sql.SQL("copy (select {} from {}) to stdout").format(_names(columns), sql.Identifier(table))
    with (
        connection.cursor() as cursor,
        packed.open(f"tables/{table}.copy", "w", force_zip64=True) as to,
        cursor.copy(statement) as rows,
    ):
        for block in rows:
            digest.update(block)
            to.write(block)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table)))
        return Entry(digest.hexdigest(), cursor.fetchone()[0], columns)


def _names(columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _files() -> Iterator[str]:
    """The names under which the rows know their files, each once."""
    seen: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                for name in model._base_manager.exclude(**{field.name: ""}).values_list(
                    field.name, flat=True
                ):
                    if name and name not in seen:
                        seen.add(name)
                        yield name


def _save_file(packed: zipfile.ZipFile, name: str) -> Entry | None:
    try:
        source = default_storage.open(name, "rb")
    except OSError:
        return None
    digest = hashlib.sha256()
    with source, packed.open(f"files/{name}", "w", force_zip64=True) as to:
        while block := source.read(CHUNK):
            digest.update(block)
            to.write(block)
    return Entry(digest.hexdigest())


def _migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


# --- back ------------------------------------------------------------------------------------------


def load(path: Path, *, progress: Progress = _quiet) -> dict[str, int]:
    """Put everything of `path` into this installation, which holds nothing but its tables. All of it or nothing.

    Files are written first: without their rows nobody sees them, and a second attempt finds them there.
    Raises CannotRestore.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            manifest = _manifest(packed)
            entries = {name: Entry(**told) for name, told in manifest["entries"].items()}
            _check_place(manifest, entries)
            files = [name for name in entries if name.startswith("files/")]
            for name in files:
                progress(name)
                _load_file(packed, name, entries[name], default_storage)
            with transaction.atomic():
                rows = _load_tables(packed, entries, progress)
    except (zipfile.BadZipFile, EOFError, OSError) as trouble:
        raise CannotRestore(f"{path} cannot be read: {trouble}.") from trouble
    return {"tables": len(entries) - len(files), "rows": rows, "files": len(files)}


def _manifest(packed: zipfile.ZipFile) -> dict:
    try:
        manifest = json.loads(packed.read("manifest.json"))
    except (KeyError, ValueError):
        manifest = {}
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise CannotRestore("This is not a whole backup of Second Story: its list of contents is missing.")
    return manifest


def _check_place(manifest: dict, entries: dict[str, Entry]) -> None:
    if manifest["migrations"] != _migrations():
        raise CannotRestore(
            "The backup is of another version: restore it with the version that made it, then migrate."
        )
    here = dict(_tables())
    for name, entry in entries.items():
        table = name.removeprefix("tables/").removesuffix(".copy")
        if name.startswith("tables/") and here.get(table) != tuple(entry.columns):
            raise CannotRestore(f"The table {table} of the backup has other columns than the one here.")
    with connection.cursor() as cursor:
        for table in ("accounts_user", "incidents_incident"):
            cursor.execute(sql.SQL("select exists (select from {})").format(sql.Identifier(table)))
            if cursor.fetchone()[0]:
                raise CannotRestore(
                    "This installation is not empty. Restore into a new database: nothing is overwritten."
                )


def _load_file(packed: zipfile.ZipFile, name: str, entry: Entry, storage: Storage) -> None:
    """Under the very name its row knows; one that is there already must be the same."""
    wanted = name.removeprefix("files/")
    if storage.exists(wanted):
        with storage.open(wanted, "rb") as there:
            if hashlib.file_digest(there, "sha256").hexdigest() == entry.sha256:
                return
        raise CannotRestore(f"Another file named {wanted} is here already.")
    with packed.open(name) as source:
        if hashlib.file_digest(source, "sha256").hexdigest() != entry.sha256:
            raise CannotRestore(f"{wanted} in the backup is damaged.")
    with packed.open(name) as source:
        storage.save(wanted, File(source, name=wanted))


def _load_tables(packed: zipfile.ZipFile, entries: dict[str, Entry], progress: Progress) -> int:
    """Foreign keys are checked when the transaction ends; triggers of ours wait, since what they would write is in the backup."""
    tables = {
        name.removeprefix("tables/").removesuffix(".copy"): entry
        for name, entry in entries.items()
        if name.startswith("tables/")
    }
    with connection.cursor() as cursor:
        cursor.execute("set local second_story.erase = 'on'")  # what a new installation brings along goes
        cursor.execute("select tgrelid::regclass::text, tgname from pg_trigger where tgenabled = 'A'")
        always = cursor.fetchall()
        every = sql.SQL(", ").join(map(sql.Identifier, tables))
        cursor.execute(sql.SQL("truncate {}").format(every))
        for table in tables:
            cursor.execute(sql.SQL("alter table {} disable trigger user").format(sql.Identifier(table)))
        for table, entry in tables.items():
            progress(table)
            _load_table(cursor, packed, table, entry)
        cursor.execute("set constraints all immediate")
        for table in tables:
            cursor.execute(sql.SQL("alter table {} enable trigger user").format(sql.Identifier(table)))
        for table, trigger in always:
            statement = sql.SQL("alter table {} enable always trigger {}")
            cursor.execute(statement.format(sql.Identifier(table), sql.Identifier(trigger)))
        for statement in connection.ops.sequence_reset_sql(
            no_style(), [*apps.get_models(include_auto_created=True)]
        ):
            cursor.execute(statement)
    return sum(entry.rows for entry in tables.values())


def _load_table(cursor, packed: zipfile.ZipFile, table: str, entry: Entry) -> None:
    digest = hashlib.sha256()
    statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), _names(tuple(entry.columns)))
    try:
        with packed.open(f"tables/{table}.copy") as source, cursor.copy(statement) as to:
            while block := source.read(CHUNK):
                digest.update(block)
                to.write(block)
    except Error as trouble:
        raise CannotRestore(f"The table {table} cannot be read back: {trouble}.") from trouble
    if digest.hexdigest() != entry.sha256:
        raise CannotRestore(f"The table {table} in the backup is damaged.")
