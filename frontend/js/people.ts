// The list of contacts, or of companies: ticks on rows, one verb for all that are ticked, done in the background, with progress and undo.
import { all, find, make } from "./lib/dom";
import { post, Refused } from "./lib/http";
import { follow, type Job } from "./jobs";
import { word } from "./lib/words";
import { toast } from "./notices";

const form = () => find<HTMLFormElement>("[data-people-bulk]");
const ticks = () => all<HTMLInputElement>("[data-people] input[name=ids]");

/** The bar is there while somebody is ticked (data.css), and says how many. */
function show(): void {
  const bar = find<HTMLDetailsElement>("#people-bar");
  if (!bar) return;
  const n = ticks().filter((one) => one.checked).length;
  const said = find("[data-people-n]", bar);
  if (said) {
    said.dataset["idle"] ??= said.textContent ?? "";
    said.textContent = n ? word("chosen", { n }) : said.dataset["idle"];
  }
  bar.open = n > 0;
  if (!n) say("");
  // Out of sight it must not wait for the next tick: "all" is asked for each time.
  const everybody = find<HTMLInputElement>("input[name=all]", bar);
  if (!n && everybody) everybody.checked = false;
}

async function run(button: HTMLElement | null): Promise<void> {
  const place = form();
  if (!place) return;
  const fields = new FormData(place, button);
  const told: Record<string, string> = { ids: fields.getAll("ids").join(",") };
  for (const [key, value] of fields) if (key !== "ids" && typeof value === "string") told[key] = value;
  // What stands in the field of words is what the list shows: a page that was typed into carries the newer ones.
  told["q"] = find("[data-people]")?.dataset["q"] ?? "";
  say("");
  try {
    await follow(await start(place.action, told), refresh);
  } catch (error) {
    if (error instanceof Refused && error.message) say(error.message);
    else toast(word("notSaved"));
  }
}

/** Why it was refused, where it was asked; what was typed stays. */
function say(why: string): void {
  const line = find("#bulk-wrong");
  if (line) line.textContent = why;
}

/** What the chosen property takes: its choices are offered, a date is a date. */
function offer(): void {
  const chosen = find<HTMLSelectElement>("#bulk-key")?.selectedOptions[0];
  const field = find<HTMLInputElement>("#bulk-value");
  const list = find("#bulk-values");
  if (!chosen || !field || !list) return;
  const options = (chosen.dataset["options"] ?? "").split("\n").filter(Boolean);
  list.replaceChildren(...options.map((one) => make("option", { value: one })));
  field.type = chosen.dataset["sort"] === "date" ? "date" : "text";
}

async function start(url: string, told: Record<string, string>): Promise<Job> {
  return (await (await post(url, told, { headers: { Accept: "application/json" } })).json()) as Job;
}

/** The rows anew, as the list is asked for: the field of words says so, as if somebody had typed. */
function refresh(): void {
  find<HTMLInputElement>("#people-q")?.dispatchEvent(new Event("search", { bubbles: true }));
}

document.addEventListener("submit", (event) => {
  const place = event.target as HTMLFormElement;
  if (!place.matches("[data-people-bulk]")) return;
  // A file is made on a page of its own.
  if (event.submitter?.matches("[data-people-file]")) return;
  event.preventDefault();
  void run(event.submitter);
});

document.addEventListener("change", (event) => {
  const target = event.target as HTMLInputElement;
  if (target.matches("[data-people-all]")) for (const one of ticks()) one.checked = target.checked;
  if (target.closest("[data-people]")) show();
  if (target.matches("#bulk-key")) offer();
  if (target.matches("#people-sort")) target.form?.requestSubmit();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if ((event as CustomEvent<{ target: Element }>).detail.target.matches("[data-people]")) show();
});
document.addEventListener("DOMContentLoaded", offer);
