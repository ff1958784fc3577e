"""The front door: every room's addresses, and nothing else."""

from django.urls import include, path

from postmortems.desk import views as desk

urlpatterns = [
    path("", desk.home, name="home"),
    path("help/", desk.help_page, name="help"),
    path("accounts/", include("allauth.account.urls")),
    path("", include("postmortems.accounts.urls")),
    path("", include("postmortems.incidents.urls")),
    path("", include("postmortems.desk.urls")),
    path("", include("timelines.urls")),
    path("", include("timelines.live.urls")),
    path("", include("postmortems.interviews.urls")),
    path("", include("postmortems.writeup.urls")),
    path("", include("postmortems.remediation.urls")),
    path("", include("postmortems.meetings.urls")),
    path("", include("postmortems.archive.urls")),
    path("", include("postmortems.publication.urls")),
    path("", include("postmortems.publication.outside.urls")),
]
