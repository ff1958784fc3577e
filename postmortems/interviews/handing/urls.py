from django.urls import path

from postmortems.interviews.handing import views

urlpatterns = [
    path("incidents/<str:ref>/interviews/<int:pk>/interviewer/", views.hand_over, name="hand_over"),
]
