"""Rows of a CSV file whose columns are known, for formats that come as JSON or as CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator

from timelines.formats.base import Bundle, decode, lines
from timelines.formats.documents import Found
from timelines.formats.records import Skipped


def rows_or(
    bundle: Bundle, otherwise: Iterable[Found | Skipped], shaped: Callable[[dict[str, str]], dict]
) -> Iterator[Found | Skipped]:
    """The rows of a bundle of one CSV file, each `shaped` into a record as JSON would have it; else `otherwise`."""
    if len(bundle.names) == 1 and not is_json(bundle, bundle.names[0]):
        for row in rows(bundle, bundle.names[0]):
            yield row if isinstance(row, Skipped) else Found(shaped(row.value), row.where)
    else:
        yield from otherwise


def is_json(bundle: Bundle, name: str) -> bool:
    with bundle.open(name) as file:
        return file.peek(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def rows(bundle: Bundle, name: str) -> Iterator[Found | Skipped]:
    """Every row by its columns, of values between commas that may be quoted and run over lines."""
    with bundle.open(name) as file:
        reader = csv.reader((decode(raw or b"") + "\n" for _, raw in lines(file)), strict=False)
        columns: list[str] = []
        begun = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Skipped(
                    f"{name}:{begun}", "A quotation mark opens here and does not close within 128 kB."
                )
                continue
            finally:
                where, begun = f"{name}:{begun}", reader.line_num + 1
            if not columns:
                columns = [cell.strip() for cell in cells]
            elif cells:
                yield Found(dict(zip(columns, cells, strict=False)), where)
