"""A deed that calls another server: a small signed POST, tried again until it is taken."""

import http.client
import json
import secrets
from urllib.parse import urlsplit

import structlog
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from automation.models import Outcome, Rule, RuleRun
from channels_app import webcall
from conversations.deeds.kinds import DeedRefused, Doing, Kind
from conversations.models import Conversation
from events.models import Event
from events.record import record
from events.retry import retried
from events.types import RULE_CALLED
from tickets.models import Ticket
from workspaces.scope import workspace_scope
from workspaces.sealed import seal, unseal

log = structlog.get_logger(__name__)

DELAYS = (10, 60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600)
KIND = "webhook"


class NotTaken(Exception):
    """The other server could not be reached, or did not say yes."""


def say(deed: dict) -> str:
    return _("Call %(host)s") % {"host": urlsplit(deed["text"]).hostname}


def owe(conversation: Conversation | None, deed: dict, doing: Doing) -> None:
    """Put the call into the log; the network is never waited for here. A rule's alone: it has the secret that signs."""
    kind, _colon, pk = doing.key.partition(":")
    run = RuleRun.objects.filter(pk=pk).first() if kind == "rule" else None
    if run is None:
        raise DeedRefused(_("Only a rule calls other servers."))
    record(RULE_CALLED, conversation, run=run.pk, deed=run.deeds.index(deed))


WEBHOOK = Kind(KIND, gettext_lazy("Call another server"), "plug", say, owe, has_text=True, rules_only=True)


# ── The secret ──


def is_called_by(rule: Rule) -> bool:
    return any(deed["do"] == KIND for deed in rule.deeds)


def secret_of(rule: Rule) -> str:
    """What the other side checks the signature with; made when first needed. Inside the scope."""
    if not rule.secret:
        rule.secret = seal(f"whsec_{secrets.token_urlsafe(32)}", about=_about(rule))
        Rule.objects.filter(pk=rule.pk).update(secret=rule.secret)
    return unseal(rule.secret, about=_about(rule))


def _about(rule: Rule) -> str:
    return f"automation rule {rule.pk}"


# ── The call ──


def gave_up(event: Event, error: Exception | None) -> None:
    _note(event, ok=False, text=str(error) if error else _("It ended its worker each time."))


@retried(delays=DELAYS, jitter=0.2, gave_up=gave_up)
def call_out(event: Event) -> None:
    """Reaction: call the server, outside every transaction. The same id at every try, so that a copy is told."""
    with workspace_scope(event.workspace_id):
        run = (
            RuleRun.objects.select_related("rule", "conversation", "ticket")
            .filter(pk=event.payload["run"])
            .first()
        )
        if run is None or run.rule is None:
            return
        deed, secret, body = run.deeds[event.payload["deed"]], secret_of(run.rule), _body(event, run)
    try:
        status = post(deed["text"], body, secret, f"{event.workspace_id}-{event.pk}")
    except (OSError, http.client.HTTPException) as error:
        raise NotTaken(
            _("%(host)s could not be reached.") % {"host": urlsplit(deed["text"]).hostname}
        ) from error
    if not 200 <= status < 300:
        raise NotTaken(_("It answered with %(status)s.") % {"status": status})
    with workspace_scope(event.workspace_id):
        _note(event, ok=True, text=_("Taken"))


def _body(event: Event, run: RuleRun) -> bytes:
    """Ids and choices, nothing that somebody wrote: who may read more asks for it with a key of their own."""
    told = {
        "id": f"{event.workspace_id}-{event.pk}",
        "rule": {"id": run.rule_id, "name": run.rule_name, "version": run.version},
        "trigger": run.trigger,
        "at": event.created_at.isoformat(),
    }
    about = _of_conversation(run.conversation) if run.conversation else _of_ticket(run.ticket)
    return json.dumps(told | about).encode()


def _of_conversation(conversation: Conversation) -> dict:
    told = {
        "id": conversation.pk,
        "inbox": conversation.inbox_id,
        "channel": conversation.channel_id,
        "kind": conversation.channel_kind,
        "status": conversation.status,
        "assignee": conversation.assignee_id,
        "team": conversation.team_id,
        "contact": conversation.contact_id,
    }
    return {"conversation": told}


def _of_ticket(ticket: Ticket) -> dict:
    told = {
        "id": ticket.pk,
        "number": ticket.number,
        "inbox": ticket.inbox_id,
        "pipeline": ticket.pipeline_id,
        "stage": ticket.stage_id,
        "priority": ticket.priority,
        "owner": ticket.owner_id,
        "contact": ticket.contact_id,
    }
    return {"ticket": told}


def post(url: str, body: bytes, secret: str, id: str) -> int:
    """Send it to a vetted address and return the status. Raises OSError, HTTPException."""
    return webcall.post(url, body, secret, id)[0]


def _note(event: Event, *, ok: bool, text: str) -> None:
    """How the call went, beside its deed. Inside the scope."""
    run = RuleRun.objects.select_for_update(of=("self",)).filter(pk=event.payload["run"]).first()
    if run is None:
        return
    run.outcomes[event.payload["deed"]] = {"done": ok, "why": text[:500]}
    if not ok:
        run.outcome, run.error = Outcome.FAILED, text[:500]
    run.save(update_fields=["outcomes", "outcome", "error"])
