// Toasts: one line, eight seconds, paused while looked at. Undo is a button and the key Z.
import { all, find, icon, make } from "./lib/dom";
import { announce } from "./lib/announce";
import { word } from "./lib/words";

const LIFE = 8_000;

export function toast(text: string, undo?: () => void, life = LIFE): HTMLElement | undefined {
  const place = find("#toasts");
  if (!place) return undefined;
  for (const old of all(".toast", place)) old.remove();
  const line = make("div", { class: "toast" }, make("span", {}, text));
  if (undo) {
    const button = make("button", { class: "btn btn--sm", type: "button", "data-undo": "" }, word("undo"), " ", make("kbd", { "data-kbd": "undo" }, "Z"));
    button.addEventListener("click", () => {
      line.remove();
      undo();
    });
    line.append(button);
  }
  const close = make("button", { class: "btn btn--icon btn--sm", type: "button", "aria-label": word("dismiss") }, icon("x"));
  close.addEventListener("click", () => line.remove());
  const fuse = make("i", { class: "toast__time", "aria-hidden": "true" });
  fuse.style.animationDuration = `${life}ms`;
  line.append(close, fuse);
  place.append(line);
  announce(text);
  expire(line, life);
  return line;
}

/** Removes it when its time is over; the pointer or the focus on it stops the clock. */
function expire(line: HTMLElement, life = LIFE): void {
  let left = life;
  const timer = setInterval(() => {
    if (!line.matches(":hover, :focus-within") && !document.hidden) left -= 250;
    if (left > 0 && line.isConnected) return;
    clearInterval(timer);
    line.remove();
  }, 250);
}

export function undoLast(): boolean {
  const button = find(".toast [data-undo]");
  button?.click();
  return Boolean(button);
}

document.addEventListener("DOMContentLoaded", () => {
  for (const notice of all("#toasts .callout[role=status]")) expire(notice);
});
