from django.urls import path

from postmortems.archive.feeding import views

urlpatterns = [
    path("archive/feed.atom", views.feed, name="feed"),
    path("archive/feeds/", views.feeds, name="feeds"),
    path("archive/feeds/change/", views.change, name="change_feeds"),
    path("archive/feeds/<str:key>/newest.<str:kind>", views.subscribed, name="subscribed"),
]
