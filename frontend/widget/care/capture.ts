/** An address to answer to, in case the visitor has to go (LC-5). It never blocks writing unless it is required. */
import type { House } from "../extras/house";
import { say, type Care } from "../panel/data";
import { part } from "../panel/dom";
import { hasAgreed, openGate } from "./gate";
import type { No } from "../panel/http";

export function wireCapture(house: House, { after, required }: NonNullable<Care["capture"]>): () => void {
  const form = part<HTMLFormElement>("capture");
  const field = part<HTMLInputElement>("email");
  const problem = part("email-problem");
  let timer = 0;

  const settled = (): boolean => !!house.get("address") || !!house.get("who");

  function complain(word: string): void {
    problem.hidden = !word;
    problem.textContent = word && say(word);
    field.setAttribute("aria-invalid", String(!!word));
    if (word) field.focus();
  }

  function done(value: string): void {
    house.set("address", value);
    form.hidden = true;
    openGate(house);
    part("text").focus();
  }

  form.onsubmit = async (event) => {
    event.preventDefault();
    const email = field.value.trim();
    if (!email || !field.validity.valid) return complain("badEmail");
    complain("");
    try {
      await house.token();
      await house.call("address/", { email });
      done("1");
      house.tell("associated", "");
    } catch (error) {
      complain((error as Partial<No>).reason === "email" ? "badEmail" : "unavailable");
    }
  };
  const later = part("capture-not");
  if (later) later.onclick = () => done("0");

  /** At once where it must be; else once something was asked, and nobody of us has answered for so long. */
  return () => {
    const { messages, agent, closed } = house.chat();
    // An address is written down, too: not before they agreed to that. Nor is it asked for at the end.
    if (!hasAgreed(house) || (closed && !required)) return void (form.hidden = true);
    if (settled()) {
      form.hidden = true;
      return openGate(house);
    }
    const asked = messages.some(({ from }) => from === "me");
    const answered = !!agent && messages.some(({ from }) => from === "agent");
    if (required || (!after && !answered)) form.hidden = false;
    else if (asked && !answered) timer ||= window.setTimeout(() => (form.hidden = settled()), after * 1000);
    else if (answered) clearTimeout(timer);
  };
}
