"""Asking a tracker: one request, and what its answer means for whoever asked.

1. Away: the tracker as a whole does not do its work, or does not let us; nothing more is asked for a while. `wait` is
   the pause it asked for (Retry-After, or a limit that is used up).
2. Gone: what was asked for is not there.
3. Refused: this request will not be answered better a second time.

`doubt` says that the request may have been carried out all the same. No exception carries a token, nor the answer
beyond the tracker's own short message.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from postmortems.remediation.tracking.issues import Odd, clean
from postmortems.web import outward

MOST_BYTES = 20_000_000  # a page of a hundred issues may be long
LONGEST_WAIT = timedelta(hours=6)
REDIRECTS = 2
TOGETHER = 120.0  # seconds that all requests of one conversation may take; what is held for it is held longer


class Trouble(Exception):
    def __init__(self, sentence: str, *, doubt: bool = False) -> None:
        super().__init__(sentence)
        self.doubt = doubt


class Away(Trouble):
    def __init__(self, sentence: str, *, doubt: bool = False, wait: timedelta | None = None) -> None:
        super().__init__(sentence, doubt=doubt)
        self.wait = wait


class Gone(Trouble):
    pass


class Refused(Trouble):
    pass


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    data: Any


@dataclass(frozen=True)
class Asking:
    """How one tracker is asked: where, as whom. Never shown: `headers` hold the token."""

    name: str
    base: str
    headers: Mapping[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    now: datetime
    seconds: float = outward.SECONDS
    until: float = field(default_factory=lambda: time.monotonic() + TOGETHER, repr=False)

    def __call__(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        send: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        url = self.base + path + (f"?{urlencode(query)}" if query else "")
        told = {"Accept": "application/json", **self.headers, **(headers or {})}
        body = None
        if send is not None:
            body = json.dumps(send, ensure_ascii=False).encode("utf-8", "replace")
            told["Content-Type"] = "application/json"
        changes = method != "GET"
        for _ in range(REDIRECTS + 1):
            answer = self._ask(url, method, body, told)
            leads = answer.headers.get("location", "")
            if answer.status not in (301, 302, 307, 308) or changes or not leads:
                break
            url = self._same_place(url, leads)
        return self._read(answer, changes)

    def _ask(self, url: str, method: str, body: bytes | None, headers: dict[str, str]) -> outward.Answer:
        seconds = min(self.seconds, self.until - time.monotonic())
        if seconds <= 0:
            raise Away(f"{self.name} takes very long for each answer.")
        try:
            return outward.ask(
                url, method=method, body=body, headers=headers, most=MOST_BYTES, seconds=seconds
            )
        except outward.NotFetched as error:
            raise Away(str(error), doubt=method != "GET") from None

    def _same_place(self, url: str, leads: str) -> str:
        """Where a redirect leads, if the token may be shown there."""
        try:
            following = urljoin(url, leads)
            same = urlsplit(following)[:2] == urlsplit(url)[:2]
        except ValueError:
            same = False
        if not same:
            raise Gone(f"{self.name} sends us to another server for it, where its token is not shown.")
        return following

    def _read(self, answer: outward.Answer, changes: bool) -> Answer:
        status = answer.status
        if 200 <= status < 300 or status == 304:
            return Answer(status, answer.headers, self._json(answer, changes))
        message = self._message(answer.body)
        if (wait := self._limited(answer)) is not None:
            raise Away(f"{self.name} asks us to wait: too much was asked in a short time.", wait=wait)
        if status >= 500 or status in (408, 425):
            raise Away(f"{self.name} had trouble (it answered {status}).", doubt=changes)
        if status == 401:
            raise Away(f"{self.name} does not take our token. It may have run out: give it another.")
        if status == 403 and not changes:
            raise Away(f"{self.name} does not let our token do this. {message}".strip())
        if status in (404, 410):
            raise Gone(f"{self.name} says that there is no such thing. {message}".strip())
        if 300 <= status < 400:
            raise Gone(f"{self.name} has it at another place now.")
        raise Refused(f"{self.name} did not take it. {message or f'It answered {status}.'}")

    def _json(self, answer: outward.Answer, changes: bool) -> Any:
        if not answer.body or answer.status == 304:
            return None
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError):
            raise Away(f"{self.name} answered something that cannot be read.", doubt=changes) from None

    def _limited(self, answer: outward.Answer) -> timedelta | None:
        """The pause a tracker asks for; None where it asks for none."""
        after = answer.headers.get("retry-after", "").strip()
        used_up = answer.headers.get("x-ratelimit-remaining", "") == "0"
        if answer.status != 429 and not (answer.status == 403 and (after or used_up)):
            return None
        if after.isascii() and after.isdigit():
            return _bounded(int(after[:9]))
        if after:
            try:
                return _bounded((parsedate_to_datetime(after) - self.now).total_seconds())
            except (ValueError, TypeError):
                pass
        reset = answer.headers.get("x-ratelimit-reset") or answer.headers.get("ratelimit-reset") or ""
        if reset.isascii() and reset.isdigit() and len(reset) < 12:
            return _bounded((datetime.fromtimestamp(int(reset), UTC) - self.now).total_seconds())
        return timedelta(minutes=1)

    def _message(self, body: bytes) -> str:
        """What the tracker says in words, in a few of them, and never our token back to us."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            return ""
        parts: list[str] = []
        if isinstance(data, dict):
            errors = data.get("errors")
            parts += [str(one) for one in data.get("errorMessages") or () if isinstance(one, str)]
            parts += (
                [f"{name}: {one}" for name, one in errors.items() if isinstance(one, str)]
                if isinstance(errors, dict)
                else []
            )
            parts += [str(data[name]) for name in ("message", "error") if isinstance(data.get(name), str)]
        text = clean(" ".join(parts), 160)
        return "" if any(secret and secret in text for secret in self.secrets) else text


def _bounded(seconds: float) -> timedelta:
    return min(max(timedelta(seconds=seconds), timedelta(seconds=1)), LONGEST_WAIT)


def readable(name: str, doubt: bool = False):
    """Turns an answer that is not as documented into Away: a proxy's page, a wrong address, a new version."""
    return _Readable(name, doubt)


class _Readable:
    def __init__(self, name: str, doubt: bool) -> None:
        self.name, self.doubt = name, doubt

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind, error, trace) -> None:
        if isinstance(error, Odd):
            raise Away(f"{self.name} answered something that cannot be read.", doubt=self.doubt) from None
