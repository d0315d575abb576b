/** What is told to whoever cannot see it arrive. */
import { say, type Said } from "../panel/data";
import { h, part } from "../panel/dom";

const STAYS = 5000;

/** Said aloud and then taken away: whoever reads on by hand finds it once, in its place. */
export function tell(words: string): void {
  const told = h("p", "", words);
  part("live").append(told);
  setTimeout(() => told.remove(), STAYS);
}

/** Each message once, politely, with what a bot offers as answers to it. */
export function announce(messages: Said[]): void {
  for (const { name, body, files, asks } of messages) {
    const more = [...(files ?? []).map((file) => file.name), ...(asks?.replies ?? []).map(({ label }) => label)];
    tell(say("says", { name, text: [body, ...more].join(" ").slice(0, 500) }));
  }
}
