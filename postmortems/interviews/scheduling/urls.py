from django.urls import path

from postmortems.interviews.scheduling.views import board, people, window

urlpatterns = [
    path("incidents/<str:ref>/interviews/", board.board, name="board"),
    path("incidents/<str:ref>/interviews/whom/", people.whom, name="whom"),
    path("incidents/<str:ref>/interviews/plan/", people.plan, name="plan"),
    path("incidents/<str:ref>/interviews/add/", people.add, name="add"),
    path("incidents/<str:ref>/interviews/window/", window.decide, name="decide_window"),
    path("incidents/<str:ref>/interviews/people/add/", people.take_in, name="take_in"),
    path("incidents/<str:ref>/interviews/people/<int:pk>/loosen/", people.loosen, name="loosen"),
    path("incidents/<str:ref>/interviews/people/<int:pk>/hours/", people.hours, name="hours"),
    path("incidents/<str:ref>/interviews/people/<int:pk>/not-asked/", people.not_asked, name="not_asked"),
    path("incidents/<str:ref>/interviews/people/<int:pk>/ask/", people.ask_after_all, name="ask_after_all"),
    path("incidents/<str:ref>/interviews/invite/", board.invite_all, name="invite_all"),
    path("incidents/<str:ref>/interviews/<int:pk>/invite/", board.invite, name="invite"),
    path("incidents/<str:ref>/interviews/<int:pk>/move/", board.move, name="move"),
    path("incidents/<str:ref>/interviews/<int:pk>/rules/", board.rules, name="rules"),
    path("incidents/<str:ref>/interviews/<int:pk>/time/", board.set_time, name="set_time"),
    path("incidents/<str:ref>/interviews/<int:pk>/cancel/", board.cancel, name="cancel"),
]
