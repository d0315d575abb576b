// Letters are written with an editor. It is fetched when one is needed and takes the place of the plain field, with its
// text and the focus; the plain field stays behind it and holds the same words, so that drafts, sending and a page
// without the editor know one thing only.
import { all, find } from "./lib/dom";
import { on, signal } from "./lib/frames";
import { token } from "./lib/http";
import { word } from "./lib/words";
import type { Handle } from "./editor/mount";
import { toast } from "./notices";

const handles = new WeakMap<HTMLElement, Handle>();
const areaOf = (form: HTMLElement) => find<HTMLTextAreaElement>("textarea[name=body]", form);
const htmlOf = (form: HTMLElement) => find<HTMLInputElement>("input[name=html]", form);

/** A page of the web: its plain field holds the HTML itself. */
const isPage = (form: HTMLElement) => "editorPage" in form.dataset;

async function dress(form: HTMLElement): Promise<void> {
  const area = areaOf(form);
  const url = form.dataset["editorUrl"];
  if (!area || !url || form.dataset["dressed"]) return;
  form.dataset["dressed"] = "soon";
  const { mount } = (await import(url)) as typeof import("./editor/mount");
  if (!form.isConnected) return;
  const focused = document.activeElement === area;
  const place = document.createElement("div");
  place.className = "rich";
  area.before(place);
  const handle = mount({
    place,
    page: isPage(form),
    html: isPage(form) ? area.value : htmlOf(form)?.value ?? "",
    text: area.value,
    label: area.getAttribute("aria-label") ?? area.labels[0]?.textContent?.trim() ?? "",
    placeholder: area.placeholder,
    changed: () => mirror(form),
    moved: () => show(form),
    pictures: (files) => !isPage(form) && (files.forEach((file) => void picture(form, file)), true),
  });
  handles.set(form, handle);
  for (const label of area.labels) label.addEventListener("click", () => handle.focus()); // it names a hidden field now
  // The focus first: a field that is hidden while it has the focus leaves it to nobody.
  if (focused || document.activeElement === area) handle.focus();
  area.hidden = true;
  form.dataset["dressed"] = "yes";
  for (const bar of all("[data-toolbar]", form)) bar.hidden = false;
}

/** The words go on into the plain field, as if they had been typed there. */
function mirror(form: HTMLElement): void {
  const area = areaOf(form);
  const handle = handles.get(form);
  const html = htmlOf(form);
  if (!area || !handle) return;
  area.value = isPage(form) ? handle.html() : handle.text();
  if (html) html.value = handle.html();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Which of the styles hold where the cursor stands. */
function show(form: HTMLElement): void {
  const handle = handles.get(form);
  if (!handle) return;
  for (const button of all("[data-style]", form)) {
    button.setAttribute("aria-pressed", String(handle.can(button.dataset["style"] ?? "")));
  }
}

/** Where somebody writes in this form: the editor when it is there, else the plain field. */
export const writingPlace = (form: HTMLElement): HTMLElement | null => handles.get(form)?.element ?? areaOf(form) ?? find("textarea", form);

export function focusOn(form: HTMLElement): void {
  const handle = handles.get(form);
  if (handle) return handle.focus();
  const area = find<HTMLTextAreaElement>("textarea", form);
  area?.focus();
  area?.setSelectionRange(area.value.length, area.value.length);
}

/** Puts other words in the form, in both of its fields. */
export function put(form: HTMLElement, text: string, html = ""): void {
  const area = find<HTMLTextAreaElement>("textarea", form);
  const field = htmlOf(form);
  if (area) area.value = text;
  if (field) field.value = html;
  handles.get(form)?.set(html, text);
}

/** The text of the line before the cursor. */
export function caret(form: HTMLElement): string {
  const handle = handles.get(form);
  if (handle) return handle.before();
  const area = find<HTMLTextAreaElement>("textarea", form);
  return area ? area.value.slice(0, area.selectionStart).split("\n").at(-1) ?? "" : "";
}

/** Puts words where the cursor stands, in the place of as many letters before it. */
export function insert(form: HTMLElement, text: string, html: string, instead: number): void {
  const handle = handles.get(form);
  if (handle) return handle.insert(html, text, instead);
  const area = find<HTMLTextAreaElement>("textarea", form);
  if (!area) return;
  area.focus();
  area.setRangeText(text, area.selectionStart - instead, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Selects the first place where these words stand, to be written over. */
export function selectText(form: HTMLElement, text: string): void {
  const handle = handles.get(form);
  if (handle) return handle.select(text);
  const area = find<HTMLTextAreaElement>("textarea", form);
  const at = area?.value.indexOf(text) ?? -1;
  if (area && at >= 0) {
    area.focus();
    area.setSelectionRange(at, at + text.length);
  }
}

/** A picture in the text: it travels like every file, and stands where the cursor is. */
async function picture(form: HTMLElement, file: File): Promise<void> {
  const body = new FormData();
  body.set("file", file, file.name || "image.png");
  const headers = { "X-CSRFToken": token(), "HX-Request": "true" };
  try {
    const answer = await fetch(form.dataset["uploadUrl"] ?? "", { method: "POST", headers, body });
    const text = await answer.text();
    const chip = answer.ok && new DOMParser().parseFromString(text, "text/html").querySelector<HTMLElement>("[data-chip]");
    const src = chip && chip.dataset["url"];
    if (src) handles.get(form)?.picture(src, file.name);
    else toast(`${word("attachedNone", { name: file.name })} ${answer.status === 422 ? text : ""}`.trim());
  } catch {
    toast(word("attachedNone", { name: file.name }));
  }
}

// ── The toolbar: one stop for Tab, arrows inside ──

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-style]");
  const form = button?.closest("form");
  const handle = form && handles.get(form);
  if (!button || !handle) return;
  if (button.dataset["style"] === "link") openLink(form, handle);
  else handle.run(button.dataset["style"] ?? "");
});

document.addEventListener("keydown", (event) => {
  const bar = (event.target as Element).closest?.<HTMLElement>("[data-toolbar]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!bar || !step || !(event.target as Element).matches("[data-style]")) return;
  event.preventDefault();
  const buttons = all("[data-style]", bar);
  const along = document.dir === "rtl" ? -step : step;
  const next = buttons[(buttons.indexOf(event.target as HTMLElement) + along + buttons.length) % buttons.length];
  for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
  next?.focus();
});

function openLink(form: HTMLElement, handle: Handle): void {
  const box = find("[data-linkbox]", form);
  const field = box && find<HTMLInputElement>("input", box);
  if (!box || !field) return;
  box.hidden = !box.hidden;
  field.value = handle.href();
  if (box.hidden) handle.focus();
  else field.focus();
}

function closeLink(box: HTMLElement, apply: boolean): void {
  const form = box.closest("form");
  const handle = form && handles.get(form);
  const field = find<HTMLInputElement>("input", box);
  box.hidden = true;
  if (!handle || !field) return;
  const typed = field.value.trim();
  if (apply) handle.link(typed && !/^[a-z][a-z+.-]*:/i.test(typed) ? (typed.includes("@") ? `mailto:${typed}` : `https://${typed}`) : typed);
  else handle.focus();
}

document.addEventListener("keydown", (event) => {
  const box = (event.target as Element).closest?.<HTMLElement>("[data-linkbox]");
  const form = (event.target as Element).closest?.("form");
  if (box && (event.key === "Enter" || event.key === "Escape")) {
    event.preventDefault();
    event.stopPropagation();
    closeLink(box, event.key === "Enter");
  } else if (form && handles.has(form) && event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !getSelection()?.isCollapsed) {
    // What is chosen becomes a link; without a choice the key is the palette's.
    event.preventDefault();
    openLink(form, handles.get(form)!);
  }
}, true);
document.addEventListener("click", (event) => {
  const box = (event.target as Element).closest("[data-link-apply]")?.closest<HTMLElement>("[data-linkbox]");
  if (box) closeLink(box, true);
});

export function dressAll(): void {
  for (const form of all("form[data-editor-url]")) {
    void dress(form).then(() => signal("composer:dressed")).catch(() => delete form.dataset["dressed"]);
  }
}

on("conversation:opened", dressAll);
on("composer:swapped", dressAll);
document.addEventListener("DOMContentLoaded", dressAll);
