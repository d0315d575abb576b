// Held send: a reply says what its writer had seen. When somebody wrote meanwhile the server hands it back, with the news
// above it, and its writer chooses: send anyway, go on writing, discard.
import { all, find, openConversation, swap } from "./lib/dom";
import { on, signal } from "./lib/frames";
import { word } from "./lib/words";
import { toast } from "./notices";
import { focusOn, put } from "./rich";

const field = (form: HTMLElement, name: string) => find<HTMLInputElement>(`input[name=${name}]`, form);
/** The last number of this conversation: what was merged into it counts by numbers of its own. */
export function newest(): number {
  const open = openConversation() || "0";
  return Math.max(0, ...all(`#timeline-${open} [data-seq][data-of="${open}"]`).map((item) => Number(item.dataset["seq"])));
}

/** What the writer knew when they began, what they have seen since, and what they were shown and send on after. */
export function knewOf(form: HTMLElement): Record<string, string> {
  const began = field(form, "began")?.value;
  if (!began) return {};
  const known = field(form, "known");
  const told = { began, seen: String(newest()), known: known?.value ?? "" };
  if (known) known.value = "";
  delete form.dataset["begun"];
  find("[data-held-news]", form)?.remove();
  return told;
}

/** Puts a reply that was held back into its composer again; what was begun meanwhile stands below it. */
export function heldBack(conversation: string, composer: string): void {
  const form = find("[data-composer] form[data-for=reply]");
  if (conversation !== openConversation() || !form) return void toast(word("heldBack"));
  const newer = find<HTMLTextAreaElement>("textarea", form)?.value.trim() ?? "";
  const html = find<HTMLInputElement>("[name=html]", form)?.value ?? "";
  if (!swap(composer)) return;
  signal("composer:swapped");
  const next = find("[data-composer] form[data-for=reply]");
  if (!next) return;
  next.dataset["begun"] = "";
  if (newer) join(next, newer, html);
  focusOn(next);
}

function join(form: HTMLElement, text: string, html: string): void {
  const area = find<HTMLTextAreaElement>("textarea", form);
  const before = find<HTMLInputElement>("[name=html]", form)?.value;
  put(form, `${area?.value ?? ""}\n\n${text}`, before ? before + html : "");
  area?.dispatchEvent(new Event("input", { bubbles: true }));
}

// The first letter is where an answer begins; an emptied field begins anew.
document.addEventListener("input", (event) => {
  const form = (event.target as Element).closest<HTMLElement>("[data-composer] form[data-for=reply]");
  const began = form && field(form, "began");
  const area = form && find<HTMLTextAreaElement>("textarea", form);
  if (!form || !began || !area || event.target !== area) return;
  if (!area.value.trim()) delete form.dataset["begun"];
  else if (!("begun" in form.dataset)) {
    form.dataset["begun"] = "";
    began.value = String(newest());
  }
});

/** A draft that was here when the page came was begun before it. */
function begin(): void {
  const form = find("[data-composer] form[data-for=reply]");
  if (form && find<HTMLTextAreaElement>("textarea", form)?.value.trim()) form.dataset["begun"] = "";
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-news-edit], [data-news-discard]");
  const form = button?.closest("form");
  if (!button || !form) return;
  find("[data-held-news]", form)?.remove();
  if (button.hasAttribute("data-news-discard")) {
    put(form, "");
    for (const chip of all("[data-chip]", form)) chip.remove();
    find("textarea", form)?.dispatchEvent(new Event("input", { bubbles: true }));
  }
  focusOn(form);
});

// "Send and snooze": what comes after the answer.
document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-rest]");
  const form = button?.closest("form");
  if (!button || !form) return;
  const at = new Date();
  at.setDate(at.getDate() + (button.dataset["rest"] === "monday" ? (8 - at.getDay()) % 7 || 7 : 1));
  at.setHours(9, 0, 0, 0);
  form.dataset["then"] = at.toISOString();
  form.requestSubmit(find<HTMLButtonElement>("[data-send]", form));
});

on("conversation:opened", begin);
document.addEventListener("DOMContentLoaded", begin);
