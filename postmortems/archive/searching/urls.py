from django.urls import path

from postmortems.archive.searching import views

urlpatterns = [
    path("archive/", views.search, name="search"),
    path("archive/<str:ref>/related/", views.resembling, name="related"),
]
