from __future__ import annotations

import logging
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.archive.beside import Beside, in_bundle, of_file
from postmortems.archive.old_writeups import LIMIT, Brought, Known, Wishes, bring
from postmortems.incidents.models import Severity
from postmortems.writeup.files.reading import NotText
from timelines.bundles import Archive, Folder
from timelines.reading import Unreadable

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".mediawiki", ".wiki", ".adoc")
NOT_WRITEUPS = re.compile(
    r"(?i)(?:^|/)(?:contributing|license|licence|changelog|code_of_conduct|security|_index|summary|_?sidebar|_?footer|[^/]*template[^/]*)\.[a-z]+$|(?:^|/)(?:node_modules|\.[^/]+)/"
)
ABOUT_A_FOLDER = re.compile(r"(?i)(?:^|/)(?:readme|index|home)\.[a-z]+$")
HOW = {"new": "brought in", "newer": "newer edition taken", "known": "known already"}
log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Brings old postmortems in Markdown in as incidents with write-ups; bringing the same in again adds nothing."

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, a folder or a zip")
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and do nothing")
        parser.add_argument("--zone", default="UTC", help="of times that state none, such as Europe/Lisbon")
        parser.add_argument("--severity", default="", help="key of the severity for those that state none")
        parser.add_argument(
            "--by", help="e-mail of the person who brings them; the first administrator when left out"
        )
        parser.add_argument(
            "--publish", action="store_true", help="publish each as it is and close its review"
        )

    def handle(self, *, paths, dry_run, **options):
        wishes = self._wishes(options)
        known, counts = Known(), dict.fromkeys(HOW, 0)
        self.left = 0
        for name, raw, beside in _files(paths, self._left):
            told = self._one(name, raw, beside, wishes, known, dry_run)
            if told:
                counts[told.how] += 1
            self._progress(sum(counts.values()) + self.left)
        self._progress(0)
        verb = "would be brought in" if dry_run else "brought in"
        self.stdout.write(
            f"{counts['new']} {verb}, {counts['newer']} newer, {counts['known']} known already, {self.left} could not be read."
        )
        if not sum(counts.values()) and not self.left:
            raise CommandError("No write-up was found there.")

    def _wishes(self, options: dict) -> Wishes:
        email = options["by"]
        people = User.objects.active()
        person = (
            people.filter(email__iexact=email)
            if email
            else people.filter(role="administrator").order_by("pk")
        )
        if not (by := person.first()):
            raise CommandError(
                f"There is no account {email}."
                if email
                else "There is no administrator yet; say with --by who brings them."
            )
        if options["severity"] and not Severity.objects.filter(key=options["severity"]).exists():
            raise CommandError(f"There is no severity {options['severity']}.")
        try:
            ZoneInfo(options["zone"])
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise CommandError(
                f"There is no time zone {options['zone']}; names look like Europe/Lisbon."
            ) from error
        return Wishes(by, options["zone"], options["severity"], options["publish"])

    def _one(
        self, name: str, raw: bytes, beside: Beside, wishes: Wishes, known: Known, dry: bool
    ) -> Brought | None:
        """One file; whatever is wrong with it, the others go on."""
        try:
            told = bring(name, raw, wishes, known, now=timezone.now(), dry=dry, beside=beside)
        except NotText as trouble:
            self._left(name, str(trouble))
            return None
        except Exception as trouble:
            if not connection.is_usable():
                raise
            log.exception("The old write-up %s could not be brought in", name)
            self._left(name, f"{type(trouble).__name__}: a fault of the reader. The log says more.")
            return None
        self._say(told, dry)
        return told

    def _say(self, told: Brought, dry: bool) -> None:
        if told.how == "known":
            self._tell(f"{told.path}: {HOW['known']}, {told.ref}")
            return
        facts = [
            told.ref, f"“{told.title}”", str(told.day or "no day"), told.severity, _count(told.sections, "section"),
            _count(told.events, "event"), _count(told.items, "item"), _count(told.pictures, "picture") if told.pictures else "",
        ]  # fmt: skip
        self._tell(
            f"{told.path}: {'would be ' if dry else ''}{HOW[told.how]}: {', '.join(filter(None, facts))}"
        )
        for note in told.notes:
            self._tell(f"  {note}")

    def _left(self, name: str, why: str) -> None:
        self.left += 1
        self._tell(f"{name}: left out. {why}")

    def _tell(self, text: str) -> None:
        """On one line, whatever bytes the name of a file and whatever signs its title is made of."""
        self.stdout.write("".join(one if one.isprintable() else ascii(one)[1:-1] for one in text))

    def _progress(self, done: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{f'{done:,} files' if done else '':<40}", ending="" if done else "\r")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _files(paths: list[Path], left) -> Iterator[tuple[str, bytes, Beside]]:
    """Names and contents of write-ups, and what opens the files beside them: every file that was named, and those of folders and archives that look like one."""
    for path in paths:
        try:
            if path.is_file() and not _is_zip(path):
                there = [
                    (
                        path.name,
                        lambda path=path: path.stat().st_size,
                        partial(path.open, "rb"),
                        of_file(path),
                    )
                ]
            else:
                there = _of_bundle(Folder(path, _nothing) if path.is_dir() else Archive(path, _nothing), path)
        except (OSError, Unreadable) as trouble:
            left(str(path), _why(trouble))
            continue
        for name, size, opened, beside in there:
            try:
                raw = _read(size, opened)
            except (OSError, Unreadable, zipfile.BadZipFile, zlib.error, EOFError) as trouble:
                left(name, _why(trouble))
                continue
            # bytes that are no letters, as old file systems have them, are none that can be kept
            yield name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), raw, beside


def _of_bundle(
    bundle: Folder | Archive, path: Path
) -> Iterator[tuple[str, Callable[[], int], Callable[[], BinaryIO], Beside]]:
    top = path.resolve().stem
    beside = in_bundle(bundle, top)
    for inner in _writeups(bundle.names):
        yield f"{top}/{inner}", partial(bundle.size, inner), partial(bundle.open, inner), beside


def _why(trouble: Exception) -> str:
    return str(getattr(trouble, "strerror", None) or trouble)


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _nothing(size: int) -> None:
    """Archives tell how much was read of them; here the number of files tells more."""


def _writeups(names: list[str]) -> list[str]:
    texts = [name for name in names if name.lower().endswith(SUFFIXES) and not NOT_WRITEUPS.search(name)]
    others = {name.rpartition("/")[0] for name in texts if not ABOUT_A_FOLDER.search(name)}
    above = {folder.rpartition("/")[0] for name in texts if (folder := name.rpartition("/")[0])}
    return [
        name for name in texts
        if not ABOUT_A_FOLDER.search(name) or name.rpartition("/")[0] not in others | above
    ]  # fmt: skip


def _read(size: Callable[[], int], opened: Callable[[], BinaryIO]) -> bytes:
    if size() <= LIMIT:
        with opened() as file:
            raw = file.read(LIMIT + 1)
        if not raw.strip():
            raise Unreadable("It is empty.")
        if len(raw) <= LIMIT:
            return raw
    raise Unreadable(f"It is larger than {LIMIT // 1_000_000} MB.")
