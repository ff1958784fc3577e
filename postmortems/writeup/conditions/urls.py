from django.urls import path

from postmortems.writeup.conditions import views

urlpatterns = [
    path("incidents/<str:ref>/conditions/new/", views.condition, name="new_condition"),
    path("incidents/<str:ref>/conditions/<int:number>/", views.condition, name="condition"),
    path("incidents/<str:ref>/conditions/<int:number>/remove/", views.remove_condition, name="remove_condition"),
    path("incidents/<str:ref>/conditions/<int:number>/back/", views.bring_back, name="bring_back"),
    path("incidents/<str:ref>/conditions/<int:number>/move/", views.move_condition, name="move_condition"),
    path("incidents/<str:ref>/conditions/of-event/<int:pk>/", views.of_event, name="conditions_of_event"),
    # the organisation's kinds
    path("settings/kinds/", views.kinds, name="kinds"),
    path("settings/kinds/new/", views.edit_kind, name="new_kind"),
    path("settings/kinds/<slug:key>/", views.edit_kind, name="edit_kind"),
    path("settings/kinds/<slug:key>/move/", views.move_kind, name="move_kind"),
    path("settings/kinds/<slug:key>/retire/", views.retire_kind, name="retire_kind"),
]  # fmt: skip
