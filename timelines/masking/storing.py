"""Taking secrets out of rows on their way into the database, and keeping what was taken beside its event.

`take_out` before the rows are written, `keep` after, in the same transaction. What somebody said to be harmless
in this incident stays; what was looked at and kept masked is masked again without a question.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from timelines.masking import checks
from timelines.masking.find import Found, find, scan
from timelines.masking.masks import masks_of, replaced
from timelines.models import Event, Secret

FIELDS = ("text", "link", "actor", "extra")
LONGEST_ACTOR = 200
DEEPEST = 20  # levels of `extra` that are looked into; what lies deeper is told as text


@dataclass(frozen=True, slots=True)
class Taken:
    """What was found in one field of one row, and whether it was left there as harmless.

    `edition` is the digest of the row's raw record.
    """

    external_id: str
    edition: bytes
    column: str
    kind: str
    mask: str
    value: str
    shown: bool

    @property
    def digest(self) -> bytes:
        return digest_of(self.value)


def digest_of(value: str) -> bytes:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()


def take_out(
    incident_id: int, rows: Sequence[tuple], columns: Sequence[str]
) -> tuple[list[tuple], list[Taken]]:
    """The rows with masks, and what the masks stand for. `columns` names the parts of a row."""
    at = {name: columns.index(name) for name in ("external_id", "digest", *FIELDS)}
    hits = {name: scan([row[at[name]] for row in rows]) for name in FIELDS}
    if not any(hits.values()):
        return list(rows), []
    harmless = called_harmless(incident_id)
    rows, taken = list(rows), []
    for name, found in hits.items():
        for position, founds in found:
            row = rows[position]
            text, masks = _masked(name, row[at[name]], founds, harmless)
            rows[position] = (*row[: at[name]], text, *row[at[name] + 1 :])
            taken += [
                Taken(
                    row[at["external_id"]],
                    row[at["digest"]],
                    name,
                    kind,
                    mask,
                    value,
                    digest_of(value) in harmless,
                )
                for value, (kind, mask) in masks.items()
            ]
    return rows, taken


def _masked(name: str, text: str, founds: list[Found], harmless: set[bytes]) -> tuple[str, dict]:
    if name == "extra":
        return _masked_json(text, harmless)
    if name == "actor":  # how authors are known is who they are, and stays
        founds = [found for found in founds if not found.personal]
    masks = masks_of(text, founds)
    text = replaced(text, _hiding(masks, harmless), founds)
    if name == "actor" and len(text) > LONGEST_ACTOR and masks:
        text = next(iter(masks.values()))[1]
    return text, masks


def _hiding(masks: dict, harmless: set[bytes]) -> dict[str, str]:
    return {
        value: mask for value, (_, mask) in masks.items() if not harmless or digest_of(value) not in harmless
    }


def _masked_json(text: str, harmless: set[bytes]) -> tuple[str, dict]:
    """Value by value, each beside its name, because `"password": "…"` says what the value alone does not.

    What cannot be looked into, such as numbers without end, is left to the raw record.
    """
    try:
        extra = json.loads(text, parse_float=_float)
    except (ValueError, RecursionError):
        return "{}", {}
    founds = list(_in_json(extra, "", 0))
    masks = masks_of(text, founds)
    hiding = _hiding(masks, harmless)
    return json.dumps(_without(extra, hiding, 0), ensure_ascii=False), masks


def _float(written: str) -> float | str:
    """The words themselves where the number is too large for a machine."""
    number = float(written)
    return number if math.isfinite(number) else written


def _in_json(value, name: str, depth: int):
    if isinstance(value, dict) and depth < DEEPEST:
        for key, inner in value.items():
            yield from find(key)
            yield from _in_json(inner, key, depth + 1)
    elif isinstance(value, list) and depth < DEEPEST:
        for inner in value:
            yield from _in_json(inner, name, depth + 1)
    elif isinstance(value, (dict, list)):
        yield from find(json.dumps(value, ensure_ascii=False))
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
        yield from _in_leaf(str(value), name)


def _in_leaf(value: str, name: str):
    if checks.is_name_of_password(name) and checks.is_password(f"={value}", 1, len(value) + 1):
        yield Found(0, len(value), "password", value)
    else:
        yield from find(f"{name}={value}" if name else value)


def _without(value, masks: dict[str, str], depth: int):
    if isinstance(value, dict) and depth < DEEPEST:
        return {
            _without(key, masks, depth): _without(inner, masks, depth + 1) for key, inner in value.items()
        }
    if isinstance(value, list) and depth < DEEPEST:
        return [_without(inner, masks, depth + 1) for inner in value]
    if isinstance(value, (dict, list)):
        return replaced(json.dumps(value, ensure_ascii=False), masks, [])
    if isinstance(value, str):
        return masks.get(value) or replaced(value, masks, [])
    return masks.get(str(value), value)


def called_harmless(incident_id: int) -> set[bytes]:
    shown = Secret.objects.filter(incident=incident_id, state=Secret.State.SHOWN)
    return {bytes(digest) for digest in shown.values_list("digest", flat=True).distinct()}


def keep(source_id: int, incident_id: int, taken: Sequence[Taken], known: Sequence[str] = ()) -> None:
    """Write down what was taken out, for those events that now stand in that edition.

    `known` are the ids of rows that may have replaced an edition: what a mask stood for goes with the mask.
    """
    if known:
        _forget_replaced(source_id, list(known))
    if not taken:
        return
    editions = Event.objects.filter(source=source_id, external_id__in={one.external_id for one in taken})
    events = {
        (external_id, bytes(digest or b"")): pk
        for external_id, digest, pk in editions.values_list("external_id", "digest", "pk")
    }
    there = set(Secret.objects.filter(event__in=events.values()).values_list("event", "column", "mask"))
    decided = _decided(incident_id, {one.digest for one in taken})
    Secret.objects.bulk_create(
        [
            Secret(incident_id=incident_id, event_id=pk, column=one.column, kind=one.kind, mask=one.mask, value=one.value, digest=one.digest,
                   **decided.get((one.digest, one.shown), {}))
            for one in taken
            if (pk := events.get((one.external_id, one.edition))) and (pk, one.column, one.mask) not in there
        ],
        batch_size=1000,
    )  # fmt: skip


def _decided(incident_id: int, digests: set[bytes]) -> dict[tuple[bytes, bool], dict]:
    """The answers given in the incident, each for values that are shown or for masked ones.

    A value that was left in its row counts as shown, whatever was answered since: its state tells what stands there.
    """
    rows = Secret.objects.filter(incident=incident_id, digest__in=digests).exclude(state=Secret.State.MASKED)
    answers = {(digest, True): {"state": Secret.State.SHOWN} for digest in digests}
    return answers | {
        (bytes(digest), state == Secret.State.SHOWN): {"state": state, "decided_by_id": by, "decided_at": at}
        for digest, state, by, at in rows.values_list("digest", "state", "decided_by", "decided_at")
    }


def _forget_replaced(source_id: int, external_ids: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_REPLACED, [source_id, external_ids])


_REPLACED = """
    delete from timelines_secret s using timelines_event e
    where s.event_id = e.id and e.source_id = %s and e.external_id = any(%s)
        and position(case s.state when 'shown' then s.value else s.mask end in
            case s."column" when 'text' then e.text when 'link' then e.link when 'actor' then e.actor else e.extra::text end) = 0
"""
