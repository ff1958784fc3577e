from django.urls import include, path, re_path

from postmortems.remediation.board import views as board
from postmortems.remediation.bulk import views as bulk
from postmortems.remediation.calendar import views as calendar
from postmortems.remediation.items import views as items
from postmortems.remediation.lists import views as lists
from postmortems.remediation.reminding import views as reminding
from postmortems.remediation.tracking import receiver
from postmortems.remediation.tracking import views as tracking

app_name = "remediation"
urlpatterns = [
    path("", include("postmortems.remediation.none_needed.urls")),
    # everyday
    path("items/", lists.mine, name="mine"),
    path("items/all/", lists.everything, name="all"),
    path("items/all.csv", lists.take_along, name="take_along"),
    path("items/team/<slug:slug>/", lists.of_team, name="of_team"),
    path("items/views/save/", lists.save_view, name="save_view"),
    path("items/views/<int:pk>/forget/", lists.forget_view, name="forget_view"),
    path("items/change/", bulk.change, name="change"),
    path("items/undo/<int:pk>/", bulk.undo, name="undo"),
    path("items/board/", board.board, name="board"),
    path("items/board/move/", board.move, name="move_card"),
    path("items/board/undo/<int:pk>/", board.undo, name="undo_card"),
    # hearing of them
    path("items/hearing/", reminding.hearing, name="hearing"),
    path("items/calendar/", calendar.change, name="change_calendar"),
    path("items/calendar/<str:key>.ics", calendar.subscribe, name="calendar"),
    path("items/team/<slug:slug>/chat/", reminding.channels, name="channels"),
    path("items/team/<slug:slug>/chat/<int:pk>/", reminding.change_channel, name="change_channel"),
    # trackers, and where their webhooks knock
    re_path(r"^hooks/trackers/(?P<key>[A-Za-z0-9_-]{1,64})/$", receiver.receive, name="knock"),
    path("settings/trackers/", tracking.trackers, name="trackers"),
    path("settings/trackers/<int:pk>/", tracking.tracker, name="tracker"),
    path("settings/trackers/<int:pk>/people/", tracking.add_login, name="add_login"),
    path("settings/trackers/<int:pk>/people/<int:login>/remove/", tracking.remove_login, name="remove_login"),
    re_path(
        r"^settings/trackers/(?P<pk>[0-9]{1,17})/(?P<what>try|secret|stop|start|remove)/$",
        tracking.change_tracker,
        name="change_tracker",
    ),
    # those of one incident
    path("incidents/<str:ref>/items/", items.of_incident, name="of_incident"),
    path("incidents/<str:ref>/items/fragment/", items.fragment, name="fragment"),
    path("incidents/<str:ref>/items/new/", items.new, name="new"),
    path("incidents/<str:ref>/items/check/", items.check, name="check"),
    path("incidents/<str:ref>/items/<int:number>/", items.item, name="item"),
    path("incidents/<str:ref>/items/<int:number>/edit/", items.edit, name="edit"),
    path("incidents/<str:ref>/items/<int:number>/move/", items.move, name="move"),
    path("incidents/<str:ref>/items/<int:number>/links/", items.link, name="link"),
    path("incidents/<str:ref>/items/<int:number>/links/<int:pk>/remove/", items.unlink, name="unlink"),
    path("incidents/<str:ref>/items/<int:number>/effect/", items.effect, name="effect"),
    path("incidents/<str:ref>/items/<int:number>/issue/", tracking.issue, name="issue"),
    re_path(
        r"^incidents/(?P<ref>[^/]+)/items/(?P<number>[0-9]{1,9})/issue/(?P<what>make|link|unlink|settle|look)/$",
        tracking.change_issue,
        name="change_issue",
    ),
]
