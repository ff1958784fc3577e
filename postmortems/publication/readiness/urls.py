from django.urls import path

from postmortems.publication.readiness import views

urlpatterns = [
    path("incidents/<str:ref>/write-up/<slug:key>/checks/", views.checks, name="checks"),
    path("settings/severities/<slug:key>/readiness/", views.policy, name="policy"),
]
