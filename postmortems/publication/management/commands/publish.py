from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from postmortems.publication import actions
from postmortems.publication.checking import sums
from postmortems.publication.models import Audience, Printing, Revision, Twin
from postmortems.publication.outside import addresses
from postmortems.publication.outside.document import document_of as outsiders_document_of
from postmortems.publication.reading.alone import page
from postmortems.publication.reading.document import document_of
from postmortems.publication.reading.document import written as document
from postmortems.publication.tasks import print_text
from postmortems.publication.twin import actions as twins
from postmortems.publication.twin.drafting import draft


class Command(BaseCommand):
    help = (
        "Publishes the draft of an incident as its next revision, or what its newest revision tells everybody, and "
        "writes it as HTML, PDF and JSON."
    )

    def add_arguments(self, parser):
        parser.add_argument("ref", help="the incident's reference, such as INC-2026-0007")
        parser.add_argument("--by", help="e-mail of who publishes; the lead reviewer when left out")
        parser.add_argument(
            "--public",
            action="store_true",
            help="what was marked for everybody in the newest revision, at /public/",
        )
        parser.add_argument("--note", default="", help="what changed since the revision before")
        parser.add_argument("--despite", default="", help="why it is published although something is missing")
        parser.add_argument("--out", type=Path, help="a folder for the files")
        parser.add_argument("--json", action="store_true", help="tell it as JSON")

    def handle(self, *, ref, out, **options):
        incident = Incident.objects.filter(ref=ref.upper()).first()
        if incident is None:
            raise CommandError(f"There is no incident {ref}.")
        by = self._who(incident, options["by"])
        made = (self._publish_twin if options["public"] else self._publish)(incident, by, options)
        told: dict[str, object] = {"ref": incident.ref, "digest": made.digest, "files": []}
        if options["public"]:
            told |= {"version": made.number, "address": addresses.address(made, "twin")}
            said = f"{incident.ref} is published for everybody, version {made.number}: {told['address']}"
        else:
            told |= {"revision": made.number}
            said = f"{incident.ref} revision {made.number} is published."
        if out is not None:
            told["files"] = [str(path) for path in _write(made, out)]
        self.stdout.write(json.dumps(told) if options["json"] else "\n".join([said, *told["files"]]))

    def _who(self, incident: Incident, email: str | None) -> User:
        if email:
            found = User.objects.filter(email__iexact=email, is_active=True).first()
        else:
            lead = incident.circle.filter(role="lead").select_related("user").first()
            found = lead.user if lead else None
        if found is None:
            raise CommandError("Say who publishes: --by with the e-mail of somebody who has an account.")
        return found

    def _publish(self, incident: Incident, by: User, options: dict) -> Revision:
        try:
            return actions.publish(
                incident=incident,
                by=by,
                now=timezone.now(),
                change_note=options["note"],
                despite=options["despite"],
            )
        except actions.NotReady as not_ready:
            final = any(reason.final for reason in not_ready.reasons)
            otherwise = "" if final else " Or say why all the same: --despite."
            raise CommandError(f"Not published. {not_ready}{otherwise}") from None
        except actions.Unchanged:
            return incident.revisions.order_by("-number").first()

    def _publish_twin(self, incident: Incident, by: User, options: dict) -> Twin:
        drafted = draft(incident, Audience.PUBLIC)
        if drafted is None:
            raise CommandError("Not published. There is no revision yet whose parts could be marked.")
        try:
            return twins.publish_twin(
                incident=incident, by=by, audience=Audience.PUBLIC, change_note=options["note"], now=timezone.now(), digest=drafted.digest,
            )  # fmt: skip
        except twins.NotReady as not_ready:
            page = settings.SITE_URL + reverse("publication:twin", args=[incident.ref])
            raise CommandError(f"Not published. {not_ready} {page}") from None
        except twins.Unchanged:
            return incident.twins.filter(audience=Audience.PUBLIC).order_by("-number").first()


def _write(made: Revision | Twin, out: Path) -> list[Path]:
    print_text(made.printing.pk)  # unless a worker did meanwhile
    made = type(made).objects.select_related("incident", "published_by", "printing").get(pk=made.pk)
    outside = isinstance(made, Twin)
    name = addresses.name_of(made) if outside else f"{made.incident.ref}-r{made.number}"
    files = {
        f"{name}.html": ContentFile(page(made).encode()),
        f"{name}.json": ContentFile(document((outsiders_document_of if outside else document_of)(made))),
    }
    if made.printing.state == Printing.State.DONE:
        files[f"{name}.pdf"] = made.printing.file
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file, held in files.items():
            with held.open("rb") as source, (out / file).open("wb") as target:
                for chunk in source.chunks():
                    target.write(chunk)
            written.append(out / file)
        sums.write(out / f"{name}.sha256", written)
    except OSError as error:
        raise CommandError(
            f"{out} cannot be written: {error.strerror}. It is published all the same."
        ) from error
    return [*written, out / f"{name}.sha256"]
