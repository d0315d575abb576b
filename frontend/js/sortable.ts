// The lines of a list are dragged to where they shall stand; the buttons in each line do the same without a pointer.
import { all } from "./lib/dom";

let dragged: HTMLElement | null = null;
let before = 0;

const lineOf = (target: EventTarget | null): HTMLElement | null =>
  (target as Element | null)?.closest?.<HTMLElement>("[data-sortable] > *") ?? null;

const placeOf = (line: HTMLElement): number => [...(line.parentElement?.children ?? [])].indexOf(line);

function begin(): void {
  for (const line of all<HTMLElement>("[data-sortable] > *")) line.draggable = true;
}

function over(event: DragEvent): void {
  const line = lineOf(event.target);
  if (!dragged || !line || line.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  if (line === dragged) return;
  const box = line.getBoundingClientRect();
  if (event.clientY > box.top + box.height / 2) line.after(dragged);
  else line.before(dragged);
}

function end(): void {
  const line = dragged;
  dragged = null;
  line?.removeAttribute("data-dragged");
  if (!line || placeOf(line) === before) return;
  const form = line.querySelector<HTMLFormElement>("form[data-place]");
  if (!form) return;
  const place = document.createElement("input");
  place.type = "hidden";
  place.name = "to";
  place.value = String(placeOf(line));
  form.append(place);
  form.submit();
}

document.addEventListener("dragstart", (event) => {
  dragged = lineOf(event.target);
  if (!dragged) return;
  before = placeOf(dragged);
  dragged.dataset.dragged = "";
});
document.addEventListener("dragover", over);
document.addEventListener("dragend", end);
document.addEventListener("DOMContentLoaded", begin);
document.addEventListener("htmx:load", begin);
