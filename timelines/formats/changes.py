"""What readers of code, builds and deployments share: one record per thing with its start, its end and its state.

A thing that is still running is told again later with more in it, so its id never holds its state, and
`revised` is the last moment it tells of itself: of two exports the one that knows more wins, whichever
is imported first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal
from zoneinfo import ZoneInfo

from timelines.formats.base import BadTime, Bundle, Moment, Unreadable, any_time, clean, compact, get, parse
from timelines.formats.moments import no_zone
from timelines.formats.records import Record

STATED = (
    "stated"  # by the times themselves, as the source always does; None is a zone that has to be asked for
)
Zone = ZoneInfo | Literal["stated"] | None
NEVER = ("0001-01-01", "0000-00-00", "1970-01-01T00:00:00")  # how languages write “no time”
HEADERS = ("headers", "request_headers")
BODIES = ("payload", "body", "request_data")


class One:
    """One file of a bundle, as a bundle of its own."""

    def __init__(self, bundle: Bundle, name: str) -> None:
        self.name, self.names, self.open, self.size = name, [name], bundle.open, bundle.size


def given(value: Any) -> Any:
    """The value, or None where it is one of the ways of saying that there is no time."""
    if value in (None, "", 0, "null") or isinstance(value, (bool, dict, list)):
        return None
    return None if isinstance(value, str) and value.startswith(NEVER) else value


def first(*values: Any) -> Any:
    """The first time that is one."""
    return next((value for value in values if given(value) is not None), None)


def moment(value: Any, zone: Zone = STATED) -> Moment:
    """A time in ISO 8601 or since 1970. Raises BadTime; NeedsAnswer where `zone` is None and the time has none."""
    if given(value) is None:
        raise BadTime("There is no time.")
    try:
        return any_time(value, zone if isinstance(zone, ZoneInfo) else None)
    except BadTime as error:
        if zone is None and str(error) == "The time has no zone.":
            raise no_zone(value) from error
        raise


def latest(values: Iterable[Any], zone: Zone = STATED) -> Any:
    """The last of some times that may be missing or nonsense, as an instant; None where none is one."""
    found = []
    for value in values:
        if given(value) is None:
            continue
        try:
            found.append(moment(value, zone).at)
        except BadTime:
            continue
    return max(found, default=None)


def happened(
    when: Any,
    external_id: str,
    kind: str,
    text: str,
    thing: Any,
    where: str,
    *,
    zone: Zone = STATED,
    until: Any = None,
    known: Iterable[Any] = (),
    who: dict[str, Any] | None = None,
    **more: Any,
) -> Record:
    """A record of `thing`; `until` is its end where it has one, `known` the other times it tells of itself."""
    start = moment(when, zone)
    end = latest([until], zone)
    return Record(
        at=start.at,
        until=end if end is not None and end > start.at else None,
        external_id=external_id,
        text=clean(text),
        kind=kind.strip(),
        precision=start.precision,
        certainty=more.pop("certainty", "exact" if start.zone else "assumed zone"),
        written=str(when),
        zone=start.zone,
        nanoseconds=start.nanoseconds,
        where=where,
        raw=compact(thing),
        revised=latest([when, until, *known], zone),
        **(who or {}),
        **more,
    )


def person(user: Any, *names: str, nobody: str = "", bot: bool = False) -> dict[str, Any]:
    """The fields of a record that tell who did it, from an object with some of `names` and an id."""
    named = next((clean(user[name]) for name in names if get(user, name) and _is_word(user[name])), "")
    if isinstance(user, str):
        named = clean(user)
    key = next((str(get(user, name)) for name in ("id", "uuid", "account_id") if get(user, name)), "")
    if not named and not key:
        return {"actor": nobody, "actor_id": nobody, "actor_kind": "system" if nobody else ""}
    return {
        "actor": named or key,
        "actor_id": key or named,
        "actor_kind": "bot" if bot or named.endswith("[bot]") else "person",
    }


def _is_word(value: Any) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool) and bool(clean(value))


def words(value: Any) -> str:
    """Text where there is text; other shapes are not made into words."""
    return clean(value) if isinstance(value, str) else str(value) if type(value) in (int, float) else ""


def title(value: Any) -> str:
    """The first line of a commit's message or another long text."""
    lines = words(value).split("\n", 1)
    return lines[0].strip()


def short(sha: Any) -> str:
    """A commit as people write it: its first ten characters."""
    return words(sha)[:10]


def branch(ref: Any) -> str:
    """`main` of `refs/heads/main`."""
    return words(ref).removeprefix("refs/heads/").removeprefix("refs/tags/")


def address(value: Any) -> str:
    """A link that may be followed, or nothing."""
    return value if isinstance(value, str) and value.startswith(("http://", "https://")) else ""


def some(**facts: Any) -> dict[str, Any]:
    """Facts worth keeping beside a record: those that are not empty."""
    return {name: fact for name, fact in facts.items() if fact not in (None, "", [], {})}


def unwrapped(value: dict) -> tuple[dict, dict[str, str]]:
    """A webhook out of the log of deliveries it may lie in, and the headers that came with it, in lower case."""
    outer = value["request"] if isinstance(value.get("request"), dict) else value
    headers = next((outer[name] for name in HEADERS if isinstance(outer.get(name), dict)), {})
    named = {str(name).lower(): words(found) for name, found in headers.items()}
    for name in BODIES:
        body = outer.get(name)
        if isinstance(body, str) and body.lstrip()[:1] == "{":
            try:
                body = parse(body.encode("utf-8", "replace"), name)
            except Unreadable as error:
                raise BadTime(f"What was delivered is not JSON: {str(error)[:120]}") from error
        if isinstance(body, dict) and (headers or outer is not value or name == "request_data"):
            return body, named
    return value, named
