from django.urls import include, path

app_name = "archive"
urlpatterns = [
    path("", include("postmortems.archive.searching.urls")),
    path("", include("postmortems.archive.leading.urls")),
    path("", include("postmortems.archive.feeding.urls")),
]
