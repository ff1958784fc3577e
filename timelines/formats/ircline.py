"""One line of an IRC log: what its stamp states, who speaks, what happened. Dialects by their documentation:
irssi, WeeChat, XChat and HexChat, ZNC, mIRC, eggdrop and energymech, supybot, bip, Konversation, Pidgin,
The Lounge, and PircBot's pages of HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from timelines.formats.base import BadTime
from timelines.formats.clocks import Stamp
from timelines.formats.moments import month

CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?(?: ?(?P<half>[AaPp]\.?[Mm]\.?))?"
STAMPS = [
    re.compile(rf"\[?(?P<year>\d{{4}})-(?P<number>\d\d)-(?P<day>\d\d)[T ]{CLOCK} ?(?P<offset>Z|[+-]\d\d:?\d\d)?\]?(?:\t|\s|$)"),
    re.compile(rf"(?P<day>\d\d)-(?P<number>\d\d)-(?P<year>\d{{4}}) {CLOCK}\s"),  # bip
    re.compile(rf"\[(?:[^\W\d]{{2,12}},? )?(?P<name>[^\W\d]{{3,12}}) (?P<day>\d{{1,2}}) (?P<year>\d{{4}})\] \[{CLOCK}\]\s"),  # Konversation
    re.compile(rf"\[(?P<day>\d{{1,2}}) (?P<name>[^\W\d]{{3,12}}) (?P<year>\d{{4}}) {CLOCK}\]\s"),
    re.compile(rf"(?P<name>[^\W\d]{{3,5}})\.? +(?P<day>\d{{1,2}}) {CLOCK}\s"),
    re.compile(r"T (?P<epoch>\d{1,12})\s"),
    re.compile(rf"[\[(]?{CLOCK}[\])]?(?:\t|\s|$)"),
]  # fmt: skip
HEADER = re.compile(
    r"(?:\*{4} |--- |-- |Session (?:Start|Time|Close)|(?:\[?\d\d?:\d\d(?::\d\d)?\]? )--- |IRC [Ll]og |Conversation with |=== |# ?Log )"
)
IDENT = re.compile(
    r"Session Ident: (?P<a>#\S+)|.*?(?:[Nn]ow talking (?:on|in)|joined channel|You have joined|Conversation with) (?P<b>#\S+)"
)

PREFIX = "@+%&~!*^ "
NICK = r"[^\s<>:,;()]{1,60}"
SPOKEN = re.compile(rf"<[{re.escape(PREFIX)}]{{0,4}}(?P<nick>[^\s<>]{{1,60}})>(?:\s(?P<text>.*))?$", re.S)
BIP = re.compile(r"[<>] (?P<nick>[^\s!:]{1,60})(?:![^\s:]{1,200})?: (?P<text>.*)$", re.S)
TABBED = re.compile(r"(?P<mark>[^\t]{0,60})\t(?P<text>.*)$", re.S)
NOTICE = re.compile(
    r"-(?P<nick>[^\s()!-][^\s()]{0,80}?)(?:\([^)\s]{0,200}\)|:[#&]\S{1,60})?-\s+(?P<text>.*)$", re.S
)
MARKED = re.compile(
    r"(?P<mark>-->|<--|--->|<---|-!-|-\*-|\*\*\*|---|--|=!=|>>>|<<<|\*|•|→|←|⇐|⇒)\s+(?P<text>.*)$", re.S
)
ACTION = re.compile(r"Action: (?P<text>.*)$", re.S)  # eggdrop
COLON = re.compile(rf"(?P<nick>{NICK}): (?P<text>.*)$", re.S)  # Pidgin
COLOUR = re.compile(r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-fA-F]{6})?|[\x02\x0f\x11\x16\x1d\x1e\x1f]")
BARE_COLOUR = re.compile(r"^\d\d(?=\[\d\d?:\d\d)")  # mIRC's, where the control character was lost on the way
TAG = re.compile(r"<[^<>]{0,2000}>")
MEETING = re.compile(
    r"#(info|action|agreed|accepted|rejected|idea|link|help|topic|startmeeting|endmeeting)\b", re.I
)
LEVELS = {
    "info",
    "warn",
    "warning",
    "error",
    "debug",
    "trace",
    "critical",
    "notice",
    "fatal",
    "alert",
    "crit",
    "err",
    "emerg",
}
MASK = r"(?:[(\[<]\S*[)\]>] )?"  # user@host behind a nick
WHY = r"(?:[ :]?\s*[(\[\"].*)?\.?$"  # the reason, or nothing more: “ana quit trying” is what somebody does
EVENTS = [
    ("join", re.compile(rf"Joins: (?P<who>\S+)|(?P<by>\S+) {MASK}(?:has )?joined(?: [#&]\S+| the channel)?{WHY}")),
    ("leave", re.compile(
        rf"(?:Parts|Quits): (?P<who>\S+)|(?P<by>\S+) {MASK}(?:(?:has )?left(?: [#&]\S+| [Ii][Rr][Cc]| the channel)?{WHY}|left irc:|(?:has )?[Qq]uit(?: [Ii][Rr][Cc])?{WHY}"
        r"|was kicked|has been kicked|kicked from [#&])")),
    ("rename", re.compile(r"(?P<who>\S+) is now known as|Nick change: (?P<by>\S+)")),
    ("topic", re.compile(r"Topic (?:is|for|changed|of|set)\b|Set by \S+|(?P<who>\S+) (?:changes|has changed|changed|sets?|has set) (?:the )?topic\b")),
    ("mode", re.compile(
        r"(?P<who>\S+) (?:sets? mode|(?:gives|removes) (?:voice|channel|half)|has changed mode|changes mode)|mode/\S+ \[.*\] by (?P<by>\S+)|ServerMode/"
        r"|Mode \S+ \[|#\S+: mode change")),
    ("system", re.compile(
        r"You are now|Now talking|Netsplit|irc:|Channel |Looking up|Checking [Ii]dent|Found your|No Ident|Disconnected|Connect|Retrieving|Attempting"
        r"|Rejoin|Ending|Irssi:|Home page|#\S+ (?:is|was|created)|URL for|Users on|\[Users ")),
]  # fmt: skip


@dataclass(slots=True)
class Said:
    kind: str
    nick: str
    text: str
    is_action: bool = False
    is_sure: bool = True  # no other kind of file looks like this


def shown(line: str) -> str:
    """The line without HTML and colours."""
    if line.lstrip().startswith("<span"):
        line = unescape(TAG.sub("", line))
    return BARE_COLOUR.sub("", COLOUR.sub("", line))


def stamp(line: str) -> Stamp | None:
    """The stamp of a line, or None. Raises BadTime for a stamp that names no month or no hour."""
    line = line.lstrip(" ")
    for pattern in STAMPS:
        if match := pattern.match(line[:200]):
            break
    else:
        return None
    part = match.groupdict()
    made = Stamp(match[0].strip(), line[match.end() :], offset=part.get("offset") or "")
    if part.get("epoch"):
        made.epoch = int(part["epoch"])
        return made
    made.year, made.day = int(part.get("year") or 0), int(part.get("day") or 0)
    if part.get("name"):
        try:
            made.number = month(part["name"])
        except BadTime:
            return None
    else:
        made.number = int(part.get("number") or 0)
    made.hour, made.minute = int(part["hour"]), int(part["minute"])
    made.second = None if part["second"] is None else int(part["second"])
    made.fraction = part["fraction"] or ""
    if part["half"]:
        if not 1 <= made.hour <= 12:
            raise BadTime(f"There is no hour {made.hour} of half a day.")
        made.hour = made.hour % 12 + (12 if part["half"][0] in "Pp" else 0)
    return made


def channel(line: str) -> str:
    """The channel a line says the log is of."""
    match = IDENT.match(line[:300])
    return (match["a"] or match["b"]).rstrip(".,:") if match else ""


def said(rest: str) -> Said | None:
    """Who says or does what; None for words of no shape that is known."""
    rest = rest.strip(" ")
    if match := SPOKEN.match(rest):
        return Said(
            "message", match["nick"], match["text"] or "", is_sure=match["nick"].lower() not in LEVELS
        )
    if match := NOTICE.match(rest):
        return Said("notice", match["nick"], match["text"])
    if match := BIP.match(rest):
        return Said("message", match["nick"], match["text"])
    if match := ACTION.match(rest):
        return _happened(match["text"])
    if match := MARKED.match(rest):
        return _happened(match["text"], system=match["mark"] not in ("*", "•"))
    if match := TABBED.match(rest):
        return _tabbed(match["mark"].strip(), match["text"])
    for kind, pattern in EVENTS[:5]:  # eggdrop writes them without a mark
        if match := pattern.match(rest[:500]):
            return Said(kind, _who(match), rest, is_sure=False)
    if match := COLON.match(rest):
        return Said("message", match["nick"], match["text"], is_sure=False)
    return None


def _tabbed(mark: str, text: str) -> Said:
    """WeeChat and HexChat: a mark or a nick, a tab, the words."""
    if mark in ("-->", "<--", "--", "=!=", "---", "***"):
        return _happened(text, system=True)
    if mark in ("*", ""):
        return _happened(text)
    nick = mark.lstrip(PREFIX).strip("<>").lstrip(PREFIX)
    return Said("message", nick, text, is_sure=False)


def _happened(text: str, *, system: bool = False) -> Said:
    for kind, pattern in EVENTS:
        if match := pattern.match(text[:500]):
            return Said(kind, _who(match), text)
    nick = text.split(" ", 1)[0].lstrip(PREFIX)
    return Said("system", "", text) if system else Said("message", nick, text, is_action=True)


def _who(match: re.Match) -> str:
    part = match.groupdict()
    return (part.get("who") or part.get("by") or "").lstrip(PREFIX).strip("[]")


def decision(text: str) -> str:
    """The mark of a meeting bot's record, as in `#action ana restarts db1`."""
    match = MEETING.match(text)
    return match[1].lower() if match else ""
