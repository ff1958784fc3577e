from django.urls import path

from postmortems.interviews.jotting import views

urlpatterns = [
    path("incidents/<str:ref>/jot-notes/", views.jot, name="jot"),
    path("jot/<str:key>/", views.jot_by_link, name="jot_by_link"),
]
