"""Who sees a chatflow, how it opens and what it offers, and who gets its chats: forms on pages of their own and beside its steps."""

from dataclasses import dataclass, field
from typing import Any

from chatflows import audience, forms_target
from chatflows.forms import DisplayForm, OptionsForm
from chatflows.forms_routing import FlowRoutingForm
from chatflows.models import Chatflow, ChatflowVersion
from chatflows.targeting import compile_targeting

TABS = ("target", "display", "options", "routing")


@dataclass
class Part:
    """One of them with what its template shows. `mistakes` are in words; a form has its own."""

    tab: str
    context: dict[str, Any] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        form = self.context.get("form")
        return bool(self.mistakes or (form is not None and form.is_bound and not form.is_valid()))


def part_of(tab: str, flow: Chatflow, draft: ChatflowVersion) -> Part:
    """As it stands."""
    if tab == "target":
        return target_of(flow, forms_target.shown(draft.targeting), draft.revision)
    return routing_of(flow) if tab == "routing" else form_of(tab, flow, draft, None)


def target_of(flow: Chatflow, raw: dict, revision: int, mistakes: list[str] | None = None) -> Part:
    """`raw`: as it stands or as it was typed. With it goes how many visitors of the last week that would be."""
    targeting = compile_targeting(forms_target.read(raw)[0])
    told = {
        "revision": revision,
        "mistakes": mistakes or [],
        "estimate": audience.estimate(flow.channel_id, targeting),
    }
    return Part("target", told | forms_target.page_of(raw), mistakes or [])


def form_of(tab: str, flow: Chatflow, draft: ChatflowVersion, post) -> Part:
    form: DisplayForm | OptionsForm
    if tab == "display":
        form = DisplayForm(post, initial=DisplayForm.read(draft.display), target=flow)
    else:
        form = OptionsForm(post, initial=OptionsForm.read(draft.options), target=flow, flow=flow)
    return Part(tab, {"form": form, "link": link_of(flow)})


def routing_of(flow: Chatflow, post=None) -> Part:
    return Part("routing", {"form": FlowRoutingForm.of_flow(flow, post)})


def link_of(flow: Chatflow) -> str:
    """By which a customer of a Messenger page meets this one, primary or not (FM-3)."""
    if flow.channel.kind != "messenger" or flow.published is None:
        return ""
    return f"https://m.me/{flow.channel.identifier}?ref={flow.published.public_id}"
