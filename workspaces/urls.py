"""Addresses of people: workspaces, invitations, settings of a person and of the team."""

from django.urls import path

from workspaces import views

app_name = "workspaces"

urlpatterns = [
    path("workspaces/new/", views.create, name="create"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("invitations/<str:token>/acceptance/", views.accept, name="accept"),
    path("w/<slug:workspace>/theme/", views.theme, name="theme"),
    path("w/<slug:workspace>/settings/", views.settings_home, name="settings"),
    path("w/<slug:workspace>/settings/profile/", views.profile, name="profile"),
    path("w/<slug:workspace>/settings/keyboard/", views.shortcuts, name="shortcuts"),
    path("w/<slug:workspace>/settings/team/", views.team, name="team"),
    path("w/<slug:workspace>/settings/team/invitations/", views.invite, name="invite"),
    path("w/<slug:workspace>/settings/team/invitations/<int:pk>/resending/", views.resend, name="resend"),
    path(
        "w/<slug:workspace>/settings/team/invitations/<int:pk>/withdrawal/", views.withdraw, name="withdraw"
    ),
    path("w/<slug:workspace>/settings/team/members/<int:pk>/role/", views.member_role, name="member_role"),
    path(
        "w/<slug:workspace>/settings/team/members/<int:pk>/removal/",
        views.remove_member,
        name="remove_member",
    ),
    path("w/<slug:workspace>/settings/teams/", views.create_team, name="create_team"),
    path("w/<slug:workspace>/settings/teams/<int:pk>/", views.team_group, name="team_group"),
    path("w/<slug:workspace>/settings/teams/<int:pk>/removal/", views.delete_team, name="delete_team"),
    path("w/<slug:workspace>/settings/teams/<int:pk>/members/", views.add_place, name="add_place"),
    path(
        "w/<slug:workspace>/settings/teams/<int:pk>/members/<int:member>/removal/",
        views.remove_place,
        name="remove_place",
    ),
    path(
        "w/<slug:workspace>/settings/teams/<int:pk>/members/<int:member>/main/",
        views.main_team,
        name="main_team",
    ),
]
