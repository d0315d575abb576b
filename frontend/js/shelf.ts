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

/** A row that the list does not hold. It is kept when it belongs to this view. */
export async function offer({ conversation, row, you }: EventFrame): Promise<void> {
  const list = find("#list");
  const place = store();
  if (!conversation || !row || !list || !place) return;
  const view = list.dataset["view"] ?? "";
  const belongs = you?.views ? you.views.includes(view) : await isIn(address(list.dataset["rowUrl"] ?? "", conversation), view);
  if (!belongs) return;
  for (const old of waiting()) if (old.dataset["row"] === String(conversation)) old.remove();
  const box = make("li", { class: "rowbox", "data-row": String(conversation) });
  box.toggleAttribute("data-unread", you?.unread ?? true);
  const inside = parse(row);
  if (inside) box.append(inside);
  place.append(box);
  show();
}

/** Asks the server whether a conversation stands in a view, when the event did not say. */
async function isIn(url: string, view: string): Promise<boolean> {
  try {
    return (await request(`${url}?view=${encodeURIComponent(view)}`)).status === 200;
  } catch {
    return false;
  }
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
