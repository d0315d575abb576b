"""Whom to let in, as what, and what happens to the work of who leaves."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from workspaces.guarded import Guarded
from workspaces.models import Member, OwnRole, Team
from workspaces.permissions import EDITABLE, FIXED, Permission, Role
from workspaces.queries import heirs_of, role_of, roles_given_by

MOST_AT_ONCE = 30


class InviteForm(forms.Form):
    """One or several addresses that get the same role and team."""

    email = forms.CharField(
        label=_("Email"),
        max_length=8000,
        help_text=_("Several at once: one on each line, or commas between them."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "inputmode": "email"}),
    )
    role = forms.ChoiceField(label=_("Role"), initial=Role.AGENT)
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.unscoped.none(), required=False, empty_label=_("No team")
    )

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_given_by(by)
        self.fields["team"].queryset = Team.objects.order_by("name")
        if not self.fields["team"].queryset.exists():
            del self.fields["team"]

    def clean_email(self) -> list[str]:
        typed = [word for word in re.split(r"[\s,;]+", self.cleaned_data["email"]) if word]
        addresses = list(dict.fromkeys(word.lower() for word in typed))
        if len(addresses) > MOST_AT_ONCE:
            raise ValidationError(_now("At most %(n)s at once.") % {"n": MOST_AT_ONCE})
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(
                    _now("%(address)s is no email address.") % {"address": address}
                ) from None
        return addresses

    def chosen_role(self) -> tuple[str, OwnRole | None]:
        return role_of(self.cleaned_data["role"])

    def keep_only(self, addresses: list[str]) -> None:
        """What the page shows again: those that could not be invited."""
        self.data = self.data.copy()
        self.data[self.add_prefix("email")] = "\n".join(addresses)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_given_by(by)

    def chosen_role(self) -> tuple[str, OwnRole | None]:
        return role_of(self.cleaned_data["role"])


class HeirForm(forms.Form):
    """Who gets what somebody leaves open (AC-7)."""

    heir = forms.ChoiceField(label=_("Give their open conversations to"), required=False)

    def __init__(self, *args, member: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.member = member
        self.fields["heir"].choices = heirs_of(member)

    def chosen_heir(self) -> Member | Team | None:
        kind, _sep, number = self.cleaned_data["heir"].partition(":")
        if not number:
            return None
        if kind == "team":
            return Team.objects.get(pk=number)
        return Member.objects.active().get(pk=number, workspace=self.member.workspace_id)


class MatrixForm(Guarded, forms.Form):
    """What each role may do: a list of ticks for each role that may be changed, by its key."""

    def __init__(self, *args, columns: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.columns = columns
        choices = [(key, label) for key, label in Permission.choices if key not in FIXED]
        for key, label in columns:
            self.fields[key] = forms.MultipleChoiceField(
                label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )

    def lines(self) -> list[dict]:
        """One for each right: who always or never has it, and a tick for each other role."""
        ticked = {key: set(self[key].value() or []) for key, _label in self.columns}
        return [
            {
                "key": key,
                "label": label,
                "fixed": key in FIXED,
                "cells": [
                    {"name": self.add_prefix(role), "label": name, "value": key, "on": key in ticked[role]}
                    for role, name in self.columns
                ],
            }
            for key, label in Permission.choices
        ]


class RoleNameForm(Guarded, forms.Form):
    """The name of an added role, one form for each line of the page."""

    name = forms.CharField(label=_("Name of the role"), max_length=60)


class OwnRoleForm(forms.Form):
    name = forms.CharField(label=_("Name of the role"), max_length=60)
    base = forms.ChoiceField(
        label=_("Begin with what this one may"), choices=[(key, key.label) for key in EDITABLE]
    )
