"""What package managers changed: apt's history and terminal logs, dpkg, yum and dnf, zypper, pacman, apk.

Source: the logs' own forms, and the manual pages of apt, dpkg, dnf, zypper and pacman. One transaction of apt, dnf's
history or pacman is one event with its end; dpkg and yum write a line per package and step. Most write local time
without a zone, which is asked for; yum's older log has no year either. An id is the stamp and the words, as none of
them counts its transactions in the log. dpkg's steps between beginning and end of a package are kept out of sight.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from timelines.formats import apklog
from timelines.formats.base import BadTime, Bundle, Context, Format, clean, decode, lines, too_long
from timelines.formats.loglines import Naming, rotation, severity
from timelines.formats.moments import stamp
from timelines.formats.records import Record, Skipped
from timelines.formats.yearless import MONTHS, Calendar

START = re.compile(r"(?:Start-Date|Log started): (\d{4}-\d\d-\d\d {1,3}\d\d:\d\d:\d\d)")
END = re.compile(r"(?:End-Date|Log ended): (\d{4}-\d\d-\d\d {1,3}\d\d:\d\d:\d\d)")
HEADER = re.compile(r"([A-Z][A-Za-z-]{2,30}): ?(.*)", re.S)
ACTIONS = ("Install", "Reinstall", "Upgrade", "Downgrade", "Remove", "Purge")
DPKG = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?P<words>(?P<action>startup|status|install|upgrade|configure|trigproc|remove|purge|conffile|disappear)\b.*)"
)
PACMAN = re.compile(
    r"\[(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[+-]\d\d:?\d\d)?)\] \[(?P<by>[A-Z0-9-]+)\] (?P<words>.*)",
    re.S,
)
DNF = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:?\d\d|Z)?) \[?(?:\d+\] )?(?P<level>DDEBUG|DEBUG|SUBDEBUG|INFO|WARNING|ERROR|CRITICAL)(?: |: )(?P<words>.*)",
    re.S,
)
YUM = re.compile(
    r"(?P<month>[A-Z][a-z]{2}) (?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d) (?P<words>(?:Installed|Updated|Erased|Dep-Installed|Obsoleted|Reinstalled|Downgraded): .*)"
)
ZYPPER = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\|(?P<action>install|remove |remove|command|radd|rremove|ralias|rurl|rename|patch ?)\s*\|(?P<rest>.*)"
)
REQUESTED = re.compile(r"(.*?)(?: \((\d{1,10})\))?", re.S)
PACMAN_ACTS = re.compile(r"(?:installed|upgraded|removed|downgraded|reinstalled|Running)\b")
DNF_ACTS = re.compile(r"(?:Installed|Upgraded?|Removed|Erased?|Downgraded?|Reinstalled|Command|Cleanup)\b")
STEPS = {"status", "startup", "trigproc", "configure", "conffile"}
OF_DNF = ("DDEBUG", "SUBDEBUG", "logging initialized", "DNF version", "libdnf", "librepo")
LIMIT = 1024 * 1024  # bytes of one transaction
SHOWN = 12  # packages named in the text


def sniff(bundle: Bundle, head: bytes) -> str | None:
    sample = [decode(line) for line in head[: 1 << 15].splitlines()[:40] if line.strip(b" \r-")]
    if any(apklog.RUNNING.match(line) for line in sample[:5]):
        return "it is apk's log of commands (Running `apk …` at)"
    if any(START.match(line) for line in sample[:5]):
        return "it is apt's log of transactions (Start-Date or Log started)"
    for pattern, words in (
        (DPKG, "dpkg"),
        (PACMAN, "pacman"),
        (YUM, "yum"),
        (ZYPPER, "zypper"),
        (DNF, "dnf"),
    ):
        count = sum(bool(pattern.match(line)) for line in sample)
        if words == "dnf" and not any(mark in line for mark in OF_DNF for line in sample):
            continue  # any program may write a time and a level
        if sample and count >= max(1, len([line for line in sample if not line.startswith("#")]) * 0.6):
            return f"{count} of its first {len(sample)} lines are {words}'s"
    return None


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    for name in sorted(bundle.names, key=rotation):
        with bundle.open(name) as file:
            of_apk = apklog.BEGINS.search(file.peek(4096)[:4096])
            numbered = lines(file)
            yield from apklog.read(numbered, name) if of_apk else File(name, context).read(numbered)


class File:
    def __init__(self, name: str, context: Context) -> None:
        self.name, self.context = name, context
        self.calendar, self.naming = Calendar(context), Naming()
        self.held: list[str] = []  # the lines of apt's open transaction
        self.begun, self.size = 0, 0

    def read(self, numbered: Iterator[tuple[int, bytes | None]]) -> Iterator[Record | Skipped]:
        for number, raw in numbered:
            where = f"{self.name}:{number}"
            if raw is None:
                yield too_long(where)
                continue
            text = decode(raw)
            if text.strip() and not text.startswith("#"):
                yield from self._line(text, raw, number, where)
        if self.held:
            yield from self._transaction()

    def _line(self, text: str, raw: bytes, number: int, where: str) -> Iterator[Record | Skipped]:
        if START.match(text):
            if self.held:
                yield from self._transaction()
            self.held, self.begun, self.size = [text], number, 0
        elif self.held:
            self.size += len(raw)
            if self.size < LIMIT or END.match(text):
                self.held.append(text)
            if END.match(text):
                yield from self._transaction()
        else:
            try:
                yield self._single(text, raw, where)
            except BadTime as error:
                yield Skipped(where, str(error))

    def _when(self, written: str) -> dict[str, Any]:
        return stamp(re.sub(r"\s+", " ", written), self.context.zone)

    def _transaction(self) -> Iterator[Record | Skipped]:
        """One block of apt's history.log or term.log."""
        held, where = self.held, f"{self.name}:{self.begun}"
        self.held = []
        try:
            yield self._of_apt(held, where)
        except BadTime as error:
            yield Skipped(where, str(error))

    def _of_apt(self, held: list[str], where: str) -> Record:
        started = START.match(held[0])[1]
        ended = next((END.match(line)[1] for line in reversed(held) if END.match(line)), None)
        history = held[0].startswith("Start")
        fields = {m[1]: m[2] for line in held if (m := HEADER.match(line))} if history else {}
        done = {action.lower(): packages(fields[action]) for action in ACTIONS if action in fields}
        command = clean(fields.get("Commandline", ""))
        who, number = REQUESTED.fullmatch(clean(fields.get("Requested-By", ""))).groups()
        told = "; ".join(f"{action} {shown(names)}" for action, names in done.items())
        text = told or clean("\n".join(held[1:-1]))[:4000]
        digest = hashlib.sha256(command.encode()).hexdigest()[:12]
        return Record(
            external_id=f"apt/{started}/{digest}/{'history' if history else 'terminal'}",
            text=clean(f"{command}: {text}" if command else text) or "apt", kind="package change",
            until=self._when(ended)["at"] if ended else None, actor=who or "apt", actor_id=number or who or "apt",
            actor_kind="person" if who else "system", where=where, raw="\n".join(held).encode(), noise=not history,
            extra={
                "command": command[:1000], "error": clean(fields.get("Error", ""))[:500], "ended": bool(ended),
                "packages": {action: len(names) for action, names in done.items()},
            },
            **self._when(started),
        )  # fmt: skip

    def _single(self, text: str, raw: bytes, where: str) -> Record:
        for pattern, told in (
            (DPKG, self._of_dpkg), (PACMAN, self._of_pacman), (YUM, self._of_yum), (ZYPPER, self._of_zypper), (DNF, self._of_dnf),
        ):  # fmt: skip
            if match := pattern.match(text):
                return told(match, raw, where)
        raise BadTime(f"This is no line of a package manager's log: {clean(text)[:80]!r}.")

    def _of_dpkg(self, match: re.Match, raw: bytes, where: str) -> Record:
        return self._record(
            match["words"], self._when(match["time"]), "dpkg", raw, where, match["action"] in STEPS
        )

    def _of_pacman(self, match: re.Match, raw: bytes, where: str) -> Record:
        shown = match["by"] in ("ALPM", "PACMAN") and PACMAN_ACTS.match(match["words"])
        return self._record(match["words"], self._when(match["time"]), "pacman", raw, where, not shown)

    def _of_dnf(self, match: re.Match, raw: bytes, where: str) -> Record:
        level = severity("debug" if match["level"].endswith("DEBUG") else match["level"])
        quiet = level in ("debug", "informational") and not DNF_ACTS.match(match["words"])
        record = self._record(match["words"], self._when(match["time"]), "dnf", raw, where, quiet)
        record.extra["severity"] = level
        return record

    def _of_yum(self, match: re.Match, raw: bytes, where: str) -> Record:
        if match["month"] not in MONTHS:
            raise BadTime(f"There is no month {match['month']!r}.")
        at, certainty = self.calendar.place(MONTHS[match["month"]], int(match["day"]), match["clock"], "")
        when = {
            "at": at,
            "certainty": certainty,
            "written": f"{match['month']} {match['day']} {match['clock']}",
        }
        return self._record(match["words"], when, "yum", raw, where, False)

    def _of_zypper(self, match: re.Match, raw: bytes, where: str) -> Record:
        """`time|install|name|version|arch|user|repository|checksum|`; a command has its user and words."""
        part = match["rest"].split("|")
        action = match["action"].strip()
        if action == "command":
            words, who = " ".join(p.strip("'") for p in part[1:3]), part[0]
        else:
            words, who = f"{action} {' '.join(p for p in part[:3] if p)}", part[3] if len(part) > 3 else ""
        quiet = action.startswith("r") and action != "remove"  # repositories added, removed, renamed
        record = self._record(words, self._when(match["time"]), "zypper", raw, where, quiet)
        if who := clean(who).partition("@")[0]:
            record.actor, record.actor_id, record.actor_kind = who, who, "person"
        return record

    def _record(
        self, words: str, when: dict[str, Any], by: str, raw: bytes, where: str, quiet: bool
    ) -> Record:
        record = Record(
            external_id="", text=clean(words), kind="package change", actor=by, actor_id=by, actor_kind="system", where=where,
            raw=raw, noise=quiet, **when,
        )  # fmt: skip
        return self.naming.name(record, raw)


def packages(listed: str) -> list[str]:
    """`a:amd64 (1.0, 1.1), b:amd64 (2.0, automatic)` → each package with its versions."""
    return [clean(part) for part in re.findall(r"[^\s,(][^\s,(]*(?: \([^)]{0,300}\))?", listed)]


def shown(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


FORMAT = Format(
    key="packages",
    label="Package manager log",
    about="apt (history.log, term.log), dpkg.log, yum.log, dnf.rpm.log, zypper's history, pacman.log, apk.log",
    sniff=sniff,
    read=read,
    asks=("zone", "year"),
)
