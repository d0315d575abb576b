// The chat beside the steps: made anew with the draft as it is now, in another language, another light, on a phone.
import { all, find } from "./dom";

interface Walked {
  from: Window;
  notes: { seq: number; words: string }[];
  over: boolean;
}

const PAUSE = 300;
const BUSY_AGAIN = 1000;
let timer = 0;
let coming: HTMLIFrameElement | null = null;
/** Where the next one is loaded from, while it is not in its place. */
let wanted = "";

const side = (): HTMLElement | null => find("[data-flow-try]");
const frame = (): HTMLIFrameElement | null => find<HTMLIFrameElement>("[data-flow-preview]");

function later(pause: number): void {
  coming?.remove();
  coming = null;
  clearTimeout(timer);
  timer = window.setTimeout(again, pause);
}

/** Whoever writes in there, or has just pressed something, would lose it; a message without a number is on its way. */
function isBusy(): boolean {
  const chat = frame()?.contentDocument;
  if (!chat) return false;
  return !!find<HTMLTextAreaElement>("#text", chat)?.value || !!find(".me:not([data-seq], :has(.err)), #typing:not([hidden])", chat);
}

/** Loaded out of sight and put in its place once it has said all again: nothing blinks while one edits. */
function again(): void {
  const now = frame();
  wanted ||= now?.contentWindow?.location.href ?? "";
  if (!now || !wanted) return;
  if (isBusy()) return later(BUSY_AGAIN);
  coming?.remove();
  coming = now.cloneNode() as HTMLIFrameElement;
  coming.src = wanted.replace(/#.*/, "");
  coming.name = "";
  coming.dataset["coming"] = "";
  delete coming.dataset["flowPreview"];
  coming.inert = true;
  now.after(coming);
}

function stands(from: Window): void {
  const next = coming;
  if (!next || next.contentWindow !== from) return;
  if (isBusy()) return later(BUSY_AGAIN);
  coming = null;
  wanted = "";
  const old = frame()!;
  const hasFocus = document.activeElement === old;
  next.dataset["flowPreview"] = "";
  next.inert = false;
  delete next.dataset["coming"];
  old.remove();
  next.name = "flow-try";
  if (hasFocus) (find("#text", next.contentDocument!) ?? next).focus({ preventScroll: true });
}

document.addEventListener("flow:walked", (event) => {
  const { from, notes, over } = (event as CustomEvent<Walked>).detail;
  if (coming && from !== coming.contentWindow) {
    // What was said meanwhile the one that comes has not heard.
    if (from === frame()?.contentWindow) later(PAUSE);
    return;
  }
  const device = new URLSearchParams(from.location.search).get("device");
  if (device) press("device", device);
  // A moment for the panel to draw what it was told.
  setTimeout(() => stands(from), 150);
  const place = find("[data-flow-notes]");
  if (!place) return;
  place.replaceChildren(...notes.map(({ words }) => Object.assign(document.createElement("li"), { textContent: words })));
  place.hidden = !notes.length;
  find("[data-flow-over]")!.hidden = !over;
});

document.addEventListener("flow:shown", (event) => {
  if (!(event as CustomEvent<{ changed: boolean }>).detail.changed) return;
  later(PAUSE);
});

function press(name: string, value: string): void {
  if (name === "device") side()!.dataset["device"] = value;
  for (const button of all<HTMLButtonElement>(`[data-flow-try] button[name=${name}][aria-pressed]`)) button.setAttribute("aria-pressed", String(button.value === value));
}

/** `again` makes the frame forget what was said; the others stay as they are chosen. */
function choose(name: string, value: string): void {
  const address = new URL(wanted || frame()!.contentWindow!.location.href);
  address.searchParams.delete("again");
  address.searchParams.set(name, value);
  press(name, value);
  frame()!.contentDocument?.querySelector<HTMLTextAreaElement>("#text")?.setRangeText("", 0, 9999);
  wanted = address.href;
  again();
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLButtonElement>("[data-flow-try] button[name]");
  if (button) choose(button.name, button.value);
});

// On a tablet the chat and the panel share a place.
function trying(): void {
  const button = find("[data-flow-trying]");
  if (!button) return;
  button.hidden = false;
  button.setAttribute("aria-pressed", String(find("[data-flow-builder]")!.dataset["trying"] !== undefined));
}

document.addEventListener("click", (event) => {
  if (!(event.target as Element).closest("[data-flow-trying]")) return;
  find("[data-flow-builder]")!.toggleAttribute("data-trying");
  trying();
});
document.addEventListener("flow:shown", trying);
trying();

for (const bar of all("[data-flow-try] [hidden][data-flow-bar]")) bar.hidden = false;
