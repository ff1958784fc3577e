from django.urls import path

from postmortems.publication import views

app_name = "publication"
urlpatterns = [
    path("incidents/<str:ref>/publish/", views.readiness, name="readiness"),
    path("incidents/<str:ref>/publish/now/", views.publish, name="publish"),
    path("incidents/<str:ref>/publish/approve/", views.approve, name="approve"),
    path("archive/<str:ref>/", views.revision, name="newest"),
    path("archive/<str:ref>/<int:number>/", views.revision, name="revision"),
    path("archive/<str:ref>/<int:number>/printing/", views.printing, name="printing"),
    path("archive/<str:ref>/<int:number>.pdf", views.pdf, name="pdf"),
]
