from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postmortems.accounts.models import User
from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.incidents.models import Participant
from postmortems.interviews.private import private_page
from postmortems.interviews.releasing import actions as releasing
from postmortems.interviews.releasing.attributed import want
from postmortems.publication import actions, article, attributed, content, letters
from postmortems.publication.approving.showing import approvals_of
from postmortems.publication.approving.texts import draft
from postmortems.publication.models import Revision
from postmortems.publication.planning.showing import planned_of
from postmortems.publication.readiness import reasons, telling
from postmortems.publication.readiness.facts import Facts


@incident_view(Permission.READ)
@require_safe
def readiness(request, incident):
    document = content.of(incident)
    facts = Facts(incident, document)
    found = reasons(incident, document, facts=facts)
    approvals = approvals_of(draft(incident, document))
    parts = telling.parts(found, incident.severity.readiness)
    revisions = (
        Revision.objects.filter(incident=incident)
        .annotate(is_withdrawn=Exists(Revision.objects.withdrawn().filter(pk=OuterRef("pk"))))
        .select_related("printing", "published_by")
        .defer("content", "html", "words")
        .order_by("-number")
    )
    return TemplateResponse(
        request,
        "publication/readiness.html",
        {
            "incident": incident,
            "blocking": [reason for reason in found if reason.blocks],
            "final": any(reason.final for reason in found if reason.blocks),
            "advice": [reason for reason in found if not reason.blocks],
            "parts": parts,
            "met": sum(len(part.met) for part in parts),
            "revisions": list(revisions),
            "planned": planned_of(incident, approvals.text.digest),
            "nothing_new": actions.says_the_same(incident, approvals.text.digest),
            "claims": [(claim, attributed.place(claim.wording.where, document)) for claim in facts.claims],
            "to_ask": any(claim.state == "open" for claim in facts.claims),
            "digest": approvals.text.digest,
            "approvals": approvals,
            "may_approve": approvals.may_approve(request.user),
            "people_to_name": User.objects.active()
            .exclude(pk__in=[row.place.user_id for row in approvals.rows])
            .order_by("name", "pk"),
            "article": mark_safe(article.render(document)),  # noqa: S308 every text went through the sanitiser
        },
    )


@incident_view(Permission.LEAD)
@require_POST
def publish(request, incident):
    try:
        revision = actions.publish(
            incident=incident, by=request.user, now=timezone.now(), change_note=request.POST.get("change_note", ""),
            despite=request.POST.get("despite", ""), only=request.POST.get("digest", ""),
        )  # fmt: skip
    except actions.Changed:
        messages.warning(request, "The draft changed while you were reading. Please look once more.")
        return redirect("publication:readiness", incident.ref)
    except actions.NotReady as not_ready:
        otherwise = (
            ""
            if any(reason.final for reason in not_ready.reasons)
            else " Or say why it should be published all the same."
        )
        messages.error(request, f"Not published yet. {not_ready}{otherwise}")
        return redirect("publication:readiness", incident.ref)
    except actions.Unchanged:
        messages.warning(request, "Nothing changed since the last revision, so no new one was made.")
        return redirect("publication:readiness", incident.ref)
    messages.success(request, f"Revision {revision.number} is published. The PDF is being set.")
    return redirect("publication:revision", incident.ref, revision.number)


# --- words published with somebody's name ------------------------------------------------------------


@incident_view(Permission.WRITE)
@require_POST
def ask_attributed(request, incident):
    asked = actions.ask_attributed(incident=incident, by=request.user, now=timezone.now())
    if asked:
        messages.success(
            request, f"{asked} {'person is' if asked == 1 else 'people are'} asked, at a decent hour."
        )
    else:
        messages.info(request, "Everybody was asked already, or has no address to write to.")
    return redirect("publication:readiness", incident.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def attributed_to_me(request, ref):
    """The signed-in participant; to everybody else there is no such page."""
    person = get_object_or_404(
        Participant.objects.select_related("incident__severity", "user"),
        incident__ref=ref.upper(),
        user=request.user,
    )
    return _attributed(request, person)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def attributed_by_link(request, key):
    """Without a session. GET changes nothing: mail scanners follow links."""
    person = letters.participant_of(key)
    if person is None:
        return TemplateResponse(request, "interviews/key_over.html", status=404)
    return _attributed(request, person)


def _attributed(request, person: Participant):
    incident, now = person.incident, timezone.now()
    document = content.of(incident)
    found = attributed.claims(incident, document)
    if request.method == "POST":
        digest = request.POST.get("digest", "")
        if digest in {claim.wording.digest for claim in found if claim.person.pk == person.pk}:
            want(incident, found, now=now)
            decide = releasing.approve if request.POST.get("what") == "approve" else releasing.refuse
            decide(approval=person.approvals.get(digest=digest), now=now)
            messages.success(request, "Thank you. The reviewers see your answer.")
        else:
            messages.warning(request, "These words were changed in the meantime. Please read them once more.")
        return redirect(request.path)
    mine = [
        (claim, attributed.place(claim.wording.where, document))
        for claim in found
        if claim.person.pk == person.pk
    ]
    return TemplateResponse(
        request, "publication/attributed.html", {"incident": incident, "person": person, "claims": mine}
    )
