"""The trackers we speak with, each by its vendor's published REST API.

A vendor is made for one conversation: with the token opened, and the moment it happens at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Protocol

from postmortems.remediation.models import Tracker
from postmortems.remediation.tracking.asking import Away
from postmortems.remediation.tracking.issues import Issue
from postmortems.remediation.tracking.vendors.github import GitHub
from postmortems.remediation.tracking.vendors.gitlab import GitLab
from postmortems.remediation.tracking.vendors.jira import Jira, JiraDataCenter
from postmortems.remediation.tracking.vendors.paging import Changed
from postmortems.remediation.tracking.words import Words
from postmortems.web.sealed import Unopened, unseal


class Vendor(Protocol):
    knows_due: bool
    tells: frozenset[str]  # the meanings that it can be told

    def found(self) -> str:
        """What is at the project, in a sentence. Raises Trouble."""

    def make(self, words: Words, due: date | None) -> str:
        """Make an issue; its key."""

    def made_since(self, since: datetime, mark: str) -> str:
        """The key of the oldest issue made since then that bears the mark, or nothing."""

    def read(self, key: str) -> Issue: ...

    def tell_status(self, key: str, meaning: str) -> None: ...

    def tell_due(self, key: str, due: date | None) -> None: ...

    def changed(self, since: datetime, etag: str) -> Iterator[tuple[Changed, str]]:
        """Page by page what changed since then, the oldest change first, and the mark of the page; nothing where
        all is as it was when the mark was given.
        """


KINDS: dict[str, type] = {"github": GitHub, "gitlab": GitLab, "jira": Jira, "jira_dc": JiraDataCenter}
PROJECTS = {
    "github": re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}"),
    "gitlab": re.compile(r"[A-Za-z0-9_][\w.+-]*(?:/[A-Za-z0-9_][\w.+-]*)+", re.ASCII),
    "jira": re.compile(r"[A-Z][A-Z0-9_]{1,30}"),
    "jira_dc": re.compile(r"[A-Z][A-Z0-9_]{1,30}"),
}


def vendor_of(tracker: Tracker, *, now: datetime) -> Vendor:
    """Raises Away where the token was sealed under another key."""
    try:
        token = unseal(tracker.token)
    except Unopened:
        raise Away("Its token was sealed under another SECRET_KEY. Give it another.") from None
    return KINDS[tracker.kind](tracker, token, now)


def key_in(tracker: Tracker, address: str) -> str:
    """The key of the issue of this tracker that an address, or what people write for one, names; or nothing."""
    return KINDS[tracker.kind].key_in(tracker.address, tracker.project, address.strip()[:1000])


def knocked(tracker: Tracker, payload: Any) -> list[str]:
    """The keys of this tracker's issues that a webhook says something about."""
    return KINDS[tracker.kind].knocked(tracker.project, payload)
