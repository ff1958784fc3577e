from django.urls import path

from postmortems.archive.following import views

urlpatterns = [
    path("archive/following/", views.following, name="following"),
    path("archive/following/follow/", views.follow, name="follow"),
    path("archive/following/<int:pk>/", views.change, name="change_following"),
    path("archive/following/end/<str:key>/", views.end_letters, name="end_letters"),
    path("archive/channels/", views.channels, name="channels"),
    path("archive/channels/<int:pk>/", views.change_channel, name="change_channel"),
]
