// Commands, people and conversations by typing (Ctrl K). What is on the page is found at once, the rest is asked for.
import { all, find, icon, make, openConversation, parse } from "./lib/dom";
import { capsOf, go, keymap, perform, possible } from "./lib/keymap";
import { request } from "./lib/http";
import { openNumber } from "./open";

interface Item {
  group: string;
  text: string;
  note?: string;
  face: Node;
  caps?: HTMLElement[];
  /** Shown only when something of it was typed. */
  deep?: boolean;
  run: () => void;
}

const MOST = 8; // of each group
const PAUSE = 120; // ms after a letter before the server is asked
const ORDER = ["conversation", "macros", "snippets", "views", "everywhere", "you"];
const HERE = ["snippets", "macros"]; // what is put into, or done to, the open conversation
const NO_COMMANDS = ["next", "previous", "open", "tick", "tick_next", "tick_previous"];

const dialog = () => find<HTMLDialogElement>("#palette");
const field = () => find<HTMLInputElement>("#palette-field");
const out = () => find("#palette-out");
const bare = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const said = (element: Element | null) => (element?.textContent ?? "").replace(/\s+/g, " ").trim();

// ── What is on the page ──

/** The words of a menu's line, without its key caps. */
function words(line: Element): string {
  const copy = line.cloneNode(true) as Element;
  for (const cap of all("kbd, .count, .sr, .av", copy)) cap.remove();
  return said(copy);
}

const shape = (line: Element) => find<HTMLElement>(":scope > .icon, :scope > .av, :scope > .presence", line)?.cloneNode(true) ?? icon("forward");

const line = (group: string, place: HTMLElement, more: Partial<Item> = {}): Item => ({
  group,
  text: words(place),
  face: shape(place),
  caps: all("kbd", place).map((cap) => cap.cloneNode(true) as HTMLElement),
  run: () => place.click(),
  ...more,
});

function actions(): Item[] {
  const open = Boolean(openConversation());
  const chosen = keymap().filter((key) => !key.fixed && !NO_COMMANDS.includes(key.action) && possible(key));
  return chosen
    .filter(({ group }) => group !== "go" && (open || group !== "conversation"))
    .map((key) => ({
      group: key.group === "conversation" ? "conversation" : "everywhere",
      text: key.label,
      face: icon(key.icon),
      caps: capsOf(key.action),
      run: () => void perform(key),
    }));
}

function verbs(): Item[] {
  const verbs = all("#more-menu .menu__item").map((place) => line("conversation", place));
  const contact = all("#contact-menu .menu__item").map((place) => line("conversation", place, { deep: true }));
  const people = all("#assign-menu .menu__item[name=assignee]:not([data-assign-me])").map((place) => {
    const text = (out()?.dataset["to"] ?? "").replace("{name}", said(find(".clip, span:not(.av)", place)));
    return line("conversation", place, { text, deep: true, caps: [] });
  });
  return [...verbs, ...contact, ...people];
}

function pages(): Item[] {
  const keys = keymap().filter(({ url }) => url);
  const links = new Map<string, Item>();
  for (const place of all<HTMLAnchorElement>("#nav a.nav__item, #menu-views a.menu__item")) {
    const href = place.getAttribute("href") ?? "";
    const caps = keys.filter(({ url }) => url === href).flatMap(({ action }) => capsOf(action));
    if (!links.has(href)) links.set(href, line("views", place, { caps }));
  }
  for (const key of keys.filter(({ url }) => !links.has(url))) {
    links.set(key.url, { group: "views", text: key.label, face: icon(key.icon), caps: capsOf(key.action), run: () => void go(key.url) });
  }
  return [...links.values()];
}

function own(): Item[] {
  const lines = all("#menu-me .menu__item:not([data-open-palette], [data-open-keys])").map((place) => line("you", place));
  const away = said(find("#availability .menu__item"));
  const reasons = all("#availability .availability__why button").map((place) => line("you", place, { text: `${away}: ${said(place)}`, deep: true }));
  const theme = said(find("#theme-label"));
  const themes = all("#menu-me .menu__seg button").map((place) => line("you", place, { text: `${theme}: ${said(place)}`, face: icon("palette"), deep: true }));
  return [...lines, ...reasons, ...themes];
}

// ── What the server finds ──

let asked: AbortController | null = null;
let known: Item[] | null = null;
let found: Item[] = [];
let later = 0;

async function ask(text: string): Promise<Item[]> {
  asked?.abort();
  const mine = (asked = new AbortController());
  const url = `${dialog()?.dataset["url"] ?? ""}${text ? `?q=${encodeURIComponent(text)}` : ""}`;
  const html = await (await request(url, { signal: mine.signal })).text();
  return all("section", parse(html) ?? document.createElement("i")).flatMap((section) => all<HTMLAnchorElement>("a", section).map((link) => fromServer(link, section)));
}

function fromServer(link: HTMLAnchorElement, section: HTMLElement): Item {
  const pk = link.dataset["row"];
  const href = link.getAttribute("href") ?? "";
  const label = section.dataset["label"] ?? "";
  const group = section.dataset["group"] === "pages" ? "views" : (section.dataset["group"] ?? "");
  labels[group] ??= label;
  const face = link.firstElementChild?.cloneNode(true) ?? icon("forward");
  const item = { group, text: said(find("bdi", link)), note: said(find("small", link)), face, deep: pk === undefined };
  const snippet = link.dataset["snippet"];
  if (snippet) return { ...item, run: () => put(snippet, href) };
  const macro = link.dataset["macro"];
  if (macro) return { ...item, run: () => document.dispatchEvent(new CustomEvent("macro:choose", { detail: macro, cancelable: true })) };
  return { ...item, run: () => (pk ? openNumber(pk, href) : void go(href)) };
}

/** A saved text goes into the answer: whoever owns the composer hears of it and says so by taking the event. */
function put(snippet: string, href: string): void {
  const key = keymap().find(({ action }) => action === "reply");
  if (key) perform(key);
  const taken = !document.dispatchEvent(new CustomEvent("snippet:choose", { detail: snippet, cancelable: true }));
  if (!taken) void go(href);
}

const labels: Record<string, string> = {};

function search(text: string): void {
  window.clearTimeout(later);
  asked?.abort();
  if (text.length < 2) {
    found = [];
    return;
  }
  later = window.setTimeout(() => {
    void ask(text)
      .then((items) => {
        found = items;
        if (field()?.value.trim() === text) draw();
      })
      .catch(() => undefined);
  }, PAUSE);
}

// ── Choosing and showing ──

/** How well it fits: 0 begins with what was typed, 1 has a word that does, 2 holds it, null does not. */
function fit(item: Item, parts: string[]): number | null {
  const text = bare(item.text);
  if (!parts.every((part) => text.includes(part) || bare(item.note ?? "").includes(part))) return null;
  const [first = ""] = parts;
  if (text.startsWith(first)) return 0;
  return text.split(/[\s’'-]+/).some((one) => one.startsWith(first)) ? 1 : 2;
}

function chosen(): [string, Item[]][] {
  const parts = bare(field()?.value.trim() ?? "").split(/\s+/).filter(Boolean);
  const local = [...actions(), ...(openConversation() ? verbs() : []), ...pages(), ...(known ?? []).filter(({ group }) => !HERE.includes(group) || openConversation()), ...own()];
  const texts = new Set<string>();
  const groups = new Map<string, [number, Item][]>();
  for (const item of local) {
    const rank = parts.length ? fit(item, parts) : item.deep ? null : 0;
    if (rank === null || texts.has(item.group + item.text)) continue;
    texts.add(item.group + item.text);
    groups.set(item.group, [...(groups.get(item.group) ?? []), [rank, item]]);
  }
  const sorted = ORDER.map((group): [string, Item[]] => [group, (groups.get(group) ?? []).sort((a, b) => a[0] - b[0]).map(([, item]) => item)]);
  // What was asked for stands below: it comes later, and moves nothing that is there.
  const asked = parts.length ? ["people", "conversations"].map((group): [string, Item[]] => [group, found.filter((item) => item.group === group)]) : [];
  return [...sorted, ...asked].filter(([, items]) => items.length).map(([group, items]) => [group, items.slice(0, MOST)]);
}

let shown: Item[] = [];
let active = 0;

function draw(): void {
  const place = out();
  if (!place) return;
  const groups = chosen();
  shown = groups.flatMap(([, items]) => items);
  active = Math.max(0, Math.min(active, shown.length - 1));
  let n = 0;
  place.replaceChildren(
    ...groups.map(([group, items]) => {
      const title = place.dataset[group] ?? labels[group] ?? "";
      return make("div", { role: "group", "aria-label": title }, make("div", { class: "menu__label", "aria-hidden": "true" }, title), ...items.map((item) => option(item, n++)));
    }),
  );
  const none = find(".palette__none");
  if (none) none.hidden = shown.length > 0;
  point(active);
  tell(shown.length);
}

function option(item: Item, n: number): HTMLElement {
  const text = make("span", { class: "clip" }, make("bdi", {}, item.text));
  if (item.note) text.append(" ", make("small", { dir: "auto" }, item.note));
  const row = make("div", { class: "menu__item", role: "option", id: `palette-${n}`, "data-n": String(n), "aria-selected": "false" }, item.face, text);
  if (item.caps?.length) row.append(make("span", { class: "palette__caps", "aria-hidden": "true" }, ...item.caps));
  return row;
}

function point(n: number): void {
  active = n;
  for (const row of all("[role=option]", out() ?? document)) {
    const here = row.dataset["n"] === String(n);
    row.toggleAttribute("data-active", here);
    row.setAttribute("aria-selected", String(here));
    if (here) row.scrollIntoView({ block: "nearest" });
  }
  if (shown.length) field()?.setAttribute("aria-activedescendant", `palette-${n}`);
  else field()?.removeAttribute("aria-activedescendant");
}

let speaks = 0;
function tell(count: number): void {
  window.clearTimeout(speaks);
  const place = find("[data-palette-said]");
  speaks = window.setTimeout(() => place && (place.textContent = (place.dataset["many"] ?? "").replace("{n}", String(count))), 600);
}

function run(n: number): void {
  const item = shown[n];
  dialog()?.close();
  if (item) item.run();
}

export function openPalette(): void {
  const box = dialog();
  const input = field();
  if (!box || !input || box.open || find("dialog[open]")) return;
  find<HTMLElement>(":popover-open")?.hidePopover();
  box.showModal();
  input.value = "";
  found = [];
  active = 0;
  input.focus();
  draw();
  if (out()) out()!.scrollTop = 0;
  if (known) return;
  void ask("")
    .then((items) => {
      known = items;
      draw();
    })
    .catch(() => undefined);
}

// ── By hand ──

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    if (!dialog() || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    if (dialog()?.open) dialog()?.close();
    else openPalette();
  }
}, true);

document.addEventListener("keydown", (event) => {
  if (event.target !== field() || event.isComposing) return;
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
  const step = steps[event.key];
  if (step && shown.length) {
    event.preventDefault();
    point((active + step + shown.length) % shown.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    run(active);
  }
});

document.addEventListener("input", (event) => {
  if (event.target !== field()) return;
  active = 0;
  search(field()?.value.trim() ?? "");
  draw();
});

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  if (target.closest("[data-open-palette]")) return openPalette();
  if (target === dialog()) return dialog()?.close();
  const row = target.closest<HTMLElement>("#palette-out [role=option]");
  if (row) run(Number(row.dataset["n"]));
});

// Its place in the navigation is kept from the first byte, so that nothing moves when the script is here.
document.addEventListener("DOMContentLoaded", () => find(".nav__find")?.setAttribute("data-ready", ""));

document.addEventListener("pointermove", (event) => {
  const row = (event.target as Element).closest?.<HTMLElement>("#palette-out [role=option]");
  if (row && Number(row.dataset["n"]) !== active) point(Number(row.dataset["n"]));
});
