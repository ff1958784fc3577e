from django.urls import include, path

from postmortems.remediation import views

app_name = "remediation"
urlpatterns = [
    path("", include("postmortems.remediation.none_needed.urls")),
    path("items/", views.mine, name="mine"),
    path("items/all/", views.everything, name="all"),
    path("items/team/<slug:slug>/", views.of_team, name="of_team"),
    path("incidents/<str:ref>/items/", views.of_incident, name="of_incident"),
    path("incidents/<str:ref>/items/fragment/", views.fragment, name="fragment"),
    path("incidents/<str:ref>/items/new/", views.new, name="new"),
    path("incidents/<str:ref>/items/<int:number>/", views.item, name="item"),
    path("incidents/<str:ref>/items/<int:number>/edit/", views.edit, name="edit"),
    path("incidents/<str:ref>/items/<int:number>/move/", views.move, name="move"),
]
