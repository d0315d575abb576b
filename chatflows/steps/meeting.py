"""Book a meeting: times from working hours, on the visitor's clock."""

from chatflows.definition import Step
from chatflows.engine import Run
from chatflows.steps import answers
from chatflows.steps.parts import Reply
from chatflows.steps.talk import Silent, ask_email, failed, offered, take_email

LATER, NONE = "__later__", "__none__"
TRIES = 3


class Meeting(Silent):
    @staticmethod
    def enter(run: Run, at: Step) -> None:
        Meeting.look(run, at)

    @staticmethod
    def look(run: Run, at: Step, after: str = "") -> None:
        told = {key: at[key] for key in ("minutes", "notice", "days")}
        run.ask_outside("slots", at, people=list(at["people"]), after=after, **told)

    @staticmethod
    def result(run: Run, at: Step, result: dict) -> None:
        if run.state["local"].get("booking"):
            Meeting.booked(run, at, result)
            return
        slots = [
            {"value": str(one["value"]), "label": str(one["label"])} for one in result.get("slots") or []
        ]
        if not slots:
            run.on_after_answer(at, at["to_none"])
            return
        run.state["local"] |= {"slots": slots, "more": bool(result.get("more"))}
        run.say(at, at["prompt"], replies=offered(Meeting.replies(run, at)), typed=False)
        run.wait("slot")

    @staticmethod
    def replies(run: Run, at: Step) -> tuple[Reply, ...]:
        held = run.state["local"]
        times = tuple(Reply(one["label"], one["value"]) for one in held["slots"])
        later = (Reply(at["later"], LATER),) if held["more"] else ()
        return (*times, *later, Reply(at["none"], NONE))

    @staticmethod
    def answer(run: Run, at: Step, text: str, values: list[str]) -> None:
        awaits = run.state["awaits"]
        if awaits == "slot":
            Meeting.choose(run, at, text, values)
        elif awaits == "email":
            if take_email(run, at, text):
                Meeting.go_on(run, at)
        else:
            if not text:
                failed(run, at, text, run.sentence("ask_name"))
                return
            run.learn("contact.name", " ".join(text.split())[:200])
            Meeting.go_on(run, at)

    @staticmethod
    def choose(run: Run, at: Step, text: str, values: list[str]) -> None:
        replies = Meeting.replies(run, at)
        found = answers.chosen_of(replies, text, values, many=False)
        if not found:
            failed(run, at, text, run.sentence("times"), replies=offered(replies), typed=False)
            return
        chosen = found[0]
        run.respond(chosen.label, [chosen.label, chosen.value])
        if chosen.value == NONE:
            run.on_after_answer(at, at["to_none"])
        elif chosen.value == LATER:
            Meeting.look(run, at, run.state["local"]["slots"][-1]["value"])
        else:
            run.do("answered", step=at.id)
            run.state["local"] |= {"slot": chosen.value}
            Meeting.go_on(run, at)

    @staticmethod
    def go_on(run: Run, at: Step) -> None:
        """Name and address first: who is invited has to be known."""
        if not (run.known("contact.name") or run.known("contact.first_name")):
            run.say(at, at["ask_name"], typed=True)
            run.wait("name")
            return
        if ask_email(run, at, at["ask_email"]):
            return
        run.state["local"] |= {"booking": True}
        who = run.known("contact.name") or run.known("contact.first_name")
        told = {key: at[key] for key in ("minutes", "title", "where")} | {"people": list(at["people"])}
        slot = run.state["local"]["slot"]
        run.ask_outside("book", at, slot=slot, name=who, email=run.known("contact.email"), **told)

    @staticmethod
    def booked(run: Run, at: Step, result: dict) -> None:
        held = run.state["local"]
        if result.get("ok"):
            run.state["vars"] |= {"meeting.when": str(result.get("when", ""))}
            run.say(at, at["done"])
            run.learn(f"var.{at.id}", held["slot"])
            run.on_after_answer(at)
            return
        held["missed"] = held.get("missed", 0) + 1
        held["booking"] = False
        if held["missed"] >= TRIES:
            run.on_after_answer(at, at["to_none"])
            return
        run.say(at, run.sentence("taken"), error=True)
        Meeting.look(run, at)
