// The line of the open conversation: added at its end, replaced in its place, never jumping.
import { all, find, make, openConversation, parse, replace, swap } from "./lib/dom";
import { announce } from "./lib/announce";
import { type EventFrame, on, onFrame } from "./lib/frames";
import { word } from "./lib/words";
import { markRead } from "./open";
import { dayOf } from "./time";

const NEAR = 80;
let missed = 0;

const pane = () => find("#messages");
export const timeline = (): HTMLElement | null => find(`#timeline-${openConversation() || 0}`);

const atEnd = (): boolean => {
  const scroll = pane();
  return !scroll || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
};

export function toEnd(): void {
  const scroll = pane();
  if (scroll) scroll.scrollTop = scroll.scrollHeight;
  showMissed(0);
}

function showMissed(count: number): void {
  missed = count;
  const pill = find("[data-to-newest]");
  if (!pill) return;
  pill.hidden = count === 0;
  const text = find("span", pill);
  if (text) text.textContent = count === 1 ? word("newOne") : word("newMany", { n: count });
}

/** Puts an item where it belongs. True when it was not there before. */
export function place(item: HTMLElement): boolean {
  const line = timeline();
  if (!line) return false;
  const client = item.dataset["client"];
  const pending = client ? find(`[data-client="${CSS.escape(client)}"]`, line) : null;
  const old = document.getElementById(item.id) ?? pending;
  if (old) {
    replace(old, item);
    return false;
  }
  const later = all("[data-at]", line).find((other) => other.parentElement === line && isAfter(other, item));
  if (later) later.before(item);
  else {
    newDay(line, item);
    line.append(item);
  }
  return true;
}

const moment = (item: HTMLElement) => Date.parse(item.dataset["at"] ?? "");
const isAfter = (one: HTMLElement, other: HTMLElement) => !("sending" in one.dataset) && moment(one) > moment(other);

/** The first thing said on a new day stands under that day's name. */
function newDay(line: HTMLElement, item: HTMLElement): void {
  const last = all("[data-at]", line).at(-1);
  const today = dayOf(new Date(moment(item)));
  if (last && dayOf(new Date(moment(last))) !== today) {
    line.append(make("li", { class: "day day--new", "data-day": today }, word("today")));
  }
}

function hear(frame: EventFrame): void {
  if (!frame.conversation || String(frame.conversation) !== openConversation()) return;
  if (frame.header) swap(frame.header);
  const item = frame.item ? parse(frame.item) : null;
  if (!item) return;
  const following = atEnd();
  if (!place(item)) return void (following && toEnd());
  const theirs = item.dataset["direction"] !== "out" && item.dataset["author"] !== find("#composer")?.dataset["name"];
  if (following) toEnd();
  else if (item.matches(".msg")) showMissed(missed + 1);
  if (theirs && item.matches(".msg")) heard(item);
}

/** New words from somebody else: said once, and read while this page is looked at. */
function heard(item: HTMLElement): void {
  const text = (find("[data-said]", item)?.textContent ?? find(".answers", item)?.textContent ?? "").trim().replace(/\s+/g, " ");
  announce(word("said", { name: item.dataset["author"] ?? "", text: text.slice(0, 200) }));
  if (item.dataset["direction"] === "in") markRead();
}

function arrived(): void {
  missed = 0;
  toEnd();
  const me = find("#composer")?.dataset["name"];
  for (const at of all(".at")) at.toggleAttribute("data-me", at.textContent === `@${me}`);
}

onFrame("event", hear);
on("conversation:opened", arrived);
document.addEventListener("DOMContentLoaded", arrived);
document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-to-newest]")) toEnd();
});
document.addEventListener("scroll", (event) => {
  if (missed && event.target === pane() && atEnd()) showMissed(0);
}, { capture: true, passive: true });
// A letter that takes its height while one stands at the end keeps the end in sight.
let stood = true;
document.addEventListener("scroll", (event) => event.target === pane() && (stood = atEnd()), { capture: true, passive: true });
document.addEventListener("load", (event) => {
  if (stood && pane()?.contains(event.target as Node)) toEnd();
}, true);
