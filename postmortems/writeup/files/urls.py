from django.urls import path

from postmortems.writeup.files import views

urlpatterns = [
    path("incidents/<str:ref>/write-up/own-editor/", views.own_editor, name="own_editor"),
    path("incidents/<str:ref>/write-up/own-editor/draft.md", views.download, name="download"),
    path("incidents/<str:ref>/write-up/own-editor/compare/", views.compare, name="compare"),
    path("incidents/<str:ref>/write-up/own-editor/take/", views.take, name="take"),
]
