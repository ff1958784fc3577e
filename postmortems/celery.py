import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postmortems.settings")

app = Celery("postmortems")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(
    [
        "timelines.live",
        *(
            f"postmortems.interviews.{package}"
            for package in ("scheduling", "inviting", "releasing", "jotting")
        ),
    ]
)
