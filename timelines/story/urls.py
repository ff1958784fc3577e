from django.urls import path, re_path

from timelines.story import views

STORY = "incidents/<str:ref>/story/"
SPAN = r"^incidents/(?P<ref>[^/]+)/story/(?P<kind>hypothesis|intervention)/"
urlpatterns = [
    # what was believed, tried and told
    path(STORY, views.story, name="story"),
    re_path(SPAN + r"new/$", views.add_span, name="add_span"),
    re_path(SPAN + r"(?P<pk>[0-9]{1,17})/$", views.edit_span, name="edit_span"),
    re_path(SPAN + r"(?P<pk>[0-9]{1,17})/remove/$", views.remove_span, name="remove_span"),
    path(f"{STORY}put-back/", views.put_back, name="put_back"),
    # phases, and the times that follow from them
    path(f"{STORY}phases/", views.phases_page, name="phases"),
    path(f"{STORY}phases/times/", views.take_times, name="take_times"),
    # the service level
    path(f"{STORY}level/", views.level_page, name="level"),
    path(f"{STORY}level/add/", views.add_level, name="add_level"),
    re_path(
        r"^incidents/(?P<ref>[^/]+)/story/level/(?P<pk>[0-9]{1,17})/(?P<what>show|remove|crossings)/$",
        views.change_level,
        name="change_level",
    ),
]
