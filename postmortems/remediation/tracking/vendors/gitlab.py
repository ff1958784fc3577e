"""GitLab Issues: REST API v4 of gitlab.com and of one's own server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

from postmortems.remediation.models import Tracker
from postmortems.remediation.tracking.asking import Asking, Gone, Refused, readable
from postmortems.remediation.tracking.issues import (
    Assignee,
    Issue,
    clean,
    day,
    got,
    listed,
    maybe,
    moment,
    web_address,
)  # fmt: skip
from postmortems.remediation.tracking.vendors.paging import PAGE, by_moment
from postmortems.remediation.tracking.words import Words, in_markdown, title_in_markdown

REPORTER = 20  # the least role that may close what others opened


class GitLab:
    knows_due = True
    tells = frozenset({"open", "done"})

    def __init__(self, tracker: Tracker, token: str, now: datetime) -> None:
        self.name, self.project, self.address = tracker.name, tracker.project, tracker.address
        self.ask = Asking(tracker.name, f"{tracker.address}/api/v4", {"PRIVATE-TOKEN": token}, (token,), now)
        self.place = f"/projects/{quote(tracker.project, safe='')}"
        self.issues = f"{self.place}/issues"

    def found(self) -> str:
        try:
            data = self.ask("GET", self.place).data
        except Gone:
            raise Refused(f"There is no {self.project}, or the token does not see it.") from None
        with readable(self.name):
            name = got(data, "path_with_namespace")
        if data.get("issues_enabled") is False or data.get("issues_access_level") == "disabled":
            raise Refused(f"{name} is there, and its issues are switched off.")
        if data.get("archived") is True:
            raise Refused(f"{name} is there, and it is archived: nothing can be written.")
        if _level(data) >= REPORTER:
            return f"{name} is there, and the token may open and close its issues."
        return f"{name} is there. The token may read it; to close issues it needs the role Reporter or more."

    def make(self, words: Words, due: date | None) -> str:
        sent = {"title": title_in_markdown(words), "description": in_markdown(words)}
        if due:
            sent["due_date"] = due.isoformat()
        data = self.ask("POST", self.issues, send=sent).data
        with readable(self.name, doubt=True):
            return str(got(data, "iid", kind=int))

    def made_since(self, since: datetime, mark: str) -> str:
        found: list[int] = []
        for number in range(1, 21):
            query = {
                "scope": "all", "created_after": _stamp(since), "order_by": "created_at", "sort": "asc",
                "per_page": PAGE, "page": number,
            }  # fmt: skip
            data = self.ask("GET", self.issues, query=query).data
            with readable(self.name):
                rows = listed(data)
                found += [got(one, "iid", kind=int) for one in rows if mark in str(one.get("description"))]
            if found or len(rows) < PAGE:
                break
        return str(min(found)) if found else ""

    def read(self, key: str) -> Issue:
        data = self.ask("GET", f"{self.issues}/{key}").data
        with readable(self.name):
            return self._issue(data, key)

    def tell_status(self, key: str, meaning: str) -> None:
        self._put(key, {"state_event": "reopen" if meaning == "open" else "close"})

    def tell_due(self, key: str, due: date | None) -> None:
        self._put(key, {"due_date": due.isoformat() if due else ""})

    def _put(self, key: str, sent: dict[str, str]) -> None:
        self.ask("PUT", f"{self.issues}/{key}", send=sent)

    def changed(self, since: datetime, etag: str) -> Iterator[Any]:
        query = {"scope": "all", "order_by": "updated_at", "sort": "asc", "per_page": PAGE}

        def page(begin: datetime, number: int, etag: str):
            asked = query | {"updated_after": _stamp(begin), "page": number}
            return self.ask(
                "GET", self.issues, query=asked, headers={"If-None-Match": etag} if etag else None
            )

        return by_moment(
            page, since, etag, lambda one: (str(got(one, "iid", kind=int)), "updated_at"), self.name
        )

    def _issue(self, data: Any, key: str) -> Issue:
        number, state = str(got(data, "iid", kind=int)), got(data, "state")
        url = web_address(data.get("web_url"), f"{self.address}/{self.project}/-/issues/{number}")
        first = next((one for one in data.get("assignees") or () if isinstance(one, dict)), None)
        login = maybe(first, "username")
        moved = data.get("moved_to_id")
        return Issue(
            key=key, url=url, title=clean(got(data, "title")), updated_at=moment(got(data, "updated_at")), states=(state,),
            assignee=Assignee(login, maybe(first, "name")) if login else None, due=day(data.get("due_date")),
            moved="another project" if isinstance(moved, int) else "",
        )  # fmt: skip

    @staticmethod
    def key_in(address: str, project: str, text: str) -> str:
        path = rf"{re.escape(address)}/{re.escape(project)}/-?/?(?:issues|work_items)/([1-9]\d{{0,17}})(?:[/?#].*)?"
        found = re.fullmatch(
            rf"(?:{path}|(?:{re.escape(project)})?#([1-9]\d{{0,17}}))", text, re.I | re.ASCII
        )
        return (found[1] or found[2]) if found else ""

    @staticmethod
    def knocked(project: str, payload: Any) -> list[str]:
        if maybe(payload, "project", "path_with_namespace").lower() != project.lower():
            return []
        about = (
            payload.get("object_attributes")
            if payload.get("object_kind") in ("issue", "work_item")
            else payload.get("issue")
        )
        number = about.get("iid") if isinstance(about, dict) else None
        return [str(number)] if isinstance(number, int) else []


def _level(data: dict) -> int:
    may = data.get("permissions") if isinstance(data.get("permissions"), dict) else {}
    levels = [one.get("access_level") for one in may.values() if isinstance(one, dict)]
    return max((one for one in levels if isinstance(one, int)), default=0)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
