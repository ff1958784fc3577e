from django.urls import path

from postmortems.writeup.coaching.views import marks, settings

urlpatterns = [
    path("incidents/<str:ref>/write-up/coach/", marks.coach, name="coach"),
    path("incidents/<str:ref>/write-up/<slug:key>/marks/", marks.marks, name="marks"),
    path("incidents/<str:ref>/write-up/<slug:key>/marks/stand/", marks.let_stand, name="let_stand"),
    path("incidents/<str:ref>/write-up/<slug:key>/marks/ask-again/", marks.ask_again, name="ask_again"),
    # what the organisation tells the coach
    path("settings/coach/", settings.settings, name="coach_settings"),
    path("settings/coach/<slug:kind>/words/", settings.add_word, name="add_word"),
    path("settings/coach/words/<int:pk>/remove/", settings.remove_word, name="remove_word"),
    path("settings/coach/<slug:kind>/silence/", settings.silence, name="silence_kind"),
    path("settings/coach/<slug:kind>/hear/", settings.hear, name="hear_kind"),
]
