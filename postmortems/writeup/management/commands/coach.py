"""`coach FILE…`: what the language coach marks, without any database."""

from __future__ import annotations

import json
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from postmortems.language.coach import Preferences, read
from postmortems.language.kinds import Kind
from postmortems.language.marks import Mark
from postmortems.language.sections import SECTIONS


class InputError(Exception):
    """One sentence that says what is wrong with the input."""


class Command(BaseCommand):
    help = (
        "Mark blame and bias in Markdown or text files (FILE:LINE:COLUMN KIND: QUESTION). "
        "From JSONL of id, text and section come id and spans."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="Markdown, text or JSONL; - reads standard input"
        )
        parser.add_argument(
            "--section", choices=SECTIONS, help="read a text as this section, whatever its headings say"
        )
        parser.add_argument(
            "--person", action="append", default=[], metavar="NAME", help="a person on the incident"
        )
        parser.add_argument(
            "--thing", action="append", default=[], metavar="NAME", help="a service or another thing"
        )
        parser.add_argument(
            "--silence", action="append", default=[], choices=[*Kind], help="a kind that is not marked"
        )
        parser.add_argument(
            "--extra", action="append", default=[], metavar="KIND=WORDS", help="words that are always marked"
        )
        parser.add_argument(
            "--dismissed", action="append", default=[], metavar="KEY", help="the key of a dismissed mark"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object for each mark")

    def handle(self, *args, files: list[str], section: str | None, **options):
        try:
            wishes = _wishes(options)
            for number, file in enumerate(files, 1):
                self._progress(number, files)
                text = _read(file)
                if file.endswith((".jsonl", ".ndjson")) or (file == "-" and text.lstrip()[:1] == "{"):
                    self._rows(file, text, wishes)
                else:
                    self._text(file, text, section, wishes, as_json=options["json"])
        except InputError as error:
            self.stderr.write(str(error))
            sys.exit(2)

    def _progress(self, number: int, files: list[str]) -> None:
        if len(files) > 1 and sys.stderr.isatty():
            end = "\n" if number == len(files) else ""
            self.stderr.write(f"\r{number} of {len(files)} files", ending=end)

    def _rows(self, file: str, text: str, wishes: Preferences) -> None:
        for row in _parsed(file, text):
            marks = read(row["text"], row.get("section") or "reason", wishes)
            spans = [[mark.start, mark.end, str(mark.kind)] for mark in marks]
            self.stdout.write(json.dumps({"id": row["id"], "spans": spans}))

    def _text(self, file: str, text: str, section: str | None, wishes: Preferences, *, as_json: bool) -> None:
        for mark, line, column in _placed(text, read(text, section, wishes)):
            if as_json:
                self.stdout.write(json.dumps(_told(file, text, mark, line, column)))
            else:
                self.stdout.write(f"{file}:{line}:{column} {mark.kind}: {' '.join(mark.question.split())}")


def _wishes(options: dict[str, Any]) -> Preferences:
    extra: dict[str, list[str]] = {}
    for wish in options["extra"]:
        kind, _, words = wish.partition("=")
        if kind not in [*Kind] or not words.strip():
            raise InputError(
                f"--extra {wish}: it takes a kind, an equals sign and words, such as judgement=clown show."
            )
        extra.setdefault(kind, []).append(words)
    return Preferences(
        people=options["person"], things=options["thing"], extra=extra, silenced=options["silence"],
        dismissed=options["dismissed"],
    )  # fmt: skip


def _read(file: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InputError(f"{file!r} is not the name of a file.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not text in UTF-8 (byte {error.start}).") from error


def _parsed(file: str, text: str) -> Iterator[dict[str, Any]]:
    """Rows of a JSONL file; U+2028 and its like may stand inside a row, so only line feeds part rows."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{file}:{number} is not JSON.") from error
        if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("text"), str):
            raise InputError(f"{file}:{number} is not an object with id and text.")
        if not isinstance(row.get("section") or "", str):
            raise InputError(f"{file}:{number} has a section that is not text.")
        yield row


def _placed(text: str, marks: Iterable[Mark]) -> Iterator[tuple[Mark, int, int]]:
    """Marks with their line and column, both from one; a column counts characters."""
    begins = [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]
    for mark in marks:
        line = bisect_right(begins, mark.start)
        yield mark, line, mark.start - begins[line - 1] + 1


def _told(file: str, text: str, mark: Mark, line: int, column: int) -> dict[str, object]:
    return {
        "file": file, "line": line, "column": column, "start": mark.start, "end": mark.end, "kind": str(mark.kind),
        "text": text[mark.start : mark.end], "reason": mark.reason, "question": mark.question, "key": mark.key,
    }  # fmt: skip
