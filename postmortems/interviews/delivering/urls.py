from django.urls import path

from postmortems.interviews.delivering import views

urlpatterns = [
    path("incidents/<str:ref>/interviews/<int:pk>/letters/", views.send_again, name="send_again"),
]
