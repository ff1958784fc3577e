from django.urls import include, path, re_path

from timelines.views import event, evidence, export, line, saved

app_name = "timelines"
urlpatterns = [
    # the line
    path("incidents/<str:ref>/timeline/", line.timeline, name="timeline"),
    path("incidents/<str:ref>/timeline/table/", line.table, name="table"),
    path("incidents/<str:ref>/timeline/add/", event.add, name="add"),
    re_path(r"^incidents/(?P<ref>[^/]+)/timeline\.(?P<kind>csv|jsonl|md|ics)$", export.export, name="export"),
    path("incidents/<str:ref>/timeline/views/", saved.save_view, name="save_view"),
    path("incidents/<str:ref>/timeline/views/<int:pk>/forget/", saved.forget_view, name="forget_view"),
    path("incidents/<str:ref>/timeline/at/<str:moment>/", saved.at, name="at"),
    # one event
    path("incidents/<str:ref>/timeline/<int:pk>/", event.event, name="event"),
    path("incidents/<str:ref>/timeline/<int:pk>/edit/", event.edit, name="edit"),
    path("incidents/<str:ref>/timeline/<int:pk>/raw/", event.raw, name="raw"),
    path("incidents/<str:ref>/timeline/<int:pk>/annotate/", event.annotate, name="annotate"),
    path("incidents/<str:ref>/timeline/<int:pk>/pin/", event.pin, name="pin"),
    path("incidents/<str:ref>/timeline/<int:pk>/hide/", event.hide, name="hide"),
    path("incidents/<str:ref>/timeline/<int:pk>/show/", event.show, name="show"),
    # where it comes from
    path("incidents/<str:ref>/evidence/", evidence.imports, name="imports"),
    path("incidents/<str:ref>/evidence/receive/", evidence.receive, name="receive"),
    path("incidents/<str:ref>/evidence/<uuid:pk>/", evidence.import_row, name="import"),
    path("incidents/<str:ref>/evidence/<uuid:pk>/answer/", evidence.answer, name="answer"),
    path("incidents/<str:ref>/evidence/<uuid:pk>/set-aside/", evidence.set_aside, name="set_aside"),
    path("incidents/<str:ref>/evidence/<uuid:pk>/original/", evidence.original, name="original"),
    path("incidents/<str:ref>/sources/<int:pk>/offset/", evidence.offset, name="offset"),
    path("incidents/<str:ref>/sources/<int:pk>/zone/", evidence.zone, name="zone"),
    # one line of many
    path("", include("timelines.merging.urls")),
    # what was taken out of it
    path("", include("timelines.masking.urls")),
    # what was believed, tried and told
    path("", include("timelines.story.urls")),
]
