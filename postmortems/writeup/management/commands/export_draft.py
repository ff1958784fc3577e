from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from postmortems.incidents.models import Incident
from postmortems.writeup.files import exchange


class Command(BaseCommand):
    help = "Writes the draft of an incident as one Markdown file, to be changed and brought back with import_draft."

    def add_arguments(self, parser):
        parser.add_argument("ref", help="the incident's reference, such as INC-2026-0007")
        parser.add_argument("--out", type=Path, help="a file; the terminal when left out")

    def handle(self, *, ref, out, **options):
        incident = Incident.objects.select_related("severity").filter(ref=ref.upper()).first()
        if incident is None:
            raise CommandError(f"There is no incident {ref}.")
        text = exchange.export(incident)
        if out is None:
            self.stdout.write(text)
            return
        try:
            out.write_bytes(text.encode())
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
