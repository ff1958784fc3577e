from django.urls import path

from postmortems.writeup.citing import views

urlpatterns = [
    path("incidents/<str:ref>/write-up/cite/", views.cite, name="cite"),
    path("incidents/<str:ref>/write-up/cited/<slug:kind>/<int:number>/", views.cited, name="cited"),
]
