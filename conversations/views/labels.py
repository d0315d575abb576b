"""Settings > Labels."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations import labels as verbs
from conversations.models import Label
from workspaces.access import allowed
from workspaces.guarded import Guarded
from workspaces.permissions import Permission
from workspaces.refusals import Refused

manages = allowed(Permission.MANAGE_INBOXES)
COLOURS = [
    ("d1", gettext_lazy("Green")),
    ("d2", gettext_lazy("Amber")),
    ("d3", gettext_lazy("Violet")),
    ("d4", gettext_lazy("Red")),
]


class LabelForm(Guarded, forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    colour = forms.ChoiceField(label=gettext_lazy("Colour"), choices=COLOURS, initial="d1")


class OtherLabelForm(forms.Form):
    """Which label stays when two become one."""

    into = forms.ModelChoiceField(label=gettext_lazy("Merge into"), queryset=Label.unscoped.none())

    def __init__(self, *args, label: Label, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = Label.objects.in_use().exclude(pk=label.pk)


@require_safe
@manages
def labels(request):
    return _list(request, LabelForm())


@require_POST
@manages
def label_new(request):
    form = LabelForm(request.POST)
    if form.is_valid():
        try:
            verbs.create_label(**form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            return redirect("conversations:labels", request.workspace.slug)
    return _list(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def label_page(request, label_pk):
    """One label: its name and colour, and what else may become of it."""
    found = _load(request, label_pk)
    values = {"name": found.name, "colour": found.colour}
    if request.method != "POST":
        return _one(request, found, LabelForm(initial=values, target=found))
    form = LabelForm(request.POST, initial=values, target=found)
    if form.is_valid():
        try:
            verbs.change_label(found, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", refusal.message)
            found.refresh_from_db()
        else:
            messages.success(request, _("Saved."))
            return redirect("conversations:labels", request.workspace.slug)
    return _one(request, found, form, status=422)


@require_POST
@manages
def label_archive(request, label_pk):
    verbs.archive_label(_load(request, label_pk), request.POST.get("archived") == "1")
    return redirect("conversations:labels", request.workspace.slug)


@require_POST
@manages
def label_merge(request, label_pk):
    found = _load(request, label_pk)
    form = OtherLabelForm(request.POST, label=found)
    if not form.is_valid():
        values = {"name": found.name, "colour": found.colour}
        return _one(request, found, LabelForm(initial=values, target=found), merge=form, status=422)
    n = verbs.merge_labels(found, form.cleaned_data["into"])
    told = ngettext("Merged; %(n)s conversation changed.", "Merged; %(n)s conversations changed.", n)
    messages.success(request, told % {"n": n})
    return redirect("conversations:labels", request.workspace.slug)


@require_POST
@manages
def label_delete(request, label_pk):
    n = verbs.delete_label(_load(request, label_pk))
    told = ngettext("Deleted; %(n)s conversation had it.", "Deleted; %(n)s conversations had it.", n)
    messages.success(request, told % {"n": n})
    return redirect("conversations:labels", request.workspace.slug)


def _load(request, pk: int) -> Label:
    rows = Label.objects.all()
    return get_object_or_404(rows.select_for_update() if request.method == "POST" else rows, pk=pk)


def _list(request, form, status: int = 200):
    context = {"labels": list(verbs.labels_with_counts()), "form": form}
    return render(request, "conversations/labels.html", context, status=status)


def _one(request, found: Label, form, *, merge=None, status: int = 200):
    context = {
        "label": verbs.labels_with_counts().get(pk=found.pk),
        "form": form,
        "merge_form": merge or OtherLabelForm(label=found),
    }
    return render(request, "conversations/label.html", context, status=status)
