from django.urls import path, re_path

from timelines import views

app_name = "timelines"
urlpatterns = [
    # the line
    path("incidents/<str:ref>/timeline/", views.timeline, name="timeline"),
    path("incidents/<str:ref>/timeline/add/", views.add, name="add"),
    re_path(r"^incidents/(?P<ref>[^/]+)/timeline\.(?P<kind>csv|jsonl)$", views.export, name="export"),
    # one event
    path("incidents/<str:ref>/timeline/<int:pk>/", views.event, name="event"),
    path("incidents/<str:ref>/timeline/<int:pk>/edit/", views.edit, name="edit"),
    path("incidents/<str:ref>/timeline/<int:pk>/raw/", views.raw, name="raw"),
    path("incidents/<str:ref>/timeline/<int:pk>/pin/", views.pin, name="pin"),
    path("incidents/<str:ref>/timeline/<int:pk>/caption/", views.caption, name="caption"),
    path("incidents/<str:ref>/timeline/<int:pk>/hide/", views.hide, name="hide"),
    path("incidents/<str:ref>/timeline/<int:pk>/show/", views.show, name="show"),
    path("incidents/<str:ref>/timeline/<int:pk>/phase/", views.phase, name="phase"),
    # where it comes from
    path("incidents/<str:ref>/evidence/", views.imports, name="imports"),
    path("incidents/<str:ref>/evidence/receive/", views.receive, name="receive"),
    path("incidents/<str:ref>/evidence/<uuid:pk>/", views.import_row, name="import"),
    path("incidents/<str:ref>/evidence/<uuid:pk>/answer/", views.answer, name="answer"),
    path("incidents/<str:ref>/evidence/<uuid:pk>/set-aside/", views.set_aside, name="set_aside"),
    path("incidents/<str:ref>/evidence/<uuid:pk>/original/", views.original, name="original"),
    path("incidents/<str:ref>/sources/<int:pk>/offset/", views.offset, name="offset"),
    path("incidents/<str:ref>/sources/<int:pk>/zone/", views.zone, name="zone"),
]
