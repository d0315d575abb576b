// The grid of emoji: a search by word, those used last, arrows to walk. Its names are fetched when it is first opened.
import { all, find, make } from "./lib/dom";
import { word } from "./lib/words";
import { type Emoji, emojis, findEmoji } from "./choices";
import { focusOn, insert } from "./rich";

const COLUMNS = 8;
const MOST = 160;
const KEPT = 16;
const STORE = "parley:emoji";
let writing: HTMLFormElement | null = null;

function recent(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORE) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string").slice(0, KEPT) : [];
  } catch {
    return []; // no storage, or somebody else's words in it
  }
}

function remember(sign: string): void {
  try {
    localStorage.setItem(STORE, JSON.stringify([sign, ...recent().filter((one) => one !== sign)].slice(0, KEPT)));
  } catch {
    // it is a convenience
  }
}

function picker(): HTMLElement {
  const known = document.getElementById("emoji-menu");
  if (known) return known;
  const field = make("input", { type: "search", class: "input input--sm", "aria-label": word("emojiFind"), placeholder: word("emojiFind"), autocomplete: "off", "aria-controls": "emoji-grid" });
  const menu = make("div", { class: "menu emoji", id: "emoji-menu", popover: "", "aria-label": word("emoji") }, field, make("div", { class: "emoji__grid", id: "emoji-grid", role: "group", "aria-label": word("emoji") }));
  document.body.append(menu);
  field.addEventListener("input", () => void fill(menu));
  menu.addEventListener("keydown", (event) => walk(menu, event));
  menu.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-emoji]");
    if (button) take(menu, button.dataset["emoji"] ?? "");
  });
  return menu;
}

async function fill(menu: HTMLElement): Promise<void> {
  const typed = find<HTMLInputElement>("input", menu)?.value.trim() ?? "";
  const known = await emojis();
  const last = typed ? [] : recent().flatMap((sign) => known.filter(([one]) => one === sign));
  const found = typed ? findEmoji(known, typed) : known.filter((one) => !last.includes(one));
  find(".emoji__grid", menu)?.replaceChildren(...[...last, ...found].slice(0, MOST).map(face));
  if (typed && !found.length) find(".emoji__grid", menu)?.append(make("p", { class: "quiet" }, word("emojiNone")));
}

const face = ([sign, name]: Emoji, at: number): HTMLElement =>
  make("button", { type: "button", "data-emoji": sign, "aria-label": name, title: name, tabindex: at ? "-1" : "0" }, sign);

function walk(menu: HTMLElement, event: KeyboardEvent): void {
  const faces = all<HTMLElement>("[data-emoji]", menu);
  const at = faces.indexOf(document.activeElement as HTMLElement);
  const along = document.dir === "rtl" ? -1 : 1;
  const step = { ArrowRight: along, ArrowLeft: -along, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
  if (event.key === "Enter" && at < 0) faces[0]?.click();
  else if (at < 0 && event.key === "ArrowDown") faces[0]?.focus();
  else if (at >= 0 && step && at + step < 0) find("input", menu)?.focus();
  else if (at >= 0 && step) faces[Math.min(at + step, faces.length - 1)]?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function take(menu: HTMLElement, sign: string): void {
  menu.hidePopover();
  remember(sign);
  if (!writing?.isConnected) return;
  focusOn(writing);
  insert(writing, sign, "", 0);
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-emoji-open]");
  const form = button?.closest("form");
  if (!button || !form) return;
  writing = form;
  const menu = picker();
  const field = find<HTMLInputElement>("input", menu);
  if (field) field.value = "";
  (menu as { showPopover(options: { source: HTMLElement }): void }).showPopover({ source: button });
  void fill(menu).catch(() => menu.hidePopover());
  field?.focus();
});
