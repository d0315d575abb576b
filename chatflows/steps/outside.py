"""Steps that need somebody else's answer: a person, the articles, another server, the tickets."""

from typing import Any

from chatflows import wording
from chatflows.definition import Step
from chatflows.engine import HANDED_OVER, MOST_SILENT, Run
from chatflows.steps import answers
from chatflows.steps.kinds import LABEL_MOST, REPLIES_MOST, TEXT_MOST
from chatflows.steps.parts import Reply
from chatflows.steps.talk import Silent, ask_email, failed, offered, take_email
from conversations import rich

LINKS_MOST = 3
CUSTOM_MOST = 8000  # characters of what another server has us keep


class Handover(Silent):
    """BE-13. To hand over is the end, but for the question where to write when nobody is there."""

    @staticmethod
    def enter(run: Run, at: Step) -> None:
        run.say(at, at["text"])
        run.ask_outside("handover", at, to=at["to"], people=list(at["people"]))

    @staticmethod
    def result(run: Run, at: Step, result: dict) -> None:
        if name := result.get("name"):
            run.state["vars"] |= {"agent.name": name, "agent.first_name": name.split()[0]}
            run.say(at, at["joined"])
            run.finish(HANDED_OVER)
            return
        if at["to"] != "nobody" and not result.get("waits"):
            run.say(at, at["away"])
            if at["asks_email"] and ask_email(run, at, at["ask_email"]):
                return
        run.finish(HANDED_OVER)

    @staticmethod
    def answer(run: Run, at: Step, text: str, values: list[str]) -> None:
        try:
            address = answers.email(text)
        except answers.DoesNotFit as error:
            run.state["fails"] += 1
            if run.state["fails"] < 2:  # asked twice is enough: somebody will read what they wrote instead
                run.say(at, run.sentence(error.name), error=True, input="email")
                return
        else:
            run.learn("contact.email", address)
        run.finish(HANDED_OVER)


class Knowledge(Silent):
    @staticmethod
    def enter(run: Run, at: Step) -> None:
        run.say(at, at["prompt"], typed=True)
        run.wait("words")

    @staticmethod
    def answer(run: Run, at: Step, text: str, values: list[str]) -> None:
        if run.state["awaits"] == "helped":
            Knowledge.helped(run, at, text, values)
            return
        run.do("answered", step=at.id)
        run.respond(text)
        run.learn(f"var.{at.id}", text[:500])
        run.ask_outside("find", at, words=text[:500])

    @staticmethod
    def result(run: Run, at: Step, result: dict) -> None:
        links = [
            {"title": str(one.get("title", ""))[:200], "url": str(one.get("url", ""))[:1000]}
            for one in (result.get("found") or [])[:LINKS_MOST]
        ]
        if not links:
            run.say(at, at["none"])
            run.on_after_answer(at, at["to_no"])
            return
        run.say(at, at["found"], links=links)
        run.say(at, at["helped"], replies=offered(Knowledge.replies(at)), typed=True)
        run.wait("helped")

    @staticmethod
    def replies(at: Step) -> tuple[Reply, ...]:
        return (Reply(at["yes"], "yes"), Reply(at["no"], "no"))

    @staticmethod
    def helped(run: Run, at: Step, text: str, values: list[str]) -> None:
        """Whoever writes something else has a further question: it did not help."""
        found = answers.chosen_of(Knowledge.replies(at), text, values, many=False)
        yes = bool(found) and found[0].value == "yes"
        run.respond(text, [text, "yes" if yes else "no"])
        run.on_after_answer(at, at["to_yes"] if yes else at["to_no"])


class Webhook(Silent):
    """BE-14, with the keys of the contract other bots have."""

    @staticmethod
    def enter(run: Run, at: Step) -> None:
        if at["waits"]:
            run.ask_outside("webhook", at, **Webhook.told(run, at))
            return
        run.do("webhook", step=at.id, job=None, **Webhook.told(run, at))
        run.on(at)

    @staticmethod
    def told(run: Run, at: Step) -> dict:
        state = run.state
        replies = [{"value": form, "label": form} for form in state["forms"][:REPLIES_MOST]]
        return {
            "url": at["url"],
            "message": state["response"],
            "replies": replies if len(replies) > 1 else [],
            "properties": {**state["said"], **state["vars"]},
            "custom": state["custom"],
            "name": at.name,
        }

    @staticmethod
    def answer(run: Run, at: Step, text: str, values: list[str]) -> None:
        """The server wanted an answer: it gets it, at the same step."""
        run.do("answered", step=at.id)
        offers = tuple(Reply(one["label"], one["value"]) for one in run.state["local"].get("replies", []))
        found = answers.chosen_of(offers, text, values, many=False)
        run.respond(text, [found[0].label, found[0].value] if found else [text])
        run.ask_outside("webhook", at, **Webhook.told(run, at))

    @staticmethod
    def result(run: Run, at: Step, result: dict) -> None:
        run.state["silent"] += 1
        if not result.get("ok") or run.state["silent"] > MOST_SILENT:
            run.on_after_answer(at, at["to_error"])
            return
        told = answer_of(result.get("answer"))
        run.state["custom"] = told["custom"]
        flow: dict[str, Any] = {"replies": told["replies"]} if told["replies"] and told["waits"] else {}
        if told["message"] or flow:
            run.do("say", step=at.id, body=told["message"], flow={"step": at.id} | flow)
        if told["waits"]:
            run.state["local"] = {"replies": told["replies"]}
            run.wait("webhook")
            return
        following = run.flow.named(told["next"]) if told["next"] else None
        run.on_after_answer(at, following.id if following else None)


def answer_of(raw: Any) -> dict:
    """What another server answered, in the form we work with: text only, of a bounded size (T105)."""
    raw = raw if isinstance(raw, dict) else {}
    message, next, custom = raw.get("botMessage"), raw.get("nextModuleNickname"), raw.get("customState")
    return {
        "message": plain(message),
        "replies": list(_replies(raw.get("quickReplies"))),
        "next": next[:LABEL_MOST] if isinstance(next, str) else "",
        "waits": raw.get("responseExpected") is True,
        "custom": custom if isinstance(custom, dict) and len(str(custom)) <= CUSTOM_MOST else {},
    }


def plain(message: Any) -> str:
    """Text, whatever markup it came with."""
    if not isinstance(message, str):
        return ""
    is_html = "<" in message and ">" in message
    return (rich.plain(rich.clean(message[:20_000])) if is_html else message).strip()[:TEXT_MOST]


def _replies(raw: Any):
    for one in (raw if isinstance(raw, list) else [])[:REPLIES_MOST]:
        one = {"label": one} if isinstance(one, str) else one
        label = one.get("label") if isinstance(one, dict) else None
        if isinstance(label, str) and label.strip():
            value = one.get("value")
            clean = label.strip()[:LABEL_MOST]
            yield {"label": clean, "value": str(value)[:200] if isinstance(value, str | int) else clean}


class Ticket(Silent):
    """Asks for what is missing, one after the other; then the room of tickets makes it."""

    @staticmethod
    def enter(run: Run, at: Step) -> None:
        Ticket.go_on(run, at)

    @staticmethod
    def go_on(run: Run, at: Step) -> None:
        held = run.state["local"]
        if ask_email(run, at, at["ask_email"]):
            return
        for part in ("subject", "description"):
            if part not in held and not (part == "subject" and at["subject"]):
                run.say(at, at[f"ask_{part}"], typed=True)
                run.wait(part)
                return
        told = {key: at[key] for key in ("pipeline", "stage", "priority")} | {"owner": list(at["owner"])}
        subject = wording.fill(at["subject"], run.facts()) if at["subject"] else held["subject"]
        run.ask_outside("ticket", at, subject=subject[:300], description=held["description"], **told)

    @staticmethod
    def answer(run: Run, at: Step, text: str, values: list[str]) -> None:
        part = run.state["awaits"]
        if part == "email":
            if not take_email(run, at, text):
                return
        elif not text:
            failed(run, at, text, run.sentence("answer"))
            return
        else:
            run.state["local"] = run.state["local"] | {part: text[:5000]}
        run.do("answered", step=at.id)
        run.respond(text)
        Ticket.go_on(run, at)

    @staticmethod
    def result(run: Run, at: Step, result: dict) -> None:
        if result.get("ok"):
            run.say(at, at["done"])
        run.on_after_answer(at)
