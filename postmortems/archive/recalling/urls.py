from django.urls import path

from postmortems.archive.recalling import views

urlpatterns = [
    path("archive/letters/", views.letters, name="letters"),
    path("archive/letters/end/<str:key>/", views.end, name="end_recalling"),
]
