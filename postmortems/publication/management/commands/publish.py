from __future__ import annotations

import json
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.models import Incident
from postmortems.publication import actions
from postmortems.publication.checking import sums
from postmortems.publication.models import Printing, Revision
from postmortems.publication.reading.alone import page
from postmortems.publication.reading.document import document_of
from postmortems.publication.reading.document import written as document
from postmortems.publication.tasks import print_text


class Command(BaseCommand):
    help = "Publishes the draft of an incident as its next revision, and writes it as HTML, PDF and JSON."

    def add_arguments(self, parser):
        parser.add_argument("ref", help="the incident's reference, such as INC-2026-0007")
        parser.add_argument("--by", help="e-mail of who publishes; the lead reviewer when left out")
        parser.add_argument("--note", default="", help="what changed since the revision before")
        parser.add_argument("--despite", default="", help="why it is published although something is missing")
        parser.add_argument("--out", type=Path, help="a folder for the files")
        parser.add_argument("--json", action="store_true", help="tell it as JSON")

    def handle(self, *, ref, out, **options):
        incident = Incident.objects.filter(ref=ref.upper()).first()
        if incident is None:
            raise CommandError(f"There is no incident {ref}.")
        revision = self._publish(incident, self._who(incident, options["by"]), options)
        told = {"ref": incident.ref, "revision": revision.number, "digest": revision.digest, "files": []}
        if out is not None:
            told["files"] = [str(path) for path in _write(revision, out)]
        words = [f"{incident.ref} revision {revision.number} is published.", *told["files"]]
        self.stdout.write(json.dumps(told) if options["json"] else "\n".join(words))

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
            raise CommandError(f"Not published. {not_ready} Or say why all the same: --despite.") from None
        except actions.Unchanged:
            return incident.revisions.order_by("-number").first()


def _write(revision: Revision, out: Path) -> list[Path]:
    print_text(revision.printing.pk)  # unless a worker did meanwhile
    printing = Printing.objects.get(revision=revision)
    revision = Revision.objects.select_related("incident", "published_by", "printing").get(pk=revision.pk)
    name = f"{revision.incident.ref}-r{revision.number}"
    files = {
        f"{name}.html": ContentFile(page(revision).encode()),
        f"{name}.json": ContentFile(document(document_of(revision))),
    }
    if printing.state == Printing.State.DONE:
        files[f"{name}.pdf"] = printing.file
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
            f"{out} cannot be written: {error.strerror}. The revision itself is published."
        ) from error
    return [*written, out / f"{name}.sha256"]
