from django.urls import path

from postmortems.archive.leading import views

urlpatterns = [
    path("archive/recurs/", views.recurs, name="recurs"),
    path("archive/fixed/", views.fixed, name="fixed"),
    path("archive/reviews/", views.reviews, name="reviews"),
    path("archive/numbers/", views.numbers, name="numbers"),
    path("archive/leading/print.pdf", views.printed, name="printed"),
    # the rows behind a figure
    path("archive/recurs/conditions/", views.conditions, name="conditions"),
    path("archive/fixed/items/", views.promises, name="promises"),
    path("archive/reviews/due/", views.due, name="due"),
    path("archive/reviews/read/", views.read, name="how_far_read"),
    path("archive/reviews/surveys/", views.surveyed, name="surveyed"),
]
