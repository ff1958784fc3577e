from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.incidents.access import permissions
from postmortems.incidents.models import Incident
from postmortems.writeup.files import draft, exchange
from postmortems.writeup.files.reading import NotText, text_of


class Command(BaseCommand):
    help = "Brings a file of export_draft back; what others wrote meanwhile is brought together with it."

    def add_arguments(self, parser):
        parser.add_argument("ref", help="the incident's reference, such as INC-2026-0007")
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--by", required=True, help="e-mail of the person whose changes these are")
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would be changed, and change nothing"
        )

    def handle(self, *, ref, file, by, dry_run, **options):
        incident = Incident.objects.select_related("severity").filter(ref=ref.upper()).first()
        person = User.objects.active().filter(email__iexact=by).first()
        if incident is None or person is None:
            raise CommandError(
                f"There is no incident {ref}." if incident is None else f"There is no account {by}."
            )
        if "WRITE" not in {one.name for one in permissions(person, incident)}:
            raise CommandError(f"{person} may not write on {incident.ref}.")
        try:
            text = text_of(self._raw(file))
            plan = exchange.plan(incident, text)
            done = [f"{change.title} would be changed." for change in plan.changes]
            troubles = plan.troubles
            if not dry_run:
                done, troubles = exchange.take(incident=incident, text=text, by=person, now=timezone.now())
        except (NotText, exchange.OtherIncident) as trouble:
            raise CommandError(str(trouble)) from trouble
        for sentence in done or ["Nothing to change."]:
            self.stdout.write(sentence)
        for trouble in troubles:
            self.stdout.write(f"  {file}:{trouble.line}: {trouble.why}")

    def _raw(self, file: Path) -> bytes:
        try:
            with file.open("rb") as opened:
                raw = opened.read(draft.LIMIT + 1)
        except OSError as error:
            raise CommandError(f"{file} cannot be opened: {error.strerror}.") from error
        if len(raw) > draft.LIMIT:
            raise CommandError(f"{file} is larger than {draft.LIMIT // 1_000_000} MB, which no draft is.")
        return raw
