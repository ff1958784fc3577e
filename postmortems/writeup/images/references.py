"""What `image:7` leads to."""

from __future__ import annotations

from django.urls import reverse

from postmortems.incidents.models import Incident
from postmortems.markdown import Reference
from postmortems.writeup.models import Image


def images(incident: Incident, numbers: set[int]) -> dict[int, Reference]:
    """Those of the pictures that are there, in one query."""
    return {
        image.number: reference(image, reverse("writeup:image", args=[incident.ref, image.number]))
        for image in incident.images.standing().filter(number__in=numbers)
    }


def reference(image: Image, address: str) -> Reference:
    """The words are those of the gallery, for a text that says none."""
    return Reference(address, image.alt, width=image.width, height=image.height)
