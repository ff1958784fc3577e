from django.urls import path

from postmortems.publication.twin import views

urlpatterns = [
    path("incidents/<str:ref>/twin/", views.twin, name="twin"),
    path("incidents/<str:ref>/twin/mark/", views.mark, name="mark_twin"),
    path("incidents/<str:ref>/twin/instead/", views.instead, name="instead_in_twin"),
    path("incidents/<str:ref>/twin/words/", views.words, name="words_of_twin"),
    path("incidents/<str:ref>/twin/words/all/", views.all_found, name="found_in_twin"),
    path("incidents/<str:ref>/twin/approve/", views.approve, name="approve_twin"),
    path("incidents/<str:ref>/twin/ask/", views.ask, name="ask_about_twin"),
    path("incidents/<str:ref>/twin/publish/", views.publish, name="publish_twin"),
    path("incidents/<str:ref>/twin/<int:pk>/withdraw/", views.withdraw, name="withdraw_twin"),
    path("settings/outside/", views.house, name="house_words"),
]
