"""Access logs of web servers, proxies and load balancers: lines to pick from, and rates to see.

A log of requests is not a story: every line is kept out of sight, to be found and pinned. What is shown are the
rates: per day and class of status (2xx … 5xx, no answer) one event from the first to the last such request,
and per minute with server errors one event with their number and what was asked for most; minutes of the other
classes are kept out of sight like lines. They are counted per place (virtual host, load balancer) over all files
of the evidence, so a summary is known by (place, minute or day, class) and a fuller log brings it up to date.
The id of a line is its content; equal lines are numbered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from timelines.formats.base import BadTime, Bundle, Context, Format, clean, compact, decode, lines, too_long
from timelines.formats.loglines import Naming, rotation
from timelines.formats.records import Record, Skipped
from timelines.formats.stamps import TIME_OF_DAY, Clock
from timelines.formats.w3c import Extended
from timelines.formats.weblines import Request, kind_of, parsed

MINUTES = 50_000  # summaries held at once; beyond that the oldest are told
PLACES = 500
EXAMPLES = 10  # different requests counted per minute
SHOWN = 3


def sniff(bundle: Bundle, head: bytes) -> str | None:
    sample = [decode(line) for line in head[: 1 << 15].splitlines()[:30] if line.strip()]
    if not sample:
        return None
    if sample[0].startswith("#") and any(line.startswith("#Fields:") for line in sample[:10]):
        return "it names its fields as the W3C extended format does (#Fields)"
    kinds = Counter(kind for line in sample if (kind := kind_of(line)))
    if kinds and sum(kinds.values()) >= len(sample) * (0.9 if "JSON" in kinds else 0.5):
        kind, count = kinds.most_common(1)[0]
        return f"{count} of its first {len(sample)} lines are requests as {'JSON' if kind == 'JSON' else kind} logs them"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    rates = Rates(bundle.name)
    for name in sorted(bundle.names, key=rotation):
        with bundle.open(name) as file:
            for found in _file(lines(file), name, Clocks(context)):
                yield found
                if isinstance(found, Record):
                    yield from rates.count(found)
    yield from rates.told()


def _file(
    numbered: Iterator[tuple[int, bytes | None]], name: str, clocks: Clocks
) -> Iterator[Record | Skipped]:
    naming, extended = Naming(), Extended()
    for number, raw in numbered:
        where = f"{name}:{number}"
        if raw is None:
            yield too_long(where)
            continue
        text = decode(raw)
        if not text.strip():
            continue
        if text.startswith("#"):
            extended.directive(text)
            continue
        try:
            request = extended.parsed(text) if extended.fields else parsed(text)
            if request is None:
                raise BadTime(f"This is no line of an access log: {clean(text)[:80]!r}.")
            yield naming.name(_record(request, raw, where, clocks), raw)
        except BadTime as error:
            yield Skipped(where, str(error))


def _record(request: Request, raw: bytes, where: str, clocks: Clocks) -> Record:
    who = clean(request.user or request.client)
    extra = {"status": request.status, "method": request.method, "client": request.client} | request.extra
    return Record(
        external_id="", text=clean(request.words)[:2000], kind="request", actor=who[:200], actor_id=who[:200],
        actor_kind="person" if request.user else "", place=clean(request.place)[:200], where=where, raw=raw, noise=True,
        extra={key: value for key, value in extra.items() if value not in ("", 0, None)}, **clocks.moment(request),
    )  # fmt: skip


class Clocks:
    """Gives the stamps of a file's lines their moments; some dialects write UTC without saying so."""

    def __init__(self, context: Context) -> None:
        self.stated, self.utc = Clock(context), Clock(context, utc=True)

    def moment(self, request: Request) -> dict[str, Any]:
        """The fields of a record that tell when."""
        clock = self.utc if request.utc else self.stated
        match = clock.find(request.time)
        if not match or match.end() < len(request.time) or clock.form == TIME_OF_DAY:
            raise BadTime(f"{request.time[:60]!r} is not a time.")
        found = clock.fields(match)
        return found | {"certainty": "exact"} if request.utc else found


def class_of(record: Record) -> str:
    status = record.extra.get("status", 0)
    if 100 <= status <= 599:
        return f"{status // 100}xx"
    if "cipher" in record.extra:
        return "encrypted"
    return "no answer" if record.extra.get("method") else "connection"


@dataclass(slots=True)
class Tally:
    """Requests of one class of status in one stretch of time."""

    first: datetime
    last: datetime
    number: int = 0
    examples: Counter[str] = field(default_factory=Counter)

    def add(self, at: datetime, number: int = 1) -> None:
        self.first, self.last = min(self.first, at), max(self.last, at)
        self.number += number


Key = tuple[str, datetime]  # place, beginning of the minute or day


class Rates:
    """Counts requests per place, minute and class. Nothing but the counts is held."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.minutes: dict[Key, dict[str, Tally]] = {}
        self.days: dict[Key, dict[str, Tally]] = {}
        self.places: set[str] = set()

    def _place(self, place: str) -> str:
        """Anybody can ask for a host that is none: beyond some number they are counted together."""
        if len(self.places) < PLACES:
            self.places.add(place)
        return place if place in self.places else "other places"

    def count(self, record: Record) -> Iterator[Record]:
        name, place = class_of(record), self._place(record.place)
        minute = record.at.replace(second=0, microsecond=0)
        tally = self._add(self.minutes, (place, minute), name, record.at)
        if name == "5xx":
            what = f"{record.extra['status']} {record.extra.get('method', '')} {record.text.split(' → ')[0].split(' ')[-1].split('?')[0]}"
            if what in tally.examples or len(tally.examples) < EXAMPLES:
                tally.examples[what[:200]] += 1
        self._add(self.days, (place, minute.replace(hour=0, minute=0)), name, record.at)
        if len(self.minutes) > MINUTES:
            yield from self._oldest(MINUTES // 2)

    def _add(self, held: dict[Key, dict[str, Tally]], key: Key, name: str, at: datetime) -> Tally:
        classes = held.setdefault(key, {})
        tally = classes.get(name)
        if tally is None:
            tally = classes[name] = Tally(at, at)
        tally.add(at)
        return tally

    def _oldest(self, number: int) -> Iterator[Record]:
        for key in sorted(self.minutes, key=lambda key: key[1])[:number]:
            yield from self._of(key, self.minutes.pop(key), "minute")

    def told(self) -> Iterator[Record]:
        for key in sorted(self.minutes, key=lambda key: key[1]):
            yield from self._of(key, self.minutes[key], "minute")
        for key in sorted(self.days, key=lambda key: key[1]):
            yield from self._of(key, self.days[key], "day")

    def _of(self, key: Key, classes: dict[str, Tally], length: str) -> Iterator[Record]:
        place, begins = key
        total = sum(tally.number for tally in classes.values())
        for name, tally in sorted(classes.items()):
            counted = {
                "class": name,
                "requests": tally.number,
                "of": total,
                "first": tally.first,
                "last": tally.last,
            }
            if tally.examples:
                counted["most"] = dict(tally.examples.most_common(SHOWN))
            yield Record(
                at=tally.first, until=tally.last if tally.last - tally.first > timedelta(0) else None, text=said(name, tally, total, length),
                external_id=f"{length}/{place}/{begins:%Y-%m-%dT%H:%M}/{name}", kind="request rate", certainty="derived",
                actor_kind="system", place=place, where=self.source, raw=compact(counted | {"place": place, length: begins}),
                noise=length == "minute" and name != "5xx", extra={key: counted[key] for key in ("class", "requests", "of")} | {"per": length},
            )  # fmt: skip


def said(name: str, tally: Tally, total: int, length: str) -> str:
    """`5xx: 37 of 410 requests this minute, most of them 503 GET /cart (30)`."""
    words = (
        f"{name}: {tally.number:,} of {total:,} requests this {length}{' (UTC)' if length == 'day' else ''}"
    )
    most = ", ".join(f"{what} ({number:,})" for what, number in tally.examples.most_common(SHOWN))
    return f"{words}: {most}" if most else words


FORMAT = Format(
    key="weblog",
    label="Access log",
    about="Apache, nginx, Envoy, IIS and other W3C logs, AWS load balancers, CloudFront and S3, Squid, JSON of proxies",
    sniff=sniff,
    read=read,
    asks=("zone",),
)
