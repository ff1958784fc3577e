from django.urls import path

from postmortems.publication.exporting import views

urlpatterns = [
    path("archive/<str:ref>/<int:number>.md", views.markdown, name="markdown"),
    path("archive/<str:ref>/<int:number>.zip", views.folder, name="folder"),
    path("archive/<str:ref>/<int:number>.docx", views.word, name="word"),
]
