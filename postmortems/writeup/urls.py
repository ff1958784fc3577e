from django.urls import include, path

app_name = "writeup"
urlpatterns = [
    path("", include("postmortems.writeup.writing.urls")),
    path("", include("postmortems.writeup.coaching.urls")),
    path("", include("postmortems.writeup.commenting.urls")),
    path("", include("postmortems.writeup.citing.urls")),
    path("", include("postmortems.writeup.images.urls")),
    path("", include("postmortems.writeup.conditions.urls")),
    path("", include("postmortems.writeup.templating.urls")),
    path("", include("postmortems.writeup.files.urls")),
]
