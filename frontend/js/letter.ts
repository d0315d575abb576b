// A mail's own HTML stands in a frame of no origin. All it may tell us is one number: how tall it is.
import { all, find } from "./lib/dom";
import { on } from "./lib/frames";
import { answerAs } from "./envelope";

const TALLEST = 720; // what is taller gets this much, and a button for the rest
const LIMIT = 40_000;

window.addEventListener("message", (event) => {
  if (event.origin !== "null" || typeof event.data !== "number" || !Number.isFinite(event.data)) return;
  const frame = all<HTMLIFrameElement>("iframe.letter__frame").find(({ contentWindow }) => contentWindow === event.source);
  if (!frame) return;
  const tall = Math.min(Math.max(Math.ceil(event.data), 24), LIMIT);
  const scroll = find("#messages");
  const atEnd = scroll && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  frame.style.setProperty("--tall", `${tall}px`);
  frame.dataset["measured"] = "";
  const more = find("[data-expand]", frame.parentElement ?? document);
  if (more) more.hidden = tall <= TALLEST;
  if (scroll && atEnd && !frame.hasAttribute("data-tall")) scroll.scrollTop = scroll.scrollHeight;
});

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const expand = target.closest<HTMLElement>("[data-expand]");
  const letter = target.closest<HTMLElement>(".letter");
  const frame = letter && find<HTMLIFrameElement>("iframe.letter__frame", letter);
  if (expand && frame) expand.setAttribute("aria-expanded", String(frame.toggleAttribute("data-tall")));
  if (frame && target.closest("[data-show-images]")) showImages(letter, frame);
  const forward = target.closest<HTMLElement>("[data-forward]");
  if (forward) forwardLetter(forward.dataset["forward"] ?? "");
});

function showImages(letter: HTMLElement, frame: HTMLIFrameElement): void {
  frame.src = `${frame.src.split("?")[0]}?images=1`;
  const line = find("[data-images]", letter);
  if (line) line.hidden = true;
}

// "Always show": once the server noted it, this letter shows them too.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target as Element;
  const detail = (event as CustomEvent<{ successful: boolean }>).detail;
  const letter = form.matches("[data-always-images]") && form.closest<HTMLElement>(".letter");
  const frame = letter && find<HTMLIFrameElement>("iframe.letter__frame", letter);
  if (letter && frame && detail.successful) showImages(letter, frame);
});

/** This letter goes on to somebody else. */
function forwardLetter(message: string): void {
  find<HTMLElement>(":popover-open")?.hidePopover();
  const box = find("#composer form[data-for=reply] [data-envelope]");
  if (!box) return;
  const radio = find<HTMLInputElement>("#composer [name=mode][value=reply]");
  if (radio) radio.checked = true;
  answerAs(box, "forward", message);
}

// Without scripts a letter has a fixed height and scrolls; with them it asks for what it needs.
const reveal = () => all("iframe.letter__frame:not([data-measured])").forEach((frame) => frame.setAttribute("data-measuring", ""));
document.addEventListener("DOMContentLoaded", reveal);
on("conversation:opened", reveal);
