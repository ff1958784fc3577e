from django.urls import include, path

from postmortems.publication import showing, views
from postmortems.publication.reading import views as reading

app_name = "publication"
urlpatterns = [
    path("incidents/<str:ref>/publish/", views.readiness, name="readiness"),
    path("incidents/<str:ref>/publish/now/", views.publish, name="publish"),
    path("", include("postmortems.publication.approving.urls")),
    path("", include("postmortems.publication.planning.urls")),
    path("", include("postmortems.publication.readiness.urls")),
    path("", include("postmortems.publication.tracing.urls")),
    path("", include("postmortems.publication.twin.urls")),
    path("", include("postmortems.publication.withdrawing.urls")),
    # words published with somebody's name
    path("incidents/<str:ref>/publish/ask/", views.ask_attributed, name="ask_attributed"),
    path("incidents/<str:ref>/attributed/", views.attributed_to_me, name="attributed"),
    path("attributed/<str:key>/", views.attributed_by_link, name="attributed_by_link"),
    # what is published
    path("archive/<str:ref>/images/<str:digest>.<str:suffix>", showing.image, name="image"),
    path("archive/<str:ref>/", reading.revision, name="newest"),
    path("archive/<str:ref>/<int:number>/", reading.revision, name="revision"),
    path("archive/<str:ref>/<int:number>/changes/", reading.changes, name="changes"),
    path("archive/<str:ref>/<int:number>/items/", reading.standing, name="standing"),
    path("archive/<str:ref>/<int:number>/printing/", reading.printing, name="printing"),
    path("archive/<str:ref>/<int:number>.pdf", reading.pdf, name="pdf"),
    path("archive/<str:ref>/<int:number>.json", reading.document, name="document"),
    path("", include("postmortems.publication.exporting.urls")),
]
