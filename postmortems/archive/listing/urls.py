from django.urls import path

from postmortems.archive.listing import views

urlpatterns = [
    path("archive/reading/", views.reading, name="reading"),
    path("archive/<str:ref>/shelf/", views.shelf, name="shelf"),
    path("archive/<str:ref>/shelf/recommend/", views.recommend, name="recommend"),
    path("archive/<str:ref>/shelf/later/", views.later, name="later"),
    path("archive/<str:ref>/read/", views.read, name="read"),
]
