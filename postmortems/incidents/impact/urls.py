from django.urls import path

from postmortems.incidents.impact import views

urlpatterns = [
    path("incidents/<str:ref>/impact/", views.impact, name="impact"),
    path("incidents/<str:ref>/impact/add/", views.add_figure, name="add_figure"),
    path("incidents/<str:ref>/impact/<int:pk>/", views.change_figure, name="change_figure"),
    path("incidents/<str:ref>/impact/<int:pk>/remove/", views.remove_figure, name="remove_figure"),
]
