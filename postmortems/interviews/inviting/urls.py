from django.urls import path

from postmortems.interviews.inviting import views

urlpatterns = [
    path("incidents/<str:ref>/interviews/<int:pk>/answer/", views.answer, name="answer"),
    path("answer/<str:token>/", views.answer_by_link, name="answer_by_link"),
]
