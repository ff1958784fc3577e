from django.urls import path

from postmortems.publication.tracing import views

urlpatterns = [path("incidents/<str:ref>/trace/", views.trace, name="trace")]
