from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from postmortems.publication.exporting import forms
from postmortems.publication.models import Revision
from postmortems.publication.reading.views import published_view

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
@published_view(whole=True)
def markdown(request, found):
    return _taken(found, "md", "text/markdown; charset=utf-8", forms.as_markdown(found).encode())


@require_safe
@published_view(whole=True)
def folder(request, found):
    return _taken(found, "zip", "application/zip", forms.as_folder(found))


@require_safe
@published_view(whole=True)
def word(request, found):
    return _taken(found, "docx", WORD, forms.as_word(found))


def _taken(revision: Revision, suffix: str, kind: str, data: bytes) -> HttpResponse:
    name = f"{forms.name_of(revision)}.{suffix}"
    return HttpResponse(
        data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
