// The board follows what others do: cards come, go and move, with the numbers of their lanes, while one looks.
import htmx from "htmx.org";
import { all, find, parse, replace } from "../lib/dom";
import { request } from "../lib/http";
import { onChanged } from "./changed";

export const board = () => find("#board[data-board]");
export const lanes = () => all("#board .lane");
export const cardsIn = (lane: Element) => all(".tk", lane).filter((card) => !card.hasAttribute("data-dragged"));
export const inside = (lane: Element) => find(".lane__in", lane)!;
export const laneOf = (card: Element) => card.closest<HTMLElement>(".lane")!;
const rank = (card: HTMLElement) => Number(card.dataset["rank"]);

/** Whoever carries a card sees the board stand still; what came meanwhile is asked for afterwards. */
let carrying = false;
let waiting = new Set<number>();
export function carries(on: boolean): void {
  carrying = on;
  if (on || !waiting.size) return;
  const ids = [...waiting];
  waiting = new Set();
  void refresh(ids);
}

// As many are answered at once (MOST of tickets/views/board.py): one that is not among the answers is away.
const AT_ONCE = 100;

export async function refresh(ids: number[]): Promise<void> {
  for (let from = 0; from < ids.length; from += AT_ONCE) await refreshSome(ids.slice(from, from + AT_ONCE));
}

async function refreshSome(ids: number[]): Promise<void> {
  const place = board();
  if (!place) return;
  if (carrying) return ids.forEach((id) => waiting.add(id));
  const found = parse(await (await request(`${place.dataset["board"]}&ids=${ids.join(",")}`)).text());
  if (!found || carrying) return ids.forEach((id) => waiting.add(id));
  for (const count of all("[data-lane-count]", found)) {
    const shown = find(`[data-count="${count.dataset["laneCount"]}"]`);
    if (shown) shown.textContent = count.textContent;
  }
  const cards = new Map(all(".tk", found).map((card) => [card.dataset["ticket"], card]));
  for (const id of ids) put(String(id), cards.get(String(id)));
}

/** Where it stands now; nothing on this board: away. */
function put(id: string, card: HTMLElement | undefined): void {
  const old = find(`#card-${id}`);
  if (!card) return old?.remove();
  const lane = find(`.lane[data-lane="${card.dataset["stage"]}"]`);
  if (!lane) return old?.remove();
  const others = all(".tk", lane).filter((other) => other !== old);
  const next = others.find((other) => rank(other) > rank(card));
  const more = find("[data-more]", lane);
  if (!next && more && !(old && laneOf(old) === lane)) return old?.remove(); // beyond what is shown
  const focused = old?.contains(document.activeElement) ? document.activeElement?.id : "";
  if (old && laneOf(old) === lane && nextCard(old) === next) return replace(old, card);
  old?.remove();
  if (next) next.before(card);
  else if (more) more.before(card);
  else inside(lane).append(card);
  htmx.process(card);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function nextCard(card: Element): HTMLElement | undefined {
  let next = card.nextElementSibling;
  while (next && !next.matches(".tk")) next = next.nextElementSibling;
  return (next as HTMLElement | null) ?? undefined;
}

onChanged((ids) => void refresh(ids).catch(() => undefined));
