// Rows of the list: replaced in place when something happens, never moved under the pointer.
import { find, make, openConversation, parse, replace } from "./lib/dom";
import { type EventFrame, on, onFrame, signal } from "./lib/frames";
import { word } from "./lib/words";
import { belongs, offer } from "./shelf";

export const rowbox = (pk: number | string): HTMLElement | null => find(`.rowbox[data-row="${CSS.escape(String(pk))}"]`);

/** What only this reader sees of a row, drawn over what everyone sees: a draft, somebody typing. */
export function dress(box: HTMLElement): void {
  const said = find(".crow__text:not([data-instead])", box);
  find("[data-instead]", box)?.remove();
  if (!said) return;
  const typing = box.dataset["typing"];
  const draft = box.dataset["draft"];
  said.hidden = Boolean(typing || draft);
  if (typing) said.after(instead(box.dataset["types"] || word("typing", { name: typing })));
  else if (draft) said.after(instead(make("b", {}, word("draft")), " ", draft));
}

function instead(...words: (Node | string)[]): HTMLElement {
  return make("span", { class: "crow__text", "data-instead": "" }, make("span", { class: "clip", dir: "auto" }, ...words));
}

function put(box: HTMLElement, html: string): void {
  const next = parse(html);
  const old = find(".crow", box);
  if (!next || !old) return;
  const stale = Number(next.dataset["version"] ?? 0) < Number(old.dataset["version"] ?? 0);
  if (!stale) replace(old, next);
}

function hear(frame: EventFrame): void {
  const { conversation, row } = frame;
  if (!conversation || !row || !find("#list")) return;
  const box = rowbox(conversation);
  if (!box) return offer(frame);
  put(box, row);
  box.toggleAttribute("data-left", !belongs(frame));
  const watched = String(conversation) === openConversation() && !document.hidden;
  if (frame.unread && !watched) box.toggleAttribute("data-unread", true);
  if (frame.unread) typing(box, "");
  else dress(box);
  signal("rows:changed");
}

/** How many rows stand in each group; a group without rows is not shown. */
export function recount(): void {
  for (const id of ["rows-yours", "rows-theirs"]) {
    const group = document.getElementById(id);
    const rows = group?.querySelectorAll(".rowbox").length ?? 0;
    if (!group) continue;
    group.hidden = rows === 0;
    const count = find(".group .count", group);
    if (count) count.textContent = String(rows);
  }
  const empty = document.getElementById("list-empty");
  if (empty) empty.hidden = Boolean(find("#rows .rowbox"));
}

const endings = new WeakMap<HTMLElement, number>();

/** `text` is what is being written, where the channel lets the team read along. */
function typing(box: HTMLElement, name: string, text = ""): void {
  box.dataset["types"] = text;
  window.clearTimeout(endings.get(box));
  if (name) {
    box.dataset["typing"] = name;
    endings.set(box, window.setTimeout(() => typing(box, ""), 6_000));
  } else delete box.dataset["typing"];
  dress(box);
}

/** Who writes; a visitor who gave no name is called as the list calls them. */
export const nameOf = (conversation: number, name: string): string =>
  name || find(`#row-${conversation} .crow__who`)?.textContent || find("#composer .composer__to bdi")?.textContent || "";

onFrame("event", hear);
onFrame("typing", ({ conversation, name, on: goesOn, text }) => {
  const box = rowbox(conversation);
  if (box) typing(box, goesOn === false ? "" : nameOf(conversation, name), text);
});
const dressAll = () => document.querySelectorAll<HTMLElement>(".rowbox[data-draft], .rowbox[data-typing]").forEach(dress);
document.addEventListener("DOMContentLoaded", dressAll);
document.addEventListener("htmx:afterSettle", () => {
  dressAll();
  recount();
});
on("rows:changed", recount);
