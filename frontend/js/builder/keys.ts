// The cards by keys: arrows go to the nearest card in that direction, Alt and an arrow moves the step itself.
import { all, find } from "./dom";
import { announce } from "../lib/announce";
import { word } from "../lib/words";
import { base, post } from "./page";
import { flush } from "./form";
import { add, open, part } from "./verbs";

const MOVES: Record<string, string> = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

const cards = (): HTMLElement[] => all<HTMLElement>("#flow [data-card]");

/** The nearest card that lies in this direction; sideways only what stands beside it counts. */
function neighbour(card: HTMLElement, to: string): HTMLElement | null {
  const from = card.getBoundingClientRect();
  const sideways = to === "left" || to === "right";
  const sign = to === "up" || to === "left" ? -1 : 1;
  let best: HTMLElement | null = null;
  let least = Infinity;
  for (const other of cards()) {
    if (other === card) continue;
    const box = other.getBoundingClientRect();
    const across = box.left + box.width / 2 - from.left - from.width / 2;
    const down = sign > 0 ? box.top - from.top : from.top - box.top;
    const away = sideways ? across * sign : down;
    if (away <= 4) continue;
    const far = sideways ? away + Math.abs(box.top - from.top) * 4 : away + Math.abs(across) * 0.5;
    if (far < least) [best, least] = [other, far];
  }
  return best;
}

async function move(card: HTMLElement, to: string): Promise<void> {
  await flush();
  const id = card.id;
  const done = await post(`${base()}steps/${card.dataset["flowOpen"]}/place/`, new URLSearchParams({ to }));
  document.getElementById(id)?.focus();
  announce(word(done ? "flowMoved" : "flowNotMoved"));
}

document.addEventListener("keydown", (event) => {
  const card = (event.target as Element).closest<HTMLElement>("#flow [data-card]");
  if (!card || event.ctrlKey || event.metaKey) return;
  const id = card.dataset["flowOpen"] ?? "";
  const to = MOVES[event.key];
  if (to && event.altKey && id) {
    event.preventDefault();
    return void move(card, to);
  }
  if (to && !event.altKey) {
    const next = neighbour(card, to);
    if (!next) return;
    event.preventDefault();
    next.focus();
    return void next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  if (event.altKey) return;
  if (event.key === "Enter") {
    event.preventDefault();
    event.stopPropagation();
    void open(id, true);
  } else if ((event.key === "n" || event.key === "+") && adding(card)) {
    event.preventDefault();
    event.stopPropagation();
    void add(adding(card)!);
  } else if ((event.key === "Delete" || event.key === "Backspace") && id) {
    event.preventDefault();
    void part(`${base()}steps/${id}/removal/`);
  }
}, true);

/** The plus that comes first after the card. */
function adding(card: HTMLElement): string | null {
  const pluses = all<HTMLAnchorElement>("#flow a[data-flow-add]");
  const after = pluses.find((one) => card.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
  return after?.href ?? null;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !(event.target as Element).closest("#flow-panel") || find(":popover-open, dialog[open]")) return;
  event.preventDefault();
  find<HTMLElement>("#flow [aria-current=true]")?.focus();
});
