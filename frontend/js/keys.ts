// Single keys, outside text fields only; data-shortcuts="off" on the document switches them off (WCAG 2.1.4).
import { all, find, typingIn } from "./lib/dom";
import { capsOf, does, keymap, perform, stroke, type Key } from "./lib/keymap";
import { write } from "./composer";
import { undoLast } from "./notices";
import { openRow } from "./open";
import { showPane, toggleSide } from "./panes";
import { extend, tick, together, untick } from "./bulk";
import { letIn } from "./shelf";

const PATIENCE = 1_200; // between two keys that belong together

const rows = () => all<HTMLAnchorElement>("#rows .rowbox > .crow, #ticket-rows td > a.clip").filter((row) => row.offsetParent !== null);
const press = (selector: string) => {
  const button = find<HTMLButtonElement>(selector);
  button?.click();
  return Boolean(button);
};

/** Moves to the next or previous row: from the focused one, else from the open one. */
function move(step: number): boolean {
  const list = rows();
  const focused = list.findIndex((row) => row === document.activeElement);
  const open = list.findIndex((row) => row.parentElement?.hasAttribute("aria-current"));
  const from = focused >= 0 ? focused : open;
  const row = list[Math.max(0, Math.min(list.length - 1, from < 0 ? 0 : from + step))];
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
  return Boolean(row);
}

function openFocused(): boolean {
  const row = rows().find((candidate) => candidate === document.activeElement);
  if (row?.matches(".crow")) openRow(row);
  else row?.click();
  return Boolean(row);
}

const tickHere = () => find<HTMLInputElement>("[data-tick]", document.activeElement?.closest("#ticket-rows tr") ?? document.createElement("i"));

/** Ticks the row of a table that has the focus. */
function tickRow(): boolean {
  const box = tickHere();
  box?.click();
  return Boolean(box);
}

/** Ticks it and the one after or before it. */
function extendRow(step: number): boolean {
  if (!tickHere()) return false;
  if (!tickHere()?.checked) tickRow();
  move(step);
  return tickHere()?.checked || tickRow();
}

function reply(mode: string): boolean {
  if (!find("[data-composer]")) return false;
  showPane("thread");
  write(mode);
  return true;
}

function search(): boolean {
  const field = find<HTMLInputElement>("#find");
  field?.select();
  field?.focus();
  return Boolean(field);
}

export function showKeys(): boolean {
  find<HTMLDialogElement>("dialog#keys")?.showModal();
  return true;
}

/** The thread scrolls with the arrows while it has the focus. */
const scrolls = () => document.activeElement?.id === "messages" && /^Arrow/.test(pressed);
let pressed = "";

does("next", () => !scrolls() && move(1));
does("previous", () => !scrolls() && move(-1));
does("open", openFocused);
does("reply", () => reply("reply"));
does("comment", () => reply("comment"));
does("close", () => together("[data-bulk=close]") || press("#conversation-header [data-key=e]"));
does("assign", () => together("[popovertarget=bulk-assign]") || press("#conversation-header [data-key=a]"));
does("assign_me", () => press("#assign-menu [data-assign-me]"));
does("let_in", () => (letIn(), true));
does("tick", () => tickRow() || tick());
does("tick_next", () => extendRow(1) || extend(1));
does("tick_previous", () => extendRow(-1) || extend(-1));
does("search", search);
does("keys", showKeys);
does("undo", undoLast);
does("contact", () => (toggleSide(), Boolean(find("#sidebar"))));

function leave(event: KeyboardEvent): void {
  if (find(":popover-open") || find("dialog[open]")) return;
  const target = event.target as HTMLElement;
  if (!typingIn(target) && untick()) return;
  if (typingIn(target)) target.blur();
  const back = find(".rowbox[aria-current] > .crow") ?? rows()[0];
  if (back && back.offsetParent !== null) back.focus({ preventScroll: true });
  else if (!typingIn(target)) press("a[data-go=list]");
}

// ── What was typed ──

let bound: Key[] | null = null;
let first = "";
let forget = 0;

/** The keys that this press may mean: alone, or as the second of two. */
function meant(typed: string): Key[] {
  bound ??= keymap();
  return bound.filter(({ keys, fixed }) => !fixed && keys.includes(typed));
}

const begins = (typed: string) => (bound ??= keymap()).some(({ keys }) => keys.some((key) => key.startsWith(`${typed} `)));

function waitForSecond(typed: string): void {
  first = typed;
  window.clearTimeout(forget);
  forget = window.setTimeout(() => (first = ""), PATIENCE);
}

function act(typed: string): boolean {
  const pair = first && `${first} ${typed}`;
  first = "";
  if (pair && meant(pair).some((key) => perform(key))) return true;
  if (begins(typed)) {
    waitForSecond(typed);
    return true;
  }
  return meant(typed).some((key) => perform(key));
}

const silent = (event: KeyboardEvent) =>
  event.ctrlKey || event.metaKey || event.altKey || typingIn(event.target) || document.documentElement.dataset["shortcuts"] === "off";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Escape") return leave(event);
  if (event.key === "Shift" || silent(event) || find(":popover-open") || find("dialog[open]")) return;
  const onControl = event.key === "Enter" && !(event.target as Element).matches?.(".crow");
  pressed = event.key;
  if (!onControl && act(stroke(event))) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (!(event.target as Element).closest("[data-open-keys]")) return;
  find<HTMLElement>(":popover-open")?.hidePopover();
  showKeys();
});

// ── Key caps where the actions are ──

/** Whoever chose other keys reads those; whoever chose none costs nothing. */
function relabel(): void {
  for (const cap of all("kbd[data-kbd]:not([data-own])")) {
    cap.setAttribute("data-own", "");
    const caps = capsOf(cap.dataset["kbd"] ?? "");
    if (caps.length) cap.textContent = caps.map((one) => one.textContent).join(" ");
  }
}

document.addEventListener("DOMContentLoaded", () => {
  if (!keymap().some(({ keys, usual }) => keys[0] !== usual)) return;
  relabel();
  new MutationObserver(relabel).observe(document.body, { childList: true, subtree: true });
});
