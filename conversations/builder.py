"""The form that makes a view: from what is posted to conditions, and from conditions to lines of choices."""

import re

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from conversations.conditions import EXTRAS, FIELDS, MOST_GROUPS, MOST_LINES, WANTS, Field
from conversations.conditions_custom import own_choices, own_words
from conversations.models import Label, Priority, SavedView, Sharing
from inboxes.kinds import all_kinds
from inboxes.models import Channel, Inbox
from workspaces.models import Member, Team

_NAME = re.compile(r"c-(\d{1,2})-(\d{1,2})-field")


def start_from(view: SavedView | None) -> dict:
    if view is None:
        first = {"field": "status", "op": "is", "value": ["open"]}
        return {"name": "", "sharing": "private", "team": "", "conditions": {"any": [{"all": [first]}]}}
    team = str(view.team_id or "")
    return {"name": view.name, "sharing": view.sharing, "team": team, "conditions": view.conditions}


def raw_from(posted, fields: dict | None = None) -> dict:
    """What was typed, cleaned of nothing, after the button that was pressed: another line, another group, one less."""
    groups: dict[int, list[tuple[int, dict]]] = {}
    for found in filter(None, map(_NAME.fullmatch, posted)):
        group, line = int(found[1]), int(found[2])
        groups.setdefault(group, []).append((line, _line(posted, f"c-{group}-{line}", fields or FIELDS)))
    lines = {
        group: [line for _n, line in sorted(all_, key=lambda pair: pair[0])] for group, all_ in groups.items()
    }
    pressed = posted.get("do", "")
    kept = [{"all": lines[group]} for group in sorted(lines)][:MOST_GROUPS]
    return {
        "name": posted.get("name", "")[:200],
        "sharing": posted.get("sharing", ""),
        "team": posted.get("team", ""),
        "conditions": {"any": _pressed(kept, pressed)},
    }


def _line(posted, name: str, fields: dict) -> dict:
    key = posted.get(f"{name}-field", "")
    field = fields.get(key) or fields["status"]
    # Another field than before: what was chosen for the old one means nothing here.
    same = posted.get(f"{name}-was", key) == field.key
    op = posted.get(f"{name}-op") if same and posted.get(f"{name}-op") in field.ops else field.ops[0]
    line = {"field": field.key, "op": op}
    values = posted.getlist(f"{name}-value") if same else []
    wanted = WANTS[op]
    if wanted == "many":
        line["value"] = values
    elif wanted == "span":
        line["value"] = {"n": (values or ["1"])[0], "unit": posted.get(f"{name}-unit", "hours")}
    elif wanted:
        line["value"] = (values or [""])[0]
    return line


def _pressed(groups: list[dict], pressed: str) -> list[dict]:
    new = {"field": "status", "op": "is", "value": ["open"]}
    what, _sep, rest = pressed.partition("-")
    numbers = [int(one) for one in rest.split("-") if one.isdecimal() and len(one) < 3]
    if what == "group" and len(groups) < MOST_GROUPS:
        groups.append({"all": [new]})
    elif what == "line" and numbers and numbers[0] < len(groups):
        if len(groups[numbers[0]]["all"]) < MOST_LINES:
            groups[numbers[0]]["all"].append(new)
    elif what == "less" and len(numbers) == 2 and numbers[0] < len(groups):
        lines = groups[numbers[0]]["all"]
        del lines[numbers[1] : numbers[1] + 1]
    return [group for group in groups if group["all"]] or [{"all": [new]}]


def builder_of(raw: dict, member: Member) -> dict:
    """What the form shows. The lists of choices are read once, whatever the number of lines."""
    return {
        "groups": groups_of(raw["conditions"], choices_for(member)),
        "fields": field_words(),
        "units": [("minutes", _("minutes")), ("hours", _("hours")), ("days", _("days"))],
        "name": raw["name"],
        "sharing": raw["sharing"] or Sharing.PRIVATE,
        "team": raw["team"],
        "own_teams": list(Team.objects.filter(members=member).order_by("name")),
    }


def groups_of(conditions: dict, choices: dict, fields: dict | None = None) -> list[dict]:
    """The groups and lines as `_builder_line.html` draws them."""
    known = fields or FIELDS
    return [
        {
            "n": g,
            "lines": [
                _shown(f"c-{g}-{n}", f"{g}-{n}", line, choices, known[line["field"]])
                for n, line in enumerate(group["all"])
            ],
        }
        for g, group in enumerate(conditions["any"])
    ]


def _shown(name: str, place: str, line: dict, choices: dict, field: Field) -> dict:
    value = line.get("value")
    chosen = set(value) if isinstance(value, list) else set()
    return {
        "name": name,
        "place": place,
        "field": field.key,
        "op": line["op"],
        "ops": [(op, op_words(field.key)[op]) for op in field.ops],
        "wants": WANTS[line["op"]],
        "value": value,
        "options": [(key, words, key in chosen) for key, words in choices.get(field.choices, [])],
    }


def choices_for(member: Member) -> dict[str, list[tuple[str, str]]]:
    inboxes = Inbox.objects.visible_to(member)
    channels = Channel.objects.filter(inbox__in=inboxes).order_by("name")
    here = Member.objects.filter(workspace=member.workspace_id)
    people, gone = here.active().by_name(), here.filter(deactivated_at__isnull=False).by_name()
    return {
        "statuses": [
            ("open", pgettext("conversation", "Open")),
            ("snoozed", _("Snoozed")),
            ("closed", _("Closed")),
        ],
        "priorities": list(Priority.choices),
        "inboxes": [(str(row.pk), row.name) for row in inboxes.order_by("name")],
        "kinds": [(kind.key, str(kind.label)) for kind in all_kinds()],
        "channels": [(str(row.pk), row.name) for row in channels],
        "people": [
            ("me", _("Me")),
            ("nobody", _("Nobody")),
            *((str(row.pk), row.display_name) for row in people),
            # What they answered keeps their name, so that it can be looked for (AC-7).
            *((str(row.pk), _("%(name)s (removed)") % {"name": row}) for row in gone),
        ],
        "teams": [
            ("mine", _("My teams")),
            *((str(row.pk), row.name) for row in Team.objects.order_by("name")),
        ],
        "labels": [(str(row.pk), row.name) for row in Label.objects.order_by("name")],
        "languages": [(code, _(name)) for code, name in settings.LANGUAGES],
        **own_choices(),
        **{extra.field.choices: extra.choices(member) for extra in EXTRAS.values() if extra.choices},
    }


def field_words() -> list[tuple[str, list[tuple[str, str]]]]:
    """Fields in words, in groups."""
    words = {
        "status": _("Status"),
        "inbox": _("Inbox"),
        "kind": _("Kind of channel"),
        "channel": _("Channel"),
        "assignee": _("Assigned to"),
        "team": _("Team"),
        "label": _("Label"),
        "priority": _("Priority"),
        "created": _("Begun"),
        "activity": _("Last activity"),
        "waiting": _("Waiting for us"),
        "language": _("Language"),
        "unread": _("Unread by me"),
        "draft": _("Draft of mine"),
        "subject": _("Subject"),
        "contact_known": _("Known contact"),
        "contact_name": _("Name"),
        "contact_email": _("Email"),
        "contact_company": _("Company"),
        "contact_owner": _("Owner"),
        "contact_language": _("Language of the contact"),
        "contact_city": _("City"),
    }
    words |= own_words()
    keys = [key for key in [*FIELDS, *(key for key in words if key not in FIELDS)] if key in words]
    above = [(key, str(extra.label)) for key, extra in EXTRAS.items()]
    above += [(key, words[key]) for key in keys if key.startswith("ticket_")]
    contact = [(key, words[key]) for key in keys if key.startswith("contact_")]
    company = [(key, words[key]) for key in keys if key.startswith("company_")]
    apart = {key for key, _label in (*above, *contact, *company)}
    conversation = [(key, words[key]) for key in keys if key not in apart]
    groups = [(_("Conversation"), conversation), (_("Contact"), contact)]
    if company:
        groups.append((_("Company"), company))
    return [*groups, (_("Ticket"), above)] if above else groups


def op_words(field: str) -> dict[str, str]:
    words = {
        "is": _("is one of"),
        "is_not": _("is none of"),
        "contains": _("contains"),
        "lacks": _("does not contain"),
        "within": _("in the last"),
        "beyond": _("longer ago than"),
        "after": _("on or after"),
        "before": _("before"),
        "yes": _("yes"),
        "no": _("no"),
    }
    return words | (
        {"within": _("for less than"), "beyond": _("for more than")} if field == "waiting" else {}
    )
