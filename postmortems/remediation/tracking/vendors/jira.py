"""Jira: Cloud by REST v3, whose texts are documents, and Data Center by REST v2, whose texts are wiki.

A status is reached by a transition, of which a workflow offers some from where an issue stands. Moments in JQL are
read on the clock of the token's account, so that only "minutes ago" is asked for.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from postmortems.remediation.models import Tracker
from postmortems.remediation.tracking.asking import Asking, Gone, Refused, readable
from postmortems.remediation.tracking.issues import Assignee, Issue, clean, day, got, listed, maybe, moment
from postmortems.remediation.tracking.meaning import meaning_of, usual
from postmortems.remediation.tracking.vendors.paging import MOST_PAGES, PAGE
from postmortems.remediation.tracking.words import Words, in_document, in_wiki

FIELDS = "summary,status,resolution,assignee,duedate,updated"
NEEDED = {
    "BROWSE_PROJECTS": "read",
    "CREATE_ISSUES": "create",
    "EDIT_ISSUES": "edit",
    "TRANSITION_ISSUES": "move",
}
SLACK = timedelta(minutes=10)  # clocks that differ, and an index that lags


class Jira:
    knows_due = True
    tells = frozenset({"open", "in_progress", "done", "dropped"})
    api = "/rest/api/3"

    def __init__(self, tracker: Tracker, token: str, now: datetime) -> None:
        self.name, self.project, self.address, self.now = tracker.name, tracker.project, tracker.address, now
        self.issue_type = tracker.issue_type or "Task"
        self.meanings = usual(tracker.kind, tracker.meanings)
        proof = f"Bearer {token}"
        if tracker.account:
            proof = "Basic " + base64.b64encode(f"{tracker.account}:{token}".encode()).decode()
        self.ask = Asking(
            tracker.name, tracker.address + self.api, {"Authorization": proof}, (token, proof), now
        )

    # --- what is there

    def found(self) -> str:
        try:
            data = self.ask("GET", f"/project/{self.project}").data
        except Gone:
            raise Refused(f"There is no project {self.project}, or the token does not see it.") from None
        with readable(self.name):
            name = f"{got(data, 'name')} ({got(data, 'key')})"
            types = [maybe(one, "name") for one in listed(data.get("issueTypes", []))]
        if types and self.issue_type.lower() not in [one.lower() for one in types]:
            raise Refused(
                f"{name} is there, and makes no “{self.issue_type}”. It makes: {', '.join(types)[:150]}."
            )
        missing = self._missing()
        if missing:
            return f"{name} is there. The token’s account may not {', '.join(missing)} its issues."
        return f"{name} is there, and the token’s account may create, edit and move its issues."

    def _missing(self) -> list[str]:
        query = {"projectKey": self.project, "permissions": ",".join(NEEDED)}
        data = self.ask("GET", "/mypermissions", query=query).data
        with readable(self.name):
            may = got(data, "permissions", kind=dict)
        return [
            word for name, word in NEEDED.items() if (may.get(name) or {}).get("havePermission") is not True
        ]

    def read(self, key: str) -> Issue:
        data = self.ask("GET", f"/issue/{key}", query={"fields": FIELDS}).data
        with readable(self.name):
            return self._issue(data)

    def _issue(self, data: Any) -> Issue:
        key, fields = got(data, "key"), got(data, "fields", kind=dict)
        states = [maybe(fields, "resolution", "name"), got(fields, "status", "name"), maybe(fields, "status", "statusCategory", "key")]  # fmt: skip
        who = fields.get("assignee") if isinstance(fields.get("assignee"), dict) else {}
        login = maybe(who, "accountId") or maybe(who, "name")
        return Issue(
            key=clean(key, 60), url=f"{self.address}/browse/{clean(key, 60)}", title=clean(got(fields, "summary")),
            states=tuple(clean(one, 80) for one in states if one), updated_at=moment(got(fields, "updated")),
            assignee=Assignee(login[:128], maybe(who, "displayName"), maybe(who, "emailAddress")) if login else None,
            due=day(fields.get("duedate")),
        )  # fmt: skip

    # --- changing it

    def make(self, words: Words, due: date | None) -> str:
        fields: dict[str, Any] = {
            "project": {"key": self.project},
            "issuetype": {"name": self.issue_type},
            "summary": words.title,
            "description": self._text(words),
        }
        try:
            data = self.ask("POST", "/issue", send={"fields": fields | self._dated(due)}).data
        except Refused as refused:
            if not due or "duedate" not in str(refused):
                raise
            # a screen without a due date: it is made without one, and the item says so
            data = self.ask("POST", "/issue", send={"fields": fields}).data
        with readable(self.name, doubt=True):
            return clean(got(data, "key"), 60)

    def _text(self, words: Words) -> Any:
        return in_document(words)

    def _dated(self, due: date | None) -> dict[str, str]:
        return {"duedate": due.isoformat()} if due else {}

    def tell_due(self, key: str, due: date | None) -> None:
        sent = {"fields": {"duedate": due.isoformat() if due else None}}
        self.ask("PUT", f"/issue/{key}", send=sent)

    def tell_status(self, key: str, meaning: str) -> None:
        data = self.ask("GET", f"/issue/{key}/transitions").data
        with readable(self.name):
            ways = [
                (self._leads_to(one), got(one, "id"))
                for one in listed(data.get("transitions") if data else None)
            ]
        # a workflow without a status for what is dropped has at least one for what is over
        for wanted in (meaning, *(("done",) if meaning == "dropped" else ())):
            if way := next((way for leads_to, way in ways if leads_to == wanted), None):
                self.ask("POST", f"/issue/{key}/transitions", send={"transition": {"id": way}})
                return
        word = meaning.replace("_", " ")
        raise Refused(
            f"From where {key} stands, its workflow has no step to a status that means “{word}”. Move it there."
        )

    def _leads_to(self, way: Any) -> str:
        states = (maybe(way, "to", "name"), maybe(way, "to", "statusCategory", "key"))
        return meaning_of(states, self.meanings)

    # --- what changed

    def changed(self, since: datetime, etag: str) -> Iterator[Any]:
        for rows in self._search(f"updated >= {self._ago(since)} ORDER BY updated ASC", "updated"):
            with readable(self.name):
                yield [(got(one, "key"), moment(got(one, "fields", "updated"))) for one in rows], ""

    def made_since(self, since: datetime, mark: str) -> str:
        for rows in self._search(f"created >= {self._ago(since)} ORDER BY created ASC", "description"):
            with readable(self.name):
                for one in rows:
                    if mark in json.dumps(got(one, "fields", kind=dict).get("description")):
                        return got(one, "key")
        return ""

    def _ago(self, since: datetime) -> str:
        return f'"-{max(1, -(-(self.now - since + SLACK) // timedelta(minutes=1)))}m"'

    def _search(self, jql: str, fields: str) -> Iterator[list]:
        query = {"jql": f'project = "{self.project}" AND {jql}', "fields": fields, "maxResults": PAGE}
        token: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            data = self.ask("GET", "/search/jql", query=query | token).data
            with readable(self.name):
                yield listed(got(data, kind=dict).get("issues"))
            if not (following := maybe(data, "nextPageToken")) or data.get("isLast") is True:
                return
            token = {"nextPageToken": following}

    @staticmethod
    def key_in(address: str, project: str, text: str) -> str:
        found = re.fullmatch(
            rf"(?:{re.escape(address)}/browse/)?({re.escape(project)}-[1-9]\d{{0,17}})(?:[/?#].*)?",
            text,
            re.I | re.ASCII,
        )
        return found[1].upper() if found else ""

    @staticmethod
    def knocked(project: str, payload: Any) -> list[str]:
        key = maybe(payload, "issue", "key")
        return [key] if key and len(key) <= 60 else []


class JiraDataCenter(Jira):
    api = "/rest/api/2"

    def _text(self, words: Words) -> Any:
        return in_wiki(words)

    def _search(self, jql: str, fields: str) -> Iterator[list]:
        query = {"jql": f'project = "{self.project}" AND {jql}', "fields": fields, "maxResults": PAGE}
        begin = 0
        for _ in range(MOST_PAGES):
            data = self.ask("GET", "/search", query=query | {"startAt": begin}).data
            with readable(self.name):
                rows = listed(got(data, kind=dict).get("issues"))
                total = got(data, "total", kind=int)
            yield rows
            begin += len(rows)
            if not rows or begin >= total:
                return
