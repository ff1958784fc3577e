from django.urls import path

from postmortems.meetings.planning import views

urlpatterns = [
    path("incidents/<str:ref>/meeting/", views.meeting, name="meeting"),
    path("incidents/<str:ref>/meeting/<int:pk>/", views.earlier, name="earlier"),
    path("incidents/<str:ref>/meeting/plan/", views.plan, name="plan"),
    path("incidents/<str:ref>/meeting/invite/", views.invite, name="invite"),
    path("incidents/<str:ref>/meeting/draft/", views.send_draft, name="send_draft"),
    path("incidents/<str:ref>/meeting/cancel/", views.cancel, name="cancel"),
    path("incidents/<str:ref>/meeting/come/", views.come, name="come"),
    path("incidents/<str:ref>/meeting/people/", views.add_person, name="add_person"),
    path("incidents/<str:ref>/meeting/people/<int:pk>/remove/", views.remove_person, name="remove_person"),
]
