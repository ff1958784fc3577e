from django.urls import path

from postmortems.publication.planning import views

urlpatterns = [
    path("incidents/<str:ref>/publish/later/", views.plan, name="plan"),
    path("incidents/<str:ref>/publish/later/call-off/", views.call_off, name="call_off"),
]
