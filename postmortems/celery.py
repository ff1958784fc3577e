import os
from pathlib import Path

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postmortems.settings")

ROOT = Path(__file__).resolve().parent.parent

app = Celery("postmortems")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# a room keeps tasks beside what they are about, too: a worker that does not know one drops it
app.autodiscover_tasks(
    [
        ".".join(path.parent.relative_to(ROOT).parts)
        for room in ("postmortems", "timelines")
        for path in sorted((ROOT / room).glob("**/*/tasks.py"))
    ]
)
