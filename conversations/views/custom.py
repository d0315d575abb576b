"""Properties of one's own, of a conversation, of its contact and of their company: the part of the sidebar that is asked for by itself."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contacts.custom import ValuesForm, set_values
from contacts.models import About, Contact
from conversations.models import Conversation, ConversationDetail
from conversations.views.pages import last_view, load, load_to_work
from workspaces.access import member_only


@require_http_methods(["GET", "HEAD", "POST"])
@member_only
def custom(request, pk):
    """GET: the part. POST: write what was typed; all of it, or nothing with the reason at its field."""
    conversation = load_to_work(request, pk) if request.method == "POST" else load(request, pk)
    rows = _rows(conversation)
    typed = request.POST if request.method == "POST" else None
    # Django takes a form with files, were they none, for one that was sent: it would show nothing of what is kept.
    files = request.FILES if typed is not None else None
    forms = {about: ValuesForm(typed, files, about=about, values=row.custom) for about, row in rows.items()}
    if typed is not None and all(form.is_valid() for form in forms.values()):
        for about, form in forms.items():
            set_values(rows[about], form.values())
        if not request.htmx:
            return redirect("conversations:show", request.workspace.slug, last_view(request).key, pk)
        rows = _rows(conversation)
        forms = {about: ValuesForm(about=about, values=row.custom) for about, row in rows.items()}
        typed = None
    works = Conversation.objects.worked_by(request.member).filter(pk=pk).exists()
    shown = [form for form in forms.values() if form.fields]
    context = {"conversation": conversation, "forms": shown, "edits": works, "refused": typed is not None}
    # htmx throws answers of errors away; the part says itself what is wrong.
    status = 422 if typed is not None and not request.htmx else 200
    return render(request, "conversations/_custom.html", context, status=status)


def _rows(conversation: Conversation) -> dict:
    rows: dict = {}
    if conversation.contact_id:
        contact = Contact.objects.select_related("company").get(pk=conversation.contact_id)
        rows[About.CONTACT.value] = contact
        if contact.company:
            rows[About.COMPANY.value] = contact.company
    return rows | {About.CONVERSATION.value: ConversationDetail.objects.get(conversation=conversation.pk)}
