from django.urls import path

from postmortems.interviews.releasing import views

urlpatterns = [
    # the interviewee, signed in or by the letter
    path("incidents/<str:ref>/interviews/<int:pk>/words/", views.words, name="words"),
    path("words/<str:key>/", views.words_by_link, name="words_by_link"),
    # the interviewer
    path("incidents/<str:ref>/interviews/<int:pk>/to-read/", views.ask_to_read, name="ask_to_read"),
    path("incidents/<str:ref>/interviews/<int:pk>/corrections/", views.take_over, name="take_over"),
    path("incidents/<str:ref>/interviews/<int:pk>/longer/", views.ask_longer, name="ask_longer"),
]
