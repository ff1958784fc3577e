from django.urls import include, path

from postmortems.incidents import views

app_name = "incidents"
urlpatterns = [
    # all of them
    path("incidents/", views.incident_list, name="list"),
    path("incidents/new/", views.new, name="new"),
    # one of them; its overview is in desk.urls
    path("incidents/<str:ref>/edit/", views.edit, name="edit"),
    path("incidents/<str:ref>/history/", views.history, name="history"),
    path("incidents/<str:ref>/no-review/", views.no_review, name="no_review"),
    path("incidents/<str:ref>/reopen/", views.reopen, name="reopen"),
    path("incidents/<str:ref>/close/", views.close, name="close"),
    path("incidents/<str:ref>/stages/skip/", views.skip_stage, name="skip_stage"),
    path("incidents/<str:ref>/links/add/", views.add_link, name="add_link"),
    path("incidents/<str:ref>/links/<int:pk>/remove/", views.remove_link, name="remove_link"),
    path("", include("postmortems.incidents.impact.urls")),
    # its people
    path("incidents/<str:ref>/people/", views.people, name="people"),
    path("incidents/<str:ref>/people/add/", views.add_participant, name="add_participant"),
    path("incidents/<str:ref>/people/<int:pk>/remove/", views.remove_participant, name="remove_participant"),
    path("incidents/<str:ref>/circle/add/", views.add_to_circle, name="add_to_circle"),
    path("incidents/<str:ref>/circle/<int:pk>/remove/", views.remove_from_circle, name="remove_from_circle"),
    # the organisation's settings
    path("settings/", views.settings, name="settings"),
    path("settings/severities/<slug:key>/", views.edit_severity, name="edit_severity"),
    path("settings/services/new/", views.edit_service, name="new_service"),
    path("settings/services/<slug:slug>/", views.edit_service, name="edit_service"),
    path("settings/audit/", views.audit, name="audit"),
]
