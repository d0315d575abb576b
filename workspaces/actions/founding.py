"""A workspace begins with its owner."""

import secrets

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from workspaces.models import Member, User, Workspace
from workspaces.permissions import Role

# Left room for a suffix: the column takes 48 characters.
SLUG_LENGTH = 40


@transaction.atomic
def create_workspace(name: str, by: User, language: str = "en", time_zone: str = "UTC", **fields) -> Member:
    """Create a workspace and make the person its owner. Its address is made from the name, once and for all."""
    workspace = _with_free_slug(name=name, language=language, time_zone=time_zone, **fields)
    return Member.objects.create(workspace=workspace, user=by, role=Role.OWNER, display_name=name_of(by))


def name_of(user: User) -> str:
    return user.name or user.email.split("@")[0]


def _with_free_slug(**fields) -> Workspace:
    """Try the plain word first, then with a few random letters: two at once cannot get the same one."""
    plain = slugify(fields["name"])[:SLUG_LENGTH].strip("-") or "workspace"
    for slug in [
        plain,
        *(f"{plain}-{secrets.token_hex(2)}" for _ in range(4)),
        f"{plain}-{secrets.token_hex(3)}",
    ]:
        if Workspace.objects.filter(slug=slug).exists():
            continue
        try:
            with transaction.atomic():
                return Workspace.objects.create(slug=slug, **fields)
        except IntegrityError:
            continue
    raise RuntimeError(f"No free address for a workspace like {plain}.")
