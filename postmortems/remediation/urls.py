from django.urls import include, path

from postmortems.remediation.board import views as board
from postmortems.remediation.bulk import views as bulk
from postmortems.remediation.calendar import views as calendar
from postmortems.remediation.items import views as items
from postmortems.remediation.lists import views as lists
from postmortems.remediation.reminding import views as reminding

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
]
