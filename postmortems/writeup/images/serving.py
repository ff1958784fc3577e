from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response

from postmortems.writeup.images.picture import KINDS, SUFFIXES
from postmortems.writeup.models import Image

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=31536000, immutable",  # a number has one picture for good
}


def answer(request: HttpRequest, image: Image) -> HttpResponseBase:
    """The file of a picture that the caller may see, piece by piece. Its name is ours, and so is its type."""
    etag = f'"{image.digest}"'
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    if image.kind not in KINDS.values():
        raise Http404("There is no such picture.")
    try:
        file = image.file.open("rb")
    except (OSError, ValueError) as error:
        raise Http404("This picture is no longer in the storage.") from error
    name = f"{image.incident.ref}-{image.number}.{SUFFIXES[image.kind]}"
    return FileResponse(file, content_type=image.kind, filename=name, headers={"ETag": etag, **HEADERS})
