// Reading a drawing without a pointer, and with one: arrows go from point to point, Enter opens what it counts.
import "./live";
import "./sort-table";

const READINGS = "[data-reading]";

const spotsOf = (reading: HTMLElement): SVGRectElement[] => [...reading.querySelectorAll<SVGRectElement>("[data-says]")];

/** Where each reading stands; -1 is nowhere yet. */
const places = new WeakMap<HTMLElement, number>();

function leave(reading: HTMLElement): void {
  for (const spot of reading.querySelectorAll("[data-read]")) spot.removeAttribute("data-read");
  for (const mark of reading.querySelectorAll(".cursor, .cursor__pt")) mark.setAttribute("hidden", "");
  const says = reading.parentElement?.querySelector("output");
  if (says) says.textContent = "";
}

function read(reading: HTMLElement, at: number): void {
  const spots = spotsOf(reading);
  const spot = spots[Math.max(0, Math.min(spots.length - 1, at))];
  if (!spot) return;
  leave(reading);
  places.set(reading, spots.indexOf(spot));
  spot.setAttribute("data-read", "");
  const says = reading.parentElement?.querySelector("output");
  if (says) says.textContent = spot.dataset.says ?? "";
  const { x, y } = spot.dataset;
  const line = reading.querySelector(".cursor");
  const point = reading.querySelector(".cursor__pt");
  if (x && line) {
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
    line.removeAttribute("hidden");
  }
  if (x && y && point) {
    point.setAttribute("cx", x);
    point.setAttribute("cy", y);
    point.removeAttribute("hidden");
  }
  if (reading.scrollWidth > reading.clientWidth) spot.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** How far a key goes: in a map of the week, up and down are days. */
function step(reading: HTMLElement, key: string): number {
  const row = Number(reading.dataset.reading) || 0;
  return { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row || -1, ArrowUp: row ? -row : 1 }[key] ?? 0;
}

document.addEventListener("keydown", (event) => {
  const reading = (event.target as Element | null)?.closest?.<HTMLElement>(READINGS);
  if (!reading || event.target !== reading || event.ctrlKey || event.metaKey || event.altKey) return;
  const spots = spotsOf(reading);
  const at = places.get(reading) ?? -1;
  if (event.key === "Enter") {
    const href = spots[at]?.dataset.href;
    if (href) location.assign(href);
    return;
  }
  if (event.key === "Escape") return leave(reading);
  let to = at + step(reading, event.key);
  if (at < 0 && to !== at) to = 0;
  if (event.key === "Home") to = 0;
  if (event.key === "End") to = spots.length - 1;
  if (to === at) return;
  event.preventDefault();
  event.stopPropagation();
  if (to >= 0 && to < spots.length) read(reading, to);
});

document.addEventListener("pointerover", (event) => {
  const spot = (event.target as Element | null)?.closest?.<SVGRectElement>("[data-says]");
  const reading = spot?.closest<HTMLElement>(READINGS);
  if (spot && reading) read(reading, spotsOf(reading).indexOf(spot));
});

document.addEventListener("pointerout", (event) => {
  const reading = (event.target as Element | null)?.closest?.<HTMLElement>(READINGS);
  if (reading && !reading.contains(event.relatedTarget as Node | null)) leave(reading);
});

document.addEventListener("focusout", (event) => {
  if ((event.target as Element | null)?.matches?.(READINGS)) leave(event.target as HTMLElement);
});

document.addEventListener("click", (event) => {
  const href = (event.target as Element | null)?.closest?.<HTMLElement>(`${READINGS} [data-href]`)?.dataset.href;
  if (href) location.assign(href);
});

// Somebody who chooses a day of their own means these days, not the period that stands beside them.
document.addEventListener("change", (event) => {
  const field = event.target as HTMLInputElement;
  if (field.id !== "ask-from" && field.id !== "ask-to") return;
  const period = document.querySelector<HTMLSelectElement>("#ask-period");
  if (period && field.value) period.value = "own";
});

export {};
