/** Answers that are more than one press of a button, and a keyboard that fits what is asked. */
import { data, say, type Asks } from "../panel/data";
import { button, h, part } from "../panel/dom";
import type { Answer } from "../panel/replies";
import { house } from "./house";

const KEYBOARDS: Record<string, string> = { email: "email", number: "decimal", tel: "tel", url: "url" };

export function offer(place: HTMLElement, asks: Asks, answer: Answer): void {
  const text = part<HTMLTextAreaElement>("text");
  place.onclick = ({ target }) => {
    const chosen = asks.replies?.find(({ label }) => label === (target as HTMLElement).textContent);
    if (chosen) house.tell("reply", chosen.value);
  };
  text.inputMode = KEYBOARDS[asks.input ?? ""] ?? "";
  if (asks.many) several(place, asks.replies ?? [], answer);
  if (asks.input === "date") day(place, answer);
}

/** Each is pressed or not; what is pressed goes together. */
function several(place: HTMLElement, replies: NonNullable<Asks["replies"]>, answer: Answer): void {
  const chosen = new Set<number>();
  const send = button("no", () => {
    const taken = replies.filter((_, at) => chosen.has(at));
    if (taken.length) answer(taken.map(({ label }) => label).join(", "), taken.map(({ value }) => value));
  }, say("sendThese"));
  const choices = replies.map(({ label }, at) => {
    const choice = button("no", () => {
      if (!chosen.delete(at)) chosen.add(at);
      choice.ariaPressed = String(chosen.has(at));
    }, label);
    choice.ariaPressed = "false";
    return choice;
  });
  place.replaceChildren(...choices, send);
}

/** The browser's own calendar; the answer is written the way everybody reads it, and sent the way the server does. */
function day(place: HTMLElement, answer: Answer): void {
  const input = h("input", { type: "date", class: "no", "aria-label": say("date") });
  const send = button("no", () => {
    if (!input.value) return input.focus();
    const words = new Date(`${input.value}T12:00`).toLocaleDateString(data.language, { dateStyle: "long" });
    answer(words, [input.value]);
  }, say("sendThese"));
  place.append(input, send);
}
