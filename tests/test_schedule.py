"""What beat sends, a worker knows: one that does not drops the task, and only its log says so."""

from __future__ import annotations

import subprocess
import sys

from django.conf import settings

ASK = "from postmortems.celery import app; app.loader.import_default_modules(); print('\\n'.join(app.tasks))"


def test_a_worker_knows_every_task_of_the_schedule():
    # a process of its own: here other tests have imported what a worker has to find by itself
    told = subprocess.run(
        [sys.executable, "-c", ASK], check=True, capture_output=True, text=True, timeout=120
    )
    known = set(told.stdout.split())
    assert {one["task"] for one in settings.CELERY_BEAT_SCHEDULE.values()} - known == set()
