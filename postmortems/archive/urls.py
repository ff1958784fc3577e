from django.urls import path

from postmortems.archive import views

app_name = "archive"
urlpatterns = [
    path("archive/", views.search, name="search"),
    path("archive/feed.atom", views.feed, name="feed"),
]
