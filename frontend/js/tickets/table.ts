// Ticks in the table, and one verb for all that are ticked, or for all that fit. In the background, with undo.
// Rows follow what others do, in place: what fits the list no longer stays where it is, paler.
import htmx from "htmx.org";
import { all, find, parse, replace, typingIn } from "../lib/dom";
import { onFrame } from "../lib/frames";
import { post, Refused, request } from "../lib/http";
import { follow, type Job } from "../jobs";
import { word } from "../lib/words";
import { toast } from "../notices";
import { onChanged } from "./changed";

const table = () => find("#tickets[data-bulk-url]");
const bar = () => find("#ticket-bulk");
const ticks = () => all<HTMLInputElement>("#ticket-rows [data-tick]");
const ticked = () => ticks().filter((tick) => tick.checked);
let whole = false;

function show(): void {
  const place = bar();
  if (!place) return;
  const n = ticked().length;
  if (!n) whole = false;
  place.hidden = n === 0;
  for (const tick of ticks()) tick.closest("tr")?.setAttribute("aria-selected", String(tick.checked));
  const every = find<HTMLInputElement>("[data-tick-all]");
  if (every) {
    every.checked = n > 0 && n === ticks().length;
    every.indeterminate = n > 0 && n < ticks().length;
  }
  find("[data-bulk-all]", place)?.setAttribute("aria-pressed", String(whole));
  const said = find("[data-bulk-n]", place);
  if (said) said.textContent = whole ? word("allChosen") : word("chosen", { n });
  if (n) void menus();
}

let fetched: Promise<void> | null = null;

/** The menus of the bar, asked for once, when the first box is ticked. */
function menus(): Promise<void> {
  fetched ??= fetchMenus().catch(() => void (fetched = null));
  return fetched;
}

async function fetchMenus(): Promise<void> {
  const html = parse(await (await request(table()?.dataset["bulkMenus"] ?? "")).text());
  if (html) bar()?.append(html);
  htmx.process(bar()!);
}

async function run(verb: string, told: Record<string, string>): Promise<void> {
  const url = table()?.dataset["bulkUrl"];
  const ids = ticked().map((tick) => tick.value);
  if (!url || !ids.length) return;
  const chosen: Record<string, string> = whole ? { all: "1" } : { ids: ids.join(",") };
  try {
    await follow((await (await post(url, { verb, ...told, ...chosen })).json()) as Job, redraw);
  } catch (error) {
    toast((error instanceof Refused && error.message) || word("notSaved"));
  }
}

/** The rows as they are now; ticks go, for what was ticked was done. */
async function redraw(): Promise<void> {
  const page = new DOMParser().parseFromString(await (await request(location.href, { headers: { "HX-Request": "" } })).text(), "text/html");
  // The last one that fitted may be gone: then it is the whole list that says so.
  const part = page.querySelector("#ticket-rows") && find("#ticket-rows") ? "#ticket-rows" : ".tickets__table";
  const [next, old] = [page.querySelector<HTMLElement>(part), find(part)];
  if (next && old) {
    old.replaceWith(next);
    htmx.process(next);
  }
  show();
}

const PAGE = 50;

/** Some rows as they stand now. A row is never moved under the pointer. */
async function keepUp(ids: number[]): Promise<void> {
  const shown = ids.map((id) => document.getElementById(`ticket-row-${id}`)).filter((row): row is HTMLElement => row !== null);
  for (let from = 0; from < shown.length; from += PAGE) await refresh(shown.slice(from, from + PAGE));
}

async function refresh(rows: HTMLElement[]): Promise<void> {
  const url = table()?.dataset["rowsUrl"];
  if (!url) return;
  const found = parse(await (await request(`${url}&ids=${rows.map((row) => row.dataset["ticket"]).join(",")}`)).text());
  if (!found) return;
  for (const row of rows) {
    const next = find(`#${row.id}`, found);
    row.toggleAttribute("data-left", !next);
    if (!next || !row.isConnected) continue;
    const [tick, was] = [find<HTMLInputElement>("[data-tick]", next), find<HTMLInputElement>("[data-tick]", row)];
    if (tick && was) tick.checked = was.checked;
    replace(row, next);
  }
  show();
}

// ── What is new here: said in a line, since a row is never moved under the pointer ──

const line = () => find<HTMLButtonElement>("#tickets-new");
const made = new Set<number>();
const fresh = new Set<number>();

/** Which of them fit this list and are not in it. What changed may stand on a later page: then it is not new. */
async function newcomers(ids: number[]): Promise<void> {
  const url = line()?.dataset["rowsUrl"];
  const unknown = ids.filter((id) => !document.getElementById(`ticket-row-${id}`) && (made.has(id) || !find("#ticket-more")));
  if (!url || !unknown.length) return;
  const found = parse(await (await request(`${url}&ids=${unknown.slice(0, PAGE)}`)).text());
  for (const id of unknown) fresh[found && find(`#ticket-row-${id}`, found) ? "add" : "delete"](id);
  const button = line();
  if (!button) return;
  button.hidden = !fresh.size;
  button.textContent = word("ticketsNew", { n: fresh.size });
}

async function showNew(): Promise<void> {
  if (!table()) return location.reload();
  await redraw();
  fresh.clear();
  if (line()) line()!.hidden = true;
  find("#ticket-rows a")?.focus();
}

onFrame("ticket", ({ ticket, type }) => void (type === "ticket.created" && made.add(ticket)));
onChanged((ids) => void Promise.all([keepUp(ids), newcomers(ids)]).catch(() => undefined));

document.addEventListener("change", (event) => {
  const box = event.target as HTMLInputElement;
  if (box.matches("[data-tick-all]")) for (const tick of ticks()) tick.checked = box.checked;
  else if (!box.matches("[data-tick]")) return;
  whole = false;
  show();
});

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  if (target.closest("#tickets-new")) void showNew().catch(() => location.reload());
  if (!bar()?.contains(target)) return;
  const button = target.closest<HTMLElement>("[data-ticket-bulk]");
  if (button) {
    const { ticketBulk = "", ...told } = { ...button.dataset } as Record<string, string>;
    button.closest<HTMLElement>("[popover]")?.hidePopover();
    void run(ticketBulk, told);
  } else if (target.closest("[data-bulk-none]")) {
    for (const tick of ticks()) tick.checked = false;
    show();
  } else if (target.closest("[data-bulk-all]")) {
    whole = !whole;
    show();
  }
});

// The keys of the bar, which mean something else beside a conversation; on the page of a ticket A gives it to somebody.
const KEYS: Record<string, string> = { a: "[popovertarget=tb-owner]", m: "[popovertarget=tb-stage]" };

function pressed(key: string): boolean {
  const place = bar() ?? find("#ticket[data-ticket-page]");
  if (!place || place.hidden) return false;
  const button = find(place === bar() ? (KEYS[key] ?? "none") : key === "a" ? "#ticket-owner" : "none", place);
  if (button && place === bar()) void menus().then(() => button.click());
  else button?.click();
  return Boolean(button);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typingIn(event.target) || document.documentElement.dataset["shortcuts"] === "off") return;
  if (find(":popover-open") || find("dialog[open]")) return;
  if (!pressed(event.key.toLowerCase())) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("DOMContentLoaded", show);
