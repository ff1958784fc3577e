"""GitHub Issues: REST API of github.com, and of GitHub Enterprise under /api/v3. An issue has no due date there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from postmortems.remediation.models import Tracker
from postmortems.remediation.tracking.asking import Asking, Gone, Refused, readable
from postmortems.remediation.tracking.issues import (
    Assignee,
    Issue,
    clean,
    got,
    listed,
    maybe,
    moment,
    web_address,
)  # fmt: skip
from postmortems.remediation.tracking.vendors.paging import PAGE, by_moment
from postmortems.remediation.tracking.words import Words, in_markdown, title_in_markdown


class GitHub:
    knows_due = False
    tells = frozenset({"open", "done", "dropped"})

    def __init__(self, tracker: Tracker, token: str, now: datetime) -> None:
        self.name, self.project, self.address = tracker.name, tracker.project, tracker.address
        headers = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "Authorization": f"Bearer {token}",
        }
        self.ask = Asking(tracker.name, _base(tracker.address), headers, (token,), now)
        self.issues = f"/repos/{tracker.project}/issues"

    def found(self) -> str:
        try:
            data = self.ask("GET", f"/repos/{self.project}").data
        except Gone:
            raise Refused(f"There is no {self.project}, or the token does not see it.") from None
        with readable(self.name):
            name = got(data, "full_name")
        if data.get("has_issues") is False:
            raise Refused(f"{name} is there, and its issues are switched off.")
        if data.get("archived") is True:
            raise Refused(f"{name} is there, and it is archived: nothing can be written.")
        may = data.get("permissions") if isinstance(data.get("permissions"), dict) else {}
        if may.get("push") or may.get("triage") or may.get("admin"):
            return f"{name} is there, and the token’s account may open and close its issues."
        return f"{name} is there. The token’s account may read it; to close issues it needs the role triage."

    def make(self, words: Words, due: date | None) -> str:
        sent = {"title": title_in_markdown(words), "body": in_markdown(words)}
        data = self.ask("POST", self.issues, send=sent).data
        with readable(self.name, doubt=True):
            return str(got(data, "number", kind=int))

    def made_since(self, since: datetime, mark: str) -> str:
        found = [str(one["number"]) for one in self._since(since) if mark in str(one.get("body"))]
        return min(found, key=int, default="")

    def read(self, key: str) -> Issue:
        data = self.ask("GET", f"{self.issues}/{key}").data
        with readable(self.name):
            issue = self._issue(data, key)
        return replace(issue, moved=issue.url) if self._is_moved(issue, data) else issue

    def _is_moved(self, issue: Issue, data: Any) -> bool:
        """Transferred to another repository, and not just in one that is called differently by now."""
        if data["number"] != int(issue.key):
            return True
        path = urlsplit(issue.url).path.lower()
        if path.startswith(f"/{self.project}/".lower()):
            return False
        named = maybe(self.ask("GET", f"/repos/{self.project}").data, "full_name")
        return not path.startswith(f"/{named}/".lower())

    def tell_status(self, key: str, meaning: str) -> None:
        sent = {
            "open": {"state": "open"},
            "done": {"state": "closed", "state_reason": "completed"},
            "dropped": {"state": "closed", "state_reason": "not_planned"},
        }[meaning]
        self.ask("PATCH", f"{self.issues}/{key}", send=sent)

    def tell_due(self, key: str, due: date | None) -> None:
        raise Refused("An issue of GitHub has no due date.")

    def changed(self, since: datetime, etag: str) -> Iterator[Any]:
        query = {"state": "all", "sort": "updated", "direction": "asc", "per_page": PAGE}

        def page(begin: datetime, number: int, etag: str):
            asked = query | {"since": _stamp(begin), "page": number}
            return self.ask(
                "GET", self.issues, query=asked, headers={"If-None-Match": etag} if etag else None
            )

        return by_moment(
            page, since, etag, lambda one: (str(got(one, "number", kind=int)), "updated_at"), self.name
        )

    def _since(self, since: datetime) -> Iterator[dict]:
        """Issues that changed since then; one that was made since then has changed, too."""
        number = 1
        while number <= 20:
            query = {"state": "all", "sort": "created", "direction": "desc", "per_page": PAGE, "page": number}
            data = self.ask("GET", self.issues, query=query | {"since": _stamp(since)}).data
            with readable(self.name):
                rows = listed(data)
                yield from (one for one in rows if got(one, "number", kind=int))
                if len(rows) < PAGE or moment(got(rows[-1], "created_at")) < since - timedelta(days=1):
                    return
            number += 1

    def _issue(self, data: Any, key: str) -> Issue:
        number = str(got(data, "number", kind=int))
        state, reason = got(data, "state"), maybe(data, "state_reason")
        url = web_address(data.get("html_url"), f"{self.address}/{self.project}/issues/{number}")
        first = next((one for one in data.get("assignees") or () if isinstance(one, dict)), None)
        login = maybe(first, "login") or maybe(data, "assignee", "login")
        return Issue(
            key=key, url=url, title=clean(got(data, "title")), updated_at=moment(got(data, "updated_at")),
            states=(reason, state) if state == "closed" and reason else (state,),
            assignee=Assignee(login) if login else None,
        )  # fmt: skip

    @staticmethod
    def key_in(address: str, project: str, text: str) -> str:
        path = rf"{re.escape(address)}/{re.escape(project)}/issues/([1-9]\d{{0,17}})(?:[/?#].*)?"
        found = re.fullmatch(
            rf"(?:{path}|(?:{re.escape(project)})?#([1-9]\d{{0,17}}))", text, re.I | re.ASCII
        )
        return (found[1] or found[2]) if found else ""

    @staticmethod
    def knocked(project: str, payload: Any) -> list[str]:
        if maybe(payload, "repository", "full_name").lower() != project.lower():
            return []
        number = payload["issue"].get("number") if isinstance(payload.get("issue"), dict) else None
        return [str(number)] if isinstance(number, int) else []


def _base(address: str) -> str:
    """github.com and the hosts of ghe.com have their API beside them, an own server under /api/v3."""
    host = urlsplit(address).netloc.lower()
    if host in ("github.com", "www.github.com"):
        return "https://api.github.com"
    return f"https://api.{host}" if host.endswith(".ghe.com") else f"{address}/api/v3"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
