from django.urls import path

from postmortems.desk import views

app_name = "desk"
urlpatterns = [
    path("incidents/<str:ref>/", views.overview, name="overview"),
]
