// Ticks on rows, and one verb for all that are ticked, or for the whole view. Done in the background, with progress and undo.
import htmx from "htmx.org";
import { all, find, make, parse } from "./lib/dom";
import { on } from "./lib/frames";
import { post, Refused, request } from "./lib/http";
import { follow, type Job } from "./jobs";
import { word } from "./lib/words";
import { toast } from "./notices";
import { rowbox } from "./rows";

const list = () => find("#list[data-bulk-url]");
const bar = () => find("#bulk");
const boxes = () => all("#rows .rowbox");
const tickOf = (box: Element) => box.querySelector<HTMLInputElement>(".rowbox__tick");
const ticked = () => boxes().filter((box) => tickOf(box)?.checked);
let whole = false;
/** Verbs after which a row belongs to another view. */
const LEAVES: Record<string, string> = { close: "closed", snooze: "snoozed", trash: "trash", spam: "spam" };

/** Every row of the list gets its box; rows come by page, by socket and from the shelf. */
function equip(): void {
  if (!list()) return;
  for (const box of boxes()) {
    if (tickOf(box)) continue;
    const name = find(".crow__who", box)?.textContent ?? "";
    box.append(make("input", { type: "checkbox", class: "rowbox__tick", "aria-label": word("choose", { name }), autocomplete: "off" }));
  }
  show();
}

function show(): void {
  const place = bar();
  if (!place) return;
  const n = ticked().length;
  place.hidden = n === 0;
  list()?.toggleAttribute("data-ticking", n > 0);
  if (!n) whole = false;
  find("[data-bulk-all]", place)?.setAttribute("aria-pressed", String(whole));
  const said = find("[data-bulk-n]", place);
  if (said) said.textContent = whole ? word("allChosen") : word("chosen", { n });
  if (n) void menus();
}

async function menus(): Promise<void> {
  const url = list()?.dataset["bulkMenus"];
  if (!url || find("#bulk-menus") || bar()?.ariaBusy === "true") return;
  bar()!.ariaBusy = "true";
  try {
    const html = parse(await (await request(url)).text());
    if (html) bar()?.append(html);
    htmx.process(bar()!);
  } finally {
    bar()!.ariaBusy = null;
  }
}

/** Ticks the row that has the focus, else the open one. */
export function tick(): boolean {
  const box = boxes().find((one) => one.contains(document.activeElement)) ?? find("#rows .rowbox[aria-current]");
  const mark = box && tickOf(box);
  if (!mark) return false;
  mark.checked = !mark.checked;
  show();
  return true;
}

/** Ticks the row in focus and goes on to the next, or the one before. */
export function extend(step: number): boolean {
  const rows = boxes();
  const at = rows.findIndex((one) => one.contains(document.activeElement));
  const next = rows[at + step];
  for (const box of [rows[at], next]) if (box && tickOf(box)) tickOf(box)!.checked = true;
  if (next) find(".crow", next)?.focus();
  show();
  return at >= 0;
}

/** Keys mean the ticked ones while there are any: presses that button of the bar, or says that none is ticked. */
export function together(button: string): boolean {
  const place = bar();
  const found = place && !place.hidden && find<HTMLButtonElement>(button, place);
  if (found) found.click();
  return Boolean(found);
}

async function run(verb: string, told: Record<string, string>): Promise<void> {
  const url = list()?.dataset["bulkUrl"];
  const ids = ticked().map((box) => box.dataset["row"] ?? "");
  if (!url || !ids.length) return;
  const chosen: Record<string, string> = whole ? { all: "1", view: list()?.dataset["view"] ?? "" } : { ids: ids.join(",") };
  try {
    let goes = LEAVES[verb] !== undefined && LEAVES[verb] !== list()?.dataset["view"];
    await follow((await (await post(url, { verb, ...told, ...chosen })).json()) as Job, (job) => {
      if (goes) for (const pk of job.ids) fade(rowbox(String(pk)));
      goes = false; // what is taken back stays
    });
    untick();
  } catch (error) {
    toast((error instanceof Refused && error.message) || word("notSaved"));
  }
}

/** The row stays where it is and pales, as when somebody else takes it away: nothing moves under the pointer. */
function fade(box: HTMLElement | null): void {
  box?.toggleAttribute("data-left", true);
}

/** Whether any was ticked. Whoever stood on the bar, which goes away, stands on the first of them. */
export function untick(): boolean {
  const chosen = ticked();
  const first = chosen[0];
  for (const box of chosen) tickOf(box)!.checked = false;
  if (first && bar()?.contains(document.activeElement)) find(".crow", first)?.focus({ preventScroll: true });
  show();
  return chosen.length > 0;
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const button = target.closest<HTMLElement>("[data-bulk]");
  if (button && bar()?.contains(button)) {
    const { bulk = "", ...told } = { ...button.dataset } as Record<string, string>;
    button.closest<HTMLElement>("[popover]")?.hidePopover();
    void run(bulk, told);
  } else if (target.closest("[data-bulk-none]")) untick();
  else if (target.closest("[data-bulk-all]")) {
    whole = !whole;
    for (const box of boxes()) if (whole && tickOf(box)) tickOf(box)!.checked = true;
    show();
  }
});
document.addEventListener("change", (event) => {
  if ((event.target as Element).matches(".rowbox__tick")) {
    whole = false;
    show();
  }
});
document.addEventListener("DOMContentLoaded", equip);
document.addEventListener("htmx:afterSettle", equip);
on("rows:changed", equip);
