from django.urls import path

from postmortems.interviews import views

app_name = "interviews"
urlpatterns = [
    # the board
    path("incidents/<str:ref>/interviews/", views.board, name="board"),
    path("incidents/<str:ref>/interviews/plan/", views.plan, name="plan"),
    path("incidents/<str:ref>/interviews/add/", views.add, name="add"),
    path("incidents/<str:ref>/interviews/invite/", views.invite_all, name="invite_all"),
    path("incidents/<str:ref>/interviews/<int:pk>/invite/", views.invite, name="invite"),
    path("incidents/<str:ref>/interviews/<int:pk>/time/", views.set_time, name="set_time"),
    path("incidents/<str:ref>/interviews/<int:pk>/cancel/", views.cancel, name="cancel"),
    # my own first impressions
    path("incidents/<str:ref>/jot-notes/", views.jot, name="jot"),
    # the interviewee
    path("incidents/<str:ref>/interviews/<int:pk>/answer/", views.answer, name="answer"),
    path("answer/<str:token>/", views.answer_by_link, name="answer_by_link"),
    # the interviewer
    path("incidents/<str:ref>/interviews/<int:pk>/", views.conduct, name="conduct"),
    path("incidents/<str:ref>/interviews/<int:pk>/notes/", views.save_note, name="save_note"),
    path("incidents/<str:ref>/interviews/<int:pk>/held/", views.held, name="held"),
    path("incidents/<str:ref>/interviews/<int:pk>/passages/", views.propose_passage, name="propose_passage"),
]
