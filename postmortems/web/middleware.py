"""HTTP manners in one place, so that a view can say `redirect()` and `messages.success()` and be done."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.contrib.messages import get_messages
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control, patch_vary_headers

Handler = Callable[[HttpRequest], HttpResponse]


class Probes:
    """`/healthz` says the process answers; `/readyz` says the database does. Before hosts, sessions and sign-in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        if request.path == "/readyz":
            try:
                with connection.cursor() as cursor:
                    cursor.execute("select 1")
            except OperationalError:
                return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
            return HttpResponse("ready\n", content_type="text/plain")
        return self.get_response(request)


class Manners:
    """What htmx and browsers expect of every answer.

    1. A redirect to a page becomes HX-Location, so that the address bar follows a fragment request too.
    2. Messages left over ride along with a fragment, out of band.
    3. A page that takes only POST says so in words, not with an empty page.
    4. Answers differ by HX-Request, and pages of signed-in people are kept by no shared cache.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        if response.status_code == 405 and not response.content:
            response.content = render_to_string("405.html", request=request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        if not request.htmx:
            return response
        if response.status_code in (301, 302, 303):
            if response["Location"].startswith("/accounts/"):
                moved = HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
            else:
                where = {
                    "path": response["Location"],
                    "target": "#main",
                    "select": "#main",
                    "swap": "outerHTML",
                }
                moved = HttpResponse(status=204, headers={"HX-Location": json.dumps(where)})
            moved.cookies = response.cookies
            return moved
        is_fragment = not response.streaming and b"<html" not in response.content[:400]
        if is_fragment and response.get("Content-Type", "").startswith("text/html"):
            waiting = get_messages(request)
            if len(waiting):
                response.content += render_to_string(
                    "web/messages.html", {"messages": waiting, "oob": True}, request
                ).encode()
        return response
