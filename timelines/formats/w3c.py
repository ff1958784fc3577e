"""The W3C extended log format, as IIS, CloudFront, http.sys and the Windows firewall write it.

Source: W3C's working draft, Microsoft's and AWS's descriptions. Times are UTC unless a directive says local.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

from timelines.formats.base import BadTime
from timelines.formats.weblines import Request, dash, number, tokens


class Extended:
    """W3C's extended format: what the lines mean is said by the latest `#Fields`, which may change in a file."""

    def __init__(self) -> None:
        self.fields: list[str] = []
        self.day = ""
        self.local = False

    def directive(self, text: str) -> None:
        name, _, value = text[1:].partition(":")
        if name == "Fields":
            self.fields = value.split()
        elif name == "Date":
            self.day = value.strip()[:10]
        elif name == "Time Format":
            self.local = "local" in value.lower()

    def parsed(self, text: str) -> Request:
        if "\t" in text:
            cells = text.split("\t")
        else:
            cells = tokens(text) if '"' in text else text.split(" ")
        if len(cells) != len(self.fields):
            cells = text.split()  # a value that is empty left two blanks
        if len(cells) != len(self.fields):
            raise BadTime(f"The line has {len(cells)} fields where {len(self.fields)} were announced.")
        part = {
            name: dash(unquote_plus(cell) if "(" in name else cell.replace("+", " "))
            for name, cell in zip(self.fields, cells, strict=True)
        }
        day = part.get("date") or self.day
        if not day or not part.get("time"):
            raise BadTime("The line states no date or no time.")
        path = part.get("cs-uri-stem") or part.get("cs-uri") or ""
        query = part.get("cs-uri-query") or ""
        extra: dict[str, Any] = {
            "bytes": number(part.get("sc-bytes", "")), "agent": part.get("cs(User-Agent)", "")[:300],
            "took": part.get("time-taken", ""), "substatus": part.get("sc-substatus", ""), "edge": part.get("x-edge-location", ""),
            "reason": part.get("s-reason", ""), "result": part.get("x-edge-result-type", ""),
        }  # fmt: skip
        if "cs-method" not in part:
            extra["line"] = " ".join(f"{k}={v}" for k, v in part.items() if v and k not in ("date", "time"))[
                :1000
            ]
        return Request(
            f"{day} {part['time']}", number(part.get("sc-status", "")), part.get("cs-method", ""), f"{path}?{query}" if query else path,
            part.get("c-ip", ""), part.get("cs-username", ""),
            part.get("x-host-header") or part.get("cs(Host)") or part.get("cs-host") or part.get("s-sitename") or part.get("s-computername") or "",
            utc=not self.local, extra=extra,
        )  # fmt: skip
