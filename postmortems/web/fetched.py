"""What calendar programs and feed readers fetch again and again from an address that is a secret."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags


def answer(
    request: HttpRequest, data: bytes, *, kind: str, filename: str = "", etag: str = ""
) -> HttpResponse:
    """The data, or 304 where the program has it; kept by nobody in between, found by no search engine.

    `etag` stands for the data where equal data may have other bytes; without it the bytes speak for themselves.
    """
    etag = etag or f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    known = [one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))]
    response = HttpResponseNotModified() if etag in known else HttpResponse(data, content_type=kind)
    if filename and response.status_code == 200:
        response["Content-Disposition"] = f'inline; filename="{filename}"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
