from django.urls import path

from postmortems.writeup.writing.views import history, live, page

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
]
