"""Pictures of what is published. Drafts show theirs through the same addresses, to those who may read drafts."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import permissions
from postmortems.incidents.models import Incident
from postmortems.publication import pictures
from postmortems.publication.models import Revision
from postmortems.writeup.images import serving
from postmortems.writeup.images.picture import SUFFIXES

NONE = "There is no such picture that you can see."


@require_safe
def image(request, ref, digest, suffix):
    incident = Incident.objects.prefetch_related("circle").filter(ref=ref.upper()).first()
    found = pictures.show(incident, digest) if incident else None
    if found is None or suffix != SUFFIXES.get(found.kind):
        raise Http404(NONE)
    if _may_see(request.user, incident, found):
        return serving.answer(request, found)
    known = Revision.objects.known_to(request.user).filter(incident=incident)
    if pictures.is_published(known, found.digest):
        return HttpResponse("This picture was withdrawn.\n", status=410, content_type="text/plain")
    raise Http404(NONE)


def _may_see(user, incident, found) -> bool:
    if found.removed_at is None and Permission.READ in permissions(user, incident):
        return True
    return pictures.is_published(Revision.objects.visible_to(user).filter(incident=incident), found.digest)
