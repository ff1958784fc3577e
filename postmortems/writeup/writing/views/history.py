from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from postmortems.accounts.permissions import Permission
from postmortems.incidents.access import incident_view
from postmortems.writeup.models import Section
from postmortems.writeup.templating.outline import section_of
from postmortems.writeup.writing import actions
from postmortems.writeup.writing.differences import difference


@incident_view(Permission.READ)
@require_safe
def history(request, incident, key):
    about = section_of(incident, key)
    if about is None:
        raise Http404("There is no such section.")
    section = Section.objects.filter(incident=incident, key=key).first()
    texts = list(section.history.select_related("saved_by")[:200]) if section else []
    chosen = next(
        (t for t in texts if str(t.version) == request.GET.get("version")), texts[0] if texts else None
    )
    before = next((t for t in texts if chosen and t.version == chosen.written_from), None)
    return TemplateResponse(
        request,
        "writeup/history.html",
        {
            "incident": incident,
            "about": about,
            "section": section,
            "texts": texts,
            "chosen": chosen,
            # the first text is all new, and easier to read without saying so
            "difference": difference((before or chosen).text, chosen.text) if chosen else "",
        },
    )


@incident_view(Permission.WRITE)
@require_POST
def restore(request, incident, key, version):
    section = get_object_or_404(Section, incident=incident, key=key)
    text = get_object_or_404(section.history, version=version)
    actions.save_section(
        incident=incident,
        key=key,
        text=text.text,
        version=section.version,
        by=request.user,
        restored_from=text.version,
    )
    messages.success(request, f"The text of version {version} stands again; the others are kept.")
    return redirect(f"{reverse('writeup:edit', args=[incident.ref])}#{key}")
