from django.urls import path

from postmortems.interviews.listening import views

urlpatterns = [
    path("incidents/<str:ref>/interviews/<int:pk>/", views.conduct, name="conduct"),
    path("incidents/<str:ref>/interviews/<int:pk>/notes/", views.save_note, name="save_note"),
    path("incidents/<str:ref>/interviews/<int:pk>/held/", views.held, name="held"),
    path("incidents/<str:ref>/interviews/<int:pk>/passages/", views.propose_passage, name="propose_passage"),
]
