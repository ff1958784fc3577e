from django.urls import include, path

from postmortems.archive.before import views as before

app_name = "archive"
urlpatterns = [
    path("", include("postmortems.archive.searching.urls")),
    path("", include("postmortems.archive.leading.urls")),
    path("", include("postmortems.archive.feeding.urls")),
    path("", include("postmortems.archive.following.urls")),
    path("", include("postmortems.archive.announcing.urls")),
    path("", include("postmortems.archive.listing.urls")),
    path("", include("postmortems.archive.recalling.urls")),
    path("incidents/<str:ref>/before/", before.met, name="before"),
]
