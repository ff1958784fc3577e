"""Small trackers that speak the real protocols over real HTTP, with their issues in memory.

Each checks the token, pages as its vendor does, keeps its own clock, and signs its webhooks. Trouble can be asked for:
`trouble` holds what the next requests of a method meet, instead of an answer or after the work is done. `off` and
`on` are a server that is switched off and comes back under the same address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "a-token-" + "for-tests-0123456789"
EPOCH = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)


@dataclass
class Trouble:
    """`status` instead of an answer; or the work is done and the answer `torn` or never given (`dies`)."""

    method: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"<html>trouble</html>"
    torn: bool = False
    dies: bool = False
    then: Callable[[], None] | None = None  # when the work is done, before the answer


class Answer(Exception):
    def __init__(self, status: int, data: Any = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.data, self.headers = status, data, headers or {}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _do(self) -> None:
        house: House = self.server.house
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with house.lock:
            house.seen.append((self.command, self.path, body))
            met = next((one for one in house.trouble if one.method == self.command), None)
            if met:
                house.trouble.remove(met)
            if met and met.status:
                return self._say(met.status, met.body, met.headers)
            try:
                house.authorised({name.lower(): value for name, value in self.headers.items()})
                parts = urlsplit(self.path)
                query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
                data = json.loads(body) if body else {}
                headers = {name.lower(): value for name, value in self.headers.items()}
                house.answer(self.command, parts.path, query, data, headers)
                raise AssertionError(f"no answer to {self.command} {self.path}")
            except Answer as answer:
                said = b"" if answer.data is None else json.dumps(answer.data).encode()
                if met and met.then:
                    met.then()
                if met and met.dies:
                    self.close_connection = True
                    return self.connection.shutdown(socket.SHUT_RDWR)
                if met and met.torn:
                    said = said[: len(said) // 2]
                return self._say(answer.status, said, answer.headers)

    do_GET = do_POST = do_PATCH = do_PUT = _do

    def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json; charset=utf-8"} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self):
        with suppress(OSError):
            super().handle()

    def log_message(self, *args):
        pass


class House:
    """What the vendors have in common."""

    kind = project = ""
    account = ""

    def __init__(self) -> None:
        self.lock, self.port = threading.RLock(), 0
        self.issues: dict[str, dict[str, Any]] = {}
        self.trouble: list[Trouble] = []
        self.seen: list[tuple[str, str, bytes]] = []
        self.last, self.clock = 0, EPOCH
        self.page = 100
        self.on()

    # --- the machine

    def on(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), _Handler)
        self.server.daemon_threads, self.server.house = True, self
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def off(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, method: str, part: str = "") -> int:
        return sum(1 for one, path, _ in self.seen if one == method and part in path)

    # --- issues, as people at the tracker change them

    def put(self, **fields: Any) -> str:
        self.last += 1
        key = self.key(self.last)
        self.clock += timedelta(seconds=1)
        fresh = {
            "number": self.last,
            "title": "",
            "text": "",
            "state": self.first,
            "assignee": None,
            "due": None,
        }
        self.issues[key] = fresh | {"made": self.clock, "updated": self.clock} | fields
        return key

    def change(self, key: str, **fields: Any) -> None:
        self.clock += timedelta(seconds=1)
        self.issues[key] |= fields | {"updated": self.clock}

    def key(self, number: int) -> str:
        return str(number)

    def only(self) -> dict[str, Any]:
        assert len(self.issues) == 1, list(self.issues)
        return next(iter(self.issues.values()))

    def found(self, key: str) -> dict[str, Any]:
        if key not in self.issues:
            raise Answer(404, {"message": "Not Found"})
        return self.issues[key]

    def sorted(self, since: datetime | None, by: str = "updated", reverse: bool = False) -> list[dict]:
        rows = [one for one in self.issues.values() if since is None or one["updated"] >= since]
        return sorted(rows, key=lambda one: (one[by], one["number"]), reverse=reverse)

    def conditionally(
        self, rows: list[Any], headers: dict[str, str], more: dict[str, str] | None = None
    ) -> None:
        etag = f'W/"{hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:20]}"'
        if headers.get("if-none-match") == etag:
            raise Answer(304, None, {"ETag": etag})
        raise Answer(200, rows, {"ETag": etag} | (more or {}))

    def paged(self, rows: list[Any], query: dict[str, str]) -> list[Any]:
        size, page = min(int(query.get("per_page", 20)), self.page), int(query.get("page", 1))
        return rows[(page - 1) * size : page * size]

    # each vendor's own
    first = "open"

    def authorised(self, headers: dict[str, str]) -> None: ...
    def answer(self, method: str, path: str, query: dict, data: dict, headers: dict) -> None: ...
    def webhook(self, key: str, secret: str) -> tuple[bytes, dict[str, str]]: ...
    def close(self, key: str, how: str = "done") -> None: ...
    def reopen(self, key: str) -> None: ...


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def signed(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class GitHub(House):
    kind, project = "github", "acme/shop"

    def authorised(self, headers):
        if headers.get("authorization") != f"Bearer {TOKEN}":
            raise Answer(401, {"message": "Bad credentials"})

    def show(self, one):
        who = {"login": one["assignee"]} if one["assignee"] else None
        return {
            "id": 1000 + one["number"], "number": one["number"], "title": one["title"], "body": one["text"],
            "state": one["state"], "state_reason": one.get("reason"), "assignee": who, "assignees": [who] if who else [],
            "html_url": f"{self.address}/{one.get('repo', self.project)}/issues/{one['number']}",
            "created_at": stamp(one["made"]), "updated_at": stamp(one["updated"]),
        }  # fmt: skip

    def answer(self, method, path, query, data, headers):
        repo = f"/api/v3/repos/{self.project}"
        if path == repo:
            may = {"pull": True, "triage": True, "push": True}
            raise Answer(200, {"full_name": self.project, "has_issues": True, "permissions": may})
        if path == f"{repo}/issues" and method == "POST":
            key = self.put(title=data["title"], text=data["body"])
            raise Answer(201, self.show(self.issues[key]))
        if path == f"{repo}/issues":
            since = datetime.fromisoformat(query["since"]) if "since" in query else None
            by = "made" if query["sort"] == "created" else "updated"
            rows = self.sorted(since, by, reverse=query["direction"] == "desc")
            self.conditionally([self.show(one) for one in self.paged(rows, query)], headers)
        if found := re.fullmatch(rf"{repo}/issues/(\d+)", path):
            one = self.issues.get(found[1], {})
            if one.get("deleted"):
                raise Answer(410, {"message": "This issue was deleted"})
            if leads := one.get("leads"):
                raise Answer(301, {"message": "Moved Permanently", "url": leads}, {"Location": leads})
            one = self.found(found[1])
            if method == "PATCH":
                fields = {"state": data.get("state", one["state"]), "reason": data.get("state_reason")}
                self.change(found[1], **fields)
            raise Answer(200, self.show(self.issues[found[1]]))
        if found := re.fullmatch(r"/api/v3/repositories/9/issues/(\d+)", path):
            moved = {"number": int(found[1]), "title": "x", "text": "", "state": "open", "assignee": None}
            raise Answer(
                200, self.show(moved | {"repo": "acme/other", "made": self.clock, "updated": self.clock})
            )
        raise Answer(404, {"message": "Not Found"})

    def webhook(self, key, secret):
        payload = {
            "action": "edited",
            "issue": self.show(self.issues[key]),
            "repository": {"full_name": self.project},
        }
        body = json.dumps(payload).encode()
        return body, {"X-GitHub-Event": "issues", "X-Hub-Signature-256": signed(secret, body)}

    def close(self, key, how="done"):
        self.change(key, state="closed", reason="completed" if how == "done" else "not_planned")

    def reopen(self, key):
        self.change(key, state="open", reason="reopened")


class GitLab(House):
    kind, project, first = "gitlab", "acme/shop/web", "opened"

    def authorised(self, headers):
        if headers.get("private-token") != TOKEN:
            raise Answer(401, {"message": "401 Unauthorized"})

    def show(self, one):
        who = (
            [{"id": 1, "username": one["assignee"], "name": one["assignee"].title()}]
            if one["assignee"]
            else []
        )
        return {
            "id": 5000 + one["number"], "iid": one["number"], "title": one["title"], "description": one["text"],
            "state": one["state"], "assignees": who, "due_date": one["due"], "moved_to_id": one.get("moved_to"),
            "web_url": f"{self.address}/{self.project}/-/issues/{one['number']}",
            "created_at": one["made"].isoformat(timespec="milliseconds"),
            "updated_at": one["updated"].isoformat(timespec="milliseconds"),
        }  # fmt: skip

    def answer(self, method, path, query, data, headers):
        if not path.startswith("/api/v4/projects/"):
            raise Answer(404, {"error": "404 Not Found"})
        named, _, rest = path.removeprefix("/api/v4/projects/").partition("/")
        if unquote(named) != self.project:
            raise Answer(404, {"message": "404 Project Not Found"})
        if not rest:
            may = {"project_access": {"access_level": 30}, "group_access": None}
            raise Answer(
                200, {"path_with_namespace": self.project, "issues_enabled": True, "permissions": may}
            )
        if rest == "issues" and method == "POST":
            key = self.put(title=data["title"], text=data["description"], due=data.get("due_date"))
            raise Answer(201, self.show(self.issues[key]))
        if rest == "issues":
            after = query.get("updated_after")
            rows = self.sorted(datetime.fromisoformat(after) if after else None)
            if made := query.get("created_after"):
                rows = [
                    one for one in self.sorted(None, "made") if one["made"] >= datetime.fromisoformat(made)
                ]
            shown = [self.show(one) for one in self.paged(rows, query)]
            self.conditionally(shown, headers, {"X-Total": str(len(rows))})
        key = rest.removeprefix("issues/")
        one = self.found(key)
        if method == "PUT":
            if data.get("state_event"):
                self.change(key, state="closed" if data["state_event"] == "close" else "opened")
            if "due_date" in data:
                self.change(key, due=data["due_date"] or None)
        raise Answer(200, self.show(one))

    def webhook(self, key, secret):
        one = self.show(self.issues[key])
        about = {name: one[name] for name in ("iid", "title", "state", "due_date")} | {
            "updated_at": self.issues[key]["updated"].strftime("%Y-%m-%d %H:%M:%S UTC")
        }
        payload = {
            "object_kind": "issue", "project": {"path_with_namespace": self.project}, "object_attributes": about
        }  # fmt: skip
        return json.dumps(payload).encode(), {"X-Gitlab-Event": "Issue Hook", "X-Gitlab-Token": secret}

    def close(self, key, how="done"):
        self.change(key, state="closed")

    def reopen(self, key):
        self.change(key, state="opened")


STATUSES = {
    "To Do": "new", "In Progress": "indeterminate", "In Review": "indeterminate", "Done": "done",
}  # fmt: skip


class Jira(House):
    kind, project, first, account, api = "jira", "SHOP", "To Do", "bot@example.org", "/rest/api/3"

    def __init__(self) -> None:
        super().__init__()
        self.screen_has_due = True
        self.ways = {status: list(STATUSES) for status in STATUSES}

    def key(self, number):
        return f"{self.project}-{number}"

    def authorised(self, headers):
        pair = base64.b64encode(f"{self.account}:{TOKEN}".encode()).decode()
        if headers.get("authorization") != f"Basic {pair}":
            raise Answer(401, {"errorMessages": ["You are not authenticated."]})

    def who(self, login):
        return {"accountId": login, "displayName": login.title(), "emailAddress": f"{login}@example.org"}

    def show(self, one):
        done = one.get("resolution")
        return {
            "id": str(10_000 + one["number"]), "key": self.key(one["number"]),
            "fields": {
                "summary": one["title"], "description": one["text"],
                "status": {"name": one["state"], "statusCategory": {"key": STATUSES[one["state"]]}},
                "resolution": {"name": done} if done else None,
                "assignee": self.who(one["assignee"]) if one["assignee"] else None, "duedate": one["due"],
                "updated": one["updated"].strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            },
        }  # fmt: skip

    def right_text(self, text) -> bool:
        return isinstance(text, dict) and text["type"] == "doc"

    def answer(self, method, path, query, data, headers):
        if not path.startswith(self.api):
            raise Answer(404, {"errorMessages": ["no"]})
        rest = path.removeprefix(self.api)
        if rest == f"/project/{self.project}":
            raise Answer(
                200, {"key": self.project, "name": "Shop", "issueTypes": [{"name": "Task"}, {"name": "Bug"}]}
            )
        if rest == "/mypermissions":
            raise Answer(
                200,
                {"permissions": {name: {"havePermission": True} for name in query["permissions"].split(",")}},
            )
        if rest == "/issue" and method == "POST":
            self.make(data["fields"])
        if rest in ("/search/jql", "/search"):
            self.search(rest, query)
        if found := re.fullmatch(r"/issue/([A-Z]+-\d+)(/transitions)?", rest):
            self.one(method, found[1], bool(found[2]), data)
        raise Answer(
            404, {"errorMessages": ["Issue does not exist or you do not have permission to see it."]}
        )

    def make(self, fields):
        if not self.right_text(fields["description"]):
            raise Answer(400, {"errors": {"description": "Operation value must be an Atlassian Document"}})
        if "duedate" in fields and not self.screen_has_due:
            raise Answer(400, {"errorMessages": [], "errors": {"duedate": "Field 'duedate' cannot be set. It is not on the appropriate screen, or unknown."}})  # fmt: skip
        key = self.put(title=fields["summary"], text=fields["description"], due=fields.get("duedate"))
        raise Answer(201, {"id": "1", "key": key, "self": f"{self.address}{self.api}/issue/1"})

    def one(self, method, key, moving, data):
        one = self.found(key)
        ways = [{"id": str(number), "name": f"to {name}", "to": {"name": name, "statusCategory": {"key": STATUSES[name]}}}
                for number, name in enumerate(STATUSES) if name in self.ways[one["state"]] and name != one["state"]]  # fmt: skip
        if moving and method == "GET":
            raise Answer(200, {"transitions": ways})
        if moving:
            to = next(way["to"]["name"] for way in ways if way["id"] == data["transition"]["id"])
            self.change(key, state=to, resolution="Done" if to == "Done" else None)
            raise Answer(204)
        if method == "PUT":
            if not self.screen_has_due:
                raise Answer(400, {"errors": {"duedate": "Field 'duedate' cannot be set."}})
            self.change(key, due=data["fields"]["duedate"])
            raise Answer(204)
        raise Answer(200, self.show(one))

    def rows(self, query):
        found = re.fullmatch(
            r'project = "SHOP" AND (created|updated) >= "-(\d+)m" ORDER BY \1 ASC', query["jql"]
        )
        by = "made" if found[1] == "created" else "updated"
        since = self.clock - timedelta(minutes=int(found[2]))
        return [self.show(one) for one in self.sorted(None, by) if one[by] >= since]

    def search(self, rest, query):
        if rest == "/search":
            raise Answer(410, {"errorMessages": ["The requested API has been removed."]})
        rows, begin = self.rows(query), int(query.get("nextPageToken", 0))
        size = min(int(query["maxResults"]), self.page)
        more = {"nextPageToken": str(begin + size)} if begin + size < len(rows) else {}
        raise Answer(200, {"issues": rows[begin : begin + size], "isLast": not more} | more)

    def webhook(self, key, secret):
        body = json.dumps(
            {"webhookEvent": "jira:issue_updated", "issue": self.show(self.issues[key])}
        ).encode()
        return body, {"X-Hub-Signature": signed(secret, body)}

    def close(self, key, how="done"):
        self.change(key, state="Done", resolution="Done" if how == "done" else "Won't Do")

    def reopen(self, key):
        self.change(key, state="To Do", resolution=None)


class JiraDataCenter(Jira):
    kind, account, api = "jira_dc", "", "/rest/api/2"

    def authorised(self, headers):
        if headers.get("authorization") != f"Bearer {TOKEN}":
            raise Answer(401, {"errorMessages": ["no"]})

    def who(self, login):
        return {"name": login, "key": f"JIRAUSER{login}", "displayName": login.title()}

    def right_text(self, text) -> bool:
        return isinstance(text, str)

    def search(self, rest, query):
        if rest != "/search":
            raise Answer(404, {"errorMessages": ["no"]})
        rows, begin = self.rows(query), int(query.get("startAt", 0))
        size = min(int(query["maxResults"]), self.page)
        raise Answer(
            200,
            {"issues": rows[begin : begin + size], "startAt": begin, "maxResults": size, "total": len(rows)},
        )


ALL = (GitHub, GitLab, Jira, JiraDataCenter)
