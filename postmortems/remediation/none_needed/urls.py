from django.urls import path

from postmortems.remediation.none_needed import views

urlpatterns = [path("incidents/<str:ref>/items/none/", views.decide, name="decide_none")]
