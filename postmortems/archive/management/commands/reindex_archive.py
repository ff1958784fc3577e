from __future__ import annotations

from django.core.management.base import BaseCommand

from postmortems.archive import ledger
from postmortems.archive.leading import reckoning
from postmortems.archive.models import Card
from postmortems.archive.searching import spelling


class Command(BaseCommand):
    help = "Files every published write-up in the archive anew, learns its words, and reckons the figures."

    def handle(self, *args, **options):
        ledger.make_anew()
        spelling.learn_words()
        reckoning.reckon()
        self.stdout.write(f"{Card.objects.count()} write-ups are filed.")
