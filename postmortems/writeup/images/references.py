"""What `image:7` leads to."""

from __future__ import annotations

from django.urls import reverse

from postmortems.incidents.models import Incident
from postmortems.markdown import Reference
from postmortems.writeup.models import Image

UNSAID = "A picture without a description"


def images(incident: Incident, numbers: set[int]) -> dict[int, Reference]:
    """Those of the pictures that are there, in one query."""
    return {
        image.number: reference(image, reverse("writeup:image", args=[incident.ref, image.number]))
        for image in incident.images.standing().filter(number__in=numbers)
    }


def reference(image: Image, address: str) -> Reference:
    """The words are those of the gallery, for a text that says none; a picture is never passed over in silence."""
    return Reference(address, image.alt or UNSAID, width=image.width, height=image.height)
