from django.urls import path

from postmortems.accounts import views

app_name = "accounts"
urlpatterns = [
    # people
    path("people/", views.people, name="people"),
    path("people/invitations/", views.invitations, name="invitations"),
    path("people/invitations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("people/<int:pk>/role/", views.set_role, name="set_role"),
    path("welcome/<str:token>/", views.accept, name="accept"),
    # teams
    path("people/teams/new/", views.edit_team, name="new_team"),
    path("people/teams/<slug:slug>/", views.team, name="team"),
    path("people/teams/<slug:slug>/edit/", views.edit_team, name="edit_team"),
    # me
    path("me/", views.profile, name="profile"),
]
