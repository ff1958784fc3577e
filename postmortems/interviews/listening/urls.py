from django.urls import path

from postmortems.interviews.listening.views import notes, page, questions

urlpatterns = [
    path("incidents/<str:ref>/interviews/<int:pk>/", page.conduct, name="conduct"),
    path("incidents/<str:ref>/interviews/<int:pk>/begin/", page.begin, name="begin"),
    path("incidents/<str:ref>/interviews/<int:pk>/held/", page.held, name="held"),
    path("incidents/<str:ref>/interviews/<int:pk>/left-open/", page.leave_open, name="leave_open"),
    path("incidents/<str:ref>/interviews/<int:pk>/notes/", notes.save_note, name="save_note"),
    path("incidents/<str:ref>/interviews/<int:pk>/off/", notes.off_record, name="off_record"),
    path("incidents/<str:ref>/interviews/<int:pk>/on/", notes.on_record, name="on_record"),
    path("incidents/<str:ref>/interviews/<int:pk>/day/", notes.settle_stamp, name="settle_stamp"),
    path("incidents/<str:ref>/interviews/<int:pk>/passages/", notes.passages, name="passages"),
    path("incidents/<str:ref>/interviews/<int:pk>/passages/new/", notes.propose_passage, name="propose_passage"),
    path("incidents/<str:ref>/interviews/<int:pk>/questions/add/", questions.add, name="add_question"),
    path("incidents/<str:ref>/interviews/<int:pk>/questions/change/", questions.change, name="change_question"),
    path("incidents/<str:ref>/interviews/<int:pk>/questions/check/", questions.check, name="check_question"),
    # help for everybody
    path("help/questions/", questions.check_a_question, name="check_a_question"),
]  # fmt: skip
