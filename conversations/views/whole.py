"""What members do to a conversation as a whole: snooze, move, trash, follow, label, merge. Each can be undone."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from conversations import actions
from conversations.models import Conversation, ConversationLabel, Follow, Label, Macro, Priority
from conversations.queries.candidates import candidates_for
from conversations.queries.prose import moment
from conversations.snoozing import moment_of
from conversations.views.done import done, refused
from conversations.views.pages import load, load_to_work
from inboxes.models import Inbox
from workspaces.access import allowed, member_only
from workspaces.numbers import whole
from workspaces.permissions import Permission


def _url(request, name: str, pk: int) -> str:
    return reverse(f"conversations:{name}", args=[request.workspace.slug, pk])


@require_POST
@member_only
def snooze(request, pk):
    conversation = load_to_work(request, pk)
    try:
        until = moment_of(request.POST.get("until", ""), request.POST.get("at", ""))
    except ValidationError as problem:
        return refused(" ".join(problem.messages))
    actions.snooze(conversation, until=until, by=request.member)
    say = _("Snoozed until %(date)s.") % {"date": moment(until)} if until else _("Snoozed until they answer.")
    return done(
        request, pk, say=say, undo=(_url(request, "status", pk), {"status": "open"}), leaves="snoozed"
    )


@require_POST
@member_only
def move(request, pk):
    """To an inbox that the member works in too: nothing is given away unseen (CO-5)."""
    conversation = load_to_work(request, pk)
    number = request.POST.get("inbox", "")
    inbox = get_object_or_404(Inbox.objects.worked_by(request.member), pk=whole(number))
    previous = conversation.inbox_id
    actions.move(conversation, inbox, by=request.member)
    say = _("Moved to %(inbox)s.") % {"inbox": inbox.name}
    return done(request, pk, say=say, undo=(_url(request, "move", pk), {"inbox": previous}))


@require_POST
@allowed(Permission.DELETE_CONVERSATIONS)
def trash(request, pk):
    """`trashed=0` brings it back (ST-4)."""
    conversation = load_to_work(request, pk)
    if request.POST.get("trashed") == "0":
        actions.restore(conversation, by=request.member)
        return done(request, pk, say=_("Taken out of the trash."), leaves="")
    actions.trash(conversation, by=request.member)
    undo = (_url(request, "trash", pk), {"trashed": "0"})
    return done(request, pk, say=_("Moved to the trash."), undo=undo, leaves="trash")


@require_POST
@member_only
def follow(request, pk):
    """Who may read it may follow it (CO-6)."""
    conversation = load(request, pk)
    on = request.POST.get("on") == "1"
    actions.follow(conversation, by=request.member, on=on)
    say = _("You follow this conversation.") if on else _("You no longer follow this conversation.")
    return done(request, pk, say=say, undo=(_url(request, "follow", pk), {"on": "0" if on else "1"}))


@require_POST
@member_only
def unread(request, pk):
    """From a message on (`seq`), or the last of theirs (UI-4)."""
    conversation = load_to_work(request, pk)
    seq = request.POST.get("seq", "")
    if conversation.merged_into_id:  # a message of what was merged counts for the whole
        conversation, seq = load_to_work(request, conversation.merged_into_id), ""
    actions.mark_unread(conversation, by=request.member, seq=whole(seq))
    return done(request, conversation.pk, say=_("Marked as unread."), leaves="reader")


@require_POST
@member_only
def label(request, pk):
    """`label` names one that exists, `name` one that may have to be made; `on=0` takes it off."""
    conversation = load_to_work(request, pk)
    number, on = request.POST.get("label", ""), request.POST.get("on") != "0"
    try:
        chosen = (
            get_object_or_404(Label, pk=whole(number))
            if number.isdecimal()
            else actions.label_called(request.POST.get("name", ""))
        )
    except ValidationError as problem:
        return refused(" ".join(problem.messages))
    actions.set_label(conversation, chosen, on, by=request.member)
    said = _("Label “%(label)s” put on.") if on else _("Label “%(label)s” taken off.")
    undo = (_url(request, "label", pk), {"label": chosen.pk, "on": "0" if on else "1"})
    return done(request, pk, say=said % {"label": chosen.name}, undo=undo)


@require_POST
@member_only
def priority(request, pk):
    conversation = load_to_work(request, pk)
    chosen, previous = request.POST.get("priority", ""), conversation.priority
    if chosen not in Priority.values:
        return refused(_("Choose how urgent it is."))
    actions.set_priority(conversation, chosen, by=request.member)
    say = _("Priority: %(priority)s") % {"priority": Priority(chosen).label}
    return done(request, pk, say=say, undo=(_url(request, "priority", pk), {"priority": previous}))


@require_POST
@member_only
def merge(request, pk):
    """`other` becomes part of this one, or this one of the other (`keep=other`)."""
    here = load_to_work(request, pk)
    number = request.POST.get("other", "")
    other = load_to_work(request, whole(number))
    kept, gone = (other, here) if request.POST.get("keep") == "other" else (here, other)
    try:
        actions.merge(kept, gone, by=request.member)
    except actions.CannotMerge as why:
        return refused(str(why))
    undo: tuple[str, dict] = (_url(request, "part", gone.pk), {})
    return done(request, kept.pk, say=_("Merged."), undo=undo, goto=_url(request, "open", kept.pk))


@require_POST
@member_only
def part(request, pk):
    """`pk` is the one that was merged; what it was merged into is opened again without it."""
    gone = load_to_work(request, pk)
    kept = gone.merged_into_id
    actions.part(gone, by=request.member)
    return done(request, kept or pk, say=_("Parted again."), goto=_url(request, "open", kept or pk))


@require_safe
@member_only
def choices(request, pk, what):
    """What a menu offers once it is opened: the labels, the inboxes, the conversations to merge with, what else."""
    if what == "more":
        return _more(request, pk)
    conversation = load_to_work(request, pk)
    context: dict = {"conversation": conversation}
    if what == "labels":
        on = set(ConversationLabel.objects.filter(conversation=pk).values_list("label", flat=True))
        context["labels"] = [
            {"pk": row.pk, "name": row.name, "color": row.colour, "on": row.pk in on}
            for row in Label.objects.in_use()
        ]
    elif what == "inboxes":
        inboxes = Inbox.objects.worked_by(request.member).order_by("name")
        context["inboxes"] = [row for row in inboxes if row.pk != conversation.inbox_id]
    elif what == "merge":
        context["rows"] = candidates_for(conversation, request.member, request.GET.get("q", ""))
        context["q"] = request.GET.get("q", "")
    elif what == "priority":
        context["priorities"] = Priority.choices
    elif what == "macros":
        context["macros"] = Macro.objects.usable_by(request.member).order_by("folder", "name", "pk")
    else:
        raise Http404
    return render(request, f"conversations/_choices_{what}.html", context)


def _more(request, pk: int):
    conversation = load(request, pk)
    context = {
        "conversation": conversation,
        "works": Conversation.objects.worked_by(request.member).filter(pk=pk).exists(),
        "follows": Follow.objects.filter(conversation=pk, member=request.member).exists(),
        "may_delete": request.member.may(Permission.DELETE_CONVERSATIONS),
    }
    return render(request, "conversations/_choices_more.html", context)
