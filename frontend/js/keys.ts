// Single keys, outside text fields only; data-shortcuts="off" on the document switches them off (WCAG 2.1.4).
import { all, find, typingIn } from "./lib/dom";
import { write } from "./composer";
import { undoLast } from "./notices";
import { openRow } from "./open";
import { showPane, toggleSide } from "./panes";
import { letIn } from "./shelf";

const rows = () => all<HTMLAnchorElement>("#rows .rowbox > .crow").filter((row) => row.offsetParent !== null);
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
  if (row) openRow(row);
  return Boolean(row);
}

function reply(mode: string): boolean {
  if (!find("[data-composer]")) return false;
  showPane("thread");
  write(mode);
  return true;
}

function showKeys(): boolean {
  find<HTMLDialogElement>("dialog#keys")?.showModal();
  return true;
}

const actions: Record<string, () => boolean> = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => !inScroller() && move(1),
  ArrowUp: () => !inScroller() && move(-1),
  Enter: openFocused,
  o: openFocused,
  r: () => reply("reply"),
  c: () => reply("comment"),
  e: () => press("#conversation-header [data-key=e]"),
  a: () => press("#conversation-header [data-key=a]"),
  i: () => press("#assign-menu [data-assign-me]"),
  ".": () => (letIn(), true),
  "/": () => {
    find<HTMLInputElement>("#find")?.select();
    find("#find")?.focus();
    return Boolean(find("#find"));
  },
  "?": showKeys,
  z: undoLast,
  "]": () => (toggleSide(), true),
};

/** The thread scrolls with the arrows while it has the focus. */
const inScroller = () => document.activeElement?.id === "messages";

function leave(event: KeyboardEvent): void {
  if (find(":popover-open") || find("dialog[open]")) return;
  const target = event.target as HTMLElement;
  if (typingIn(target)) target.blur();
  const back = find(".rowbox[aria-current] > .crow") ?? rows()[0];
  if (back && back.offsetParent !== null) back.focus({ preventScroll: true });
  else if (!typingIn(target)) press("a[data-go=list]");
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Escape") return leave(event);
  if (event.ctrlKey || event.metaKey || event.altKey || typingIn(event.target)) return;
  if (document.documentElement.dataset["shortcuts"] === "off" || find(":popover-open") || find("dialog[open]")) return;
  const act = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  const onControl = event.key === "Enter" && !(event.target as Element).matches?.(".crow");
  if (act && !onControl && act()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (!(event.target as Element).closest("[data-open-keys]")) return;
  find<HTMLElement>(":popover-open")?.hidePopover();
  showKeys();
});
