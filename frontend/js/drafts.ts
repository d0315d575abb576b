// Two drafts a conversation, kept on the server every two seconds, on blur and when the page goes. Never lost.
// A letter's draft is more than its words: its HTML, and whom it goes to.
import { all, find } from "./lib/dom";
import { on } from "./lib/frames";
import { post, token } from "./lib/http";
import { word } from "./lib/words";
import { envelopeOf } from "./envelope";
import { put } from "./rich";
import { dress, rowbox } from "./rows";

const EVERY = 2_000;
const timers = new WeakMap<HTMLTextAreaElement, number>();
const kept = new WeakMap<HTMLTextAreaElement, string>();
/** The next page may have been asked for before what is on its way is kept: until it is here, the device keeps its copy. */
let leaving = false;
const STAYED = 5_000;

const composerOf = (area: Element) => area.closest<HTMLElement>("[data-composer]");
const modeOf = (area: HTMLTextAreaElement) => area.closest<HTMLElement>("[data-for]")?.dataset["for"] ?? "reply";
const localKey = (area: HTMLTextAreaElement) =>
  `parley:draft:${document.body.dataset["me"]}:${composerOf(area)?.dataset["conversation"]}:${modeOf(area)}`;
const areas = () => all<HTMLTextAreaElement>("[data-composer] form[data-for] textarea");

function say(area: HTMLTextAreaElement, text: string): void {
  const place = find("[data-saved]", area.closest("form") ?? document);
  if (place) place.textContent = text;
}

/** Everything a draft is made of, as it is posted. */
function fields(area: HTMLTextAreaElement): Record<string, string> {
  const form = area.closest("form");
  const html = form && find<HTMLInputElement>("[name=html]", form);
  const letter = form && html ? { html: html.value, files: filesOf(form), ...peopleOf(form) } : {};
  return { mode: modeOf(area), body: area.value, ...letter };
}

const filesOf = (form: HTMLElement) => all<HTMLInputElement>("[data-chip] [name=files]", form).map(({ value }) => value).join(" ");

/** An address half typed is left alone: only what is a chip belongs to the draft. */
function peopleOf(form: HTMLElement): Record<string, string> {
  return find("[data-envelope] :focus", form)?.matches("[data-people-input]") ? {} : envelopeOf(form);
}

const written = (area: HTMLTextAreaElement) => JSON.stringify(fields(area));

/** Marks what the server holds, so that only changes travel. */
export function settle(area: HTMLTextAreaElement): void {
  window.clearTimeout(timers.get(area));
  timers.delete(area);
  kept.set(area, written(area));
  localStorage.removeItem(localKey(area));
  say(area, area.value ? word("draftKept") : "");
}

async function save(area: HTMLTextAreaElement): Promise<void> {
  window.clearTimeout(timers.get(area));
  timers.delete(area);
  const composer = composerOf(area);
  const url = composer?.dataset["draftUrl"];
  const state = written(area);
  if (!url || state === kept.get(area)) return;
  noteOnRow(composer, modeOf(area), area.value);
  try {
    await post(url, fields(area));
    kept.set(area, state);
    if (!leaving) localStorage.removeItem(localKey(area));
    if (written(area) === state) say(area, area.value ? word("draftKept") : "");
  } catch {
    localStorage.setItem(localKey(area), state);
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
    const state = written(area);
    if (!url || state === kept.get(area)) continue;
    localStorage.setItem(localKey(area), state);
    const form = new FormData();
    for (const [name, value] of Object.entries(fields(area))) form.set(name, value);
    form.set("csrfmiddlewaretoken", token());
    if (navigator.sendBeacon(url, form)) kept.set(area, state);
  }
}

/** What this device holds was never seen by the server, so it is the newer text. */
function restore(): void {
  for (const area of areas()) {
    kept.set(area, written(area));
    const local = localStorage.getItem(localKey(area));
    const form = area.closest("form");
    if (local === null || !form) continue;
    const { body = "", html = "" } = read(local);
    put(form, body, html);
    if (written(area) === kept.get(area)) localStorage.removeItem(localKey(area));
    else void save(area);
  }
}

function read(text: string): Record<string, string> {
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    return {};
  }
}

document.addEventListener("input", (event) => {
  const area = event.target;
  if (!(area instanceof HTMLTextAreaElement) || !composerOf(area) || timers.has(area)) return;
  timers.set(area, window.setTimeout(() => void save(area), EVERY));
});
document.addEventListener("focusout", (event) => {
  const form = (event.target as Element).closest?.<HTMLElement>("[data-composer] form[data-for]");
  const area = form && find<HTMLTextAreaElement>("textarea", form);
  if (area) void save(area);
});
on("conversation:leaving", () => areas().forEach((area) => void save(area)));
on("conversation:opened", restore);
on("composer:swapped", restore);
document.addEventListener("DOMContentLoaded", restore);
// A browser that is busy gives the page it leaves half a second: "pagehide" may come too late, "beforeunload" is waited for.
window.addEventListener("beforeunload", () => {
  leaving = true;
  window.setTimeout(() => (leaving = false), STAYED); // a download leads nowhere
  saveInPassing();
});
window.addEventListener("pagehide", saveInPassing);
document.addEventListener("visibilitychange", () => document.hidden && saveInPassing());
window.addEventListener("online", () => areas().forEach((area) => void save(area)));
