from django.urls import path

from postmortems.archive.announcing import views

urlpatterns = [
    path("incidents/<str:ref>/announce/", views.announce, name="announce_next"),
    path("incidents/<str:ref>/announce/<int:number>/", views.announce, name="announce"),
]
