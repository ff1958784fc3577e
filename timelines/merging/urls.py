from django.urls import path

from timelines.merging.views import clocks, people, questions, same

EVIDENCE = "incidents/<str:ref>/evidence/"
urlpatterns = [
    # who the names are
    path(f"{EVIDENCE}people/", people.people, name="people"),
    path(f"{EVIDENCE}people/say/", people.say, name="say_who"),
    path(f"{EVIDENCE}people/certain/", people.certain, name="say_certain"),
    path(f"{EVIDENCE}people/refuse/", people.refuse, name="refuse_who"),
    path(f"{EVIDENCE}people/again/", people.again, name="suggest_again"),
    path(f"{EVIDENCE}people/undo/", people.undo, name="unmap"),
    # whose clock is off
    path(f"{EVIDENCE}clocks/", clocks.clocks, name="clocks"),
    path(f"{EVIDENCE}clocks/accept/", clocks.accept, name="accept_clock"),
    path("incidents/<str:ref>/sources/<int:pk>/clock-back/", clocks.take_back, name="take_back_clock"),
    # moments that several sources saw
    path(f"{EVIDENCE}same/", same.same, name="same"),
    path(f"{EVIDENCE}same/group/", same.group, name="group_events"),
    path(f"{EVIDENCE}same/certain/", same.certain, name="group_certain"),
    path(f"{EVIDENCE}same/apart/", same.apart, name="say_apart"),
    path(f"{EVIDENCE}same/again/", same.again, name="ask_again"),
    path(f"{EVIDENCE}same/undo/", same.undo, name="ungroup"),
    path(f"{EVIDENCE}same/<int:pk>/", same.moment, name="moment"),
    # what the evidence leaves open
    path(f"{EVIDENCE}questions/", questions.questions, name="questions"),
    path(f"{EVIDENCE}questions/ask/", questions.ask, name="ask"),
    path(f"{EVIDENCE}questions/<int:pk>/answer/", questions.answer, name="answer_question"),
    path(f"{EVIDENCE}questions/<int:pk>/reopen/", questions.reopen, name="reopen_question"),
    path(f"{EVIDENCE}questions/<int:pk>/withdraw/", questions.withdraw, name="withdraw_question"),
]
