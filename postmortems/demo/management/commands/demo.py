from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from postmortems.accounts.models import User
from postmortems.demo import loader


class Command(BaseCommand):
    help = "Fills an empty installation with the demo organisation Lantern Street."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty", action="store_true", help="say nothing when there is somebody already"
        )

    def handle(self, *, if_empty, **options):
        if User.objects.exists():
            if if_empty:
                return
            raise CommandError("There are people here already; the demo is for an empty installation.")
        loader.load(now=timezone.now(), say=self.stdout.write)
        self.stdout.write(f"Sign in as mara@lanternstreet.example with the password {loader.PASSWORD}")
