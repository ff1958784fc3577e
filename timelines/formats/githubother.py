"""Webhooks of GitHub about all the rest: alerts, packages, the merge queue, settings. Most are kept out of sight."""

from __future__ import annotations

from typing import Any

from timelines.formats.base import BadTime, get
from timelines.formats.changes import address, first, given, happened, some, words
from timelines.formats.githubwords import Told, who
from timelines.formats.records import Record

SUBJECTS = {
    "merge_group": "merge group", "alert": "alert", "package": "package", "registry_package": "package", "security_advisory": "security advisory",
    "repository_advisory": "security advisory", "rule": "branch protection", "ruleset": "branch protection", "repository_ruleset": "branch protection", "milestone": "milestone",
    "forkee": "fork", "key": "deploy key", "project": "project", "projects_v2": "project", "projects_v2_item": "project item", "project_card": "project card",
    "project_column": "project column", "sponsorship": "sponsorship", "installation": "app installation", "personal_access_token_request": "access token request",
    "membership": "membership", "member": "member", "team": "team", "label": "label", "blocked_user": "block", "marketplace_purchase": "purchase", "hook": "webhook",
}  # fmt: skip
LOUD = {"alert", "package", "merge group"}
# What can be told of a repository without the name of the event.
UNMISTAKEN = {
    "publicized",
    "privatized",
    "archived",
    "unarchived",
    "renamed",
    "transferred",
}
TITLES = (
    ("title",),
    ("name",),
    ("summary",),
    ("head_ref",),
    ("rule", "description"),
    ("affected_package_name",),
    ("dependency", "package", "name"),
    ("full_name",),
    ("login",),
    ("target_type",),
)


def other(told: Told) -> Record:
    """What has a time is kept; what has none marks no moment."""
    thing = told.thing
    if given(thing.get("starred_at")) is not None:
        return _record(told, thing, "star", thing["starred_at"])
    names = [
        name
        for name in SUBJECTS
        if isinstance(thing.get(name), dict) and not (name == "installation" and "repository" in thing)
    ]
    if not names or "zen" in thing:
        return _repository(told)
    subject = thing[names[0]]
    when = first(
        subject.get("updated_at"),
        subject.get("fixed_at"),
        subject.get("created_at"),
        get(subject, "head_commit", "timestamp"),
    )
    kind = told.event.replace("_", " ") or SUBJECTS[names[0]]
    if when is None:
        raise _momentless(kind)
    return _record(told, subject, kind, when, noise=SUBJECTS[names[0]] not in LOUD)


def _repository(told: Told) -> Record:
    """The repository itself; it was changed last when this happened, which is as near as the webhook comes."""
    repository = told.thing.get("repository")
    when = first(get(repository, "updated_at"))
    sure = told.event == "repository" or (told.event == "" and told.action in UNMISTAKEN)
    if not sure or when is None:
        raise _momentless(told.event)
    record = _record(told, repository, "repository", when, noise=told.action in ("edited", "created"))
    record.certainty = "derived"
    return record


def _momentless(event: str) -> BadTime:
    named = f"This “{event[:60].replace('_', ' ')}” webhook" if event else "This webhook"
    return BadTime(f"{named} of GitHub marks no moment.")


def _record(told: Told, subject: dict, kind: str, when: Any, *, noise: bool = True) -> Record:
    said = next((words(get(subject, *path)) for path in TITLES if words(get(subject, *path))), "")
    action = told.action.replace("_", " ")
    key = (
        words(subject.get("id"))
        or words(subject.get("number"))
        or words(subject.get("head_sha"))
        or words(subject.get("ghsa_id"))
    )
    return happened(
        when, f"{kind.replace(' ', '_')}/{told.repository}/{key}/{told.action}/{when}", f"{kind} {action}".strip(), f"{kind.capitalize()} {action}".strip() + (f": {said}" if said else ""),
        told.thing, told.where, who=who(told.sender), place=told.repository, link=address(subject.get("html_url")), noise=noise,
        extra=some(state=subject.get("state"), severity=words(subject.get("severity")) or words(get(subject, "security_advisory", "severity"))),
    )  # fmt: skip
