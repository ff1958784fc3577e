"""Jenkins: builds from its JSON or XML API, stage view and Blue Ocean, notifications, build.xml; and console logs with times.

Source: Jenkins' documentation of its remote access API and of the plugins Timestamper, Pipeline Stage View, Blue
Ocean and Notification. A build begins at `timestamp` and lasts `duration` milliseconds, which is 0 while it runs.
It is known by its job and number; the job is in its address, or else in its full display name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from timelines.formats import jenkinslog, jenkinsxml
from timelines.formats.base import BadTime, Bundle, Context, Format, any_time, get
from timelines.formats.changes import (
    One,
    address,
    given,
    happened,
    moment,
    person,
    some,
    title,
    unwrapped,
    words,
)
from timelines.formats.documents import Found, files, found, guarded, records, under
from timelines.formats.records import Record, Skipped

KEYS = ("builds", "allBuilds")
INSIDE = (*KEYS, "jobs", "lastBuild", "lastCompletedBuild")
STEP = re.compile(r"(?:^|/)(?:job|pipelines)/([^/]+)")
NODE = re.compile(r"/(\d{1,9})/execution/node/")
NAMED = re.compile(r"^(.{1,1000}?) #(\d{1,9})\b")
DEEPEST = 20  # folders in folders


def sniff(bundle: Bundle, head: bytes) -> str | None:
    if b'"hudson.' in head or b'"org.jenkinsci.' in head or b'"io.jenkins.' in head or b'"jenkins.' in head:
        return "its records have classes of Jenkins (_class)"
    if b'"fullDisplayName"' in head or (
        b'"startTimeMillis"' in head and (b'"stages"' in head or b"/wfapi/" in head)
    ):
        return "it holds builds of Jenkins"
    if b'"full_url"' in head and b'"phase"' in head and b'"build"' in head:
        return "it is a notification of Jenkins"
    if (
        b'"timestamp"' in head
        and b'"duration"' in head
        and b'"result"' in head
        and b'"number"' in head
        and b'"building"' in head
    ):
        return "it holds builds with number, result and duration, as Jenkins has them"
    return jenkinsxml.sniff(head) or jenkinslog.sniff(head)


def read(bundle: Bundle, context: Context) -> Iterator[Record | Skipped]:
    yield from files(bundle, lambda name: _file(bundle, name, context))


def _file(bundle: Bundle, name: str, context: Context) -> Iterator[Record | Skipped]:
    with bundle.open(name) as file:
        start = file.peek(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] == b"<":
        yield from records(jenkinsxml.builds(One(bundle, name)), _thing)
    elif start[:1] == b"{" or (start[:1] == b"[" and not jenkinslog.stamped(start)):
        yield from records(found(One(bundle, name), KEYS), _thing)
    else:
        yield from jenkinslog.rows(bundle, name, context)


def _thing(element: Found) -> Iterator[Record | Skipped]:
    thing, _ = unwrapped(element.value)
    of = (
        words(element.page.get("fullName"))
        or words(element.page.get("name"))
        or words(element.page.get("displayName"))
    )
    yield from _any(thing, element.where, job_of(element.page) or of, 0)


def _any(thing: dict, where: str, job: str, depth: int) -> Iterator[Record | Skipped]:
    if "startTimeMillis" in thing and (
        node := NODE.search(words(get(thing, "_links", "self", "href"))[:4000])
    ):
        yield from _stage(thing, where, job_of(thing) or job, node[1])
    elif "startTimeMillis" in thing:
        yield from _staged(thing, where, job)
    elif "enQueueTime" in thing or ("durationInMillis" in thing and "startTime" in thing):
        yield _blue(thing, where, job)
    elif isinstance(thing.get("build"), dict) and "phase" in thing["build"]:
        yield _notified(thing, where)
    elif "timestamp" in thing and ("number" in thing or "duration" in thing):
        yield build(thing, where, job)
    elif depth < DEEPEST and (
        parts := [name for name in INSIDE if isinstance(thing.get(name), (list, dict))]
    ):
        below = job_of(thing) or "/".join(part for part in (job, words(thing.get("name"))) if part)
        for name in (
            parts
            if not any(isinstance(thing.get(key), list) for key in INSIDE)
            else [p for p in parts if isinstance(thing[p], list)]
        ):
            inner = thing[name] if isinstance(thing[name], list) else [thing[name]]
            for number, value in enumerate(inner):
                place = under(where, name, number)
                yield from guarded(place, lambda v=value, p=place: _any(v, p, below, depth + 1))
    else:
        raise BadTime(
            "This is no build of Jenkins: it has no “timestamp”. Ask for tree=builds[number,timestamp,duration,result,url]."
        )


def job_of(thing: dict) -> str:
    """`folder/name` of the address `…/job/folder/job/name/12/`; "" where it has none."""
    href = (
        words(thing.get("url")) or words(thing.get("full_url")) or words(get(thing, "_links", "self", "href"))
    )
    return "/".join(unquote(part) for part in STEP.findall(href[:4000]))


def _where_from(thing: dict, job: str) -> tuple[str, str]:
    """The job and the number of a build."""
    number = words(thing.get("number")) or words(thing.get("id"))
    match = NAMED.match(words(thing.get("fullDisplayName")))
    named = match[1].replace(" » ", "/") if match else ""
    return job_of(thing) or job or named, number or (match[2] if match else "")


def build(b: dict, where: str, job: str = "") -> Record:
    job, number = _where_from(b, job)
    running = b.get("building") is True or b.get("inProgress") is True
    result = words(b.get("result")) or ("RUNNING" if running or not given(b.get("duration")) else "unknown")
    said = _said(b)
    record = happened(
        b.get("timestamp"), f"build/{job}/{number or b['timestamp']}", f"run {result.lower()}",
        f"Build {job or 'unknown'} #{number}: {result.lower()}" + (f" – {said}" if said else ""), b, where, until=_end(b.get("timestamp"), b.get("duration")),
        who=_cause(b), place=job, link=address(b.get("url")),
        extra=some(
            result=words(b.get("result")), number=number, name=words(b.get("displayName")), cause=_started(b), commits=_commits(b), sha=_revision(b),
            node=words(b.get("builtOn")), description=words(b.get("description")),
        ),
    )  # fmt: skip
    if record.revised == record.at and result != "RUNNING":
        record.revised = record.at + timedelta(
            milliseconds=1
        )  # it has ended, so it knows more than while it ran
    return record


def _end(start: Any, duration: Any) -> str | None:
    if given(duration) is None or not isinstance(duration, (int, float, str)):
        return None
    try:
        return (any_time(start).at + timedelta(milliseconds=float(duration))).isoformat()
    except (ValueError, OverflowError):
        return None


def _actions(b: dict) -> list[dict]:
    actions = b.get("actions")
    return [action for action in actions if isinstance(action, dict)] if isinstance(actions, list) else []


def _causes(b: dict) -> list[dict]:
    causes = [cause for action in _actions(b) for cause in action.get("causes") or []]
    causes += b["causes"] if isinstance(b.get("causes"), list) else []
    return [cause for cause in causes if isinstance(cause, dict)]


def _started(b: dict) -> str:
    return "; ".join(
        dict.fromkeys(
            words(cause.get("shortDescription"))
            for cause in _causes(b)
            if words(cause.get("shortDescription"))
        )
    )


def _cause(b: dict) -> dict[str, Any]:
    """The person who started it; a timer, a push or another build is Jenkins itself."""
    for cause in _causes(b):
        if words(cause.get("userName")) or words(cause.get("userId")):
            return person({"name": cause.get("userName"), "id": cause.get("userId")}, "name", "id")
    return {"actor": "Jenkins", "actor_id": "jenkins", "actor_kind": "system"}


def _changes(b: dict) -> list[dict]:
    sets = b["changeSets"] if isinstance(b.get("changeSets"), list) else [b.get("changeSet")]
    return [item for one in sets for item in get(one, "items", default=None) or [] if isinstance(item, dict)]


def _commits(b: dict) -> list[str]:
    return [words(change.get("commitId")) for change in _changes(b)[:50] if words(change.get("commitId"))]


def _said(b: dict) -> str:
    changes = [title(change.get("msg")) for change in _changes(b) if title(change.get("msg"))]
    started = _started(b)
    return "; ".join(changes[:3]) + (f" and {len(changes) - 3} more" if len(changes) > 3 else "") or started


def _revision(b: dict) -> str:
    return next(
        (words(sha) for action in _actions(b) if (sha := get(action, "lastBuiltRevision", "SHA1"))), ""
    )


def _staged(run: dict, where: str, job: str) -> Iterator[Record | Skipped]:
    """A run as the stage view tells it, and its stages."""
    job = job_of(run) or job
    number = words(run.get("id"))
    state = words(run.get("status")).lower() or "unknown"
    running = state in ("in_progress", "paused_pending_input")
    yield happened(
        run["startTimeMillis"], f"build/{job}/{number}", f"run {'running' if running else state}", f"Build {job or 'unknown'} {words(run.get('name')) or '#' + number}: {state}",
        {key: value for key, value in run.items() if key != "stages"}, where, until=None if running else run.get("endTimeMillis"),
        who={"actor": "Jenkins", "actor_id": "jenkins", "actor_kind": "system"}, place=job,
        extra=some(result=run.get("status"), number=number, queued_ms=run.get("queueDurationMillis"), paused_ms=run.get("pauseDurationMillis")),
    )  # fmt: skip
    for place, stage in enumerate(run.get("stages") or []):
        spot = under(where, "stages", place)
        yield from guarded(spot, lambda s=stage, p=spot: _stage(s, p, job, number))


def _stage(stage: dict, where: str, job: str, number: str) -> Iterator[Record]:
    state = words(stage.get("status")).lower() or "unknown"
    if state == "not_executed":
        return
    said = words(get(stage, "error", "message"))
    yield happened(
        stage.get("startTimeMillis"), f"build/{job}/{number}/stage/{stage['id']}", f"job {state}", f"Stage “{words(stage.get('name'))}”: {state}" + (f" – {said}" if said else ""), stage, where,
        until=_end(stage.get("startTimeMillis"), stage.get("durationMillis")) if state != "in_progress" else None,
        who={"actor": "Jenkins", "actor_id": "jenkins", "actor_kind": "system"}, place=job, order=1, extra=some(result=stage.get("status"), number=number),
    )  # fmt: skip


def _blue(run: dict, where: str, job: str) -> Record:
    state = (
        words(run.get("result") if run.get("result") not in (None, "UNKNOWN") else run.get("state")).lower()
        or "unknown"
    )
    job, number = job_of(run) or words(run.get("pipeline")) or job, words(run.get("id"))
    return happened(
        run.get("startTime") or run.get("enQueueTime"), f"build/{job}/{number}", f"run {state}",
        f"Build {job} #{number}: {state}" + (f" – {words(run['runSummary'])}" if words(run.get("runSummary")) else ""), run, where, until=run.get("endTime"),
        who=_cause(run), place=job, extra=some(result=run.get("result"), number=number, sha=words(run.get("commitId")), cause=_started(run)),
    )  # fmt: skip


def _notified(hook: dict, where: str) -> Record:
    """What the Notification plugin sends: COMPLETED and FINALIZED tell the end of the build twice."""
    b = hook["build"]
    phase, state = words(b.get("phase")).lower(), words(b.get("status")).lower()
    job, number = job_of(b) or words(hook.get("name")), words(b.get("number"))
    ended = phase in ("completed", "finalized")
    start = b.get("timestamp")
    end = _end(start, b.get("duration")) if ended else None
    record = happened(
        start, f"build/{job}/{number}", f"run {state if ended and state else 'running'}", f"Build {job} #{number}: {state or phase}", hook, where, until=end,
        who=person(hook.get("userName") or b.get("userName"), nobody="Jenkins"), place=job, link=address(b.get("full_url")),
        extra=some(result=b.get("status"), number=number, phase=phase, sha=words(get(b, "scm", "commit"))),
    )  # fmt: skip
    if ended and end is None:
        record.revised = moment(start).at + timedelta(milliseconds=1 if phase == "completed" else 2)
    return record


FORMAT = Format(
    key="jenkins",
    label="Jenkins",
    about="Builds (api/json or api/xml of a job), stage view, notifications, or a console log with timestamps",
    sniff=sniff,
    read=read,
    asks=("zone", "day"),
)
