"""The W3C extended log format, as IIS, CloudFront, http.sys, Exchange and the Windows firewall write it.

Source: W3C's working draft, Microsoft's and AWS's descriptions. Times are UTC unless a directive says local.
"""

from __future__ import annotations

import csv
from typing import Any
from urllib.parse import unquote_plus

from timelines.formats.base import BadTime
from timelines.formats.weblines import Request, dash, number, tokens


class Extended:
    """W3C's extended format: what the lines mean is said by the latest `#Fields`, which may change in a file."""

    def __init__(self) -> None:
        self.fields: list[str] = []
        self.day = ""
        self.local = self.commas = False

    def directive(self, text: str) -> None:
        name, _, value = text[1:].partition(":")
        if name == "Fields":
            self.commas = "," in value  # as Exchange writes it
            self.fields = value.strip().split(",") if self.commas else value.split()
        elif name == "Date":
            self.day = value.strip()[:10]
        elif name == "Time Format":
            self.local = "local" in value.lower()

    def _cells(self, text: str) -> list[str]:
        if self.commas:
            return next(csv.reader([text]), [])
        if "\t" in text:
            return text.split("\t")
        cells = tokens(text) if '"' in text else text.split(" ")
        return cells if len(cells) == len(self.fields) else text.split()  # an empty value leaves two blanks

    def parsed(self, text: str) -> Request:
        try:
            cells = self._cells(text)
        except csv.Error as error:
            raise BadTime(f"The line is no row of values between commas: {error}.") from error
        if len(cells) != len(self.fields):
            raise BadTime(f"The line has {len(cells)} fields where {len(self.fields)} were announced.")
        part = {
            name: dash(unquote_plus(cell) if "(" in name else cell)
            for name, cell in zip(self.fields, cells, strict=True)
        }
        day = part.get("date") or self.day
        stamp = part.get("date-time") or (f"{day} {part['time']}" if day and part.get("time") else "")
        if not stamp:
            raise BadTime("The line states no date or no time.")
        path = part.get("cs-uri-stem") or part.get("cs-uri") or ""
        query = part.get("cs-uri-query") or ""
        extra: dict[str, Any] = {
            "bytes": number(part.get("sc-bytes", "")), "agent": part.get("cs(User-Agent)", "")[:300],
            "took": part.get("time-taken", ""), "substatus": part.get("sc-substatus", ""), "edge": part.get("x-edge-location", ""),
            "reason": part.get("s-reason", ""), "result": part.get("x-edge-result-type", ""),
        }  # fmt: skip
        if "cs-method" not in part:
            extra["line"] = " ".join(
                f"{k}={v}" for k, v in part.items() if v and k not in ("date", "time", "date-time")
            )[:1000]
        return Request(
            stamp, number(part.get("sc-status", "")), part.get("cs-method", ""), f"{path}?{query}" if query else path,
            part.get("c-ip") or part.get("client-ip") or part.get("src-ip") or "", part.get("cs-username", ""),
            part.get("x-host-header") or part.get("cs(Host)") or part.get("cs-host") or part.get("s-sitename") or part.get("s-computername") or "",
            utc=not self.local, extra=extra,
        )  # fmt: skip
