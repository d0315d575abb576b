// The lines of a list are dragged to where they shall stand; the buttons in each line do the same without a pointer.
import { announce } from "./lib/announce";
import { all } from "./lib/dom";

const MOVED = "parley-moved";

let dragged: HTMLElement | null = null;
let before = 0;

const lineOf = (target: EventTarget | null): HTMLElement | null =>
  (target as Element | null)?.closest?.<HTMLElement>("[data-sortable] > *") ?? null;

const placeOf = (line: HTMLElement): number => [...(line.parentElement?.children ?? [])].indexOf(line);

function begin(): void {
  for (const line of all<HTMLElement>("[data-sortable] > *")) line.draggable = true;
}

function over(event: DragEvent): void {
  const list = (event.target as Element | null)?.closest?.("[data-sortable]");
  if (!dragged || !list || list !== dragged.parentElement) return;
  event.preventDefault();
  const line = lineOf(event.target);
  if (!line || line === dragged) return;
  const box = line.getBoundingClientRect();
  if (event.clientY > box.top + box.height / 2) line.after(dragged);
  else line.before(dragged);
}

function end(event: DragEvent): void {
  const line = dragged;
  dragged = null;
  line?.removeAttribute("data-dragged");
  if (!line || placeOf(line) === before) return;
  // Let go beside the list, or by Escape: nothing was moved.
  if (event.dataTransfer?.dropEffect === "none") return putBack(line);
  const form = line.querySelector<HTMLFormElement>("form[data-place]");
  if (!form) return;
  const place = document.createElement("input");
  place.type = "hidden";
  place.name = "to";
  place.value = String(placeOf(line));
  form.append(place);
  form.submit();
}

function putBack(line: HTMLElement): void {
  const list = line.parentElement!;
  line.remove();
  list.insertBefore(line, list.children[before] ?? null);
}

/** Moved by a button, the page comes anew: the keyboard goes on where it was, and who cannot see it hears the place. */
function remember(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const line = lineOf(form);
  const by = event.submitter as HTMLButtonElement | null;
  if (by?.name === "to" && line?.id && form.action === placing(line)?.action) sessionStorage.setItem(MOVED, `${line.id} ${by.value}`);
}

const placing = (line: HTMLElement): HTMLFormElement | null => line.querySelector("form[data-place]");

function goOn(): void {
  const [id, to] = (sessionStorage.getItem(MOVED) ?? "").split(" ");
  sessionStorage.removeItem(MOVED);
  const line = id ? document.getElementById(id) : null;
  if (!line) return;
  const buttons = [...(placing(line)?.querySelectorAll<HTMLButtonElement>("button:not(:disabled)") ?? [])];
  const same = buttons.find((button) => button.value === to);
  (same ?? line.querySelector<HTMLElement>("[popovertarget]") ?? buttons[0])?.focus();
  const name = line.querySelector("bdi, b a")?.textContent ?? "";
  announce(`${name}: ${placeOf(line) + 1} / ${line.parentElement!.children.length}`);
}

document.addEventListener("dragstart", (event) => {
  dragged = lineOf(event.target);
  if (!dragged) return;
  before = placeOf(dragged);
  dragged.dataset.dragged = "";
});
document.addEventListener("dragover", over);
document.addEventListener("drop", (event) => dragged && event.preventDefault());
document.addEventListener("dragend", end);
document.addEventListener("submit", remember);
document.addEventListener("DOMContentLoaded", begin);
document.addEventListener("DOMContentLoaded", goOn);
document.addEventListener("htmx:load", begin);
