from django.urls import path

from postmortems.writeup.conditions import views

urlpatterns = [
    path("incidents/<str:ref>/conditions/new/", views.condition, name="new_condition"),
    path("incidents/<str:ref>/conditions/<int:number>/", views.condition, name="condition"),
    path(
        "incidents/<str:ref>/conditions/<int:number>/remove/", views.remove_condition, name="remove_condition"
    ),
]
