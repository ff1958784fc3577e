"""Slack as text: what is copied out of a channel, the TXT export of one member, the text dumps of slackdump.

A message begins with a line of its author and a time of day, `Ana Lima [10:42 AM]`, `Ana Lima  10:42 AM`, or the
author on a line above the time; the author's next ones with the time alone. Day and zone are not copied, and
asked for; dividers (“Tuesday, May 1st”) step the day. A message has no id: it is its day, time, author and
words, and its number among equal ones. Where each message states day, time and zone, nothing is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from timelines.formats import chat, clocks
from timelines.formats.base import BadTime, Bundle, Context, Moment, clean, decode, lines, too_long
from timelines.formats.clocks import Days, Stamp
from timelines.formats.moments import month
from timelines.formats.records import Record, Skipped

CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:[ \u00a0\u202f]?(?P<half>[AaPp]\.?[Mm]\.?))?"
)
NAME = r"(?P<name>[^\W\d_][^\[\]:<>|\t]{0,79}?)"
BRACKETED = re.compile(rf"{NAME}[ \u00a0]+\[{CLOCK}\](?:\s+(?P<text>.*))?$", re.S)
SPACED = re.compile(rf"{NAME}(?:[ \u00a0]{{2,}}|\t){CLOCK}\s*$")
ALONE = re.compile(rf"\s*(?:(?P<app>APP)\s+)?\[?{CLOCK}\]?\s*$")
AGAIN = re.compile(rf"\[{CLOCK}\]\s+(?P<text>.+)$", re.S)
DUMPED = re.compile(
    r"(?:\| {1,4})?> (?P<name>.{1,100}?) \[(?P<id>[A-Z0-9]{1,20})\] @ "
    r"(?P<day>\d\d)/(?P<number>\d\d)/(?P<year>\d{4}) (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) (?P<offset>Z|[+-]\d{4}):$"
)
STATED = re.compile(
    r"\[?(?P<year>\d{4})-(?P<number>\d\d)-(?P<day>\d\d)[T ]" + CLOCK + r"(?: ?(?P<offset>Z|UTC|[+-]\d\d:?\d\d))?\]?[ \t]+(?:<(?P<nick>[^<>]{1,80})>|"
    r"(?P<name>[^\W\d_][^\[\]:<>|\t]{0,79}):)\s+(?P<text>.*)$",
    re.S,
)  # fmt: skip
DIVIDER = re.compile(
    r"[-—– ]*(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?(?P<name>[^\W\d_]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<year>\d{4}))?[-—– ]*$", re.I
)  # fmt: skip
BETWEEN = re.compile(
    r"(?:[-—– ]*(?:today|yesterday)[-—– ]*|new(?: messages)?|\d{1,4} repl(?:y|ies)|last reply .{1,60}|view (?:thread|newer replies)|also sent to the channel|"
    r":[\w+'-]{1,60}:(?: ?\d{1,4})?|replied to a thread:.{0,200})$", re.I
)  # fmt: skip
EDITED = re.compile(r"\s*\(edited\)\s*$")
MOVED = re.compile(r"(?:has )?(joined|left|was added to|was removed from) #\S+")
TEXTS = re.compile(r"(?:^|/)(?:channels|dms|groups|mpims)/.+\.txt$", re.I)
SPOKEN = 64 * 1024  # characters of one message
SEEN = 200  # lines that a sniff looks at


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if len(bundle.names) > 1:
        texts = sum(1 for name in bundle.names if TEXTS.search(name))
        names = {name.rsplit("/", 1)[0].rsplit("/", 1)[-1] for name in bundle.names}
        return (
            "it has channels and direct messages as text, as Slack exports one member's"
            if texts and names <= FOLDERS
            else None
        )
    if b"\x00" in head or head.lstrip()[:1] in (b"{", b"<"):
        return None
    text = [line for line in decode(head).splitlines()[:SEEN] if line.strip()]
    kinds = [_kind(line[:400], text[n + 1][:60] if n + 1 < len(text) else "") for n, line in enumerate(text)]
    begun, dumped = kinds.count("said"), kinds.count("dumped")
    if dumped and kinds[0] == "dumped":
        return "its messages begin as slackdump writes them"
    if (
        begun
        and kinds[0] in ("said", "divider")
        and (begun > 1 or BRACKETED.match(text[0]) or kinds.count("again"))
    ):
        return f"{begun} of its lines are an author and a time, as text copied from Slack"
    return None


FOLDERS = {"channels", "dms", "groups", "mpims", "files"}


def _kind(line: str, following: str) -> str:
    if DUMPED.match(line):
        return "dumped"
    if BRACKETED.match(line) or SPACED.match(line):
        return "said"
    if ALONE.match(line):
        return "again"
    if following[:1].isspace() and ALONE.match(following) and ":" not in line and len(line) <= 80:
        return "said"
    return "divider" if DIVIDER.match(line.strip()) or BETWEEN.match(line.strip()) else ""


def read(bundle: Bundle, name: str, context: Context) -> Iterator[Record | Skipped]:
    """The messages of one file of text."""
    copied = Copied(name, context, _place(bundle, name))
    with bundle.open(name) as file:
        for number, raw in lines(file):
            if raw is None:
                yield too_long(f"{name}:{number}")
                continue
            yield from copied.line(number, decode(raw))
    yield from copied.unsaid()
    yield from copied.end()


def _place(bundle: Bundle, name: str) -> str:
    if not TEXTS.search(name):
        return ""
    return name.rsplit("/", 1)[-1].removesuffix(".txt")


class Copied:
    """A message is open until the next one begins: what stands between them are its words."""

    def __init__(self, name: str, context: Context, place: str) -> None:
        self.name, self.context, self.place = name, context, place
        self.days = Days(name, context)
        self.author = self.key = self.waiting = ""
        self.is_app = self.is_halved = False
        self.open: tuple[Moment, str, int, str] | None = None  # moment, certainty, line, as written
        self.words: list[str] = []
        self.raw: list[str] = []
        self.equal: dict[str, int] = {}
        self.order = self.at_line = self.size = 0

    def line(self, number: int, line: str) -> Iterator[Record | Skipped]:
        try:
            yield from self._line(number, line)
        except BadTime as error:
            yield Skipped(f"{self.name}:{number}", str(error))

    def _line(self, number: int, line: str) -> Iterator[Record | Skipped]:
        short = line if len(line) <= 2000 else ""
        alone = ALONE.match(short)
        if (
            match := DUMPED.match(short)
            or STATED.match(line[:400])
            or BRACKETED.match(line[:400])
            or SPACED.match(short)
        ):
            part = match.groupdict()
            yield from self._begin(
                number, line, match, part.get("nick") or part["name"], part.get("id") or ""
            )
            if part.get("text"):
                self._say(line[match.start("text") :])
        elif alone and self.waiting and short[:1].isspace():
            author, self.waiting = self.waiting, ""
            self.words, self.raw = self.words[:-1], self.raw[:-1]
            yield from self._begin(number, line, alone, author, "", app=bool(alone["app"]), above=author)
        elif alone and self.open:
            yield from self._begin(number, line, alone, self.author, self.key, app=self.is_app)
        elif self.open and (match := AGAIN.match(line[:400])):
            yield from self._begin(number, line, match, self.author, self.key, app=self.is_app)
            self._say(line[match.start("text") :])
        elif match := DIVIDER.match(short.strip()):
            yield from self._divider(match, line)
        elif not BETWEEN.match(short.strip()):
            yield from self.unsaid()
            self.waiting = short.strip() if len(short) <= 80 else ""
            self.at_line = number
            if self.open:
                self._say(line.removeprefix("|   ") if self.raw[0].startswith("|") else line)
            elif line.strip() and not self.waiting:
                yield Skipped(f"{self.name}:{number}", "It belongs to no message.")

    def unsaid(self) -> Iterator[Skipped]:
        """A line outside of any message that turned out to be nobody's name."""
        if self.waiting and not self.open:
            yield Skipped(
                f"{self.name}:{self.at_line}", f"It belongs to no message: {clean(self.waiting)!r}."
            )

    def _begin(
        self,
        number: int,
        line: str,
        match: re.Match,
        author: str,
        key: str,
        *,
        app: bool = False,
        above: str = "",
    ) -> Iterator[Record | Skipped]:
        yield from self.end()
        if author.endswith(" APP") or (author.endswith("APP") and author[:-3] != author[:-3].upper()):
            author, app = author[:-3].rstrip(), True
        if not above:
            yield from self.unsaid()
        self.author, self.key, self.is_app, self.waiting = clean(author), key, app, ""
        stamp = self._stamp(match)
        moment, certainty = self.days.place(stamp)
        self.open = moment, certainty, number, stamp.written
        self.raw, self.size = [above, line] if above else [line], 0

    def _stamp(self, match: re.Match) -> Stamp:
        part = match.groupdict()
        hour = int(part["hour"])
        if part.get("half"):
            if not 1 <= hour <= 12:
                raise BadTime(f"There is no hour {hour} of half a day.")
            hour = hour % 12 + (12 if part["half"][0] in "Pp" else 0)
            self.is_halved = True
        elif self.is_halved and 1 <= hour <= 12 and self.days.clock:
            hour = self._half(hour, int(part["minute"]))
        ends = (
            match.end("half")
            if part.get("half")
            else match.end("second")
            if part.get("second")
            else match.end("minute")
        )
        begins = (
            match.start("year") if part.get("year") and match.start("year") < ends else match.start("hour")
        )
        begins = min(begins, match.start("day")) if part.get("day") else begins
        return Stamp(
            match.string[begins:ends], "", year=int(part.get("year") or 0), number=int(part.get("number") or 0), day=int(part.get("day") or 0),
            hour=hour, minute=int(part["minute"]), second=None if part.get("second") is None else int(part["second"]), offset=part.get("offset") or "",
        )  # fmt: skip

    def _half(self, hour: int, minute: int) -> int:
        """An author's next message does not repeat AM or PM: it is in the half of the one before, or the next."""
        before = self.days.clock.hour * 60 + self.days.clock.minute
        morning = hour % 12
        halves = [morning + 12, morning] if before >= 720 else [morning, morning + 12]
        return next((half for half in halves if half * 60 + minute >= before), halves[-1])

    def _divider(self, match: re.Match, line: str) -> Iterator[Record | Skipped]:
        """A day between messages; without a year it is that of the day before, or of the day that was given."""
        try:
            number = month(match["name"])
        except BadTime:
            self._say(line)  # “Version 12” is what somebody said
            return
        known = self.days.day or self.context.day or self.days.named
        year = match["year"] or self.context.year or (known.year if known else None)
        yield from self.end()
        if year:
            self.days.stated(
                date(int(year), number, int(match["day"]))
                if _exists(int(year), number, int(match["day"]))
                else known
            )

    def _say(self, line: str) -> None:
        """Add a line to the open message; one that is longer than any message says that it was cut."""
        if self.open is None or self.size > SPOKEN:
            return
        self.size += len(line) + 1
        self.words.append(line if self.size <= SPOKEN else "[cut]")
        self.raw.append(line[:SPOKEN])

    def end(self) -> Iterator[Record | Skipped]:
        """The open message, if there is one."""
        if self.open is None:
            return
        (moment, certainty, number, written), self.open = self.open, None
        text = clean("\n".join(self.words))
        edited = bool(EDITED.search(text[-200:]))
        text = EDITED.sub("", text) if edited else text
        words, self.words, self.waiting = "\n".join(self.raw), [], ""
        if not text:
            return
        self.order += 1
        moved = MOVED.match(text)
        yield Record(
            at=moment.at,
            external_id=self._id(moment, text),
            text=text,
            kind=("join" if moved[1] in ("joined", "was added to") else "leave") if moved else "message",
            precision=moment.precision,
            certainty=certainty,
            written=written,
            zone=moment.zone,
            actor=self.author,
            actor_id=self.key or self.author,
            actor_kind="bot" if self.is_app else "person",
            place=f"#{self.place}" if self.place else "",
            where=f"{self.name}:{number}",
            raw=words.encode("utf-8", "replace"),
            noise=bool(moved),
            order=self.order,
            extra={"edited": True} if edited else {},
        )

    def _id(self, moment: Moment, text: str) -> str:
        key = chat.digest(moment.at.isoformat(), self.place, self.author, text)
        count = self.equal[key] = self.equal.get(key, 0) + 1
        return key if count == 1 else f"{key}/{count}"


def _exists(year: int, number: int, day: int) -> bool:
    return clocks.dated(f"{year}-{number:02d}-{day:02d}") is not None
