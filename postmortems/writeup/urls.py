from django.urls import include, path

from postmortems.writeup.views import conditions, history, live, page

app_name = "writeup"
urlpatterns = [
    path("incidents/<str:ref>/write-up/", page.edit, name="edit"),
    path("incidents/<str:ref>/write-up/events/", live.events, name="events"),
    path("incidents/<str:ref>/write-up/here/", live.here, name="here"),
    path("incidents/<str:ref>/write-up/<slug:key>/text/", live.text, name="text"),
    path("incidents/<str:ref>/write-up/preview/", page.preview, name="preview"),
    path("incidents/<str:ref>/write-up/<slug:key>/save/", page.save, name="save"),
    path("incidents/<str:ref>/write-up/<slug:key>/history/", history.history, name="history"),
    path("incidents/<str:ref>/write-up/<slug:key>/restore/<int:version>/", history.restore, name="restore"),
    path("incidents/<str:ref>/write-up/clashes/<int:pk>/", page.settle, name="settle"),
    path("", include("postmortems.writeup.files.urls")),
    path("incidents/<str:ref>/conditions/new/", conditions.condition, name="new_condition"),
    path("incidents/<str:ref>/conditions/<int:number>/", conditions.condition, name="condition"),
    path(
        "incidents/<str:ref>/conditions/<int:number>/remove/",
        conditions.remove_condition,
        name="remove_condition",
    ),
]
