// Pop-ups: a card for what just happened elsewhere. It goes by itself, and never takes the focus.
import { announce } from "./lib/announce";
import { all, find, icon, make } from "./lib/dom";
import type { Item } from "./lib/rung";
import { word } from "./lib/words";

const LIFE = 8_000;
const MOST = 3;

export function popUp(item: Item): void {
  const place = find("#popups");
  if (!place || find(`[data-told="${item.id}"]`, place)) return;
  const words = make("span", { class: "popup__words" }, make("b", { dir: "auto" }, item.title));
  if (item.text) words.append(make("span", { class: "popup__text", dir: "auto" }, item.text));
  const link = make("a", { class: "popup__link", href: item.url }, icon(item.icon), words);
  const close = make("button", { class: "btn btn--quiet btn--icon btn--sm", type: "button", "aria-label": word("dismiss") }, icon("x"));
  const card = make("div", { class: "popup", "data-told": String(item.id), "data-topic": item.topic }, link, close);
  close.addEventListener("click", () => card.remove());
  place.append(card);
  for (const old of all(".popup", place).slice(0, -MOST)) old.remove();
  announce(word("said", { name: item.title, text: item.text }));
  expire(card);
}

/** Whoever looks at it stops its clock. */
function expire(card: HTMLElement): void {
  let left = LIFE;
  const timer = setInterval(() => {
    if (!card.matches(":hover, :focus-within") && !document.hidden) left -= 250;
    if (left > 0 && card.isConnected) return;
    clearInterval(timer);
    card.remove();
  }, 250);
}

/** What was read or taken meanwhile, here or elsewhere, is no news any more. */
export function takeDown(still: number[]): void {
  for (const card of all("#popups .popup")) {
    if (!still.includes(Number(card.dataset["told"])) && !card.matches(":focus-within")) card.remove();
  }
}
