from django.urls import path

from postmortems.writeup.commenting import mine, views

SAID = "incidents/<str:ref>/write-up/comments"
urlpatterns = [
    path(f"{SAID}/", views.comments, name="comments"),
    path(f"{SAID}/new/", views.comment, name="comment"),
    path(f"{SAID}/people/", views.people, name="people_to_call"),
    path(f"{SAID}/<int:pk>/answer/", views.answer, name="answer_comment"),
    path(f"{SAID}/<int:pk>/edit/", views.edit, name="edit_comment"),
    path(f"{SAID}/<int:pk>/remove/", views.remove, name="remove_comment"),
    path(f"{SAID}/<int:pk>/resolve/", views.resolve, name="resolve_comment"),
    path(f"{SAID}/<int:pk>/reopen/", views.reopen, name="reopen_comment"),
    path(f"{SAID}/<int:pk>/accept/", views.accept, name="accept_suggestion"),
    path(f"{SAID}/<int:pk>/decline/", views.decline, name="decline_suggestion"),
    path("me/comments/", mine.comments, name="my_comments"),
]
