// Two drafts a conversation, kept on the server every two seconds, on blur and when the page goes. Never lost.
import { all, find } from "./lib/dom";
import { on } from "./lib/frames";
import { post, token } from "./lib/http";
import { word } from "./lib/words";
import { dress, rowbox } from "./rows";

const EVERY = 2_000;
const timers = new WeakMap<HTMLTextAreaElement, number>();
const kept = new WeakMap<HTMLTextAreaElement, string>();

const composerOf = (area: Element) => area.closest<HTMLElement>("[data-composer]");
const modeOf = (area: HTMLTextAreaElement) => area.closest<HTMLElement>("[data-for]")?.dataset["for"] ?? "reply";
const localKey = (area: HTMLTextAreaElement) =>
  `parley:draft:${document.body.dataset["me"]}:${composerOf(area)?.dataset["conversation"]}:${modeOf(area)}`;
const areas = () => all<HTMLTextAreaElement>("[data-composer] textarea");

function say(area: HTMLTextAreaElement, text: string): void {
  const place = find("[data-saved]", area.closest("form") ?? document);
  if (place) place.textContent = text;
}

/** Marks what the server holds, so that only changes travel. */
export function settle(area: HTMLTextAreaElement): void {
  window.clearTimeout(timers.get(area));
  timers.delete(area);
  kept.set(area, area.value);
  localStorage.removeItem(localKey(area));
  say(area, area.value ? word("draftKept") : "");
}

async function save(area: HTMLTextAreaElement): Promise<void> {
  window.clearTimeout(timers.get(area));
  timers.delete(area);
  const composer = composerOf(area);
  const url = composer?.dataset["draftUrl"];
  const body = area.value;
  if (!url || body === kept.get(area)) return;
  noteOnRow(composer, modeOf(area), body);
  try {
    await post(url, { mode: modeOf(area), body });
    kept.set(area, body);
    localStorage.removeItem(localKey(area));
    if (area.value === body) say(area, body ? word("draftKept") : "");
  } catch {
    localStorage.setItem(localKey(area), body);
    say(area, word("draftHere"));
  }
}

function noteOnRow(composer: HTMLElement, mode: string, body: string): void {
  const box = rowbox(composer.dataset["conversation"] ?? "");
  if (!box || mode !== "reply") return;
  if (body.trim()) box.dataset["draft"] = body.trim().slice(0, 120);
  else delete box.dataset["draft"];
  dress(box);
}

/** The page may be gone before an answer comes: a beacon outlives it, and the device keeps a copy. */
function saveInPassing(): void {
  for (const area of areas()) {
    const url = composerOf(area)?.dataset["draftUrl"];
    if (!url || area.value === kept.get(area)) continue;
    localStorage.setItem(localKey(area), area.value);
    const form = new FormData();
    form.set("mode", modeOf(area));
    form.set("body", area.value);
    form.set("csrfmiddlewaretoken", token());
    if (navigator.sendBeacon(url, form)) kept.set(area, area.value);
  }
}

/** What this device holds was never seen by the server, so it is the newer text. */
function restore(): void {
  for (const area of areas()) {
    kept.set(area, area.defaultValue);
    const local = localStorage.getItem(localKey(area));
    if (local === null) continue;
    area.value = local;
    void save(area);
  }
}

document.addEventListener("input", (event) => {
  const area = event.target;
  if (!(area instanceof HTMLTextAreaElement) || !composerOf(area) || timers.has(area)) return;
  timers.set(area, window.setTimeout(() => void save(area), EVERY));
});
document.addEventListener("focusout", (event) => {
  if (event.target instanceof HTMLTextAreaElement && composerOf(event.target)) void save(event.target);
});
on("conversation:leaving", () => areas().forEach((area) => void save(area)));
on("conversation:opened", restore);
document.addEventListener("DOMContentLoaded", restore);
window.addEventListener("pagehide", saveInPassing);
document.addEventListener("visibilitychange", () => document.hidden && saveInPassing());
window.addEventListener("online", () => areas().forEach((area) => void save(area)));
