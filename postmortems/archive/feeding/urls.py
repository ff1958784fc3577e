from django.urls import path

from postmortems.archive.feeding import views

urlpatterns = [path("archive/feed.atom", views.feed, name="feed")]
