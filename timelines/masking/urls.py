from django.urls import path

from timelines.masking import views

urlpatterns = [
    path("incidents/<str:ref>/evidence/masked/", views.masked, name="masked"),
    path("incidents/<str:ref>/evidence/masked/decide/", views.decide, name="decide_masked"),
]
