from django.urls import path, re_path

from timelines.live import receiver, views

app_name = "live"
urlpatterns = [
    # where tools send to
    re_path(r"^hooks/(?P<key>[A-Za-z0-9_-]{1,64})/$", receiver.receive, name="receive"),
    # what no rule knew a place for
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/decide/", views.decide, name="decide"),
    path("inbox/<uuid:pk>/take-back/", views.take_back, name="take_back"),
    # connections and rules
    path("settings/connections/", views.connections, name="connections"),
    path("settings/connections/rules/", views.add_rule, name="add_rule"),
    path("settings/connections/rules/<int:pk>/remove/", views.remove_rule, name="remove_rule"),
    path("settings/connections/<int:pk>/", views.connection, name="connection"),
    re_path(
        r"^settings/connections/(?P<pk>[0-9]{1,17})/(?P<what>secret|end-older|stop|start)/$",
        views.change_connection,
        name="change_connection",
    ),
]
