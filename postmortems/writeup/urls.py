from django.urls import path

from postmortems.writeup import views

app_name = "writeup"
urlpatterns = [
    path("incidents/<str:ref>/write-up/", views.edit, name="edit"),
    path("incidents/<str:ref>/write-up/preview/", views.preview, name="preview"),
    path("incidents/<str:ref>/write-up/<slug:key>/save/", views.save, name="save"),
    path("incidents/<str:ref>/write-up/<slug:key>/history/", views.history, name="history"),
    path("incidents/<str:ref>/write-up/<slug:key>/restore/<int:version>/", views.restore, name="restore"),
    path("incidents/<str:ref>/write-up/clashes/<int:pk>/", views.settle, name="settle"),
    path("incidents/<str:ref>/conditions/new/", views.condition, name="new_condition"),
    path("incidents/<str:ref>/conditions/<int:number>/", views.condition, name="condition"),
    path(
        "incidents/<str:ref>/conditions/<int:number>/remove/", views.remove_condition, name="remove_condition"
    ),
]
