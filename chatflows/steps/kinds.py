"""Every kind of step a bot can take, and the fields of each: one table for reading, schema, forms and checks."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

TEXT_MOST = 2000
LABEL_MOST = 80
BUBBLES_MOST = 10
REPLIES_MOST = 20

Words: TypeAlias = str | Promise


@dataclass(frozen=True)
class Spec:
    """A field of a step. `sort` says how it is read: text line bubbles replies choice yes_no step whole seconds url
    people ids expression. Texts may hold tokens; `is_said` ones are shown to visitors, so they are translated."""

    key: str
    sort: str
    label: Words
    default: Any = ""
    hint: Words = ""
    options: tuple[tuple[str, Words], ...] = ()
    least: int = 0
    most: int = TEXT_MOST
    is_required: bool = False
    is_said: bool = False


@dataclass(frozen=True)
class Kind:
    """`waits`: it stops until the visitor answered. `final`: nothing follows it. `branches`: If/then after it."""

    key: str
    label: Words
    icon: str
    fields: tuple[Spec, ...] = field(default=())
    waits: bool = False
    final: bool = False
    branches: bool = True
    hint: Words = ""


def _bubbles(*, required: bool = True) -> Spec:
    said = gettext_lazy("Message")
    return Spec("bubbles", "bubbles", said, (), is_required=required, most=BUBBLES_MOST, is_said=True)


def _said(key: str, label: Words, default: Words, **more: Any) -> Spec:
    return Spec(key, "text", label, default, is_said=True, **more)


def _label(key: str, label: Words, default: Words) -> Spec:
    return Spec(key, "line", label, default, most=LABEL_MOST, is_said=True, is_required=True)


COMMON_QUESTIONS = (
    ("custom", gettext_lazy("A question of your own")),
    ("first_name", gettext_lazy("First name")),
    ("last_name", gettext_lazy("Last name")),
    ("name", gettext_lazy("Name")),
    ("email", gettext_lazy("Email")),
    ("company", gettext_lazy("Company")),
    ("phone", gettext_lazy("Phone")),
    ("job_title", gettext_lazy("Job title")),
)
ANSWERS = (
    ("text", gettext_lazy("Any text")),
    ("email", gettext_lazy("An email address")),
    ("number", gettext_lazy("A number")),
    ("date", gettext_lazy("A date")),
    ("phone", gettext_lazy("A phone number")),
    ("url", gettext_lazy("A web address")),
)
PRIORITIES = (
    ("low", gettext_lazy("Low")),
    ("normal", gettext_lazy("Normal")),
    ("high", gettext_lazy("High")),
    ("urgent", gettext_lazy("Urgent")),
)
OWNERS = (("contact", gettext_lazy("Contact")), ("company", gettext_lazy("Company")))
RECEIVERS = (
    ("rule", gettext_lazy("By the rule of the channel")),
    ("people", gettext_lazy("Specific people and teams")),
    ("owner", gettext_lazy("The owner of the contact")),
    ("nobody", gettext_lazy("Nobody: leave it unassigned")),
)
BASES = (
    ("consent", gettext_lazy("Consent")),
    ("interest", gettext_lazy("Legitimate interest")),
    ("contract", gettext_lazy("Performance of a contract")),
)

MESSAGE = Kind("message", gettext_lazy("Send a message"), "message", (_bubbles(),))
QUESTION = Kind(
    "question",
    gettext_lazy("Ask a question"),
    "help",
    (
        Spec("asks", "choice", gettext_lazy("Question"), "custom", options=COMMON_QUESTIONS),
        _bubbles(),
        Spec("replies", "replies", gettext_lazy("Quick replies"), (), most=REPLIES_MOST, is_said=True),
        Spec("many", "yes_no", gettext_lazy("Several replies may be chosen"), False),
        Spec("typed", "yes_no", gettext_lazy("Answers may be typed, too"), True),
        Spec("answer", "choice", gettext_lazy("Expects"), "text", options=ANSWERS),
        Spec("least", "line", gettext_lazy("Smallest"), "", most=20),
        Spec("greatest", "line", gettext_lazy("Greatest"), "", most=20),
        Spec(
            "save",
            "property",
            gettext_lazy("Save the answer as"),
            "",
            most=80,
            hint=gettext_lazy("A property of the contact, or a word of your own, such as var.order_number."),
        ),
        Spec("skip_known", "yes_no", gettext_lazy("Skip it when the answer is known"), False),
        _said("error", gettext_lazy("When the answer does not fit"), ""),
        Spec("tries", "whole", gettext_lazy("Tries before it goes on"), 3, least=1, most=10),
    ),
    waits=True,
)
SUBSCRIPTION = Kind(
    "subscription",
    gettext_lazy("Offer a subscription"),
    "mail",
    (
        _bubbles(),
        Spec("subscription", "line", gettext_lazy("Subscription"), "", most=100, is_required=True),
        Spec("basis", "choice", gettext_lazy("Legal basis"), "consent", options=BASES),
        _label("yes", gettext_lazy("Label for yes"), gettext_lazy("Yes, please")),
        _label("no", gettext_lazy("Label for no"), gettext_lazy("No, thanks")),
        _said(
            "ask_email",
            gettext_lazy("When the email address is missing"),
            gettext_lazy("What is your email address?"),
        ),
    ),
    waits=True,
)
SET = Kind(
    "set",
    gettext_lazy("Set a property"),
    "edit",
    (
        Spec("of", "choice", gettext_lazy("Of the"), "contact", options=OWNERS),
        Spec("property", "line", gettext_lazy("Property"), "", most=80, is_required=True),
        Spec(
            "value",
            "text",
            gettext_lazy("Value"),
            "",
            hint=gettext_lazy("A text, or a token such as {{ var.order_number }}."),
        ),
    ),
)
LIST = Kind(
    "list",
    gettext_lazy("Add to a list"),
    "users",
    (Spec("list", "line", gettext_lazy("List"), "", most=100, is_required=True),),
)
TICKET = Kind(
    "ticket",
    gettext_lazy("Create a ticket"),
    "ticket",
    (
        Spec("pipeline", "line", gettext_lazy("Pipeline"), "", most=100),
        Spec("stage", "line", gettext_lazy("Status"), "", most=100),
        Spec("priority", "choice", gettext_lazy("Priority"), "normal", options=PRIORITIES),
        Spec("owner", "people", gettext_lazy("Owner"), (), most=1),
        Spec(
            "subject", "text", gettext_lazy("Subject"), "", hint=gettext_lazy("Empty: the visitor is asked.")
        ),
        _said(
            "ask_email",
            gettext_lazy("When the email address is missing"),
            gettext_lazy("What is your email address?"),
        ),
        _said("ask_subject", gettext_lazy("Asks for the subject"), gettext_lazy("What is it about?")),
        _said(
            "ask_description",
            gettext_lazy("Asks for the description"),
            gettext_lazy("Please describe it in a few words."),
        ),
        _said("done", gettext_lazy("When it was created"), gettext_lazy("Thank you. We have noted it.")),
    ),
    waits=True,
)
KNOWLEDGE = Kind(
    "knowledge",
    gettext_lazy("Search the articles"),
    "book",
    (
        _said(
            "prompt", gettext_lazy("Asks for"), gettext_lazy("What would you like to know?"), is_required=True
        ),
        _said("found", gettext_lazy("Above what was found"), gettext_lazy("This may help:")),
        _said("none", gettext_lazy("When nothing was found"), gettext_lazy("I found nothing on this.")),
        _said("helped", gettext_lazy("Asks whether it helped"), gettext_lazy("Did this help?")),
        _label("yes", gettext_lazy("Label for yes"), pgettext_lazy("answer", "Yes")),
        _label("no", gettext_lazy("Label for no"), pgettext_lazy("answer", "No")),
        Spec("to_yes", "step", gettext_lazy("It helped: go to"), None),
        Spec("to_no", "step", gettext_lazy("It did not, or nothing was found: go to"), None),
    ),
    waits=True,
)
HANDOVER = Kind(
    "handover",
    gettext_lazy("Hand over to the team"),
    "user",
    (
        Spec("to", "choice", gettext_lazy("Give it to"), "rule", options=RECEIVERS),
        Spec("people", "people", gettext_lazy("People and teams"), (), most=50),
        _said(
            "text",
            gettext_lazy("Before somebody joins"),
            gettext_lazy("One moment, I am handing you over to a person."),
        ),
        _said(
            "joined",
            gettext_lazy("When somebody takes it"),
            # The panel itself says who came; this is the bot's farewell, and all that Messenger shows of it.
            gettext_lazy('{{ agent.first_name | "Somebody of our team" }} takes over from here.'),
        ),
        _said(
            "away",
            gettext_lazy("When nobody is there"),
            gettext_lazy("Nobody is here right now. We answer as soon as we are back."),
        ),
        Spec("asks_email", "yes_no", gettext_lazy("When nobody is there, ask for the email address"), True),
        _said(
            "ask_email",
            gettext_lazy("Asks for the email address"),
            gettext_lazy("Where can we write to you?"),
        ),
    ),
    final=True,
    branches=False,
)
RULE = Kind(
    "rule",
    gettext_lazy("Start a rule"),
    "bolt",
    (Spec("rule", "whole", gettext_lazy("Rule"), 0, most=2**53, is_required=True),),
)
WEBHOOK = Kind(
    "webhook",
    gettext_lazy("Call another server"),
    "plug",
    (
        Spec("url", "url", gettext_lazy("Address"), "", most=1000, is_required=True),
        Spec("waits", "yes_no", gettext_lazy("Wait for its answer"), True),
        Spec("to_error", "step", gettext_lazy("When it fails, go to"), None),
    ),
)
MEETING = Kind(
    "meeting",
    gettext_lazy("Book a meeting"),
    "calendar",
    (
        _said("prompt", gettext_lazy("Offers times"), gettext_lazy("When would suit you?"), is_required=True),
        Spec("people", "people", gettext_lazy("With"), (), most=20, is_required=True),
        Spec(
            "title",
            "line",
            gettext_lazy("Title of the meeting"),
            "",
            most=120,
            is_required=True,
            is_said=True,
        ),
        Spec("minutes", "whole", gettext_lazy("Length in minutes"), 30, least=5, most=480),
        Spec("notice", "whole", gettext_lazy("Hours of notice at least"), 4, most=336),
        Spec("days", "whole", gettext_lazy("Days ahead at most"), 14, least=1, most=90),
        Spec("where", "line", gettext_lazy("Where"), "", most=300, is_said=True),
        _said("ask_name", gettext_lazy("Asks for the name"), gettext_lazy("What is your name?")),
        _said(
            "ask_email",
            gettext_lazy("Asks for the email address"),
            gettext_lazy("Where can we send the invitation?"),
        ),
        _said("done", gettext_lazy("When it is booked"), gettext_lazy("Booked: {{ meeting.when }}.")),
        _label("later", gettext_lazy("Label for more times"), gettext_lazy("Later")),
        _label("none", gettext_lazy("Label for no time"), gettext_lazy("None of these")),
        Spec("to_none", "step", gettext_lazy("Not booked: go to"), None),
    ),
    waits=True,
)
BRANCH = Kind("branch", gettext_lazy("If and then"), "branch")
GOTO = Kind(
    "goto",
    gettext_lazy("Go to another step"),
    "arrow",
    (Spec("to", "step", gettext_lazy("Step"), None, is_required=True),),
    branches=False,
)
END = Kind(
    "end",
    gettext_lazy("End"),
    "stop",
    (
        _bubbles(required=False),
        Spec("start_over", "yes_no", gettext_lazy("Offer to start over"), False),
        _label("again", gettext_lazy("Label to start over"), gettext_lazy("Start over")),
    ),
    final=True,
    branches=False,
)

KINDS = {
    kind.key: kind
    for kind in (
        MESSAGE,
        QUESTION,
        SUBSCRIPTION,
        SET,
        LIST,
        TICKET,
        KNOWLEDGE,
        HANDOVER,
        RULE,
        WEBHOOK,
        MEETING,
        BRANCH,
        GOTO,
        END,
    )
}
