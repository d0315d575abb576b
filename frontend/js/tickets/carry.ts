// Cards are carried to another place: by the pointer, or lifted with M, moved with arrows, put down with Enter.
import { all, address, find, make, typingIn } from "../lib/dom";
import { announce } from "../lib/announce";
import { board, cardsIn, carries, inside, laneOf, lanes, refresh } from "./board";
import { act, openMenuOf } from "./verbs";

/** How it was, so that it can be put back: a comment in its place holds it open. */
interface Lift { card: HTMLElement; home: Comment }
let lifted: Lift | null = null;
let dragged: HTMLElement | null = null;
const slot = () => find("#board .slot") ?? make("div", { class: "slot", "aria-hidden": "true" }, board()?.dataset["drop"] ?? "");
const still = () => !board() || board()!.hasAttribute("data-still");

/** Tells the server where it lies now: its lane, the card above and the one below. Refused: it goes home, in words. */
async function land(card: HTMLElement, home: () => void): Promise<void> {
  const lane = laneOf(card);
  const row = all(".tk", lane);
  const at = row.indexOf(card);
  const of = (other: Element | undefined) => (other as HTMLElement | undefined)?.dataset["ticket"] ?? "";
  const fields = { stage: lane.dataset["lane"] ?? "", above: of(row[at - 1]), below: of(row[at + 1]) };
  const ok = await act(address(board()?.dataset["move"] ?? "", card.dataset["number"] ?? ""), fields);
  if (!ok) home();
  carries(false);
  await refresh([Number(card.dataset["ticket"])]).catch(() => undefined);
}

// ── By the pointer ──

document.addEventListener("dragstart", (event) => {
  const card = (event.target as Element).closest?.<HTMLElement>(".tk[draggable=true]");
  if (!card || still() || lifted) return;
  dragged = card;
  carries(true);
  event.dataTransfer?.setData("text/plain", card.dataset["number"] ?? "");
  requestAnimationFrame(() => card.toggleAttribute("data-dragged", true));
});

document.addEventListener("dragover", (event) => {
  const lane = dragged && (event.target as Element).closest<HTMLElement>("#board .lane");
  if (!lane) return;
  event.preventDefault();
  const below = cardsIn(lane).find((card) => {
    const box = card.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  const place = slot();
  const last = cardsIn(lane).at(-1);
  if (below) below.before(place);
  else if (last) last.after(place);
  else inside(lane).prepend(place);
});

document.addEventListener("drop", (event) => {
  if (!dragged || !find("#board .slot")) return;
  event.preventDefault();
  const card = dragged;
  const home = document.createComment("");
  card.before(home);
  find("#board .slot")?.replaceWith(card);
  card.removeAttribute("data-dragged");
  dragged = null;
  void land(card, () => home.isConnected && home.replaceWith(card)).finally(() => home.remove());
});

document.addEventListener("dragend", () => {
  find("#board .slot")?.remove();
  if (!dragged) return;
  dragged.removeAttribute("data-dragged");
  dragged = null;
  carries(false);
});

// ── By keys ──

const focusedCard = () => document.activeElement?.closest<HTMLElement>("#board .tk") ?? null;
const focus = (card: HTMLElement | undefined | null) => (card && find("h3 a", card)?.focus(), card?.scrollIntoView({ block: "nearest", inline: "nearest" }));

function lift(card: HTMLElement): void {
  const home = document.createComment("");
  card.before(home);
  lifted = { card, home };
  carries(true);
  card.classList.add("tk--lift");
  const words = board()!.dataset;
  announce((words["lifted"] ?? "").replace("{number}", card.dataset["number"] ?? "").replace("{hint}", words["hint"] ?? ""));
}

function putDown(back: boolean): void {
  if (!lifted) return;
  const { card, home } = lifted;
  lifted = null;
  card.classList.remove("tk--lift");
  if (back) {
    home.replaceWith(card);
    announce(board()?.dataset["back"] ?? "");
    carries(false);
    return focus(card) as unknown as void;
  }
  focus(card);
  void land(card, () => home.isConnected && home.replaceWith(card)).finally(() => home.remove());
}

const rtl = () => getComputedStyle(document.documentElement).direction === "rtl";
const sideways = (key: string) => ({ ArrowLeft: rtl() ? 1 : -1, ArrowRight: rtl() ? -1 : 1 })[key] ?? 0;
const upright = (key: string) => ({ ArrowUp: -1, ArrowDown: 1 })[key] ?? 0;

function carry(card: HTMLElement, key: string): void {
  const lane = laneOf(card);
  const row = all(".tk", lane);
  const at = row.indexOf(card);
  if (upright(key) < 0) row[at - 1]?.before(card);
  else if (upright(key) > 0) row[at + 1]?.after(card);
  else {
    const next = lanes()[lanes().indexOf(lane) + sideways(key)];
    if (!next) return;
    const there = all(".tk", next);
    if (there[at]) there[at].before(card);
    else if (there.length) there.at(-1)!.after(card);
    else inside(next).prepend(card);
  }
  focus(card);
  say(card);
}

function say(card: HTMLElement): void {
  const lane = laneOf(card);
  const row = all(".tk", lane);
  const text = board()?.dataset["at"] ?? "";
  announce(text.replace("{stage}", find("h2", lane)?.textContent ?? "").replace("{n}", String(row.indexOf(card) + 1)).replace("{total}", String(row.length)));
}

function walk(card: HTMLElement, key: string): void {
  const lane = laneOf(card);
  const row = all(".tk", lane);
  const at = row.indexOf(card);
  if (upright(key)) return focus(row[at + upright(key)]) as unknown as void;
  let next = lanes().indexOf(lane) + sideways(key);
  while (lanes()[next] && !all(".tk", lanes()[next]).length) next += sideways(key);
  const there = lanes()[next] ? all(".tk", lanes()[next]) : [];
  focus(there[Math.min(at, there.length - 1)]);
}

const letters = () => document.documentElement.dataset["shortcuts"] !== "off";

function pressed(event: KeyboardEvent): boolean {
  const card = lifted?.card ?? focusedCard();
  if (!card) return false;
  const arrow = /^Arrow/.test(event.key);
  if (lifted) {
    if (arrow) carry(card, event.key);
    else if (event.key === "Enter" || event.key === " ") putDown(false);
    else if (event.key === "Escape") putDown(true);
    else return false;
    return true;
  }
  if (arrow) walk(card, event.key);
  else if (event.key === " " || (letters() && event.key.toLowerCase() === "m")) {
    if (still() || (document.activeElement as Element).matches("button")) return false;
    lift(card);
  } else if (letters() && "ao".includes(event.key.toLowerCase())) {
    if (event.key.toLowerCase() === "o") find<HTMLAnchorElement>("h3 a", card)?.click();
    else menuFor(card, "owner");
  } else return false;
  return true;
}

function menuFor(card: HTMLElement, only: string): void {
  const button = find("[data-ticket-menu]", card);
  if (button) void openMenuOf(`${button.dataset["ticketMenu"]}?only=${only}`, button);
}

document.addEventListener("keydown", (event) => {
  if (!board() || event.ctrlKey || event.metaKey || event.altKey || typingIn(event.target) || find(":popover-open") || find("dialog[open]")) return;
  if (!pressed(event)) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("focusout", (event) => {
  const to = event.relatedTarget as Node | null;
  if (lifted && to && !lifted.card.contains(to)) putDown(true);
});
