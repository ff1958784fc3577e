"""The page on which sections are added, moved and worded: a new template, or the next version of one."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from postmortems.accounts.access import organisation_view
from postmortems.accounts.permissions import Permission
from postmortems.writeup.files.reading import NotText, text_of
from postmortems.writeup.models import Template
from postmortems.writeup.sections import BUILT_IN, R, Text
from postmortems.writeup.templating import actions, file, filling, shape
from postmortems.writeup.templating.forms import AboutForm
from postmortems.writeup.templating.outline import in_version

PAGE = "writeup/template_edit.html"
SAVE = "save"


@organisation_view(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """From what comes with the house, from another template (`like`) or from a file."""
    about = AboutForm(request.POST if "name" in request.POST else None)
    if request.method != "POST":
        return _page(request, _like(request.GET.get("like", "")), about=about)
    if "file" in request.FILES or request.POST.get("do") == "file":
        return _from_file(request)
    if request.POST.get("do") != SAVE:
        return _pressed(request, about=about)
    texts = filling.filled(request.POST)
    if not about.is_valid():
        return _page(request, texts, about=about, status=422)
    try:
        made = actions.create(
            sections=filling.keyed(texts), by=request.user, now=timezone.now(), **about.cleaned_data
        )
    except actions.Unusable as reasons:
        return _page(request, texts, about=about, troubles=reasons.troubles, status=422)
    messages.success(request, f"The template “{made}” is made.")
    return _saved(made)


@organisation_view(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """The next version. Nothing is kept until it is saved."""
    template = get_object_or_404(Template, pk=pk)
    newest = template.versions.first()
    if request.method != "POST":
        return _page(request, in_version(newest).texts, template=template, started_from=newest.number)
    given = request.POST.get("started_from", "")
    started_from = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
    kept = {"template": template, "started_from": started_from, "note": _note(request)}
    if "file" in request.FILES or request.POST.get("do") == "file":
        return _from_file(request, **kept)
    if request.POST.get("do") != SAVE:
        return _pressed(request, **kept)
    texts = filling.filled(request.POST)
    try:
        version = actions.save_version(
            template=template, sections=filling.keyed(texts), started_from=started_from, note=kept["note"],
            by=request.user, now=timezone.now(),
        )  # fmt: skip
    except actions.Unusable as reasons:
        return _page(request, texts, troubles=reasons.troubles, status=422, **kept)
    except actions.Stale as reason:
        kept["started_from"] = newest.number
        return _page(request, texts, stale=str(reason), status=409, **kept)
    if version.number == newest.number:
        messages.info(request, "Nothing was different, so there is no new version.")
    else:
        messages.success(
            request, f"Version {version.number} is saved. Drafts follow it once somebody accepts it there."
        )
    return _saved(template)


def _saved(template: Template):
    """To its page, which lets the browser forget what it kept of the form."""
    return redirect(f"{reverse('writeup:template', args=[template.pk])}?saved")


def _note(request) -> str:
    return " ".join(shape.seen(request.POST.get("note", "")).split())[:300]


def _like(which: str) -> tuple[Text, ...]:
    known = which.isascii() and which.isdigit() and len(which) < 9
    template = Template.objects.filter(pk=int(which)).first() if known else None
    return in_version(template.versions.first()).texts if template else BUILT_IN.texts


def _from_file(request, **kept):
    """The sections of a file, to be read and saved; nothing is kept yet."""
    upload = request.FILES.get("file")
    try:
        raw = upload.read(file.LIMIT + 1) if upload else b""
        if len(raw) > file.LIMIT:
            raise file.NoTemplate(f"The file is larger than {file.LIMIT // 1000} kB, which no template is.")
        shared = file.read(text_of(raw))
    except (NotText, file.NoTemplate) as trouble:
        why = str(trouble) if upload else "Choose the file first."
        about = {} if "template" in kept else {"about": AboutForm()}
        return _page(
            request,
            filling.filled(request.POST) or BUILT_IN.texts,
            troubles=[why],
            status=422,
            **kept,
            **about,
        )
    for note in shared.notes[:10]:
        messages.warning(request, note)
    if "template" not in kept:
        kept["about"] = AboutForm(initial={"name": shared.name, "sentence": shared.sentence})
    return _page(request, shared.sections.texts, **kept)


def _pressed(request, **kept):
    after = filling.pressed(filling.filled(request.POST), request.POST.get("do", ""))
    return _page(request, after.texts, here=after.here, **kept)


def _page(request, texts: tuple[Text, ...], *, status: int = 200, here: int | None = None, **context):
    rows = [_row(texts, place, here) for place in range(len(texts))]
    out = filling.left_out(texts)
    rs = [
        {
            "key": r,
            "name": name,
            "rows": [row for row in rows if row["text"].r == r],
            "out": [text for text in out if text.r == r],
        }
        for r, name in (("", ""), *((r, name) for r, (name, _) in R.items()))
    ]
    context |= {
        "rs": rs,
        "count": len(texts),
        "choices": [(r, name) for r, (name, _) in R.items()],
        "here": here,
    }
    name = f"{PAGE}#sections" if request.htmx and request.POST.get("do") != SAVE else PAGE
    return TemplateResponse(request, name, context, status=status)


def _row(texts: tuple[Text, ...], place: int, here: int | None) -> dict:
    text = texts[place]
    alike = [n for n, one in enumerate(texts) if one.r == text.r]
    return {
        "place": place,
        "text": text,
        "guidance": "\n".join(text.guidance),
        "needed": text.key in shape.NEEDED,
        "own": text.key not in BUILT_IN.by_key,
        "first": place == alike[0],
        "last": place == alike[-1],
        "here": place == here,
        "limits": shape.LENGTHS,
    }
