"""Words that stand nowhere else, planted in every text of the house, and the ways to look for them.

Every field of every table that holds words is planted in, found by walking the models: a field that comes along later is
planted in as well, and a table without a row fails the test that plants.
"""

from __future__ import annotations

import io
import itertools
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DataError, IntegrityError, connection, models, transaction
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from tests.publication.outside import shown

LETTERS = "bcdfghjklmnpqrstvwxz"
# What the house goes by and nobody reads: words in there would break it, and tell nothing of an incident.
GOES_BY = {
    "key", "digest", "sha256", "previous_digest", "zone", "kind", "format", "precision", "certainty", "section", "ref", "form_key",
    "token", "password", "secret", "older_secret", "country", "rule", "facet", "facets", "marker", "basis", "asks_for", "column", "actor_kind",
    "hours", "readiness", "not_applicable", "skipped_stages", "slug", "field", "calendar", "calendar_method", "slips", "figures", "printed",
    "box", "result", "clocks", "same", "cut", "names", "busy", "unsubscribe", "state", "group", "times", "values", "mapping", "tally", "clock_pairs",
    "choices", "unplaced", "late", "overruled", "seen", "agreed", "conflict", "meanings", "delivery_key", "reader", "about_key", "html", "sections",
    "mask", "stamp", "query", "before", "word", "file",
}  # fmt: skip
# Made from other rows by the house itself, or published: what they hold is what is looked for elsewhere.
DERIVED = {
    "Revision",
    "Twin",
    "Printing",
    "ApprovedText",
    "Card",
    "ToldCondition",
    "ToldItem",
    "Tally",
    "Word",
    "Reckoning",
}
FROZEN = {"Withdrawal"}  # for good, and from the first: planted in as they are made


@dataclass
class Planted:
    """Word → where it was planted, as table.field."""

    words: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1000))

    def word(self, where: str) -> str:
        """Letters alone: nothing that looks like a host, a ticket or a key, which would be taken out for that."""
        number, made = next(self._numbers), ""
        while number:
            number, digit = divmod(number, len(LETTERS))
            made += LETTERS[digit]
        self.words[word := f"zq{made}xv"] = where
        return word

    def inside(self, said: str | bytes) -> set[str]:
        """Which of them stand in there."""
        said = said if isinstance(said, bytes) else said.encode("utf-8", "replace")
        return {word for word in self.words if word.encode() in said}


def plant_everywhere(planted: Planted) -> dict[str, int]:
    """One word in each field of each row that holds words; how many rows there are of each table that does."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("set local second_story.erase = 'on'")  # evidence is frozen, too
    for model in ours():
        fields = [one for one in model._meta.concrete_fields if _holds_words(one)]
        if fields and model.__name__ not in FROZEN:
            found[model.__name__] = sum(_plant(planted, row, fields) for row in model._base_manager.all())
    with connection.cursor() as cursor:
        cursor.execute("set local second_story.erase = 'off'")
    return found


def fill_empty_tables(planted: Planted) -> None:
    """A row in each table that has none, of the first rows that it can name, where a constraint allows one."""
    for model in ours():
        for fields in _tries(model):
            if model._base_manager.exists():
                break
            with suppress(IntegrityError, DataError), transaction.atomic():
                model._base_manager.create(**{one.name: _something(planted, one) for one in fields})


def _tries(model: type[models.Model]) -> Iterator[list[models.Field]]:
    """What to fill: all that can name another row, only what has to, and that with one other."""
    fields = [
        one
        for one in model._meta.concrete_fields
        if not (one.has_default() or one.primary_key or one.generated)
    ]
    needed, may = (
        [one for one in fields if not one.null],
        [one for one in fields if one.null and one.remote_field],
    )
    yield [*needed, *may]
    yield needed
    yield from ([*needed, one] for one in may)


def _something(planted: Planted, one: models.Field) -> Any:
    if one.remote_field:
        taken = one.model._base_manager.values_list(one.name) if one.unique else ()
        return one.related_model._base_manager.exclude(pk__in=taken).order_by("pk").first()
    if one.choices:
        return one.choices[0][0]
    by_kind = {
        models.DateTimeField: shown.NOW, models.DateField: shown.NOW.date(), models.BooleanField: False, models.BinaryField: b"x",
        models.URLField: "https://example.org", models.DurationField: timedelta(hours=1), models.UUIDField: uuid.uuid4(),
        models.EmailField: "somebody@example.org", ArrayField: [], models.JSONField: {},
    }  # fmt: skip
    if type(one) in by_kind:
        return by_kind[type(one)]
    if _holds_words(one):
        return planted.word(f"{one.model.__name__}.{one.name}")[: one.max_length]
    return "x" if isinstance(one, models.CharField | models.TextField | models.FileField) else 1


def ours() -> Iterable[type[models.Model]]:
    return (
        model
        for model in apps.get_models()
        if model.__module__.startswith(("postmortems", "timelines")) and model.__name__ not in DERIVED
    )


def _holds_words(one: models.Field) -> bool:
    texts = (models.CharField, models.TextField, models.JSONField, models.BinaryField, ArrayField)
    structural = one.choices or one.primary_key or one.name in GOES_BY or isinstance(one, models.FileField)
    return isinstance(one, texts) and not structural and not one.generated


def _plant(planted: Planted, row: models.Model, fields: list[models.Field]) -> int:
    """In every field; where a constraint forbids that, in those that say something already."""
    said = [one for one in fields if getattr(row, one.attname)]
    for chosen in (fields, said):
        with suppress(IntegrityError), transaction.atomic():
            values = {one.attname: _with_word(planted, row, one) for one in chosen}
            return type(row)._base_manager.filter(pk=row.pk).update(**values)
    raise AssertionError(f"no word could be planted in {row!r}")


def _with_word(planted: Planted, row: models.Model, one: models.Field) -> Any:
    word = planted.word(f"{type(row).__name__}.{one.name}")
    value = getattr(row, one.attname)
    if isinstance(one, models.EmailField):
        return f"{word}@example.org"
    if isinstance(one, models.URLField) or one.name in ("link", "url", "tracker_url"):
        return f"https://example.org/{word}"
    if isinstance(one, ArrayField):
        return [*(value or []), word]
    if isinstance(one, models.BinaryField):
        return word.encode()
    if isinstance(one, models.JSONField):
        return [*value, word] if isinstance(value, list) else {**(value or {}), word: word}
    told = f"{value} {word}".strip()
    return told if one.max_length is None or len(told) <= one.max_length else word[: one.max_length]


def passages(planted: Planted, key: str) -> str:
    """A text of every kind of passage, each with words of its own."""
    new = lambda kind: planted.word(f"passage of {key}: {kind}")  # noqa: E731
    return "\n\n".join(
        (
            f"It was {new('paragraph')} and *{new('stressed')}*.",
            f"- first {new('item of a list')}\n- second {new('item of a list')}",
            f"| what {new('head of a table')} | how much |\n|---|---|\n| shop {new('cell')} | 14 |",
            f"> {new('quote')}",
            f"```\n{new('code')}\n```",
            f"## Under {new('heading')}\n\nThen {new('paragraph under a heading')}.",
            f"At last {new('paragraph under the same heading')}.",
        )
    )


def picture(planted: Planted, colour: tuple[int, int, int]) -> bytes:
    """A PNG with words in everything that a file can hold besides its picture."""
    told = PngInfo()
    told.add_text("Comment", planted.word("metadata of a picture"))
    told.add_itxt("Author", planted.word("metadata of a picture"))
    exif = Pillow.Exif()
    exif[0x010E] = planted.word("EXIF of a picture")
    out = io.BytesIO()
    Pillow.new("RGB", (64, 48), colour).save(out, "PNG", pnginfo=told, exif=exif)
    return out.getvalue() + planted.word("behind the last byte of a picture").encode()
