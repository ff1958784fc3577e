from django.urls import path

from postmortems.interviews.inviting import calendar_views, views

urlpatterns = [
    # the interviewee
    path("incidents/<str:ref>/interviews/<int:pk>/answer/", views.answer, name="answer"),
    path("answer/<str:token>/", views.answer_by_link, name="answer_by_link"),
    # one's own
    path("conversations/", views.mine, name="mine"),
    path("conversations/<int:pk>/reminder/", views.remind_me, name="remind_me"),
    path("me/calendar/", calendar_views.my_calendar, name="my_calendar"),
    path("me/calendar/feed/", calendar_views.change_feed, name="change_feed"),
    path("me/calendar/busy/", calendar_views.change_busy, name="change_busy"),
    path("calendar/<str:key>.ics", calendar_views.subscribe, name="feed"),
]
