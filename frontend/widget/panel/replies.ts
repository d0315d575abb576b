/** The answers that a bot offers below its last message. Typing one is answering, too, unless it takes buttons alone. */
import type { Asks } from "./data";
import { button, part } from "./dom";
import { extras, ignore } from "./extras";

export type Answer = (body: string, reply: string[]) => void;

export function makeReplies(answer: Answer) {
  const place = part("replies");
  let shown: Asks | undefined;

  return (asks?: Asks): void => {
    if (asks === shown) return;
    shown = asks;
    part("write").hidden = !!asks?.closed;
    place.replaceChildren(...(asks?.replies ?? []).map(({ value, label }) => button("no", () => answer(label, [value]), label)));
    // Several at once, dates and the like: the second file knows how.
    extras().then(({ offer }) => shown === asks && offer(place, asks ?? {}, answer), ignore);
  };
}
