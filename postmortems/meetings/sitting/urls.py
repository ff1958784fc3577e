from django.urls import path

from postmortems.meetings.sitting import views

urlpatterns = [
    path("incidents/<str:ref>/meeting/room/", views.room, name="room"),
    path("incidents/<str:ref>/meeting/agenda/anew/", views.anew, name="anew"),
    path("incidents/<str:ref>/meeting/came/", views.came, name="came"),
    path("incidents/<str:ref>/meeting/walk-in/", views.walk_in, name="walk_in"),
    path("incidents/<str:ref>/meeting/park/", views.park, name="park"),
    path("incidents/<str:ref>/meeting/held/", views.held, name="held"),
    path("incidents/<str:ref>/meeting/text/<slug:what>/save/", views.save, name="save"),
    path("incidents/<str:ref>/meeting/text/<slug:what>/history/", views.history, name="history"),
    path(
        "incidents/<str:ref>/meeting/text/<slug:what>/restore/<int:version>/", views.restore, name="restore"
    ),
]
