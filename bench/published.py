"""What is published, read by a thousand different readers, against a view that does nothing but look into the cache."""

from __future__ import annotations

import gzip
import io
import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import cycle

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path

from bench.measuring import once
from postmortems import urls
from postmortems.accounts.models import User
from postmortems.publication import actions
from postmortems.publication.models import Audience, Revision, Twin
from postmortems.publication.outside.addresses import new_key
from postmortems.publication.outside.addresses import path as address_of
from postmortems.publication.outside.keeping import changing
from postmortems.wsgi import application
from timelines.actions import pin

READERS = 1000
T0 = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
KEPT = "bench-published"


@login_not_required
def bare(request):
    return HttpResponse(cache.get(KEPT), headers={"Content-Encoding": "gzip"})


def bare_signed_in(request):
    return HttpResponse(cache.get(KEPT), headers={"Content-Encoding": "gzip", "X-For": request.user.email})


def run(mara, incident) -> None:
    urls.urlpatterns[:0] = [path("bench/kept/", bare), path("bench/kept/mine/", bare_signed_in)]
    for event in incident.events.in_order()[:100]:
        pin(event=event, by=mara)
    revision = actions.publish(incident=incident, by=mara, now=T0, despite="measured")
    twin = _twin(revision, mara)
    cache.set(KEPT, gzip.compress(revision.html.encode()), None)
    strangers = [f"10.{n >> 8}.{n & 255}.1" for n in range(READERS)]
    signed_in = list(_signed_in())
    outside, inside = address_of(twin, "newest"), f"/archive/{incident.ref}/1/"
    print(f"{'':<48} {'requests/s':>13} {'floor':>13} {'ratio':>8}  floor")
    for name, where in (
        ("published page, for everybody", outside),
        ("the shelf", "/public/"),
        ("the feed", "/public/feed.atom"),
    ):
        _said(
            name,
            lambda reader, where=where: _visit(where, address=reader),
            lambda reader: _visit("/bench/kept/", address=reader),
            strangers,
            "a view that looks into the cache",
        )
    _said(
        "published page, signed in",
        lambda reader: _visit(inside, cookie=reader),
        lambda reader: _visit("/bench/kept/mine/", cookie=reader),
        signed_in,
        "a signed-in view that looks into the cache",
    )
    for name, where, cookie in (("for everybody", outside, ""), ("signed in", inside, signed_in[0])):
        with CaptureQueriesContext(connection) as asked:
            _visit(where, cookie=cookie)
        print(f"published page, {name}: {len(asked)} queries")


def _said(name: str, ours: Callable, floor: Callable, readers: list[str], against: str) -> None:
    """Requests a second of one worker, each reader once; both in turns, so that what else goes on falls on both."""
    for reader in readers[:20]:
        ours(reader)
        floor(reader)
    taken = {ours: [], floor: []}
    for reader in readers:
        for one, seconds in taken.items():
            seconds.append(once(lambda one=one, reader=reader: one(reader)))
    fast, bare = (1 / statistics.median(taken[one]) for one in (ours, floor))
    print(f"{name:<48} {fast:>10.0f}    {bare:>10.0f}    {bare / fast:>6.2f} ×  {against}", flush=True)


def _visit(where: str, *, address: str = "10.0.0.1", cookie: str = "") -> bytes:
    """As a server calls the application."""
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": where, "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": address, "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http", "HTTP_HOST": "localhost",
        "HTTP_ACCEPT_ENCODING": "gzip",
    }  # fmt: skip
    if cookie:
        environ["HTTP_COOKIE"] = f"{settings.SESSION_COOKIE_NAME}={cookie}"
    told: list[str] = []
    answer = application(environ, lambda status, headers: told.append(status))
    body = b"".join(answer)
    answer.close()
    assert told == ["200 OK"], (where, told)
    return body


def _signed_in() -> Iterator[str]:
    """Readers with a session each."""
    readers = User.objects.bulk_create(
        User(email=f"reader{n}@example.org", name=f"Reader {n}", role="member", password="!")
        for n in range(READERS)
    )
    backends = cycle(settings.AUTHENTICATION_BACKENDS)
    for reader in readers:
        session = SessionStore()
        session[SESSION_KEY] = str(reader.pk)
        session[BACKEND_SESSION_KEY] = next(backends)
        session[HASH_SESSION_KEY] = reader.get_session_auth_hash()
        session.save()
        yield session.session_key


def _twin(revision: Revision, mara) -> Twin:
    with transaction.atomic():
        made = Twin.objects.create(
            incident=revision.incident, revision=revision, audience=Audience.PUBLIC, number=1, key=new_key(Audience.PUBLIC),
            title=revision.title, content=revision.content | {"audience": "public"}, html=revision.html, words=revision.words, published_at=T0,
            published_by=mara, digest="0" * 64,
        )  # fmt: skip
        changing(made)
    return made
