from django.urls import path

from postmortems.publication.approving import views

urlpatterns = [
    path("incidents/<str:ref>/publish/approve/", views.approve, name="approve"),
    path("incidents/<str:ref>/publish/approvers/", views.name, name="name_approver"),
    path("incidents/<str:ref>/publish/approvers/ask/", views.ask, name="ask_approvers"),
    path("incidents/<str:ref>/publish/approvers/<int:pk>/remove/", views.unname, name="unname_approver"),
    path("incidents/<str:ref>/publish/approved/<int:pk>/changes/", views.since, name="since_approval"),
]
