"""Addresses of people: workspaces, invitations, settings of a person and of the team."""

from django.urls import path

from workspaces import views
from workspaces.views.audit import audit, audit_sheet

app_name = "workspaces"

urlpatterns = [
    path("w/<slug:workspace>/settings/audit/", audit, name="audit"),
    path("w/<slug:workspace>/settings/audit/sheet/", audit_sheet, name="audit_sheet"),
    path("workspaces/new/", views.create, name="create"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("invitations/<str:token>/acceptance/", views.accept, name="accept"),
    path("live/faces/<str:key>.webp", views.face, name="face"),
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
    path(
        "w/<slug:workspace>/settings/team/members/<int:pk>/return/",
        views.restore_member,
        name="restore_member",
    ),
    path("api/v1/me", views.me, name="api_me"),
    path("w/<slug:workspace>/settings/security/", views.security, name="security"),
    path("w/<slug:workspace>/settings/tokens/", views.tokens, name="tokens"),
    path("w/<slug:workspace>/settings/tokens/<int:pk>/removal/", views.revoke_token, name="revoke_token"),
    path("w/<slug:workspace>/settings/roles/", views.roles, name="roles"),
    path("w/<slug:workspace>/settings/roles/new/", views.add_role, name="add_role"),
    path("w/<slug:workspace>/settings/roles/<int:pk>/name/", views.rename_role, name="rename_role"),
    path("w/<slug:workspace>/settings/roles/<int:pk>/removal/", views.remove_role, name="remove_role"),
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
