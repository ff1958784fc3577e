from django.urls import path

from postmortems.meetings.deciding import views

urlpatterns = [
    path("incidents/<str:ref>/meeting/decide/", views.decide, name="decide"),
    path("incidents/<str:ref>/meeting/decide/<int:number>/", views.decide_one, name="decide_one"),
]
