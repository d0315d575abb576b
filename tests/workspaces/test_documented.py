"""docs/admin/people.md says what the code does."""

from pathlib import Path

from workspaces.permissions import GRANTS, Permission, Role

PAGE = Path(__file__).resolve().parents[2] / "docs" / "admin" / "people.md"


def test_table_of_roles_is_the_one_in_use():
    lines = [f"| May | {' | '.join(str(role.label) for role in Role)} |"]
    for permission in Permission:
        marks = ["yes" if permission in GRANTS[role] else "" for role in Role]
        lines.append(f"| {permission.label} | {' | '.join(marks)} |")
    page = PAGE.read_text()
    assert [line for line in lines if line not in page] == []
