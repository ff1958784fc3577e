"""What somebody is called into, and what they said that nobody has resolved."""

from __future__ import annotations

from django.db.models import Q
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from postmortems.writeup.models import Comment

MOST = 100


@require_safe
def comments(request):
    still = (
        Comment.objects.visible_to(request.user)
        .filter(Q(parent=None, resolved_at=None) | Q(parent__resolved_at=None, parent__isnull=False), removed_at=None)
        .select_related("incident", "by", "parent").order_by("-at", "-pk")
    )  # fmt: skip
    return TemplateResponse(
        request,
        "writeup/my_comments.html",
        {
            "called": still.filter(mentions__user=request.user)[:MOST],
            "mine": still.filter(by=request.user, parent=None)[:MOST],
        },
    )
