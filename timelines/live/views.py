from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Max, Min
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.access import organisation_view
from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import require
from postmortems.incidents.models import Incident, Severity
from postmortems.web.paging import page_of
from timelines.actions import NotPossible
from timelines.live import actions, undoing
from timelines.models import Connection, Delivery, Rule
from timelines.reading import Unreadable

LAST = 50  # deliveries that a connection's page lists
OPEN = 30  # incidents to attach to
GROUPS = 25

# --- connections -----------------------------------------------------------------------------------


@organisation_view(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def connections(request):
    if request.method == "POST":
        try:
            connection, secret = actions.connect(
                by=request.user, kind=request.POST.get("kind", ""), name=request.POST.get("name", ""),
                unsigned=request.POST.get("unsigned") == "1",
            )  # fmt: skip
        except NotPossible as error:
            messages.error(request, str(error))
        else:
            return _connection(request, connection, secret=secret)
    found = Connection.objects.annotate(n=Count("deliveries"), last=Max("deliveries__received_at"))
    rules = Rule.objects.select_related("connection", "service", "severity")
    context = {"connections": found.order_by("name"), "kinds": Connection.Kind.choices, "rules": rules}
    return TemplateResponse(
        request, "live/connections.html", context, status=422 if request.method == "POST" else 200
    )


@organisation_view(Permission.MANAGE_SETTINGS)
@require_safe
def connection(request, pk):
    return _connection(request, get_object_or_404(Connection, pk=pk))


def _connection(request, connection: Connection, secret: str = "") -> HttpResponse:
    deliveries = connection.deliveries.select_related("incident", "handled_by").defer("body")[:LAST]
    context = {
        "connection": connection, "secret": secret, "deliveries": deliveries,
        "address": request.build_absolute_uri(reverse("live:receive", args=[connection.key])),
        "signs_nothing": connection.kind in actions.SIGNS_NOTHING,
    }  # fmt: skip
    return TemplateResponse(request, "live/connection.html", context)


@organisation_view(Permission.MANAGE_SETTINGS)
@require_POST
def change_connection(request, pk, what):
    connection = get_object_or_404(Connection, pk=pk)
    if what == "secret":
        own = request.POST.get("secret", "")
        try:
            secret = actions.new_secret(connection=connection, by=request.user, secret=own)
        except NotPossible as error:
            messages.error(request, str(error))
            return redirect("live:connection", pk)
        connection.refresh_from_db()
        return _connection(request, connection, secret="" if own else secret)
    if what == "end-older":
        actions.drop_older(connection=connection, by=request.user)
    else:
        actions.set_active(connection=connection, by=request.user, active=what == "start")
    return redirect("live:connection", pk)


def _chosen(model, pk):
    return (
        model.objects.filter(pk=pk).first() if pk and pk.isascii() and pk.isdigit() and len(pk) < 18 else None
    )


def _typed(request, name: str) -> str:
    """What a form holds, without the NUL that PostgreSQL knows in no text."""
    return request.POST.get(name, "").replace("\x00", "")


# --- the inbox -------------------------------------------------------------------------------------


@dataclass
class Waiting:
    """Messages about one thing, as one row."""

    connection: Connection
    subject: str
    count: int
    first: datetime
    last: datetime
    began: datetime
    facts: dict

    def as_rule(self) -> str:
        """The query that fills in the form of a rule for messages like these."""
        field = next((name for name in ("service", "repository", "title") if self.facts.get(name)), "title")
        pattern = self.facts.get(field) or "*"
        return urlencode({"field": field, "pattern": pattern, "connection": self.connection.pk})


@organisation_view(Permission.LEAD)
@require_safe
def inbox(request):
    waiting = Delivery.objects.filter(state=Delivery.State.INBOX)
    grouped = (
        waiting.values("connection", "subject")
        .annotate(n=Count("pk"), first=Min("received_at"), last=Max("received_at")).order_by("-last", "subject")
    )  # fmt: skip
    page = page_of(request, grouped, size=GROUPS)
    shown = (
        waiting.filter(subject__in=[row["subject"] for row in page])
        .select_related("connection")
        .defer("body")
    )
    newest = shown.order_by("connection_id", "subject", "-received_at").distinct("connection_id", "subject")
    about = {(one.connection_id, one.subject): one for one in newest}
    rows = []
    for row in page:
        if one := about.get((row["connection"], row["subject"])):
            count, first, last = row["n"], row["first"], row["last"]
            rows.append(Waiting(one.connection, one.subject, count, first, last, one.began_at, one.facts))
    context = {
        "page": page, "rows": rows, "severities": Severity.objects.all(), "incidents": _open_incidents(request.user),
        "left_out": Delivery.objects.filter(state__in=(Delivery.State.IGNORED, Delivery.State.FAILED))
        .select_related("connection").defer("body")[:20],
        "connected": bool(rows) or Connection.objects.exists(), "last": undoing.last_of(request.user, now=timezone.now()),
        "rules": bool(rows) and Rule.objects.filter(active=True).exists(),
    }  # fmt: skip
    return TemplateResponse(request, "live/inbox.html", context)


def _open_incidents(user):
    found = Incident.objects.readable_by(user).filter(state=Incident.State.REVIEWING)
    return found.order_by("-opened_at")[:OPEN]


@organisation_view(Permission.LEAD)
@require_POST
def decide(request):
    """One click for all messages about one thing."""
    connection = _chosen(Connection, request.POST.get("connection"))
    deliveries = actions.waiting(connection, _typed(request, "subject")) if connection else []
    what, now = request.POST.get("what", ""), timezone.now()
    try:
        if what == "open":
            incident = actions.open_from(
                deliveries=deliveries, by=request.user, severity=_chosen(Severity, request.POST.get("severity")), title=_typed(request, "title"), now=now
            )  # fmt: skip
            messages.success(request, "Opened from the inbox, where it can be undone for ten minutes.")
            return redirect(incident)
        if what == "attach":
            incident = require(request, _typed(request, "incident"), Permission.WRITE)
            actions.attach(deliveries=deliveries, incident=incident, by=request.user, now=now)
        elif what == "leave":
            actions.leave_out(deliveries=deliveries, by=request.user, now=now)
    except (NotPossible, Unreadable) as error:
        messages.error(request, str(error))
    return redirect("live:inbox")


@organisation_view(Permission.LEAD)
@require_POST
def undo(request, pk):
    """Take back one's own last click on what `pk` is one of."""
    found = get_object_or_404(Delivery.objects.defer("body"), pk=pk)
    try:
        messages.success(request, actions.undo(delivery=found, by=request.user, now=timezone.now()))
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("live:inbox")


@organisation_view(Permission.LEAD)
@require_POST
def sort_again(request):
    count = actions.sort_again(by=request.user)
    messages.success(request, f"{count} message{'s go' if count != 1 else ' goes'} through the rules again.")
    return redirect("live:inbox")


@organisation_view(Permission.LEAD)
@require_POST
def take_back(request, pk):
    found = get_object_or_404(Delivery.objects.defer("body"), pk=pk)
    actions.take_back(deliveries=[found], by=request.user)
    messages.success(request, "It goes through the rules again.")
    return redirect("live:inbox")
