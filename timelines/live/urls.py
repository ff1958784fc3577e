from django.urls import path, re_path

from timelines.live import receiver, views
from timelines.live.rules import views as rules

app_name = "live"
urlpatterns = [
    # where tools send to
    re_path(r"^hooks/(?P<key>[A-Za-z0-9_-]{1,64})/$", receiver.receive, name="receive"),
    # what no rule knew a place for
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/decide/", views.decide, name="decide"),
    path("inbox/sort-again/", views.sort_again, name="sort_again"),
    path("inbox/<uuid:pk>/take-back/", views.take_back, name="take_back"),
    path("inbox/<uuid:pk>/undo/", views.undo, name="undo"),
    # connections and rules
    path("settings/connections/", views.connections, name="connections"),
    path("settings/connections/rules/new/", rules.new_rule, name="new_rule"),
    re_path(r"^settings/connections/rules/(?P<pk>[0-9]{1,17})/$", rules.rule, name="rule"),
    re_path(
        r"^settings/connections/rules/(?P<pk>[0-9]{1,17})/(?P<what>earlier|later|on|off|remove)/$",
        rules.change_rule,
        name="change_rule",
    ),
    path("settings/connections/<int:pk>/", views.connection, name="connection"),
    re_path(
        r"^settings/connections/(?P<pk>[0-9]{1,17})/(?P<what>secret|end-older|stop|start)/$",
        views.change_connection,
        name="change_connection",
    ),
]
