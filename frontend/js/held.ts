// A letter that has not left yet: for ten seconds, or until its hour, it can be taken back with all that belongs to it.
import { all, find, swap } from "./lib/dom";
import { signal } from "./lib/frames";
import { post, Refused } from "./lib/http";
import { word } from "./lib/words";
import { focusOn, put } from "./rich";
import { toast } from "./notices";
import { clock } from "./time";

/** Offers to take back what was just sent. Other items are left alone. */
export function held(item: HTMLElement): void {
  const url = item.dataset["undoUrl"];
  if (url && item.dataset["sendAt"]) offer(item.dataset["sendAt"], () => void takeBack(item, url));
}

/** Says when a letter leaves, beside the way to take it back. Without an hour it is leaving now. */
export function offer(sendAt: string | undefined, undo?: () => void): HTMLElement | undefined {
  const at = new Date(sendAt ?? "");
  const left = at.getTime() - Date.now();
  if (Number.isNaN(left)) return toast(word("sendsSoon"));
  if (left > 60_000) {
    const day = at.toDateString() === new Date().toDateString() ? "" : `${at.toLocaleDateString(document.documentElement.lang)} `;
    return toast(word("sendsLater", { time: day + clock(at) }), undo);
  }
  const line = toast(word("sendsSoon"), undo, Math.max(left, 1_000));
  // Once it has left there is nothing to take back, however long somebody looks at the notice.
  setTimeout(() => line?.remove(), Math.max(left, 1_000));
  return line;
}

async function takeBack(item: HTMLElement, url: string): Promise<void> {
  const form = find<HTMLFormElement>("[data-composer] form[data-for=reply]");
  const newer = form && find<HTMLTextAreaElement>("textarea", form)?.value.trim();
  const html = form && find<HTMLInputElement>("[name=html]", form)?.value;
  try {
    const composer = await (await post(url)).text();
    document.getElementById(item.id)?.remove();
    all(`[data-client="${CSS.escape(item.dataset["client"] ?? "")}"]`).forEach((each) => each.remove());
    if (!composer.trim() || !swap(composer)) return;
    signal("composer:swapped");
    const next = find("[data-composer] form[data-for=reply]");
    if (next && newer) addNewer(next, newer, html ?? "");
    else if (next) focusOn(next);
  } catch (error) {
    toast(error instanceof Refused && error.message ? error.message : word("notTakenBack"));
  }
}

/** What was begun meanwhile is not lost: it stands below what came back. */
function addNewer(form: HTMLElement, text: string, html: string): void {
  const area = find<HTMLTextAreaElement>("textarea", form);
  const field = find<HTMLInputElement>("[name=html]", form);
  put(form, `${area?.value ?? ""}\n\n${text}`, field?.value ? field.value + (html || "") : "");
  area?.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-take-back]");
  const item = button?.closest<HTMLElement>("[data-undo-url]");
  if (!item) return;
  event.preventDefault();
  find(".toast [data-undo]")?.closest(".toast")?.remove();
  void takeBack(item, item.dataset["undoUrl"] ?? "");
});

// "Send later" is a menu of hours; the last one asks for a moment of one's own.
document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLButtonElement>("[data-later]");
  const form = button?.closest("form");
  if (!button || !form) return;
  const own = find<HTMLInputElement>("[data-own-hour]", form);
  const at = button.dataset["later"] === "own" ? new Date(own?.value ?? "") : hour(button.dataset["later"] ?? "");
  if (Number.isNaN(at.getTime()) || at.getTime() < Date.now()) {
    own?.setAttribute("aria-invalid", "true");
    return void own?.focus();
  }
  form.dataset["sendAt"] = at.toISOString();
  form.requestSubmit(find<HTMLButtonElement>("[data-send]", form));
});

function hour(name: string): Date {
  const at = new Date();
  if (name === "hour") at.setHours(at.getHours() + 1);
  else {
    const days = name === "monday" ? (8 - at.getDay()) % 7 || 7 : 1;
    at.setDate(at.getDate() + days);
    at.setHours(9, 0, 0, 0);
  }
  return at;
}

