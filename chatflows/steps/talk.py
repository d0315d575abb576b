"""Steps that talk: a message, a question, an offer, the end."""

from chatflows.definition import Step
from chatflows.engine import COMPLETED, Run
from chatflows.steps import answers
from chatflows.steps.answers import DoesNotFit
from chatflows.steps.parts import Bubble, Reply

# What a keyboard of a phone calls it.
INPUTS = {"phone": "tel"}
TRIES = 3


def body_of(bubble: Bubble) -> str:
    return "\n".join(part for part in (bubble.text, bubble.url) if part)


def say_all(run: Run, at: Step, bubbles: tuple[Bubble, ...], **last: object) -> None:
    """Each bubble a message of its own (BE-12); what asks for an answer goes with the last."""
    for number, bubble in enumerate(bubbles):
        media = {"media": bubble.kind} if bubble.kind != "text" else {}
        run.say(at, body_of(bubble), **media, **(last if number == len(bubbles) - 1 else {}))


def offered(replies: tuple[Reply, ...]) -> list[dict]:
    return [{"value": one.value, "label": one.label} for one in replies]


class Silent:
    """A step that neither waits nor asks outside."""

    @staticmethod
    def answer(run: Run, at: Step, text: str, values: list[str]) -> None:
        run.on_after_answer(at)

    @staticmethod
    def result(run: Run, at: Step, result: dict) -> None:
        run.on_after_answer(at)


class Message(Silent):
    @staticmethod
    def enter(run: Run, at: Step) -> None:
        say_all(run, at, at["bubbles"])
        run.on(at)


class End(Silent):
    @staticmethod
    def enter(run: Run, at: Step) -> None:
        again = {"again": True, "again_label": at["again"]} if at["start_over"] else {}
        if at["bubbles"]:
            say_all(run, at, at["bubbles"], **again)
        elif again:
            run.say(at, at["again"], **again)
        run.finish(COMPLETED)


class Question(Silent):
    @staticmethod
    def enter(run: Run, at: Step) -> None:
        name = saved_as(at)
        value = run.known(name) if at["skip_known"] and name else None
        if value not in (None, "", []):
            run.respond(str(value))
            run.on(at)
            return
        say_all(run, at, at["bubbles"], **Question.asked(at))
        run.wait("answer")

    @staticmethod
    def asked(at: Step) -> dict:
        sort = answers.sort_of(at)
        told: dict = {"typed": at["typed"]}
        if at["replies"]:
            told |= {"replies": offered(at["replies"]), "many": at["many"]}
        return told | ({"input": INPUTS.get(sort, sort)} if sort != "text" else {})

    @staticmethod
    def answer(run: Run, at: Step, text: str, values: list[str]) -> None:
        found = answers.chosen_of(at["replies"], text, values, many=at["many"])
        if found:
            Question.chosen(run, at, found)
            return
        try:
            if not at["typed"]:
                failed(run, at, text, run.sentence("choose"), generic=True, **Question.asked(at))
                return
            value = answers.checked(at, text)
        except DoesNotFit as error:
            failed(run, at, text, run.sentence(error.name, **error.values), **Question.asked(at))
            return
        run.respond(value, [value, text])
        Question.keep(run, at, value)
        run.on_after_answer(at)

    @staticmethod
    def chosen(run: Run, at: Step, found: list[Reply]) -> None:
        """A reply's own way beats the branches of its step (BE-3)."""
        run.respond(
            ", ".join(one.label for one in found), [form for one in found for form in (one.label, one.value)]
        )
        Question.keep(run, at, [one.value for one in found] if at["many"] else found[0].value)
        run.on_after_answer(at, next((one.to for one in found if one.to), None))

    @staticmethod
    def keep(run: Run, at: Step, value: str | list[str]) -> None:
        run.do("answered", step=at.id)
        run.learn(f"var.{at.id}", value)
        if name := saved_as(at):
            run.learn(name, value)


def saved_as(at: Step) -> str:
    """The property an answer is saved as: the step's own, else that of a common question."""
    return at["save"] or ("" if at["asks"] == "custom" else f"contact.{at['asks']}")


def failed(run: Run, at: Step, text: str, words: str, *, generic: bool = False, **asked: object) -> None:
    """Say so and ask again; after some tries go on by the usual way (BE-10). `generic`: no reply was meant."""
    run.state["fails"] += 1
    if run.state["fails"] >= (at.values.get("tries") or run.settings.get("free_text_tries") or TRIES):
        run.respond(text)
        run.go(at.next)
        return
    told = at.values.get("error") or (generic and run.settings.get("error_text")) or words
    run.say(at, told, error=True, **asked)


def ask_email(run: Run, at: Step, text: str) -> bool:
    """Ask for the address unless it is known. Returns whether it was asked."""
    if run.known("contact.email"):
        return False
    run.say(at, text or run.sentence("ask_email"), input="email")
    run.wait("email")
    return True


def take_email(run: Run, at: Step, text: str) -> bool:
    """An answer to that. Returns whether there is an address now; otherwise it was asked again, or given up."""
    try:
        address = answers.email(text)
    except DoesNotFit as error:
        failed(run, at, text, run.sentence(error.name), input="email")
        return False
    run.learn("contact.email", address)
    return True


class Subscription(Silent):
    @staticmethod
    def enter(run: Run, at: Step) -> None:
        say_all(run, at, at["bubbles"], replies=offered(Subscription.replies(at)), typed=True)
        run.wait("answer")

    @staticmethod
    def replies(at: Step) -> tuple[Reply, ...]:
        return (Reply(at["yes"], "yes"), Reply(at["no"], "no"))

    @staticmethod
    def answer(run: Run, at: Step, text: str, values: list[str]) -> None:
        if run.state["awaits"] == "email":
            if take_email(run, at, text):
                Subscription.agree(run, at)
            return
        found = answers.chosen_of(Subscription.replies(at), text, values, many=False)
        if not found:
            words = run.sentence("choose")
            failed(run, at, text, words, generic=True, replies=offered(Subscription.replies(at)))
            return
        run.do("answered", step=at.id)
        run.respond(found[0].label, [found[0].label, found[0].value])
        run.learn(f"var.{at.id}", found[0].value)
        if found[0].value == "no":
            run.on_after_answer(at)
        elif not ask_email(run, at, at["ask_email"]):
            Subscription.agree(run, at)

    @staticmethod
    def agree(run: Run, at: Step) -> None:
        """Consent is kept with the words that were agreed to."""
        asked = "\n".join(body_of(one) for one in at["bubbles"])
        told = {"subscription": at["subscription"], "basis": at["basis"], "text": asked, "label": at["yes"]}
        run.do("subscribe", step=at.id, email=run.known("contact.email"), **told)
        run.on_after_answer(at)
