from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, OuterRef, QuerySet

from postmortems.accounts.models import User
from postmortems.archive.exporting import site
from postmortems.archive.models import Card
from postmortems.incidents.models import Incident
from postmortems.publication.checking import sums
from postmortems.publication.models import Revision


class Command(BaseCommand):
    help = "Writes the archive as a folder of pages that are read, and searched, without a server."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="a new folder")
        parser.add_argument(
            "--for", dest="reader", help="e-mail of a reader: with the restricted write-ups they may open"
        )

    def handle(self, *, folder, reader, **options):
        if folder.exists():
            raise CommandError(f"There is a {folder} already. Name a new folder.")
        cards, incidents = Card.objects.for_everybody(), Incident.objects.filter(restricted=False)
        if reader:
            user = User.objects.filter(email__iexact=reader, is_active=True).first()
            if user is None:
                raise CommandError(f"Nobody with the address {reader} has an account.")
            cards, incidents = Card.objects.visible_to(user), Incident.objects.visible_to(user)
        found = cards.newest().select_related("incident", "revision").iterator(chunk_size=50)
        try:
            told = site.write(folder, found, _withdrawn(incidents), progress=self._progress)
            digest = sums.write_all(folder)
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
        self._progress(0)
        self.stdout.write(
            f"{told['writeups']} write-ups with {told['revisions']} revisions and {told['pdfs']} PDFs are in {folder}."
        )
        if told["withdrawn"]:
            self.stdout.write(
                f"{told['withdrawn']} revisions were withdrawn: that they were is in it, and no word of them."
            )
        self.stdout.write(
            f"The SHA-256 of its list of files is {digest}: keep it elsewhere, and any change is found."
        )
        if told["waiting"]:
            self.stdout.write(f"{told['waiting']} PDFs are not set yet.")

    def _progress(self, count: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r\033[K{count or ''}", ending="")


def _withdrawn(incidents: QuerySet[Incident]) -> Iterator[Incident]:
    """Those that something was published of, of which nothing stands."""
    found = incidents.filter(Exists(Revision.objects.filter(incident=OuterRef("pk"))), card=None)
    return found.order_by("pk").iterator(chunk_size=50)
