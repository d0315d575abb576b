// A card is dragged onto a plus: the step goes there.
import { all } from "./dom";
import { base, post } from "./page";
import { flush } from "./form";

let dragged: HTMLElement | null = null;
const cardOf = (target: EventTarget | null) => (target as Element | null)?.closest?.<HTMLElement>("#flow a[data-card]") ?? null;
const wireOf = (target: EventTarget | null) => (target as Element | null)?.closest?.<HTMLElement>("#flow .wire:has(a)") ?? null;

document.addEventListener("dragstart", (event) => {
  dragged = cardOf(event.target);
  if (!dragged?.dataset["flowOpen"]) return void (dragged = null);
  dragged.dataset["dragged"] = "";
  event.dataTransfer?.setData("text/plain", dragged.dataset["flowOpen"]);
});
document.addEventListener("dragover", (event) => {
  for (const wire of all("#flow .wire[data-over]")) delete wire.dataset["over"];
  const wire = dragged && wireOf(event.target);
  if (!wire) return;
  event.preventDefault();
  wire.dataset["over"] = "";
});
document.addEventListener("dragend", () => {
  delete dragged?.dataset["dragged"];
  dragged = null;
});
document.addEventListener("drop", (event) => {
  const to = wireOf(event.target)?.querySelector<HTMLElement>("a")?.dataset["flowAdd"];
  const id = dragged?.dataset["flowOpen"];
  if (!to || !id) return;
  event.preventDefault();
  void flush().then(() => post(`${base()}steps/${id}/place/`, new URLSearchParams({ to })));
});
