"""Prometheus: answers to `query` and `query_range`, one moment for each sample.

Source: Prometheus documentation, HTTP API. A matrix holds `values` of [seconds, "text"], a vector one `value`; the
numbers are text because NaN and ±Inf are numbers of Prometheus and none of JSON. A line of a thousand
samples is no story: they are kept, hidden unless asked for, and the service level page draws the curve.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from timelines.formats.base import (
    BadTime,
    Bundle,
    Context,
    Format,
    Unreadable,
    clean,
    compact,
    each,
    epoch,
    load,
)
from timelines.formats.documents import files
from timelines.formats.records import Record, Skipped


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if len(bundle.names) == 1 and b'"resultType"' in head and b'"result"' in head and b'"metric"' in head:
        return "it is an answer of Prometheus (resultType, result, metric)"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from files(bundle, lambda name: _answer(bundle, name))


def _answer(bundle: Bundle, name: str) -> Iterator[Record | Skipped]:
    with bundle.open(name) as file:
        document = load(file, bundle.size(name), name)
    data = document.get("data", document) if isinstance(document, dict) else None
    result = data.get("result") if isinstance(data, dict) else None
    if not isinstance(result, list):
        raise Unreadable(f"{name} is JSON, but no answer of Prometheus: it has no data.result.")
    for number, one in enumerate(result):
        if not isinstance(one, dict) or not isinstance(one.get("metric", {}), dict):
            yield Skipped(f"{name}#/data/result/{number}", "This is no series.")
            continue
        labels = {clean(key): clean(value) for key, value in (one.get("metric") or {}).items()}
        yield from _samples(one, labels, f"{name}#/data/result/{number}")


def _samples(one: dict, labels: dict[str, str], where: str) -> Iterator[Record | Skipped]:
    values = one.get("values")
    pairs = values if isinstance(values, list) else [one.get("value")]
    series = called(labels)
    yield from each(
        ({"pair": pair} for pair in pairs),
        lambda place: f"{where}/values/{place}" if isinstance(values, list) else f"{where}/value",
        lambda element, place: _sample(element["pair"], labels, series, place),
    )


def _sample(pair: Any, labels: dict[str, str], series: str, where: str) -> Iterator[Record]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise BadTime("A sample is a time and a value.")
    moment = epoch(pair[0])
    value = clean(pair[1])
    yield Record(
        at=moment.at,
        external_id=f"{series}@{pair[0]}",
        text=f"{series} {value}",
        kind="measurement",
        precision=moment.precision,
        written=str(pair[0]),
        zone="Z",
        actor_kind="system",
        place=labels.get("instance") or labels.get("job") or "",
        where=where,
        raw=compact({"metric": labels, "value": pair}),
        noise=True,
        extra={"labels": labels, "value": value},
    )


def called(labels: dict[str, str]) -> str:
    """`up{job="api"}`, as Prometheus itself writes a series."""
    rest = ", ".join(f'{key}="{value}"' for key, value in sorted(labels.items()) if key != "__name__")
    named = labels.get("__name__", "")
    return f"{named}{{{rest}}}" if rest else named or "value"


FORMAT = Format(
    key="prometheus",
    label="Prometheus",
    about="The answer to a query or query_range, as JSON; the service level page draws it as a curve",
    sniff=sniff,
    read=read,
)
