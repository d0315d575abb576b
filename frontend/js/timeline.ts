// The line of the open conversation: added at its end, replaced in its place, never jumping.
import htmx from "htmx.org";
import { all, find, make, openConversation, parseAll, replace, swap } from "./lib/dom";
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
    item.toggleAttribute("data-pointed", old.hasAttribute("data-pointed")); // told again, it is still the one
    if (!retouch(old, item)) replace(old, item);
    return false;
  }
  const later = all("[data-at]", line).find((other) => other.parentElement === line && isAfter(other, item));
  if (later) later.before(item);
  else {
    newDay(line, item);
    newChannel(line, item);
    line.append(item);
  }
  return true;
}

/** A letter's frame stays where it is when only its delivery moved on: taken out and put back, it would load anew. */
function retouch(old: HTMLElement, item: HTMLElement): boolean {
  const [before, now] = [old, item].map((each) => find("iframe.letter__frame", each)?.getAttribute("src"));
  if (!now || before !== now) return false;
  find(":scope > .sent", old)?.remove();
  const sent = find(":scope > .sent", item);
  if (sent) {
    old.append(sent);
    htmx.process(sent);
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

/** A message by another channel than the one before: a ring on the line, with one sentence. */
function newChannel(line: HTMLElement, item: HTMLElement): void {
  const { ch, ring } = item.dataset;
  const last = all(".msg[data-ring]:not(.msg--bot)", line).at(-1);
  if (!ring || !ch || ch === "bot" || !last || last.dataset["ch"] === ch) return;
  line.append(make("li", { class: "evt evt--ring", "data-ch": ch }, make("span", {}, ring)));
}

function hear(frame: EventFrame): void {
  if (!frame.conversation || String(frame.conversation) !== openConversation()) return;
  if (frame.header) putHeader(frame.header);
  const following = atEnd();
  const added = parseAll(frame.item ?? "").filter(place);
  const news = added.filter((item) => item.matches(".msg"));
  if (following) toEnd();
  else if (news.length) showMissed(missed + news.length);
  if (String(frame.actor) !== document.body.dataset["me"]) news.forEach(heard);
}

let header = "";

/** The head changes with its conversation, but never under an open menu that hangs on it. */
function putHeader(html: string): void {
  if (html === header) return;
  header = html;
  if (!find("#assign-menu:popover-open")) swap(html);
}
document.addEventListener("toggle", (event) => {
  if ((event.target as Element).id === "assign-menu" && (event as ToggleEvent).newState === "closed" && header) swap(header);
}, true);

/** New words from somebody else: said once, and read while this page is looked at. */
function heard(item: HTMLElement): void {
  const text = (find("[data-said]", item)?.textContent ?? find(".answers", item)?.textContent ?? "").trim().replace(/\s+/g, " ");
  announce(word("said", { name: item.dataset["author"] ?? "", text: text.slice(0, 200) }));
  if (item.dataset["direction"] === "in") markRead();
}

function arrived(): void {
  missed = 0;
  header = "";
  toEnd();
  if (!pointed()) firstUnread();
  const me = find("#composer")?.dataset["name"];
  for (const at of all(".at")) at.toggleAttribute("data-me", at.textContent === `@${me}`);
}

/** The message that the address names is shown, and says that it is the one. */
function pointed(): boolean {
  const item = /^#(message|comment)-\d+$/.test(location.hash) ? document.getElementById(location.hash.slice(1)) : null;
  if (!item || !timeline()?.contains(item)) return false;
  item.scrollIntoView({ block: "center" });
  item.setAttribute("data-pointed", "");
  return true;
}

/** What is new begins at the top of the pane, when not all of it fits; the pill says how much there is. */
function firstUnread(): void {
  const mark = find("#first-unread");
  const scroll = pane();
  if (!mark || !scroll || mark.getBoundingClientRect().top >= scroll.getBoundingClientRect().top) return;
  mark.scrollIntoView({ block: "start" });
  showMissed(all("#first-unread ~ .msg[data-direction=in]").length);
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
