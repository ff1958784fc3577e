from django.urls import path

from postmortems.interviews.scheduling import views

urlpatterns = [
    path("incidents/<str:ref>/interviews/", views.board, name="board"),
    path("incidents/<str:ref>/interviews/plan/", views.plan, name="plan"),
    path("incidents/<str:ref>/interviews/add/", views.add, name="add"),
    path("incidents/<str:ref>/interviews/invite/", views.invite_all, name="invite_all"),
    path("incidents/<str:ref>/interviews/<int:pk>/invite/", views.invite, name="invite"),
    path("incidents/<str:ref>/interviews/<int:pk>/time/", views.set_time, name="set_time"),
    path("incidents/<str:ref>/interviews/<int:pk>/cancel/", views.cancel, name="cancel"),
]
