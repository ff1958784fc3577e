from django.urls import path

from postmortems.meetings.surveying import views

urlpatterns = [
    path("survey/<str:token>/", views.answer, name="answer"),
]
