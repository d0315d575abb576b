// The list of contacts: ticks on rows, one verb for all that are ticked, done in the background, with progress and undo.
import { all, find } from "./lib/dom";
import { post, Refused, request } from "./lib/http";
import { word } from "./lib/words";
import { toast } from "./notices";

interface Job { running: boolean; done: number; total: number; changed: number; say: string; url: string; undo: string }

const form = () => find<HTMLFormElement>("[data-people-bulk]");
const ticks = () => all<HTMLInputElement>("#people input[name=ids]");

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
  told["q"] = find("#people")?.dataset["q"] ?? "";
  try {
    await follow(await start(place.action, told));
  } catch (error) {
    toast((error instanceof Refused && error.message) || word("notSaved"));
  }
}

async function start(url: string, told: Record<string, string>): Promise<Job> {
  return (await (await post(url, told, { headers: { Accept: "application/json" } })).json()) as Job;
}

async function follow(job: Job): Promise<void> {
  let line: HTMLElement | undefined;
  while (job.running) {
    line?.remove();
    line = toast(word("bulkGoes", { n: job.done, total: job.total }));
    await new Promise((done) => setTimeout(done, 700));
    job = (await (await request(job.url)).json()) as Job;
  }
  line?.remove();
  await refresh();
  toast(job.say, job.undo ? () => void back(job.undo) : undefined, 10_000);
}

async function back(url: string): Promise<void> {
  try {
    await follow((await (await post(url)).json()) as Job);
  } catch {
    toast(word("notTakenBack"));
  }
}

/** The rows anew, as the list is asked for: the field of words says so, as if somebody had typed. */
async function refresh(): Promise<void> {
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
  if (target.closest("#people")) show();
  if (target.matches("#people-sort")) target.form?.requestSubmit();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if ((event as CustomEvent<{ target: Element }>).detail.target.id === "people") show();
});
