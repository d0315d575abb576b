// The shelf: what is new waits in a fixed place until "." or a click lets it in.
import { address, all, find, make, parse } from "./lib/dom";
import { announce } from "./lib/announce";
import { type EventFrame, signal } from "./lib/frames";
import { request } from "./lib/http";
import { word } from "./lib/words";

const QUIET = 10_000;
let spoken = 0;

const shelf = () => find("#shelf");
const store = () => shelf()?.querySelector("template")?.content ?? null;
const waiting = () => all(".rowbox", store() ?? document.createDocumentFragment());

/** Whether a conversation stands in the view that is shown, after what has just happened to it. */
export function belongs(frame: EventFrame): boolean {
  const view = find("#list")?.dataset["view"] ?? "";
  if (asks(view)) return true; // looked at when it is offered
  if (["closed", "snoozed", "filtered", "spam", "trash"].includes(view)) return frame.status === view;
  if (frame.status !== "open") return false;
  if (view === "mine") return String(frame.assignee) === document.body.dataset["me"];
  return view === "unassigned" ? Boolean(frame.unassigned) : true;
}

/** What a script cannot tell (a saved view, a kind of channel, one inbox) the server is asked. */
const KNOWN = ["mine", "unassigned", "open", "closed", "snoozed", "filtered", "spam", "trash"];
const asks = (view: string) => !KNOWN.includes(view) || Boolean(find("#list")?.dataset["inbox"]);

async function stands(frame: EventFrame): Promise<boolean> {
  const { rowUrl = "", view = "" } = find("#list")?.dataset ?? {};
  const url = `${address(rowUrl, String(frame.conversation))}?view=${encodeURIComponent(view)}`;
  return request(url).then(({ status }) => status === 200, () => false);
}

/** A row that the list does not hold waits here, when it belongs to this view. */
export function offer(frame: EventFrame): void {
  if (!asks(find("#list")?.dataset["view"] ?? "")) return put(frame, belongs(frame));
  void stands(frame).then((here) => put(frame, here));
}

function put(frame: EventFrame, here: boolean): void {
  const place = store();
  const inside = frame.row ? parse(frame.row) : null;
  if (!place || !inside || find("#find")?.getAttribute("value")) return;
  for (const old of waiting()) if (old.dataset["row"] === String(frame.conversation)) old.remove();
  if (here) {
    const box = make("li", { class: "rowbox", "data-row": String(frame.conversation) }, inside);
    box.toggleAttribute("data-unread", Boolean(frame.unread));
    place.append(box);
  }
  show();
}

function show(): void {
  const count = waiting().length;
  const place = shelf();
  const text = find("[data-shelf-count]", place ?? document);
  if (!place || !text) return;
  place.hidden = count === 0;
  text.textContent = count === 1 ? word("newOne") : word("newMany", { n: count });
  if (count && Date.now() - spoken > QUIET) {
    spoken = Date.now();
    announce(count === 1 ? word("shelfOne") : word("shelfMany", { n: count }));
  }
}

export function letIn(): void {
  const rows = waiting();
  for (const box of rows) {
    const ours = find(".crow", box)?.dataset["waiting"] !== "0";
    const list = document.getElementById(ours ? "rows-yours-list" : "rows-theirs-list");
    const here = find(`.rowbox[data-row="${box.dataset["row"]}"]`);
    if (!here) list?.prepend(document.importNode(box, true));
    box.remove();
  }
  show();
  if (!rows.length) return;
  find("#rows-pane")?.scrollTo({ top: 0 });
  signal("rows:changed");
  find<HTMLElement>("#rows .rowbox > .crow")?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-let-in]")) letIn();
});
